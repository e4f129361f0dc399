//! Secrets as a type.

use std::fmt;

use aws_lc_rs::{
    constant_time,
    hkdf::{HKDF_SHA256, Prk, Salt},
    rand,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use crate::Digest;

/// Text that must never be seen: a token, a code, a client secret, a cookie. `Debug` prints `Secret(..)`, and there is no
/// `Display`: code that needs the text says [`Secret::expose`].
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Takes text into keeping.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// 256 fresh random bits from the system's generator, as 43 characters of base64url.
    pub fn random() -> Self {
        Self(URL_SAFE_NO_PAD.encode(random_bytes::<32>()))
    }

    /// Whether a text looks like one that [`Secret::random`] made.
    pub fn is_random(text: &str) -> bool {
        text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    }

    /// The secret that follows from this one by HKDF-SHA256 (RFC 5869): 256 bits as 43 characters of base64url. The same salt and
    /// info give the same secret in every process. It leads neither back to this one, nor to another salt's or info's (§3.2).
    pub fn derive(&self, salt: &[u8], info: &str) -> Self {
        let mut bytes = [0; 32];
        let key: Prk = Salt::new(HKDF_SHA256, salt).extract(self.0.as_bytes());
        key.expand(&[info.as_bytes()], HKDF_SHA256)
            .and_then(|material| material.fill(&mut bytes))
            .expect("HKDF-SHA256 derives anything shorter than 8,160 bytes");
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What of it may be stored: its SHA-256.
    pub fn digest(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }

    /// Whether `other` is the same text, in time that depends on the lengths alone.
    pub fn matches(&self, other: &str) -> bool {
        constant_time::verify_slices_are_equal(self.0.as_bytes(), other.as_bytes()).is_ok()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Random bytes from the system's generator. Without it nothing here is safe, so its failure ends the process.
fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).expect("the system's random generator works");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_secrets_are_256_bits_and_differ() {
        // #1
        let many: std::collections::HashSet<_> = (0..1000).map(|_| Secret::random().0).collect();
        assert_eq!(many.len(), 1000);
        assert!(many.iter().all(|s| s.len() == 43));
    }

    #[test]
    fn debug_output_is_redacted() {
        // #103
        assert_eq!(format!("{:?}", Secret::new("canary")), "Secret(..)");
    }

    #[test]
    fn compares_whole_texts() {
        let secret = Secret::new("abc");
        assert!(secret.matches("abc"));
        assert!(!secret.matches("abd") && !secret.matches("ab") && !secret.matches(""));
    }
}
