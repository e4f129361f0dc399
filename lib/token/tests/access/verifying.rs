//! What is accepted, and why the rest is not.

use jose::JoseError;
use jose::KeySet;
use oauth::{Code, Time};
use serde_json::{Value, json};
use token::{Invalid, Keys, Verifier};

use crate::hand::{AUDIENCE, ISSUER, KEYS, NOW, claims, header, sign, verifier};

/// The answer to a token with these headers and claims instead of, or in addition to, the good ones. Null removes one.
fn with(headers: Value, changes: Value) -> Result<(), Invalid> {
    verify(&sign(&changed(header(), headers), &changed(claims(), changes)))
}

fn changed(mut base: Value, changes: Value) -> String {
    for (name, value) in changes.as_object().unwrap() {
        base[name] = value.clone();
    }
    base.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    base.to_string()
}

fn verify(token: &str) -> Result<(), Invalid> {
    verifier().verify(token, NOW).map(drop)
}

#[test]
fn a_valid_token_is_accepted() {
    assert_eq!(with(json!({}), json!({})), Ok(()));
    // RFC 9068 §4; aud as a list; only what we need.
    assert_eq!(with(json!({ "typ": "application/at+jwt" }), json!({})), Ok(()));
    assert_eq!(with(json!({}), json!({ "aud": ["https://other.example.com", AUDIENCE] })), Ok(()));
    let bare =
        json!({ "sid": null, "grant_id": null, "name": null, "email": null, "nbf": null, "roles": null });
    assert_eq!(with(json!({}), bare), Ok(()));
    assert_eq!(with(json!({ "kid": null }), json!({ "more": { "a": [1] } })), Ok(()));
}

#[test]
fn typ_is_that_of_an_access_token() {
    // #56, #66
    for typ in [
        json!(null),
        json!("JWT"),
        json!("jwt"),
        json!("at+JWT"),
        json!("AT+JWT"),
        json!("at+jwt "),
        json!("application/at+jwt; x"),
        json!("logout+jwt"),
        json!("dpop+jwt"),
        json!("secevent+jwt"),
        json!("token-introspection+jwt"),
        json!(""),
    ] {
        assert_eq!(with(json!({ "typ": typ }), json!({})), Err(Invalid::Type), "{typ}");
    }
    assert_eq!(with(json!({ "typ": ["at+jwt"] }), json!({})), Err(Invalid::Jws(JoseError::Header)));
}

#[test]
fn an_id_token_is_no_access_token() {
    // #56: signed by the same key, for the same person.
    let id_token = json!({ "aud": "app", "nonce": "n", "azp": "app", "client_id": null, "scope": null });
    assert_eq!(with(json!({ "typ": "JWT" }), id_token.clone()), Err(Invalid::Type));
    assert_eq!(with(json!({}), id_token), Err(Invalid::Audience));
}

#[test]
fn iss_is_one_string_and_ours() {
    // #64, #14
    for iss in [
        json!(null),
        json!(5),
        json!(true),
        json!([ISSUER]),
        json!(["https://evil.example.com", ISSUER]),
        json!({ "iss": ISSUER }),
        json!(""),
        json!(format!("{ISSUER}/")),
        json!(ISSUER.to_uppercase()),
        json!(format!(" {ISSUER}")),
        json!("https://id.example.com.evil.com"),
        json!("http://id.example.com"),
    ] {
        assert_eq!(with(json!({}), json!({ "iss": iss })), Err(Invalid::Issuer), "{iss}");
    }
}

#[test]
fn aud_is_a_string_or_strings_and_ours() {
    // #64
    for aud in [
        json!(null),
        json!(5),
        json!({}),
        json!({ AUDIENCE: true }),
        json!(""),
        json!([]),
        json!([[AUDIENCE]]),
        json!([AUDIENCE, 5]),
        json!([AUDIENCE, null]),
        json!(["https://other.example.com"]),
        json!(format!("{AUDIENCE}/")),
        json!(format!("{AUDIENCE} https://other.example.com")),
        json!("https://api.example.com.evil.com"),
    ] {
        assert_eq!(with(json!({}), json!({ "aud": aud })), Err(Invalid::Audience), "{aud}");
    }
}

#[test]
fn names_are_short_strings() {
    // #64, #21
    let long = "x".repeat(256);
    for bad in [json!(5), json!(""), json!(["user"]), json!({ "a": 1 }), json!(true), json!(long), json!(1.5)]
    {
        for (name, invalid) in [
            ("sub", Invalid::Subject),
            ("client_id", Invalid::ClientId),
            ("jti", Invalid::Id),
            ("sid", Invalid::Session),
            ("grant_id", Invalid::Grant),
        ] {
            assert_eq!(with(json!({}), json!({ name: bad })), Err(invalid), "{name} {bad}");
        }
    }
    for (name, invalid) in [("sub", Invalid::Subject), ("client_id", Invalid::ClientId), ("jti", Invalid::Id)]
    {
        assert_eq!(with(json!({}), json!({ name: null })), Err(invalid), "{name}");
    }
    assert_eq!(with(json!({}), json!({ "sub": "x".repeat(255) })), Ok(()));
}

#[test]
fn times_are_whole_numbers() {
    // #64, #17: CVE-2026-25537
    for bad in [
        "null",
        "\"1800000300\"",
        "1e300",
        "1.8e9",
        "1800000300.0",
        "1800000300.5",
        "-1",
        "-0",
        "true",
        "[1800000300]",
        "{}",
        "\"\"",
        "99999999999999999999",
    ] {
        for (name, invalid) in
            [("exp", Invalid::ExpiresAt), ("iat", Invalid::IssuedAt), ("nbf", Invalid::NotBefore)]
        {
            let mut changed = claims();
            changed[name] = "HERE".into();
            let text = changed.to_string().replace("\"HERE\"", bad);
            assert_eq!(verify(&sign(&header().to_string(), &text)), Err(invalid), "{name} {bad}");
        }
    }
    assert_eq!(with(json!({}), json!({ "exp": null })), Err(Invalid::ExpiresAt));
    assert_eq!(with(json!({}), json!({ "iat": null })), Err(Invalid::IssuedAt));
}

#[test]
fn a_token_lives_from_iat_to_exp() {
    // #64, #17
    let now = NOW.epoch();
    for (changes, expected) in [
        (json!({ "exp": now }), Err(Invalid::ExpiresAt)),
        (json!({ "iat": now - 600, "exp": now + 1 }), Ok(())),
        (json!({ "iat": now - 600, "exp": now }), Err(Invalid::Expired)),
        (json!({ "iat": now - 600, "exp": now - 1 }), Err(Invalid::Expired)),
        (json!({ "iat": now - 600, "exp": 0 }), Err(Invalid::ExpiresAt)),
        (json!({ "iat": now + 60 }), Ok(())),
        (json!({ "iat": now + 61 }), Err(Invalid::IssuedAt)),
        (json!({ "nbf": now + 60 }), Ok(())),
        (json!({ "nbf": now + 61 }), Err(Invalid::NotBefore)),
        (json!({ "exp": now + 3600 }), Ok(())),
        (json!({ "exp": now + 3601 }), Err(Invalid::ExpiresAt)),
        (json!({ "exp": i64::MAX }), Err(Invalid::ExpiresAt)),
        (json!({ "iat": 0 }), Err(Invalid::ExpiresAt)),
    ] {
        assert_eq!(with(json!({}), changes.clone()), expected, "{changes}");
    }
    let token = sign(&header().to_string(), &claims().to_string());
    let at = |seconds| verifier().verify(&token, Time::from_epoch(now + seconds)).map(drop);
    assert_eq!((at(-60), at(-61)), (Ok(()), Err(Invalid::IssuedAt)));
    assert_eq!((at(599), at(600)), (Ok(()), Err(Invalid::Expired)));
    assert_eq!(verifier().verify(&token, Time::from_epoch(i64::MAX)).map(drop), Err(Invalid::Expired));
    assert_eq!(verifier().verify(&token, Time::from_epoch(i64::MIN)).map(drop), Err(Invalid::IssuedAt));
}

#[test]
fn scope_and_roles_must_be_well_formed() {
    // #64
    for scope in [json!(null), json!(5), json!(["a"]), json!({}), json!("a\"b"), json!("ä"), json!("a\nb")] {
        assert_eq!(with(json!({}), json!({ "scope": scope })), Err(Invalid::Scope), "{scope}");
    }
    for roles in [json!("admin"), json!(5), json!({}), json!([5]), json!(["a", null]), json!([["a"]])] {
        assert_eq!(with(json!({}), json!({ "roles": roles })), Err(Invalid::Roles), "{roles}");
    }
    for bad in [json!(5), json!(true), json!([]), json!({})] {
        assert_eq!(with(json!({}), json!({ "name": bad })), Err(Invalid::Name), "{bad}");
        assert_eq!(with(json!({}), json!({ "email": bad })), Err(Invalid::Email), "{bad}");
    }
}

#[test]
fn an_address_that_nobody_vouches_for_is_left_out() {
    // #19: a token without the flag too, as one of another make or of an older day.
    let email = |verified: Value| {
        let token = sign(&header().to_string(), &changed(claims(), json!({ "email_verified": verified })));
        verifier().verify(&token, NOW).unwrap().email
    };
    assert_eq!(email(json!(true)).as_deref(), Some("n@example.com"));
    for other in [json!(false), json!("true"), json!(1), json!(null)] {
        assert_eq!(email(other.clone()), None, "{other}");
    }
}

#[test]
fn a_repeated_claim_is_refused() {
    // #65
    let (header, claims) = (header().to_string(), claims().to_string());
    let twice = |json: &str, member: &str| format!("{}{member}}}", json.strip_suffix('}').unwrap());
    for member in
        [r#","scope":"admin""#, r#","sub":"user""#, r#","\u0073cope":"admin""#, r#","x":{"a":1,"a":2}"#]
    {
        let token = sign(&header, &twice(&claims, member));
        assert_eq!(verify(&token), Err(Invalid::Jws(JoseError::Duplicate)), "{member}");
    }
    for member in [r#","alg":"RS256""#, r#","kid":"other""#, r#","\u0061lg":"none""#] {
        let token = sign(&twice(&header, member), &claims);
        assert_eq!(verify(&token), Err(Invalid::Jws(JoseError::Duplicate)), "{member}");
    }
    let deep = format!(r#","x":{}1{}"#, "[".repeat(16), "]".repeat(16));
    assert_eq!(verify(&sign(&header, &twice(&claims, &deep))), Err(Invalid::Jws(JoseError::Depth)));
}

#[test]
fn our_key_takes_its_own_algorithm_only() {
    // #60
    for alg in ["none", "NONE", "nOnE", "", "HS256", "HS512", "RS512", "PS256", "ES256", "EdDSA", "rs256"] {
        let answer = with(json!({ "alg": alg }), json!({}));
        assert!(
            matches!(answer, Err(Invalid::Jws(JoseError::Algorithm | JoseError::WrongKey))),
            "{alg}: {answer:?}"
        );
    }
    let none = json!({ "alg": "none", "typ": "at+jwt" }).to_string();
    let unsigned = forge::unsigned(none, claims().to_string());
    assert_eq!(verify(&unsigned), Err(Invalid::Jws(JoseError::Algorithm)));
}

#[test]
fn our_public_key_is_no_secret() {
    // #60: HS256 keyed with every text the public key is known as.
    let jwks = KEYS.public().to_json();
    let set: Value = serde_json::from_str(&jwks).unwrap();
    let jwk = &set["keys"][0];
    for secret in [
        jwks.clone(),
        jwk.to_string(),
        jwk["n"].as_str().unwrap().into(),
        jwk["kid"].as_str().unwrap().into(),
    ] {
        let forged = json!({ "alg": "HS256", "typ": "at+jwt", "kid": jwk["kid"] }).to_string();
        let token = forge::hmac("HS256", secret.as_bytes(), forged, claims().to_string());
        assert_eq!(verify(&token), Err(Invalid::Jws(JoseError::Algorithm)));
    }
}

#[test]
fn only_the_issuers_own_keys_count() {
    // #61, #62, #70
    let other = Keys::generate().unwrap();
    let foreign = Verifier::new(ISSUER, AUDIENCE, other.public().clone());
    let token = sign(&header().to_string(), &claims().to_string());
    assert_eq!(foreign.verify(&token, NOW).map(drop), Err(Invalid::Jws(JoseError::UnknownKey)));
    let nobody = Verifier::new(ISSUER, AUDIENCE, KeySet::default());
    assert_eq!(nobody.verify(&token, NOW).map(drop), Err(Invalid::Jws(JoseError::UnknownKey)));
    for kid in ["other", "../../etc/passwd", "' OR 1=1", ""] {
        assert_eq!(with(json!({ "kid": kid }), json!({})), Err(Invalid::Jws(JoseError::UnknownKey)), "{kid}");
    }
    for crit in [json!(["exp"]), json!([]), json!("x")] {
        // #63
        assert_eq!(
            with(json!({ "crit": crit }), json!({})),
            Err(Invalid::Jws(JoseError::Extension)),
            "{crit}"
        );
    }
    for name in ["jwk", "jku", "x5u", "x5c"] {
        assert_eq!(with(json!({ name: "https://canary.invalid/" }), json!({})), Ok(()), "{name}");
    }
}

#[test]
fn a_refusal_is_invalid_token_and_says_nothing_of_the_token() {
    // #103: RFC 6750 §3.1
    let invalid = with(json!({}), json!({ "iss": "canary" })).unwrap_err();
    let error = oauth::Error::from(invalid);
    assert_eq!((error.code(), error.status(), invalid.reason()), (Code::InvalidToken, 401, "issuer"));
    assert!(!error.description().contains("canary"));
    assert_eq!(verify("canary").unwrap_err().reason(), "malformed");
}
