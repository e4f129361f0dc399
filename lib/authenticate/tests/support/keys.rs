//! Keys that sign ID tokens, rightly and wrongly.

use std::sync::LazyLock;

use forge::Key;
use serde_json::{Value, json};

/// The provider's key, its next key, and a key of somebody else.
pub(crate) static OURS: LazyLock<Rsa> = LazyLock::new(|| Rsa::generate("key-1"));
pub(crate) static NEXT: LazyLock<Rsa> = LazyLock::new(|| Rsa::generate("key-2"));
pub(crate) static FOREIGN: LazyLock<Rsa> = LazyLock::new(|| Rsa::generate("key-1"));

/// An RSA key and its name.
pub(crate) struct Rsa {
    pub(crate) kid: &'static str,
    key: Key,
}

impl Rsa {
    fn generate(kid: &'static str) -> Self {
        Self { kid, key: Key::fresh("RS256") }
    }

    pub(crate) fn jwk(&self) -> Value {
        self.key.jwk_for("RS256", self.kid)
    }

    pub(crate) fn header(&self) -> Value {
        json!({ "alg": "RS256", "kid": self.kid, "typ": "JWT" })
    }

    /// A token with the usual header.
    pub(crate) fn token(&self, claims: &Value) -> String {
        self.key.token(&self.header(), claims)
    }

    /// A token with any header and any payload, signed as the header says if that is of RSA.
    pub(crate) fn sign(&self, header: &Value, payload: &str) -> String {
        self.key.compact(header["alg"].as_str().unwrap_or_default(), header.to_string(), payload)
    }
}

/// A token of a key that calls its algorithm and itself so.
pub(crate) fn named(key: &Key, alg: &str, kid: &str, claims: &Value) -> String {
    key.token(&json!({ "alg": alg, "kid": kid }), claims)
}

/// A token under a shared secret.
pub(crate) fn hs256(secret: &str, header: &Value, claims: &Value) -> String {
    forge::hmac("HS256", secret.as_bytes(), header.to_string(), claims.to_string())
}

/// A token without a signature.
pub(crate) fn unsigned(header: &Value, payload: &str) -> String {
    forge::unsigned(header.to_string(), payload)
}
