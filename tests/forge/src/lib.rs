//! Keys and tokens for tests, made rightly and wrongly: straight through the cryptographic library. Of what is tested only the
//! writer of the compact serialization is used, which is held by an RFC's own example.

mod key;
mod numbers;

pub use key::Key;
pub use numbers::Numbers;

use std::convert::Infallible;

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// Base64url without padding.
pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes behind [`encode`].
pub fn decode(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

/// A token of exactly this header and payload, which need be no JSON. `sign` gets what is signed.
pub fn compact<S: AsRef<[u8]>>(
    header: impl AsRef<[u8]>,
    payload: impl AsRef<[u8]>,
    sign: impl FnOnce(&[u8]) -> S,
) -> String {
    let Ok(token) = jose::write_compact(header, payload, |message| Ok::<_, Infallible>(sign(message)));
    token
}

/// What is signed of a token, and the dot behind it: a token without a signature.
pub fn unsigned(header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
    compact(header, payload, |_| [])
}

/// A token under a shared secret, by the hash of `alg`: HS256, HS384 or HS512. The header may say something else.
pub fn hmac(alg: &str, secret: &[u8], header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
    let hash = match alg {
        "HS256" => hmac::HMAC_SHA256,
        "HS384" => hmac::HMAC_SHA384,
        "HS512" => hmac::HMAC_SHA512,
        _ => panic!("{alg} is no HMAC"),
    };
    compact(header, payload, |message| hmac::sign(&hmac::Key::new(hash, secret), message))
}
