//! Each row of the table, with tokens that are right but for one claim.

use serde_json::json;

use super::*;

const NOW: i64 = 1_800_000_000;

fn token(header: &Value, claims: &Value) -> Jws {
    let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    Jws::parse(&format!("{header}.{claims}.c2ln")).unwrap()
}

fn claims() -> Value {
    json!({ "iss": "https://a.example", "aud": "us", "sub": "1", "exp": NOW + 600, "iat": NOW, "nonce": "n" })
}

fn checked(header: Value, claims: &Value) -> Result<Accepted, Flaw> {
    let issuer = Issuer::One("https://a.example".to_owned());
    let expected = Expected {
        issuer: &issuer,
        also_issuers: &[],
        client_id: "us",
        trusted_audiences: &[],
        nonce: &Secret::new("n"),
        access_token: &Secret::new("token"),
        kind_claim: None,
    };
    check(&token(&header, claims), &expected, Time::from_epoch(NOW))
}

/// The good token with one claim changed; `null` takes it away.
fn with(claim: &str, value: Value) -> Result<Accepted, Flaw> {
    let mut claims = claims();
    if value.is_null() {
        claims.as_object_mut().unwrap().remove(claim);
    } else {
        claims[claim] = value;
    }
    checked(json!({ "alg": "RS256" }), &claims)
}

#[test]
fn a_valid_id_token_is_accepted() {
    let accepted = checked(json!({ "alg": "RS256", "typ": "JWT" }), &claims()).unwrap();
    assert_eq!(accepted, Accepted { issuer: "https://a.example".to_owned(), subject: "1".to_owned() });
}

#[test]
fn the_issuer_is_exact() {
    // #14
    for iss in [
        json!("https://a.example/"),
        json!("https://A.example"),
        json!(["https://a.example"]),
        json!(1),
        json!(null),
    ] {
        assert_eq!(with("iss", iss.clone()), Err(Flaw::Issuer), "{iss}");
    }
}

#[test]
fn the_audience_is_our_client_only() {
    // #15
    for aud in [json!("us"), json!(["us"]), json!(["us", "us"])] {
        assert!(with("aud", aud.clone()).is_ok(), "{aud}");
    }
    for aud in [
        json!("other"),
        json!(["us", "other"]),
        json!(["other"]),
        json!([]),
        json!({}),
        json!({"us": "us"}),
        json!(["us", 5]),
        json!(5),
        json!([["us"]]),
        json!(""),
        json!("US"),
        json!(null),
    ] {
        assert_eq!(with("aud", aud.clone()), Err(Flaw::Audience), "{aud}");
    }
    assert!(with("azp", json!("us")).is_ok());
    for azp in [json!("other"), json!(5), json!(["us"]), json!(""), json!({})] {
        assert_eq!(with("azp", azp.clone()), Err(Flaw::AuthorizedParty), "{azp}");
    }
}

/// What is said of these audiences where `project` and `other-client` are trusted too.
fn shared(aud: Value, azp: Value) -> Result<(), Flaw> {
    let mut claims = json!({ "aud": aud });
    if !azp.is_null() {
        claims["azp"] = azp;
    }
    audience(claims.as_object().unwrap(), "us", &["project".to_owned(), "other-client".to_owned()])
}

#[test]
fn other_audiences_must_be_configured_and_azp_must_be_us() {
    // #15: the shape of Zitadel, which lists every client of the project and the project.
    for aud in [json!(["us", "project"]), json!(["other-client", "us", "project"])] {
        assert_eq!(shared(aud.clone(), json!("us")), Ok(()), "{aud}");
        for azp in [json!(null), json!("other-client"), json!("project"), json!(""), json!(["us"]), json!(5)]
        {
            assert_eq!(shared(aud.clone(), azp.clone()), Err(Flaw::AuthorizedParty), "{aud} {azp}");
        }
    }
    assert_eq!(shared(json!("us"), json!(null)), Ok(()));
    for aud in [
        json!(["us", "project", "stranger"]),
        json!(["project", "other-client"]),
        json!("project"),
        json!(["us", "Project"]),
        json!(["us", 5]),
        json!(["us", ["project"]]),
        json!([]),
        json!(null),
    ] {
        assert_eq!(shared(aud.clone(), json!("us")), Err(Flaw::Audience), "{aud}");
    }
}

fn userinfo(header: Value, change: impl FnOnce(&mut Value)) -> Result<(), Flaw> {
    let issuer = Issuer::One("https://a.example".to_owned());
    let expected = Expected {
        issuer: &issuer,
        also_issuers: &["a.example"],
        client_id: "us",
        trusted_audiences: &[],
        nonce: &Secret::new("n"),
        access_token: &Secret::new("token"),
        kind_claim: Some(("token_use", "id")),
    };
    let who = Accepted { issuer: "https://a.example".to_owned(), subject: "1".to_owned() };
    let mut claims = json!({ "iss": "https://a.example", "aud": "us", "sub": "1" });
    change(&mut claims);
    check_userinfo(&token(&header, &claims), &expected, &who, Time::from_epoch(NOW))
}

#[test]
fn signed_userinfo_is_for_us_and_about_the_same_person() {
    // #14, #15, #17, #18
    let good = json!({ "alg": "RS256" });
    let with = |name: &str, value: Value| userinfo(good.clone(), |claims| claims[name] = value);
    assert_eq!(userinfo(good.clone(), |_| ()), Ok(()));
    for (name, value) in [
        ("aud", json!(["us"])),
        ("iss", json!("a.example")),
        ("exp", json!(NOW + 1)),
        ("exp", json!(NOW as f64 + 0.5)),
        ("nbf", json!(NOW)),
        ("iat", json!(NOW - 86400)),
    ] {
        assert_eq!(with(name, value.clone()), Ok(()), "{name} {value}");
    }
    for (name, value, flaw) in [
        ("iss", json!("https://b.example"), Flaw::Issuer),
        ("iss", json!(["https://a.example"]), Flaw::Issuer),
        ("iss", json!(null), Flaw::Issuer),
        ("aud", json!("them"), Flaw::Audience),
        ("aud", json!(["us", "them"]), Flaw::Audience),
        ("aud", json!(null), Flaw::Audience),
        ("sub", json!("2"), Flaw::Subject),
        ("sub", json!(1), Flaw::Subject),
        ("sub", json!(null), Flaw::Subject),
        ("exp", json!(NOW - 60), Flaw::Expired),
        ("exp", json!("never"), Flaw::Expired),
        ("exp", json!(null), Flaw::Expired),
        ("nbf", json!(NOW + 61), Flaw::NotBefore),
        ("nbf", json!(true), Flaw::NotBefore),
    ] {
        assert_eq!(with(name, value.clone()), Err(flaw), "{name} {value}");
    }
    for name in ["iss", "aud", "sub"] {
        let without = userinfo(good.clone(), |claims| drop(claims.as_object_mut().unwrap().remove(name)));
        assert!(without.is_err(), "without {name}");
    }
    for typ in ["at+jwt", "logout+jwt", ""] {
        assert_eq!(userinfo(json!({ "alg": "RS256", "typ": typ }), |_| ()), Err(Flaw::Kind), "{typ}");
    }
    assert_eq!(userinfo(json!({ "alg": "RS256", "typ": "JWT" }), |_| ()), Ok(()));
}

#[test]
fn the_nonce_must_match() {
    // #16
    for nonce in [json!("other"), json!(""), json!("N"), json!(["n"]), json!(1), json!(null)] {
        assert_eq!(with("nonce", nonce.clone()), Err(Flaw::Nonce), "{nonce}");
    }
}

#[test]
fn an_empty_nonce_never_matches() {
    // #16: whatever else went wrong, an empty one never equals an empty one.
    let issuer = Issuer::One("https://a.example".to_owned());
    let empty = Secret::new("");
    let expected = Expected {
        issuer: &issuer,
        also_issuers: &[],
        client_id: "us",
        trusted_audiences: &[],
        nonce: &empty,
        access_token: &empty,
        kind_claim: None,
    };
    let mut claims = claims();
    claims["nonce"] = json!("");
    let checked = check(&token(&json!({ "alg": "RS256" }), &claims), &expected, Time::from_epoch(NOW));
    assert_eq!(checked, Err(Flaw::Nonce));
}

#[test]
fn exp_must_be_in_the_future() {
    // #17
    for exp in [NOW + 1, NOW, NOW - 59, LAST] {
        assert!(with("exp", json!(exp)).is_ok(), "{exp}");
    }
    // RFC 7519 §2: a fraction is none of an hour; of a second it is not counted.
    for exp in [json!(NOW as f64 + 600.25), json!(1.9e9), json!(NOW as f64 - 58.5)] {
        assert!(with("exp", exp.clone()).is_ok(), "{exp}");
    }
    for exp in [json!(NOW - 60), json!(NOW - 3600), json!(1), json!(NOW as f64 - 59.5), json!(1.5e9)] {
        assert_eq!(with("exp", exp.clone()), Err(Flaw::Expired), "{exp}");
    }
    for exp in [
        json!(null),
        json!("1900000000"),
        json!(-1),
        json!(0),
        json!(1e300),
        json!(1e16),
        json!(0.5),
        json!(-1.9e9),
        json!(LAST + 1),
        json!(LAST as f64 + 1.5),
        json!(u64::MAX),
        json!(true),
        json!([NOW + 1]),
        json!({}),
    ] {
        assert_eq!(with("exp", exp.clone()), Err(Flaw::ExpiryType), "{exp}");
    }
}

#[test]
fn the_token_is_fresh() {
    // #17
    for iat in [NOW, NOW - 600, NOW + 60] {
        assert!(with("iat", json!(iat)).is_ok(), "{iat}");
    }
    assert_eq!(with("iat", json!(NOW - 601)), Err(Flaw::TooOld));
    assert_eq!(with("iat", json!(NOW - 3600)), Err(Flaw::TooOld));
    assert_eq!(with("iat", json!(NOW + 61)), Err(Flaw::Ahead));
    assert!(with("iat", json!(NOW as f64 - 1.5)).is_ok());
    assert_eq!(with("iat", json!(NOW as f64 - 601.5)), Err(Flaw::TooOld));
    for iat in [json!(null), json!("1800000000"), json!(-1), json!(1e300), json!(0), json!(0.5), json!(false)]
    {
        assert_eq!(with("iat", iat.clone()), Err(Flaw::IssuedType), "{iat}");
    }
    for (nbf, good) in [
        (json!(NOW), true),
        (json!(NOW + 60), true),
        (json!(NOW as f64 - 0.5), true),
        (json!(0), true),
        (json!(NOW + 61), false),
        (json!(NOW as f64 + 61.5), false),
        (json!("1"), false),
        (json!(-1), false),
        (json!(1e300), false),
    ] {
        assert_eq!(with("nbf", nbf.clone()).is_ok(), good, "{nbf}");
    }
}

#[test]
fn the_subject_is_a_key() {
    // #21
    assert!(with("sub", json!("x".repeat(255))).is_ok());
    for sub in [json!(""), json!("x".repeat(256)), json!(5), json!(["1"]), json!("a\u{7}"), json!(null)] {
        assert_eq!(with("sub", sub.clone()), Err(Flaw::Subject), "{sub}");
    }
}

#[test]
fn at_hash_is_checked_when_present() {
    // #18: the left half of SHA-256("token").
    assert!(with("at_hash", json!("PEaenWxYddN6Q_NT1PiOYQ")).is_ok());
    for hash in [json!("PEaenWxYddN6Q_NT1PiOYA"), json!(""), json!(5), json!(["PEaenWxYddN6Q_NT1PiOYQ"])] {
        assert_eq!(with("at_hash", hash.clone()), Err(Flaw::AccessTokenHash), "{hash}");
    }
}

#[test]
fn other_kinds_of_token_are_refused() {
    // #66
    for header in [
        json!({ "alg": "RS256", "typ": "at+jwt" }),
        json!({ "alg": "RS256", "typ": "logout+jwt" }),
        json!({ "alg": "RS256", "typ": "" }),
        json!({ "alg": "RS256", "cty": "JWT" }),
    ] {
        assert_eq!(checked(header.clone(), &claims()), Err(Flaw::Kind), "{header}");
    }
    let cognito = |held: Value| {
        let mut claims = claims();
        claims["token_use"] = held;
        kind(&token(&json!({ "alg": "RS256" }), &claims), Some(("token_use", "id")))
    };
    assert_eq!(cognito(json!("id")), Ok(()));
    assert_eq!(cognito(json!("access")), Err(Flaw::Kind));
    assert_eq!(cognito(json!(null)), Err(Flaw::Kind));
}
