//! The real key, and one header or claim changed at a time: a token is accepted exactly when a second reading of RFC 9068,
//! written differently, accepts it.

use std::collections::HashSet;

use forge::{Numbers, encode};
use serde_json::{Map, Value, json};

use crate::hand::{AUDIENCE, ISSUER, KEYS, NOW, claims, header, sign, verifier};

/// Values that have fooled somebody.
fn values(good: &Value) -> Vec<Value> {
    let now = NOW.epoch();
    let long = "x".repeat(256);
    let mut values =
        vec![json!(null), json!(true), json!(false), json!({}), json!([]), json!([[]]), json!({ "a": 1 })];
    values.extend(
        [0, 1, -1, now - 3601, now - 600, now, now + 60, now + 61, now + 600, i64::MAX].map(Value::from),
    );
    values.extend([0.0, 1.5, 1e300, -1e300, now as f64].map(Value::from));
    values.extend(
        ["", " ", "x", "none", "RS256", "at+jwt", "JWT", "admin", ISSUER, AUDIENCE, &long, "a\0b"]
            .map(Value::from),
    );
    values.extend([
        json!([good]),
        json!([good, 5]),
        json!([good, "other"]),
        json!({ "value": good }),
        json!(good.to_string()),
    ]);
    values.push(good.clone());
    values
}

/// Whether such a token is to be accepted.
fn accepted(header: &Map<String, Value>, claims: &Map<String, Value>) -> bool {
    header_is_good(header) && names_are_good(claims) && times_are_good(claims) && rights_are_good(claims)
}

fn header_is_good(header: &Map<String, Value>) -> bool {
    let unknown = ["crit", "b64", "enc"].iter().any(|name| header.contains_key(*name));
    let kid = header.get("kid").is_none_or(|kid| kid == KEYS.public().keys()[0].kid().unwrap());
    !unknown
        && kid
        && header.get("alg") == Some(&json!("RS256"))
        && header.get("typ") == Some(&json!("at+jwt"))
}

fn names_are_good(claims: &Map<String, Value>) -> bool {
    let name = |value: &Value| matches!(value, Value::String(text) if (1..=255).contains(&text.len()));
    let required = ["sub", "client_id", "jti"].iter().all(|claim| claims.get(*claim).is_some_and(name));
    let sid = claims.get("sid").is_none_or(name);
    let texts = ["name", "email"].iter().all(|claim| claims.get(*claim).is_none_or(Value::is_string));
    let aud = match claims.get("aud") {
        Some(Value::Array(list)) => list.iter().all(Value::is_string) && list.contains(&json!(AUDIENCE)),
        other => other == Some(&json!(AUDIENCE)),
    };
    required && sid && texts && aud && claims.get("iss") == Some(&json!(ISSUER))
}

fn times_are_good(claims: &Map<String, Value>) -> bool {
    let whole = |value: &Value| value.as_i64().filter(|seconds| *seconds >= 0);
    let (Some(iat), Some(exp)) = (claims.get("iat").and_then(whole), claims.get("exp").and_then(whole))
    else {
        return false;
    };
    let now = NOW.epoch();
    let nbf = claims.get("nbf").is_none_or(|nbf| whole(nbf).is_some_and(|nbf| nbf - 60 <= now));
    nbf && iat - 60 <= now && now < exp && iat < exp && exp - iat <= 3600
}

fn rights_are_good(claims: &Map<String, Value>) -> bool {
    let fits = |c: char| matches!(c, ' ' | '!' | '#'..='[' | ']'..='~');
    let scope = claims.get("scope").and_then(Value::as_str).is_some_and(|scope| scope.chars().all(fits));
    let strings = |roles: &Value| roles.as_array().is_some_and(|roles| roles.iter().all(Value::is_string));
    scope && claims.get("roles").is_none_or(strings)
}

#[test]
fn one_change_at_a_time() {
    // #60, #61, #62, #63, #64, #66
    let (good_header, good_claims) = (header(), claims());
    let (mut accepted_count, mut count) = (0, 0);
    let mut check = |header: &Value, claims: &Value| {
        let expected = accepted(header.as_object().unwrap(), claims.as_object().unwrap());
        let token = sign(&header.to_string(), &claims.to_string());
        assert_eq!(verifier().verify(&token, NOW).is_ok(), expected, "{header} {claims}");
        accepted_count += usize::from(expected);
        count += 1;
    };
    let more_headers = ["crit", "b64", "zip", "enc", "jwk", "jku", "x5u", "x5c", "x5t", "cty", "x"];
    for name in good_header.as_object().unwrap().keys().map(String::as_str).chain(more_headers) {
        for value in values(&good_header[name]).into_iter().map(Some).chain([None]) {
            check(&changed(&good_header, name, value), &good_claims);
        }
    }
    for name in
        good_claims.as_object().unwrap().keys().map(String::as_str).chain(["x", "azp", "nonce", "act", "Iss"])
    {
        for value in values(&good_claims[name]).into_iter().map(Some).chain([None]) {
            check(&good_header, &changed(&good_claims, name, value));
        }
    }
    assert!(
        count > 1000 && accepted_count > 100 && accepted_count < count * 3 / 5,
        "{accepted_count} of {count}"
    );
}

fn changed(base: &Value, name: &str, value: Option<Value>) -> Value {
    let mut base = base.clone();
    match value {
        Some(value) => base[name] = value,
        None => drop(base.as_object_mut().unwrap().remove(name)),
    }
    base
}

#[test]
fn random_bytes_are_never_accepted() {
    // #67
    let mut numbers = Numbers(7);
    let any: Vec<u8> = (0..=255).collect();
    let verifier = verifier();
    let mut reasons = HashSet::new();
    for _ in 0..20_000 {
        let bytes = numbers.bytes(&any, 120);
        let text = String::from_utf8_lossy(&bytes);
        let part = encode(&bytes);
        let head = encode(header().to_string());
        for token in [
            text.to_string(),
            format!("{part}.{part}.{part}"),
            format!("{head}.e30.{part}"),
            format!("{head}.{text}.{part}"),
        ] {
            reasons.insert(verifier.verify(&token, NOW).unwrap_err().reason());
        }
    }
    assert!(reasons.contains("malformed") && reasons.contains("signature"), "{reasons:?}");
}
