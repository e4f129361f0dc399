//! What has been tried against other verifiers.

use aws_lc_rs::signature::KeyPair;
use base64::{Engine, engine::general_purpose::STANDARD};
use forge::{Key, encode};
use jose::{Algorithm, Compact, JoseError, Jws, KeySet};
use serde_json::{Value, json};

use crate::signing::{alone, fresh, set, signed};

fn verify(keys: &KeySet, token: &str) -> Result<(), JoseError> {
    let jws = Jws::parse(token)?;
    keys.verify(&jws, Algorithm::ALL)
}

#[test]
fn alg_none_is_refused() {
    // #60: CVE-2015-9235
    let key = fresh(Algorithm::Es256);
    for alg in ["none", "None", "NONE", "nOnE", "", " none", "null"] {
        for signature in ["", "AA"] {
            for kid in [json!({}), json!({ "kid": "a" })] {
                let mut header = kid;
                header["alg"] = alg.into();
                let token = format!("{}{signature}", forge::unsigned(header.to_string(), "{}"));
                assert_eq!(verify(&alone(&key, "a"), &token), Err(JoseError::Algorithm), "{token}");
            }
        }
    }
}

#[test]
fn a_public_key_is_not_an_hmac_secret() {
    // #60: CVE-2016-10555
    let Key::Rsa(pair) = fresh(Algorithm::Rs256) else { unreachable!() };
    let pkcs1 = pair.public_key().as_ref().to_vec();
    let spki = aws_lc_rs::encoding::AsDer::as_der(pair.public_key()).unwrap().as_ref().to_vec();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(&spki));
    let key = Key::Rsa(pair);
    let jwk = key.jwk("a");
    let n = jwk["n"].as_str().unwrap().to_owned();
    let secrets =
        [jwk.to_string().into_bytes(), n.into_bytes(), pem.trim().into(), pem.into(), spki, pkcs1, vec![]];
    for secret in secrets {
        for alg in ["HS256", "HS384", "HS512"] {
            for header in [json!({ "alg": alg }), json!({ "alg": alg, "kid": "a" })] {
                let token = forge::hmac(alg, &secret, header.to_string(), "{}");
                assert_eq!(verify(&alone(&key, "a"), &token), Err(JoseError::Algorithm));
            }
        }
    }
}

/// Headers that name a key or a place to get one, all of them the attacker's.
fn pointers(attacker: &Key) -> Vec<(&'static str, Value)> {
    let jwk = attacker.jwk("a");
    vec![
        ("jwk", jwk.clone()),
        ("jku", "https://canary.invalid/jwks.json".into()),
        ("x5u", "https://canary.invalid/x5u.pem".into()),
        ("x5c", json!([STANDARD.encode(jwk.to_string())])),
        ("x5t", encode([0; 20]).into()),
        ("x5t#S256", encode([0; 32]).into()),
    ]
}

#[test]
fn a_token_does_not_bring_its_own_key() {
    // #61: CVE-2018-0114. Nothing in this layer can fetch: it knows no network.
    for algorithm in [Algorithm::Rs256, Algorithm::Es256] {
        let (ours, attacker) = (fresh(algorithm), fresh(algorithm));
        for (name, value) in pointers(&attacker) {
            for kid in [Some("a"), Some("b"), None] {
                let mut header = json!({ "alg": algorithm.as_str(), name: value });
                if let Some(kid) = kid {
                    header["kid"] = kid.into();
                }
                let forged = signed(&attacker, algorithm, &header, "{}");
                assert!(verify(&alone(&ours, "a"), &forged).is_err(), "{name} {kid:?}");
            }
        }
    }
}

#[test]
fn a_good_token_may_carry_such_headers() {
    // #61: they are not understood, so they change nothing.
    let (ours, other) = (fresh(Algorithm::Es256), fresh(Algorithm::Es256));
    for (name, value) in pointers(&other) {
        let header = json!({ "alg": "ES256", "kid": "a", name: value });
        assert_eq!(
            verify(&alone(&ours, "a"), &signed(&ours, Algorithm::Es256, &header, "{}")),
            Ok(()),
            "{name}"
        );
    }
}

#[test]
fn kid_is_a_key_into_a_map_and_nothing_else() {
    // #62
    let key = fresh(Algorithm::Es256);
    let long = "k".repeat(257);
    let huge = "k".repeat(5 * 1024);
    for kid in [
        json!("../../x"),
        json!("/dev/null"),
        json!("' OR 1=1 --"),
        json!("a\0"),
        json!("A"),
        json!(""),
        json!(long),
        json!(huge),
        json!(1),
        json!(["a"]),
        json!({ "a": 1 }),
        json!(null),
    ] {
        let token = signed(&key, Algorithm::Es256, &json!({ "alg": "ES256", "kid": kid }), "{}");
        assert!(verify(&alone(&key, "a"), &token).is_err(), "{kid}");
    }
}

#[test]
fn without_a_kid_one_key_must_fit_and_only_one() {
    // #62
    let (one, two) = (fresh(Algorithm::Es256), fresh(Algorithm::Es256));
    let token = signed(&one, Algorithm::Es256, &json!({ "alg": "ES256" }), "{}");
    let other = fresh(Algorithm::EdDsa);
    assert_eq!(verify(&set([one.jwk("a"), other.jwk("c")]), &token), Ok(()));
    assert_eq!(verify(&set([one.jwk("a"), two.jwk("b")]), &token), Err(JoseError::AmbiguousKey));
    assert_eq!(verify(&set([other.jwk("c")]), &token), Err(JoseError::UnknownKey));
    assert_eq!(verify(&set([]), &token), Err(JoseError::UnknownKey));
}

#[test]
fn keys_of_one_issuer_do_not_verify_for_another() {
    // #70: whatever the keys are called, with a kid and without, and after each set has verified its own issuer's token, so that
    // nothing which another set was asked before, or which was read into one, helps.
    let issuers = ["same", "same", "other"].map(|kid| (kid, fresh(Algorithm::Es256)));
    let sets = issuers.each_ref().map(|(kid, key)| alone(key, kid));
    let named =
        |kid: &str, key: &Key| signed(key, Algorithm::Es256, &json!({ "alg": "ES256", "kid": kid }), "{}");
    for _ in 0..2 {
        for (one, (kid, key)) in issuers.iter().enumerate() {
            let unnamed = signed(key, Algorithm::Es256, &json!({ "alg": "ES256" }), "{}");
            assert_eq!(verify(&sets[one], &named(kid, key)), Ok(()));
            assert_eq!(verify(&sets[one], &unnamed), Ok(()));
            for (other, (their_kid, _)) in issuers.iter().enumerate().filter(|(other, _)| *other != one) {
                let unknown = if kid == their_kid { JoseError::Signature } else { JoseError::UnknownKey };
                assert_eq!(verify(&sets[other], &named(kid, key)), Err(unknown), "{one} {other}");
                assert_eq!(
                    verify(&sets[other], &named(their_kid, key)),
                    Err(JoseError::Signature),
                    "{one} {other}"
                );
                assert_eq!(verify(&sets[other], &unnamed), Err(JoseError::Signature), "{one} {other}");
            }
            assert_eq!(verify(&set([]), &named(kid, key)), Err(JoseError::UnknownKey));
            assert_eq!(verify(&set([]), &unnamed), Err(JoseError::UnknownKey));
        }
    }
}

#[test]
fn extensions_are_refused_though_the_signature_is_good() {
    // #63
    let key = fresh(Algorithm::Es256);
    for (name, value) in [
        ("crit", json!(["x"])),
        ("crit", json!([])),
        ("crit", json!(["zip"])),
        ("b64", json!(false)),
        ("enc", json!("A128GCM")),
    ] {
        let token = signed(&key, Algorithm::Es256, &json!({ "alg": "ES256", name: value, "x": 1 }), "{}");
        assert_eq!(verify(&alone(&key, "a"), &token), Err(JoseError::Extension), "{name}");
    }
}

#[test]
fn zip_has_no_effect() {
    // #67: RFC 7516 §4.1.3 defines it for JWE alone. The payload is read as it stands, and one that is packed is no JSON.
    let key = fresh(Algorithm::Es256);
    let header = json!({ "alg": "ES256", "zip": "DEF" });
    assert_eq!(verify(&alone(&key, "a"), &signed(&key, Algorithm::Es256, &header, "{}")), Ok(()));
    // `{}`, deflated (RFC 1951).
    let packed = key.compact("ES256", header.to_string(), [0xab, 0xae, 0x05, 0x00]);
    assert!(matches!(verify(&alone(&key, "a"), &packed), Err(JoseError::Json | JoseError::Utf8)));
}

#[test]
fn a_signature_is_for_one_header_and_one_payload() {
    // #60
    let key = fresh(Algorithm::Es256);
    let header = json!({ "alg": "ES256", "kid": "a" });
    let (one, two) = (
        signed(&key, Algorithm::Es256, &header, "{}"),
        signed(&key, Algorithm::Es256, &header, r#"{"a":1}"#),
    );
    let (one, two): (Vec<_>, Vec<_>) = (one.split('.').collect(), two.split('.').collect());
    let other = encode(json!({ "alg": "ES256", "kid": "a", "typ": "at+jwt" }).to_string());
    for parts in
        [[one[0], two[1], one[2]], [one[0], one[1], two[2]], [&other, one[1], one[2]], [one[0], "", one[2]]]
    {
        let token = Compact::parse(&parts.join(".")).unwrap();
        assert_eq!(alone(&key, "a").verify(&token, Algorithm::ALL), Err(JoseError::Signature));
    }
}
