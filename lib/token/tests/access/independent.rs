//! Signatures, checked with the cryptographic library alone and the key set as it is published.

use aws_lc_rs::{
    rsa::PublicKeyComponents,
    signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey},
};
use forge::{decode, encode};
use oauth::{Scope, Time};
use serde_json::Value;
use token::{Claims, Keys, KeysError, Signer};

use crate::hand::{AUDIENCE, ISSUER, KEYS, NOW, elliptic, elliptic_jwk, set};

const MANY: usize = 5_000;

/// Message and signature of many different tokens.
fn signatures(keys: &Keys) -> impl Iterator<Item = (String, Vec<u8>)> {
    let signer = Signer::new(ISSUER, AUDIENCE, keys.clone());
    (0..MANY).map(move |i| {
        let (subject, scope) = (format!("user-{i}"), Scope::default());
        let claims = Claims::of(&subject, "app", &scope);
        let token = signer.access_token(&claims, Time::from_epoch(NOW.epoch() + i as i64)).unwrap();
        let (message, signature) = token.jwt.expose().rsplit_once('.').unwrap();
        (message.to_owned(), decode(signature))
    })
}

fn published(keys: &Keys) -> impl Fn(&str) -> Vec<u8> {
    let jwks: Value = serde_json::from_str(&keys.public().to_json()).unwrap();
    move |name| decode(jwks["keys"][0][name].as_str().unwrap())
}

#[test]
fn rs256_signatures_verify() {
    // #58
    let member = published(&KEYS);
    let key = PublicKeyComponents { n: member("n"), e: member("e") };
    for (message, signature) in signatures(&KEYS) {
        key.verify(&RSA_PKCS1_2048_8192_SHA256, message.as_bytes(), &signature).unwrap();
    }
}

#[test]
fn es256_signatures_verify_and_are_raw() {
    // #58, #68
    let keys = elliptic();
    let member = published(&keys);
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, [vec![4], member("x"), member("y")].concat());
    for (message, signature) in signatures(&keys) {
        assert_eq!(signature.len(), 64);
        key.verify(message.as_bytes(), &signature).unwrap();
    }
}

#[test]
fn elliptic_keys_are_published_without_their_private_member() {
    // #58
    let jwks: Value = serde_json::from_str(&elliptic().public().to_json()).unwrap();
    let mut names: Vec<_> = jwks["keys"][0].as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
}

#[test]
fn elliptic_keys_have_all_members() {
    // #68, #106: the private number is the public point's own, and there is one.
    let good = elliptic_jwk();
    let zero = encode([0; 32]);
    for d in [elliptic_jwk()["d"].clone(), zero.into(), "".into(), Value::Null] {
        let mut bad = good.clone();
        bad["d"] = d;
        assert!(matches!(Keys::parse(&set(&bad)), Err(KeysError::Private(_))), "{bad}");
    }
    assert!(Keys::parse(&set(&good)).is_ok());
}
