//! What we hand out: signing keys, access tokens and sessions; and whose tokens are believed, ours and others'.

mod access;
mod claims;
#[cfg(feature = "table")]
pub mod client;
mod error;
mod issuers;
mod keys;
mod private;
#[cfg(feature = "table")]
mod revoked;
#[cfg(feature = "table")]
pub mod session;
mod settings;
mod verify;

pub use access::{AccessToken, FIRST_PARTY, Grant, LIFETIME, Signer};
pub use claims::{Claims, Invalid};
pub use error::{Error, KeysError};
pub use issuers::{Issuers, IssuersError, Place, Refused, Setup, Source, Unreachable, profiles};
pub use keys::Keys;
#[cfg(feature = "table")]
pub use revoked::is_revoked;
pub use settings::public_keys;
pub use verify::Verifier;
