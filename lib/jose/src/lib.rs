//! Strict JOSE: what a compact JWS must look like before anybody computes a signature, and which key may check it.
//!
//! Nothing here reads a clock or a claim: what a token says is judged by whoever knows what it is for.

mod algorithm;
mod base64url;
mod compact;
mod error;
pub mod json;
mod key;
mod keyset;
mod material;

pub use algorithm::Algorithm;
pub use compact::{Compact, Jws};
pub use error::JoseError;
pub use key::Key;
pub use keyset::KeySet;
