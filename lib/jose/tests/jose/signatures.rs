//! Every algorithm with its own key, and with every other.

use forge::encode;
use jose::{Algorithm, Compact, JoseError, Jws, KeySet};
use serde_json::json;

use crate::signing::{alone, fresh, set, signed};

#[test]
fn every_algorithm_verifies_and_none_for_another() {
    // #60
    let keys: Vec<_> = Algorithm::ALL.iter().map(|algorithm| (*algorithm, fresh(*algorithm))).collect();
    let all = set(keys.iter().map(|(algorithm, key)| key.jwk(algorithm.as_str())));
    for (algorithm, key) in &keys {
        let header = json!({ "alg": algorithm.as_str(), "kid": algorithm.as_str() });
        let token = Jws::parse(&signed(key, *algorithm, &header, "{}")).unwrap();
        assert_eq!(all.verify(&token, &[*algorithm]), Ok(()), "{algorithm}");
        assert_eq!(all.verify(&token, &[]), Err(JoseError::Algorithm), "{algorithm}");
        let others: Vec<_> = Algorithm::ALL.iter().copied().filter(|other| other != algorithm).collect();
        assert_eq!(all.verify(&token, &others), Err(JoseError::Algorithm), "{algorithm}");
        for other in others {
            // The right key, and a header that says something else.
            let lie = json!({ "alg": other.as_str(), "kid": algorithm.as_str() });
            let token = Jws::parse(&signed(key, *algorithm, &lie, "{}")).unwrap();
            assert!(all.verify(&token, Algorithm::ALL).is_err(), "{algorithm} as {other}");
        }
    }
}

#[test]
fn a_key_that_names_its_algorithm_is_used_for_no_other() {
    // #60: PS256 and RS384 are both RSA, and a key for RS256 takes neither.
    let key = fresh(Algorithm::Rs256);
    let mut jwk = key.jwk("a");
    jwk["alg"] = "RS256".into();
    for (algorithm, expected) in [
        (Algorithm::Rs256, Ok(())),
        (Algorithm::Rs384, Err(JoseError::WrongKey)),
        (Algorithm::Ps256, Err(JoseError::WrongKey)),
    ] {
        let token = signed(&key, algorithm, &json!({ "alg": algorithm.as_str(), "kid": "a" }), "{}");
        assert_eq!(
            set([jwk.clone()]).verify(&Jws::parse(&token).unwrap(), Algorithm::ALL),
            expected,
            "{algorithm}"
        );
    }
}

#[test]
fn ecdsa_signatures_are_two_numbers_of_fixed_length() {
    // #68: CVE-2022-21449 and its relatives.
    for (algorithm, size) in [(Algorithm::Es256, 32), (Algorithm::Es384, 48), (Algorithm::Es512, 66)] {
        let key = fresh(algorithm);
        let message = format!("{}.e30", encode(json!({ "alg": algorithm.as_str() }).to_string()));
        let good = key.sign(algorithm.as_str(), message.as_bytes());
        let verify = |signature: &[u8]| {
            let token = Compact::parse(&format!("{message}.{}", encode(signature))).unwrap();
            alone(&key, "a").verify(&token, &[algorithm])
        };
        assert_eq!(verify(&good), Ok(()));
        let (r, s) = good.split_at(size);
        let (zero, most) = (vec![0; size], vec![0xff; size]);
        for (what, bad) in [
            ("nothing", vec![]),
            ("r = s = 0", [&zero[..], &zero].concat()),
            ("r = 0", [&zero[..], s].concat()),
            ("s = 0", [r, &zero].concat()),
            ("r too large", [&most[..], s].concat()),
            ("s too large", [r, &most].concat()),
            ("r and s swapped", [s, r].concat()),
            ("cut short", good[..2 * size - 1].to_vec()),
            ("r alone", r.to_vec()),
            ("one byte more", [&good[..], &[0]].concat()),
            ("leading zeros", [&[0][..], r, &[0], s].concat()),
            ("DER", der(r, s)),
        ] {
            assert_eq!(verify(&bad), Err(JoseError::Signature), "{algorithm}: {what}");
        }
    }
}

/// The length of a piece of ASN.1.
fn length(bytes: usize) -> Vec<u8> {
    if bytes < 0x80 { vec![bytes as u8] } else { vec![0x81, bytes as u8] }
}

/// The signature as ASN.1, as most other protocols write it.
fn der(r: &[u8], s: &[u8]) -> Vec<u8> {
    let integer = |number: &[u8]| {
        let zero = if number[0] >= 0x80 { &[0][..] } else { &[] };
        [&[2][..], &length(zero.len() + number.len()), zero, number].concat()
    };
    let body = [integer(r), integer(s)].concat();
    [&[0x30][..], &length(body.len()), &body].concat()
}

#[test]
fn rsa_and_ed25519_signatures_have_one_length() {
    // #68
    for algorithm in [Algorithm::Rs256, Algorithm::Ps256, Algorithm::EdDsa] {
        let key = fresh(algorithm);
        let message = format!("{}.e30", encode(json!({ "alg": algorithm.as_str() }).to_string()));
        let good = key.sign(algorithm.as_str(), message.as_bytes());
        let zero = vec![0; good.len()];
        let flipped = [&[good[0] ^ 1], &good[1..]].concat();
        for bad in [
            vec![],
            zero,
            flipped,
            good[1..].to_vec(),
            [&[0], &good[..]].concat(),
            [&good[..], &[0]].concat(),
        ] {
            let token = Compact::parse(&format!("{message}.{}", encode(bad))).unwrap();
            assert_eq!(
                alone(&key, "a").verify(&token, &[algorithm]),
                Err(JoseError::Signature),
                "{algorithm}"
            );
        }
    }
}

#[test]
fn ed25519_has_two_names() {
    // #60: RFC 9864 §2.2, for the token as for the key; and Ed448 has none.
    let key = fresh(Algorithm::EdDsa);
    let checked = |token: &str, of_key: Option<&str>| {
        let mut jwk = key.jwk("a");
        if let Some(of_key) = of_key {
            jwk["alg"] = of_key.into();
        }
        let header = json!({ "alg": token, "kid": "a" });
        let token = Jws::parse(&signed(&key, Algorithm::EdDsa, &header, "{}")).unwrap();
        set([jwk]).verify(&token, &[Algorithm::EdDsa])
    };
    for token in ["EdDSA", "Ed25519"] {
        for of_key in [None, Some("EdDSA"), Some("Ed25519")] {
            assert_eq!(checked(token, of_key), Ok(()), "{token} {of_key:?}");
        }
        for of_key in ["Ed448", "ES256", "none", "ed25519"] {
            assert_eq!(checked(token, Some(of_key)), Err(JoseError::UnknownKey), "{token} {of_key}");
        }
    }
    for token in ["Ed448", "ed25519", "EDDSA"] {
        assert_eq!(checked(token, None), Err(JoseError::Algorithm), "{token}");
    }
}

#[test]
fn the_example_of_rfc_8037_verifies() {
    let jwk = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
    let token = concat!(
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.",
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
    );
    let token = Compact::parse(token).unwrap();
    assert_eq!(KeySet::parse(jwk).unwrap().verify(&token, &[Algorithm::EdDsa]), Ok(()));
    assert_eq!(token.payload(), b"Example of Ed25519 signing");
}
