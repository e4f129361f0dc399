//! What an access token says.

use std::collections::HashSet;

use jose::Jws;
use oauth::Scope;
use serde_json::{Value, json};
use token::{AccessToken, Claims, Error, Signer, Verifier};

use crate::hand::{AUDIENCE, ISSUER, KEYS, NOW, elliptic, verifier};

fn signer() -> Signer {
    Signer::new(ISSUER, AUDIENCE, KEYS.clone())
}

fn claims_of<'a>(scope: &'a Scope, roles: &'a [String]) -> Claims<'a> {
    Claims {
        roles,
        session: Some("sid"),
        name: Some("Zoë \"Z\" <z>"),
        email: Some("zoe@example.com"),
        ..Claims::of("user", "app", scope)
    }
}

/// Header and claims, read without our code.
fn read(token: &AccessToken) -> (Value, Value) {
    let parts: Vec<_> = token.jwt.expose().split('.').collect();
    let json = |part: &str| serde_json::from_slice(&forge::decode(part)).unwrap();
    (json(parts[0]), json(parts[1]))
}

#[test]
fn has_the_header_and_claims_of_rfc_9068() {
    // #56, #57
    let (scope, roles) = ("users:read get:profile".parse().unwrap(), ["admin".to_owned()]);
    let token = signer().access_token(&claims_of(&scope, &roles), NOW).unwrap();
    let (header, mut claims) = read(&token);
    assert_eq!(header, json!({ "alg": "RS256", "typ": "at+jwt", "kid": KEYS.public().keys()[0].kid() }));
    let jti = claims.as_object_mut().unwrap().remove("jti").unwrap();
    assert_eq!(jti.as_str().unwrap().len(), 43);
    let expected = json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "user", "client_id": "app", "iat": 1_800_000_000, "exp": 1_800_000_600,
        "scope": "get:profile users:read", "roles": ["admin"], "sid": "sid", "name": "Zoë \"Z\" <z>",
        "email": "zoe@example.com", "email_verified": true,
    });
    assert_eq!((claims, token.expires_in), (expected, 600));
    assert!(!format!("{token:?}").contains("eyJ"), "the token is not printed");
}

#[test]
fn leaves_out_unknown_claims() {
    let scope = Scope::default();
    let nobody = Claims { session: None, name: None, email: None, ..claims_of(&scope, &[]) };
    let (_, claims) = read(&signer().access_token(&nobody, NOW).unwrap());
    let mut names: Vec<_> = claims.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(names, ["aud", "client_id", "exp", "iat", "iss", "jti", "roles", "scope", "sub"]);
    assert_eq!((&claims["scope"], &claims["roles"]), (&json!(""), &json!([])));
}

#[test]
fn verifies_as_what_was_granted() {
    let (scope, roles) = ("a b".parse().unwrap(), ["r".to_owned()]);
    let token = signer().access_token(&claims_of(&scope, &roles), NOW).unwrap();
    let caller = verifier().verify(token.jwt.expose(), NOW).unwrap();
    assert_eq!(
        (caller.issuer.as_str(), caller.subject.as_str(), caller.client_id.as_str()),
        (ISSUER, "user", "app")
    );
    assert_eq!((caller.scope, caller.roles, caller.session.as_deref()), (scope, roles.to_vec(), Some("sid")));
    assert_eq!(
        (caller.name.as_deref(), caller.email.as_deref()),
        (Some("Zoë \"Z\" <z>"), Some("zoe@example.com"))
    );
    assert_eq!(caller.expires_at.since(NOW).as_secs(), 600);
}

#[test]
fn es256_works_the_same() {
    let (keys, scope) = (elliptic(), Scope::default());
    let verifier = Verifier::new(ISSUER, AUDIENCE, keys.public().clone());
    let token = Signer::new(ISSUER, AUDIENCE, keys).access_token(&claims_of(&scope, &[]), NOW).unwrap();
    assert_eq!(read(&token).0["alg"], "ES256");
    assert!(verifier.verify(token.jwt.expose(), NOW).is_ok());
    // #70: another issuer's key, though the token says ours.
    assert!(self::verifier().verify(token.jwt.expose(), NOW).is_err());
}

#[test]
fn every_token_has_its_own_jti() {
    let (signer, scope) = (signer(), Scope::default());
    let id = |_| read(&signer.access_token(&claims_of(&scope, &[]), NOW).unwrap()).1["jti"].to_string();
    assert_eq!((0..100).map(id).collect::<HashSet<_>>().len(), 100);
}

#[test]
fn no_token_is_made_that_verifiers_refuse() {
    // #67
    let scope = Scope::default();
    let long = "x".repeat(256);
    for (subject, client_id) in [("", "app"), ("user", ""), (&long, "app"), ("user", &long)] {
        let claims = Claims { subject, client_id, ..claims_of(&scope, &[]) };
        assert!(
            matches!(signer().access_token(&claims, NOW), Err(Error::Claims(_))),
            "{subject} {client_id}"
        );
    }
    // #57: gateways take no more in a header.
    for (count, fits) in [(6, true), (20, false)] {
        let roles = vec!["role".repeat(100); count];
        match signer().access_token(&claims_of(&scope, &roles), NOW) {
            Ok(token) => assert!(fits && token.jwt.expose().len() <= 4096, "{count}"),
            Err(Error::Refused(refused)) => {
                assert!(!fits && refused.description().contains("4096"), "{count}");
            }
            Err(other) => panic!("{other}"),
        }
    }
}

#[test]
fn what_is_signed_is_a_strict_jws() {
    // #65
    let scope = Scope::default();
    let token = signer().access_token(&claims_of(&scope, &[]), NOW).unwrap();
    assert_eq!(Jws::parse(token.jwt.expose()).unwrap().typ(), Some("at+jwt"));
}
