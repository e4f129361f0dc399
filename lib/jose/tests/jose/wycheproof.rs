//! The vectors of Project Wycheproof (C2SP/wycheproof, Apache-2.0), read where they lie beside the project. What they are
//! about is the layer below the claims, so payloads are bytes. A file that is absent is named loudly and passed over.

use std::{collections::BTreeSet, fs, io, io::Write};

use jose::{Algorithm, Compact, KeySet};
use serde_json::{Value, json};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors");

/// Labels that a strict verifier of public-key signatures cannot meet: what is labelled valid and refused here, or
/// labelled invalid and taken, each with the reason.
struct Exceptions {
    refused: &'static [(u64, &'static str)],
    taken: &'static [(u64, &'static str)],
}

const HMAC: &str = "HMAC: symmetric keys are not taken at all";
const PS384: &str = "the key is for PS256 and the header says PS384";
const TYPO: &str = "the key is for ES521, which does not exist";
const NOT_BASE64: &str = "holds a `?`, which is not base64url (and it is HMAC)";
const ROCA: &str = "the key has the ROCA weakness, which is not looked for: refusing it is optional";

/// 367 and 370 need no line: they are byte for byte the valid 357, labelled invalid, and HMAC like it.
const SIGNATURE: Exceptions = Exceptions {
    refused: &[
        (1, HMAC),
        (346, PS384),
        (347, TYPO),
        (348, HMAC),
        (350, PS384),
        (351, TYPO),
        (352, HMAC),
        (357, HMAC),
        (358, HMAC),
        (359, HMAC),
        (372, NOT_BASE64),
        (373, NOT_BASE64),
        (376, HMAC),
        (377, HMAC),
    ],
    taken: &[],
};

const KEY: Exceptions =
    Exceptions { refused: &[(2, HMAC), (13, HMAC), (14, HMAC), (15, HMAC)], taken: &[(7, ROCA)] };

const CRYPTO: Exceptions = Exceptions { refused: &[(1, HMAC), (48, HMAC)], taken: &[(46, ROCA)] };

/// One vector: its number, its label, the token, and the key or keys it is to be checked with.
struct Vector {
    id: u64,
    valid: bool,
    token: String,
    keys: Value,
}

/// The vectors of a file in the groups that `wanted` takes. Nothing if the file is not there.
fn read(file: &str, member: &str, wanted: fn(&str) -> bool) -> Option<Vec<Vector>> {
    let Ok(text) = fs::read_to_string(format!("{FOLDER}/{file}")) else {
        // Straight to the file descriptor: the test harness swallows what `eprintln!` says in a test that passes.
        let _ =
            writeln!(io::stderr(), "\nPASSED OVER: the vectors of {file} are absent, none of them was run\n");
        return None;
    };
    let set: Value = serde_json::from_str(&text).unwrap();
    let groups = set["testGroups"].as_array().unwrap();
    let groups = groups.iter().filter(|group| wanted(group["comment"].as_str().unwrap()));
    Some(groups.flat_map(|group| vectors(group, member)).collect())
}

fn vectors(group: &Value, member: &str) -> Vec<Vector> {
    let keys = group.get("public").unwrap_or(&group["private"]);
    let keys = if keys.get("keys").is_some() { keys.clone() } else { json!({ "keys": [keys] }) };
    let vector = |test: &Value| Vector {
        id: test["tcId"].as_u64().unwrap(),
        valid: test["result"] == "valid",
        // A JWS in the JSON serialization may be an object of the file.
        token: test[member].as_str().map_or_else(|| test[member].to_string(), str::to_owned),
        keys: keys.clone(),
    };
    group["tests"].as_array().unwrap().iter().map(vector).collect()
}

fn takes(vector: &Vector) -> bool {
    let keys = KeySet::parse(vector.keys.to_string());
    let token = Compact::parse(&vector.token);
    keys.is_ok_and(|keys| token.is_ok_and(|token| keys.verify(&token, Algorithm::ALL).is_ok()))
}

/// Runs all vectors; every difference from the labels must be an exception and every exception a difference.
fn check(file: &str, wanted: fn(&str) -> bool, exceptions: &Exceptions, (count, taken): (usize, usize)) {
    let Some(vectors) = read(file, "jws", wanted) else { return };
    assert_eq!(vectors.len(), count, "the number of vectors in {file}");
    let numbers = |list: &[(u64, &str)]| list.iter().map(|(id, _)| *id).collect::<BTreeSet<_>>();
    let (mut all, mut wrongly_refused, mut wrongly_taken) = (0, BTreeSet::new(), BTreeSet::new());
    for vector in &vectors {
        match (vector.valid, takes(vector)) {
            (true, true) => all += 1,
            (true, false) => drop(wrongly_refused.insert(vector.id)),
            (false, true) => drop(wrongly_taken.insert(vector.id)),
            (false, false) => {}
        }
    }
    assert_eq!(wrongly_refused, numbers(exceptions.refused), "labelled valid and refused in {file}");
    assert_eq!(wrongly_taken, numbers(exceptions.taken), "labelled invalid and taken in {file}");
    assert_eq!(all + wrongly_taken.len(), taken, "all that was taken of {file}");
}

#[test]
fn json_web_signature() {
    // #60, #61, #67, #68: 46 are labelled valid, 14 of them are exceptions.
    check("wycheproof_json_web_signature_test.json", |_| true, &SIGNATURE, (401, 32));
}

#[test]
fn json_web_key() {
    // #60, #62, #68: keys 8, 9, 22 and 23 among them.
    check("wycheproof_json_web_key_test.json", |_| true, &KEY, (26, 2));
}

#[test]
fn json_web_crypto() {
    // #60, #67
    check("wycheproof_json_web_crypto_test.json", |group| group.starts_with("jws_"), &CRYPTO, (49, 3));
}

/// A JWE fails before any part of it is looked at, and its key is of no use either.
fn refuses_all(file: &str, wanted: fn(&str) -> bool, count: usize) {
    let Some(vectors) = read(file, "jwe", wanted) else { return };
    assert_eq!(vectors.len(), count, "the number of vectors in {file}");
    for vector in &vectors {
        let id = vector.id;
        let keys = KeySet::parse(vector.keys.to_string());
        assert!(!keys.is_ok_and(|keys| !keys.keys().is_empty()), "key {id}");
        assert!(Compact::parse(&vector.token).is_err(), "{id}");
    }
}

#[test]
fn json_web_encryption() {
    // #67
    refuses_all("wycheproof_json_web_encryption_test.json", |_| true, 139);
    refuses_all("wycheproof_json_web_crypto_test.json", |group| group.starts_with("jwe_"), 34);
}
