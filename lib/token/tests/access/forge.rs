//! A hand that holds the real key and signs what it likes, without any of our code.

use std::sync::LazyLock;

use aws_lc_rs::{
    encoding::{AsBigEndian, EcPrivateKeyBin},
    rand::SystemRandom,
    rsa::{KeyPair as RsaKeyPair, KeyPairComponents, PublicKeyComponents},
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jose::Key;
use oauth::{Secret, Time};
use serde_json::{Value, json};
use token::{Keys, Verifier};

pub(crate) const ISSUER: &str = "https://id.example.com";
pub(crate) const AUDIENCE: &str = "https://api.example.com";
pub(crate) const NOW: Time = Time::from_epoch(1_800_000_000);

/// One RSA key for all tests: making one takes a while.
pub(crate) static KEYS: LazyLock<Keys> = LazyLock::new(|| Keys::generate().unwrap());
static HAND: LazyLock<Hand> = LazyLock::new(|| Hand::of(&KEYS));

struct Hand {
    pair: RsaKeyPair,
    kid: String,
}

impl Hand {
    fn of(keys: &Keys) -> Self {
        let set: Value = serde_json::from_str(keys.to_json().expose()).unwrap();
        let jwk = &set["keys"][0];
        let number = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
        let components = KeyPairComponents {
            public_key: PublicKeyComponents { n: number("n"), e: number("e") },
            d: number("d"),
            p: number("p"),
            q: number("q"),
            dP: number("dp"),
            dQ: number("dq"),
            qInv: number("qi"),
        };
        let kid = jwk["kid"].as_str().unwrap().to_owned();
        Self { pair: RsaKeyPair::from_components(&components).unwrap(), kid }
    }
}

/// The header of a good token.
pub(crate) fn header() -> Value {
    json!({ "alg": "RS256", "kid": HAND.kid, "typ": "at+jwt" })
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
    let message = format!("{}.{}", encode(header), encode(claims));
    let mut signature = vec![0; HAND.pair.public_modulus_len()];
    HAND.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature).unwrap();
    format!("{message}.{}", encode(signature))
}

pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
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
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
    let mut jwk =
        json!({ "kty": "EC", "crv": "P-256", "x": encode(x), "y": encode(y), "alg": "ES256", "use": "sig" });
    let kid = Key::parse(jwk.as_object().unwrap()).unwrap().thumbprint();
    let private: EcPrivateKeyBin<'_> = pair.private_key().as_be_bytes().unwrap();
    jwk["kid"] = kid.as_str().into();
    jwk["d"] = encode(&*private).into();
    jwk["state"] = "current".into();
    jwk
}
