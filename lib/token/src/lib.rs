//! What we sign, and verifying it: signing keys, access tokens, ID tokens and logout tokens.

mod access;
pub mod claim;
mod error;
mod hint;
mod id_token;
mod invalid;
mod keys;
mod logout;
mod private;
mod public;
mod reload;
mod rotation;
pub mod settings;
mod verify;

pub use access::{AccessToken, Claims, LIFETIME, Signer};
pub use error::{Error, KeysError};
pub use hint::Hint;
pub use id_token::IdClaims;
pub use invalid::Invalid;
pub use keys::{KeyInfo, Keys, State};
pub use logout::LogoutClaims;
pub use oauth::server::FIRST_PARTY;
pub use public::PublicKeys;
pub use reload::Reload;
pub use rotation::{HINTS, OVERLAP, RELOAD, WAIT};
pub use settings::public_keys;
pub use verify::{LONGEST_LIFETIME, Verified, Verifier};
