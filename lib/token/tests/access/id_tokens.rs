//! What an ID token says, and that nobody takes it for an access token.

use jose::Algorithm;
use oauth::Secret;
use serde_json::{Map, Value, json};
use token::{Error, IdClaims, Invalid, Keys, Signer, Verifier};

use crate::hand::{AUDIENCE, ISSUER, NOW};

fn claims<'a>(access_token: &'a Secret, amr: &'a [String]) -> IdClaims<'a> {
    IdClaims {
        subject: "user",
        client_id: "app",
        algorithm: Algorithm::Es256,
        auth_time: oauth::Time::from_epoch(1_799_999_999),
        nonce: Some("n-0S6_WzA2Mj"),
        session: Some("sid"),
        acr: "1",
        amr,
        access_token,
        person: Map::new(),
    }
}

/// Header and claims, read without our code.
fn read(token: &Secret) -> (Value, Value) {
    let parts: Vec<_> = token.expose().split('.').collect();
    let json = |part: &str| serde_json::from_slice(&forge::decode(part)).unwrap();
    (json(parts[0]), json(parts[1]))
}

#[test]
fn has_the_claims_of_openid_connect_and_the_algorithm_of_its_client() {
    // #56, #58
    let keys = Keys::generate().unwrap();
    let signer = Signer::new(ISSUER, AUDIENCE, keys.clone());
    // The example of OpenID Connect Core A.3.
    let access_token = Secret::new("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y");
    for (algorithm, amr) in [(Algorithm::Rs256, vec![]), (Algorithm::Es256, vec!["pwd".to_owned()])] {
        let given = IdClaims { algorithm, ..claims(&access_token, &amr) };
        let (header, read) = read(&signer.id_token(&given, NOW).unwrap());
        let kid = keys.public().keys().iter().find(|key| key.to_json()["alg"] == algorithm.as_str()).unwrap();
        assert_eq!(header, json!({ "alg": algorithm.as_str(), "typ": "JWT", "kid": kid.kid() }));
        let mut expected = json!({
            "iss": ISSUER, "aud": "app", "sub": "user", "iat": 1_800_000_000, "exp": 1_800_000_600,
            "auth_time": 1_799_999_999, "nonce": "n-0S6_WzA2Mj", "sid": "sid", "acr": "1",
            "at_hash": "77QmUPtjPfzWtF2AnpK9RQ",
        });
        if !amr.is_empty() {
            expected["amr"] = json!(amr);
        }
        assert_eq!(read, expected);
    }
}

#[test]
fn what_is_said_of_a_person_replaces_no_claim() {
    // #57
    let signer = Signer::new(ISSUER, AUDIENCE, Keys::generate_for(Algorithm::Es256).unwrap());
    let access_token = Secret::new("x");
    let honest = read(&signer.id_token(&claims(&access_token, &[]), NOW).unwrap()).1;
    let names = honest.as_object().unwrap().keys().map(String::as_str).chain(["amr", "nonce"]);
    let mut person: Map<_, _> = names.map(|name| (name.to_owned(), json!("evil"))).collect();
    person.insert("name".to_owned(), json!("Ada"));
    for nonce in [None, Some("n-0S6_WzA2Mj")] {
        let given = IdClaims { person: person.clone(), nonce, ..claims(&access_token, &[]) };
        let (_, claims) = read(&signer.id_token(&given, NOW).unwrap());
        let mut expected = honest.clone();
        expected["name"] = json!("Ada");
        if nonce.is_none() {
            expected.as_object_mut().unwrap().remove("nonce");
        }
        assert_eq!(claims, expected);
    }
}

#[test]
fn an_id_token_is_no_access_token() {
    // #56, #66
    let keys = Keys::generate_for(Algorithm::Es256).unwrap();
    let token = Signer::new(ISSUER, AUDIENCE, keys.clone()).id_token(&claims(&Secret::new("x"), &[]), NOW);
    let token = token.unwrap();
    // Also not where its client is called like the API.
    for audience in [AUDIENCE, "app"] {
        let verifier = Verifier::new(ISSUER, audience, keys.public().clone());
        assert_eq!(verifier.verify(token.expose(), NOW), Err(Invalid::Type));
        assert_eq!(verifier.verify_for_any_audience(token.expose(), NOW), Err(Invalid::Type));
    }
}

#[test]
fn without_a_key_for_the_algorithm_there_is_no_token() {
    let signer = Signer::new(ISSUER, AUDIENCE, Keys::generate_for(Algorithm::Es256).unwrap());
    let given = Secret::new("x");
    let given = IdClaims { algorithm: Algorithm::Rs256, ..claims(&given, &[]) };
    assert!(matches!(signer.id_token(&given, NOW), Err(Error::NoKey(Algorithm::Rs256))));
}
