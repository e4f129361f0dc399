//! Bytes that mean nothing, and tokens that nearly mean something: an answer, never a panic.

use forge::{Numbers, encode};
use jose::{Algorithm, Compact, JoseError, Jws, KeySet, json::parse_strict};
use oauth::limits::BEARER_TOKEN;
use serde_json::json;

use crate::signing::{alone, fresh, signed};

#[test]
fn random_bytes_are_refused() {
    // #67
    let mut numbers = Numbers(1);
    let any: Vec<u8> = (0..=255).collect();
    let tokenish = b"eyJhbGciOiJSUzI1NiIsI..ABCab_-019=";
    let jsonish = br#"{}[]:,"\u0061e1-.0 keysktyRSA"#;
    let keys = alone(&fresh(Algorithm::Es256), "a");
    for _ in 0..20_000 {
        for alphabet in [&any[..], tokenish, jsonish] {
            let bytes = numbers.bytes(alphabet, 200);
            let _ = parse_strict(&bytes);
            assert!(!KeySet::parse(&bytes).is_ok_and(|set| !set.keys().is_empty()));
            let text = String::from_utf8_lossy(&bytes);
            for token in
                [text.to_string(), format!("{}.{}.{}", encode(&bytes), encode(&bytes), encode(&bytes))]
            {
                let _ = Jws::parse(&token);
                assert!(!Compact::parse(&token).is_ok_and(|t| keys.verify(&t, Algorithm::ALL).is_ok()));
            }
        }
    }
}

#[test]
fn one_changed_character_breaks_a_token() {
    // #60, #67
    let mut numbers = Numbers(2);
    let key = fresh(Algorithm::Es256);
    let keys = alone(&key, "a");
    let token = signed(&key, Algorithm::Es256, &json!({ "alg": "ES256", "kid": "a" }), r#"{"sub":"x"}"#);
    assert!(keys.verify(&Jws::parse(&token).unwrap(), Algorithm::ALL).is_ok());
    for at in 0..token.len() {
        for _ in 0..8 {
            let mut bytes = token.clone().into_bytes();
            match numbers.below(3) {
                0 => bytes[at] = 1 + numbers.below(127) as u8,
                1 => drop(bytes.remove(at)),
                _ => bytes.insert(at, b"AZaz09-_.="[numbers.below(10)]),
            }
            let changed = String::from_utf8(bytes).unwrap();
            let verified = Jws::parse(&changed).is_ok_and(|jws| keys.verify(&jws, Algorithm::ALL).is_ok());
            assert_eq!(verified, changed == token, "{changed:?}");
        }
    }
}

#[test]
fn length_and_dots_are_checked_first() {
    // #67: CVE-2025-30204, CVE-2025-27144. Each of these is wrong in several ways. The error shows how far it was
    // read; and nothing is made of it, not one byte.
    for fill in [".", "A.", "e30.", "A", "AAA=", "{", "[", "\"", "="] {
        for (length, flaw) in [
            (BEARER_TOKEN - fill.len(), JoseError::Segments),
            (BEARER_TOKEN + fill.len(), JoseError::TooLong),
            (1 << 20, JoseError::TooLong),
        ] {
            let token = fill.repeat(length / fill.len() + 1);
            let made =
                allocation_counter::measure(|| assert_eq!(Jws::parse(&token).unwrap_err(), flaw, "{fill}"));
            assert_eq!((made.count_total, made.bytes_total), (0, 0), "{fill} {length}");
        }
    }
}
