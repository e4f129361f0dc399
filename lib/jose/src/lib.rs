//! Strict JOSE: what a compact JWS must look like before a signature is computed, which key may check it, and the keys that sign.
//!
//! Nothing here reads a clock or a claim: what a token says is checked by the code that knows what it is for.

mod algorithm;
mod base64url;
mod compact;
mod der;
mod error;
pub mod json;
mod key;
mod keyset;
mod material;
mod signing;
mod write;

pub use algorithm::Algorithm;
pub use compact::{Compact, Jws};
pub use error::JoseError;
pub use key::Key;
pub use keyset::KeySet;
pub use signing::{SigningError, SigningKey, SigningKeyError};
pub use write::write_compact;
