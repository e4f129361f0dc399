//! What we sign, and verifying it: signing keys and access tokens.

mod access;
pub mod claim;
mod error;
mod invalid;
mod keys;
mod private;
pub mod settings;
mod verify;

pub use access::{AccessToken, Claims, FIRST_PARTY, LIFETIME, Signer};
pub use error::{Error, KeysError};
pub use invalid::Invalid;
pub use keys::Keys;
pub use settings::public_keys;
pub use verify::Verifier;
