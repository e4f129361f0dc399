//! Keys that sign ID tokens, rightly and wrongly.

use std::sync::LazyLock;

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    rsa::{KeyPair as RsaKeyPair, KeySize},
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED_SIGNING,
        EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384,
        RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding,
    },
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

    /// A token with any header and any payload, signed as the header says if that is of RSA.
    pub(crate) fn sign(&self, header: &Value, payload: &str) -> String {
        let input = input(header, payload);
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let encoding: &'static dyn RsaEncoding = match header["alg"].as_str() {
            Some("RS384") => &RSA_PKCS1_SHA384,
            Some("RS512") => &RSA_PKCS1_SHA512,
            Some("PS256") => &RSA_PSS_SHA256,
            Some("PS384") => &RSA_PSS_SHA384,
            Some("PS512") => &RSA_PSS_SHA512,
            _ => &RSA_PKCS1_SHA256,
        };
        self.pair.sign(encoding, &SystemRandom::new(), input.as_bytes(), &mut signature).unwrap();
        format!("{input}.{}", BASE64.encode(signature))
    }
}

/// A key on a curve.
pub(crate) struct Ec {
    pair: EcdsaKeyPair,
    curve: &'static str,
    alg: &'static str,
}

impl Ec {
    pub(crate) fn generate() -> Self {
        Self::on("P-256", "ES256", &ECDSA_P256_SHA256_FIXED_SIGNING)
    }

    pub(crate) fn p384() -> Self {
        Self::on("P-384", "ES384", &ECDSA_P384_SHA384_FIXED_SIGNING)
    }

    pub(crate) fn p521() -> Self {
        Self::on("P-521", "ES512", &ECDSA_P521_SHA512_FIXED_SIGNING)
    }

    fn on(curve: &'static str, alg: &'static str, algorithm: &'static EcdsaSigningAlgorithm) -> Self {
        Self { pair: EcdsaKeyPair::generate(algorithm).unwrap(), curve, alg }
    }

    pub(crate) fn jwk(&self, kid: &str) -> Value {
        let point = &self.pair.public_key().as_ref()[1..];
        let (x, y) = point.split_at(point.len() / 2);
        json!({ "kty": "EC", "crv": self.curve, "kid": kid, "x": BASE64.encode(x), "y": BASE64.encode(y) })
    }

    pub(crate) fn token(&self, kid: &str, claims: &Value) -> String {
        let input = input(&json!({ "alg": self.alg, "kid": kid }), &claims.to_string());
        let signature = self.pair.sign(&SystemRandom::new(), input.as_bytes()).unwrap();
        format!("{input}.{}", BASE64.encode(signature))
    }
}

/// A key on Ed25519.
pub(crate) struct Ed(Ed25519KeyPair);

impl Ed {
    pub(crate) fn generate() -> Self {
        Self(Ed25519KeyPair::generate().unwrap())
    }

    pub(crate) fn jwk(&self, kid: &str) -> Value {
        json!({ "kty": "OKP", "crv": "Ed25519", "kid": kid, "x": BASE64.encode(self.0.public_key()) })
    }

    /// A token that calls the algorithm so.
    pub(crate) fn token(&self, alg: &str, kid: &str, claims: &Value) -> String {
        let input = input(&json!({ "alg": alg, "kid": kid }), &claims.to_string());
        format!("{input}.{}", BASE64.encode(self.0.sign(input.as_bytes())))
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
