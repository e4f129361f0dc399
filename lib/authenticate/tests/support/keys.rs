//! Keys that sign ID tokens, rightly and wrongly.

use std::sync::LazyLock;

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    rsa::{KeyPair as RsaKeyPair, KeySize},
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde_json::{Value, json};

/// The provider's key, its next key, and a key of somebody else.
pub(crate) static OURS: LazyLock<Rsa> = LazyLock::new(|| Rsa::generate("key-1"));
pub(crate) static NEXT: LazyLock<Rsa> = LazyLock::new(|| Rsa::generate("key-2"));
pub(crate) static FOREIGN: LazyLock<Rsa> = LazyLock::new(|| Rsa::generate("key-1"));

pub(crate) struct Rsa {
    pub(crate) kid: &'static str,
    pair: RsaKeyPair,
}

impl Rsa {
    fn generate(kid: &'static str) -> Self {
        Self { kid, pair: RsaKeyPair::generate(KeySize::Rsa2048).unwrap() }
    }

    pub(crate) fn jwk(&self) -> Value {
        // PKCS#1: SEQUENCE (4 bytes), INTEGER of 257 bytes (5 bytes with the leading zero), then the exponent.
        let der = self.pair.public_key().as_ref();
        json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid, "n": BASE64.encode(&der[9..265]), "e": "AQAB" })
    }

    pub(crate) fn header(&self) -> Value {
        json!({ "alg": "RS256", "kid": self.kid, "typ": "JWT" })
    }

    /// A token with the usual header.
    pub(crate) fn token(&self, claims: &Value) -> String {
        self.sign(&self.header(), &claims.to_string())
    }

    /// A token with any header and any payload.
    pub(crate) fn sign(&self, header: &Value, payload: &str) -> String {
        let input = input(header, payload);
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), input.as_bytes(), &mut signature).unwrap();
        format!("{input}.{}", BASE64.encode(signature))
    }
}

/// A key on P-256.
pub(crate) struct Ec(EcdsaKeyPair);

impl Ec {
    pub(crate) fn generate() -> Self {
        Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    pub(crate) fn jwk(&self, kid: &str) -> Value {
        let (x, y) = self.0.public_key().as_ref()[1..].split_at(32);
        json!({ "kty": "EC", "crv": "P-256", "kid": kid, "x": BASE64.encode(x), "y": BASE64.encode(y) })
    }

    pub(crate) fn token(&self, kid: &str, claims: &Value) -> String {
        let input = input(&json!({ "alg": "ES256", "kid": kid }), &claims.to_string());
        let signature = self.0.sign(&SystemRandom::new(), input.as_bytes()).unwrap();
        format!("{input}.{}", BASE64.encode(signature))
    }
}

/// A token under a shared secret.
pub(crate) fn hs256(secret: &str, header: &Value, claims: &Value) -> String {
    let input = input(header, &claims.to_string());
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    format!("{input}.{}", BASE64.encode(hmac::sign(&key, input.as_bytes())))
}

/// What is signed.
pub(crate) fn input(header: &Value, payload: &str) -> String {
    format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(payload))
}
