//! What we hand out: signing keys, access tokens and sessions; and the verifying of our own tokens.

mod access;
mod claims;
mod der;
mod error;
mod keys;
mod private;
pub mod session;
mod verify;

pub use access::{AccessToken, FIRST_PARTY, Grant, LIFETIME, Signer};
pub use claims::{Claims, Invalid};
pub use error::{Error, KeysError};
pub use keys::Keys;
pub use verify::Verifier;
