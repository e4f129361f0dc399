//! Tokens and keys as anyone who held our real key could make them, without any of our code.

use std::sync::LazyLock;

use forge::Key;
use jose::Algorithm;
use oauth::{Secret, Time};
use serde_json::{Value, json};
use token::{Keys, Verifier};

pub(crate) const ISSUER: &str = "https://id.example.com";
pub(crate) const AUDIENCE: &str = "https://api.example.com";
pub(crate) const NOW: Time = Time::from_epoch(1_800_000_000);

/// One RSA key for all tests: making one takes a while.
pub(crate) static KEYS: LazyLock<Keys> = LazyLock::new(|| Keys::generate_for(Algorithm::Rs256).unwrap());
static HAND: LazyLock<(Key, String)> = LazyLock::new(|| {
    let set: Value = serde_json::from_str(KEYS.to_json().expose()).unwrap();
    let jwk = &set["keys"][0];
    (Key::from_jwk(jwk).unwrap(), jwk["kid"].as_str().unwrap().to_owned())
});

/// The header of a good token.
pub(crate) fn header() -> Value {
    json!({ "alg": "RS256", "kid": HAND.1, "typ": "at+jwt" })
}

/// The claims of a good token, all of them.
pub(crate) fn claims() -> Value {
    json!({
        "iss": ISSUER, "sub": "user", "aud": AUDIENCE, "client_id": "app", "jti": "id", "sid": "sid",
        "iat": NOW.epoch(), "exp": NOW.epoch() + 600, "nbf": NOW.epoch(),
        "scope": "a b", "roles": ["r"], "name": "N", "email": "n@example.com", "email_verified": true,
    })
}

/// A token of exactly these texts, with a good signature of the real key.
pub(crate) fn sign(header: &str, claims: &str) -> String {
    HAND.0.compact("RS256", header, claims)
}

pub(crate) fn verifier() -> Verifier {
    Verifier::new(ISSUER, AUDIENCE, KEYS.public().clone())
}

/// A set whose current key is for ES256.
pub(crate) fn elliptic() -> Keys {
    Keys::parse(&set(&elliptic_jwk())).unwrap()
}

/// A set of one private key.
pub(crate) fn set(jwk: &Value) -> Secret {
    Secret::new(json!({ "keys": [jwk] }).to_string())
}

/// A fresh private key for ES256, made without our code.
pub(crate) fn elliptic_jwk() -> Value {
    let key = Key::fresh("ES256");
    let mut jwk = key.jwk_for("ES256", "");
    let thumbprint = jose::Key::parse(jwk.as_object().unwrap()).unwrap().thumbprint();
    jwk["kid"] = thumbprint.as_str().into();
    jwk["d"] = key.d().into();
    jwk["state"] = "current".into();
    jwk
}
