//! Tokens of other issuers: each issuer's own shape is accepted, and nothing that was changed in it.

use serde_json::{Value, json};
use tests::stub::fresh_key;

use crate::{
    gate::{NOW, allows, event, start},
    issuer_tokens::{ISSUERS, Issuer, TENANT, authorizer, issuer, settings},
};

async fn context(token: &str) -> Value {
    authorizer().await.invoke(&event("http-2.0", token)).await.unwrap()["context"].clone()
}

#[tokio::test]
async fn rule_69_each_issuers_token_is_read_by_its_own_rules() {
    // #69
    let exp = (NOW.epoch() + 600).to_string();
    let read = |sub: &str,
                client: &str,
                scope: &str,
                roles: &str,
                sid: &str,
                name: &str,
                email: &str,
                iss: &Value| {
        json!({"sub": sub, "client_id": client, "scope": scope, "roles": roles, "sid": sid, "grant_id": "", "name": name, "email": email, "iss": iss, "exp": exp})
    };
    let audience = crate::gate::AUDIENCE;
    for (name, sub, client, scope, roles, sid, person, email) in [
        ("latchkey", "u", "app", "read:data", "member", "", "", ""),
        ("auth0", "auth0|123", "app", "openid read:data write:data", "", "", "", ""),
        ("okta", "ada@example.com", "app", "openid read:data", "", "", "", ""),
        ("cognito", "5a1b", audience, "openid read:data", "admins", "", "", ""),
        // A role with a blank in it cannot be passed on: it would read as two.
        ("entra", "s", "app", "read:data", "Reader", "", "Ada", ""),
        ("keycloak", "f00d", "app", "openid read:data", "member", "s", "Ada", "ada@example.com"),
        ("google", "110169484474386276334", audience, "", "", "", "Ada", "ada@example.com"),
    ] {
        let issuer = issuer(name);
        let expected = read(sub, client, scope, roles, sid, person, email, &issuer.claims["iss"]);
        assert_eq!(context(&issuer.good()).await, expected, "{name}");
    }
}

/// What is changed in a good token, and must not be accepted from anybody.
type Change = (&'static str, fn(&mut Value, &mut Value));

const CHANGES: &[Change] = &[
    ("no issuer", |_, claims| remove(claims, "iss")),
    ("an array of issuers", |_, claims| claims["iss"] = json!([claims["iss"]])),
    ("an issuer with a slash more", |_, claims| {
        claims["iss"] = format!("{}/", claims["iss"].as_str().unwrap()).into()
    }),
    ("an issuer nobody trusts", |_, claims| claims["iss"] = json!("https://evil.example.com")),
    ("another issuer that is trusted", |_, claims| {
        let other = if claims["iss"] == "https://t.eu.auth0.com/" {
            "https://accounts.google.com"
        } else {
            "https://t.eu.auth0.com/"
        };
        claims["iss"] = json!(other);
    }),
    ("no audience", |_, claims| ["aud", "client_id"].into_iter().for_each(|name| remove(claims, name))),
    ("another audience", |_, claims| audience(claims, json!("https://other.example.com"))),
    ("an audience in an object", |_, claims| audience(claims, json!({"a": 1}))),
    ("an audience that is a bit of ours", |_, claims| audience(claims, json!("https://api.example.co"))),
    ("an audience and a number", |_, claims| audience(claims, json!([crate::gate::AUDIENCE, 5]))),
    ("no subject", |_, claims| remove(claims, "sub")),
    ("a numeric subject", |_, claims| claims["sub"] = json!(5)),
    ("an empty subject", |_, claims| claims["sub"] = json!("")),
    ("a long subject", |_, claims| claims["sub"] = "s".repeat(256).into()),
    ("no expiry", |_, claims| remove(claims, "exp")),
    ("expired", |_, claims| claims["exp"] = NOW.epoch().into()),
    ("an expiry in text", |_, claims| claims["exp"] = json!("9999999999")),
    ("expired half a second ago", |_, claims| claims["exp"] = json!(NOW.epoch() as f64 - 0.5)),
    ("expired within this second", |_, claims| claims["exp"] = json!(NOW.epoch() as f64 + 0.5)),
    ("a huge expiry", |_, claims| claims["exp"] = json!(1e300)),
    ("a negative expiry", |_, claims| claims["exp"] = json!(-1)),
    ("issued tomorrow", |_, claims| claims["iat"] = (NOW.epoch() + 61).into()),
    ("no time of issue", |_, claims| remove(claims, "iat")),
    ("not yet valid", |_, claims| claims["nbf"] = (NOW.epoch() + 61).into()),
    ("not valid before some text", |_, claims| claims["nbf"] = json!("0")),
    ("alg none", |header, _| header["alg"] = json!("none")),
    ("alg nOnE", |header, _| header["alg"] = json!("nOnE")),
    ("alg empty", |header, _| header["alg"] = json!("")),
    ("alg HS256", |header, _| header["alg"] = json!("HS256")),
    ("alg ES256", |header, _| header["alg"] = json!("ES256")),
    ("alg RS512", |header, _| header["alg"] = json!("RS512")),
    ("no alg", |header, _| remove(header, "alg")),
    ("a critical extension", |header, _| header["crit"] = json!(["x"])),
    ("a critical extension that is there", |header, _| {
        (header["crit"], header["x"]) = (json!(["x"]), json!(1));
    }),
    ("a critical b64", |header, _| (header["crit"], header["b64"]) = (json!(["b64"]), json!(true))),
    ("a null crit", |header, _| header["crit"] = json!(null)),
    ("a critical zip", |header, _| (header["crit"], header["zip"]) = (json!(["zip"]), json!("DEF"))),
    ("an empty crit", |header, _| header["crit"] = json!([])),
    ("b64 false", |header, _| header["b64"] = json!(false)),
    ("an unknown key", |header, _| header["kid"] = json!("other")),
    ("a path for a key", |header, _| header["kid"] = json!("../../k")),
    ("a numeric key", |header, _| header["kid"] = json!(5)),
    ("a logout token by its type", |header, _| header["typ"] = json!("logout+jwt")),
    ("a proof by its type", |header, _| header["typ"] = json!("dpop+jwt")),
    ("a logout token by its events", |_, claims| {
        claims["events"] = json!({"http://schemas.openid.net/event/backchannel-logout": {}});
    }),
];

fn remove(object: &mut Value, name: &str) {
    object.as_object_mut().unwrap().remove(name);
}

/// Changes whom it is for, wherever that is written.
fn audience(claims: &mut Value, value: Value) {
    let name = if claims.get("aud").is_some() { "aud" } else { "client_id" };
    claims[name] = value;
}

#[tokio::test]
async fn rule_64_other_issuers_may_write_a_time_with_a_fraction() {
    // #64, #67: RFC 7519 §2. Ours never do, so one that does is not ours. `zip` means nothing in a JWS.
    let authorizer = authorizer().await;
    for issuer in ISSUERS.iter() {
        for (name, value) in [
            ("exp", json!(NOW.epoch() as f64 + 60.25)),
            ("iat", json!(NOW.epoch() as f64 - 1.75)),
            ("nbf", json!(NOW.epoch() as f64 - 1.75)),
        ] {
            let mut claims = issuer.claims.clone();
            claims[name] = value;
            let token = issuer.sign(&issuer.header.to_string(), &claims.to_string());
            let answer = authorizer.invoke(&event("http-2.0", &token)).await;
            assert_eq!(allows(&answer), issuer.name != "latchkey", "{}: {name}", issuer.name);
        }
        let mut header = issuer.header.clone();
        header["zip"] = json!("DEF");
        let token = issuer.sign(&header.to_string(), &issuer.claims.to_string());
        assert!(allows(&authorizer.invoke(&event("http-2.0", &token)).await), "{}: zip", issuer.name);
    }
}

#[tokio::test]
async fn rule_69_no_issuers_token_survives_a_change() {
    // #14, #15, #17, #60, #62, #63, #64, #66, #69
    let authorizer = authorizer().await;
    for issuer in ISSUERS.iter() {
        for (what, change) in CHANGES {
            // Our own tokens carry no events; what other tokens carry does not concern ours.
            if issuer.name == "latchkey" && *what == "a logout token by its events" {
                continue;
            }
            let (mut header, mut claims) = (issuer.header.clone(), issuer.claims.clone());
            change(&mut header, &mut claims);
            let token = issuer.sign(&header.to_string(), &claims.to_string());
            let answer = authorizer.invoke(&event("http-2.0", &token)).await;
            assert_eq!(answer, Ok(json!({"isAuthorized": false})), "{}: {what}", issuer.name);
        }
    }
}

#[tokio::test]
async fn rule_66_no_issuers_other_tokens_are_access_tokens() {
    // #56, #66, #69
    let authorizer = authorizer().await;
    let others: [(&str, Change); 16] = [
        ("latchkey", ("typed as any JWT", |header, _| header["typ"] = json!("JWT"))),
        ("latchkey", ("untyped", |header, _| remove(header, "typ"))),
        (
            "auth0",
            ("an ID token", |_, claims| {
                remove(claims, "scope");
                claims["nonce"] = json!("n");
            }),
        ),
        ("okta", ("an ID token names no cid", |_, claims| remove(claims, "cid"))),
        ("cognito", ("an ID token", |_, claims| claims["token_use"] = json!("id"))),
        ("cognito", ("of no kind", |_, claims| remove(claims, "token_use"))),
        // Whom it is for is in `client_id`: an `aud` beside it says nothing.
        (
            "cognito",
            ("another client that names us in aud", |_, claims| {
                claims["client_id"] = json!("other");
                claims["aud"] = json!(crate::gate::AUDIENCE);
            }),
        ),
        ("entra", ("an ID token names no azp", |_, claims| remove(claims, "azp"))),
        (
            "entra",
            ("another tenant", |_, claims| claims["tid"] = json!("11111111-2b34-4da1-9baa-8bc8c9d6a490")),
        ),
        ("entra", ("the other version", |_, claims| claims["ver"] = json!("1.0"))),
        ("entra", ("no tenant", |_, claims| remove(claims, "tid"))),
        ("entra", ("no version", |_, claims| remove(claims, "ver"))),
        ("entra", ("a version that is a number", |_, claims| claims["ver"] = json!(2.0))),
        ("entra", ("tenants in an array", |_, claims| claims["tid"] = json!([claims["tid"]]))),
        ("keycloak", ("an ID token", |_, claims| claims["typ"] = json!("ID"))),
        ("google", ("a person of another domain", |_, claims| claims["hd"] = json!("example.com.evil"))),
    ];
    for (name, (what, change)) in others {
        let issuer = issuer(name);
        let (mut header, mut claims) = (issuer.header.clone(), issuer.claims.clone());
        change(&mut header, &mut claims);
        let token = issuer.sign(&header.to_string(), &claims.to_string());
        assert!(!allows(&authorizer.invoke(&event("http-2.0", &token)).await), "{name}: {what}");
    }
}

#[tokio::test]
async fn rule_69_a_latchkey_among_the_issuers_types_its_access_tokens() {
    // #66, #69: read as another issuer's, its tokens keep the one type that they have.
    let latchkey = issuer("latchkey");
    let house = [
        ("ISSUERS", "latchkey"),
        ("LATCHKEY_ISSUER", crate::gate::ISSUER),
        ("LATCHKEY_AUDIENCES", crate::gate::AUDIENCE),
        ("LATCHKEY_KEYS", &latchkey.keys()),
        ("LATCHKEY_JWKS_URI", "none"),
    ];
    let values = house.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let authorizer = start(values, setting::Clock::from_fn(|| NOW)).await.unwrap();
    for (typ, good) in [
        (json!("at+jwt"), true),
        (json!("application/at+jwt"), true),
        (json!(null), false),
        (json!("JWT"), false),
        (json!(""), false),
        (json!("at+jwtx"), false),
    ] {
        let mut header = latchkey.header.clone();
        remove(&mut header, "typ");
        if !typ.is_null() {
            header["typ"] = typ.clone();
        }
        let token = latchkey.sign(&header.to_string(), &latchkey.claims.to_string());
        assert_eq!(allows(&authorizer.invoke(&event("http-2.0", &token)).await), good, "{typ}");
    }
}

#[tokio::test]
async fn rule_70_a_key_of_one_never_verifies_another() {
    // #13, #70: the same key id in every set; warm, and in both orders.
    let authorizer = authorizer().await;
    for one in ISSUERS.iter() {
        assert!(allows(&authorizer.invoke(&event("rest-token", &one.good())).await), "{}", one.name);
        for other in ISSUERS.iter().filter(|other| other.name != one.name) {
            let forged = other.sign(&one.header.to_string(), &one.claims.to_string());
            assert!(
                !allows(&authorizer.invoke(&event("rest-token", &forged)).await),
                "{} by {}",
                one.name,
                other.name
            );
        }
    }
}

#[tokio::test]
async fn rule_70_nor_does_a_key_that_only_another_has() {
    // #70: names that no other set has, and none; both warm. Where each issuer's own token is good, the key of another one is
    // known to the process, and still is nobody's here.
    let keys = ["auth0", "okta"].map(|name| (name, fresh_key(&format!("of-{name}"))));
    let mut values = settings();
    for (name, (_, jwk)) in &keys {
        values.insert(format!("{}_KEYS", name.to_ascii_uppercase()), json!({"keys": [jwk]}).to_string());
    }
    let authorizer = start(values, setting::Clock::from_fn(|| NOW)).await.unwrap();
    for _ in 0..2 {
        for (one, _) in &keys {
            for (other, (key, _)) in &keys {
                for kid in [Some("of-auth0"), Some("of-okta"), None] {
                    let mut header = json!({"alg": "RS256", "typ": "JWT"});
                    if let Some(kid) = kid {
                        header["kid"] = kid.into();
                    }
                    let token = key.token(&header, &issuer(one).claims);
                    let good = one == other && kid.is_none_or(|kid| kid.ends_with(one));
                    let answer = authorizer.invoke(&event("rest-token", &token)).await;
                    assert_eq!(allows(&answer), good, "{one} by {other} as {kid:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn rule_65_a_repeated_member_is_refused_with_a_valid_signature() {
    // #65, #67
    let authorizer = authorizer().await;
    for issuer in ISSUERS.iter() {
        let (header, claims) = (issuer.header.to_string(), issuer.claims.to_string());
        let twice = |json: &str, member: &str| format!("{},{member}}}", &json[..json.len() - 1]);
        for token in [
            issuer.sign(&header, &twice(&claims, r#""scope":"a","scope":"admin""#)),
            issuer.sign(&header, &twice(&claims, r#""sub":"admin""#)),
            issuer.sign(&twice(&header, r#""alg":"RS256""#), &claims),
            issuer.sign(&header, &twice(&claims, r#""x":{"a":[{"b":1,"b":2}]}"#)),
            issuer.sign(&header, &twice(&claims, &format!(r#""x":{}1{}"#, "[".repeat(17), "]".repeat(17)))),
            format!("{}=", issuer.good()),
            format!("{}.x", issuer.good()),
            issuer.sign(&header, &twice(&claims, &format!(r#""x":"{}""#, "x".repeat(10_240)))),
        ] {
            assert!(!allows(&authorizer.invoke(&event("http-2.0", &token)).await), "{}", issuer.name);
        }
    }
}

#[tokio::test]
async fn issuers_with_two_names_or_versions_are_accepted() {
    // #14, #69
    let authorizer = authorizer().await;
    let check = async |issuer: &Issuer, header: &Value, claims: &Value| {
        let token = issuer.sign(&header.to_string(), &claims.to_string());
        allows(&authorizer.invoke(&event("http-2.0", &token)).await)
    };
    let (google, entra, auth0) = (issuer("google"), issuer("entra"), issuer("auth0"));
    let mut short = google.claims.clone();
    short["iss"] = json!("accounts.google.com");
    assert!(check(google, &google.header, &short).await);
    let mut first = entra.claims.clone();
    first["iss"] = format!("https://sts.windows.net/{TENANT}/").into();
    first["ver"] = json!("1.0");
    remove(&mut first, "azp");
    first["appid"] = json!("app");
    assert!(check(entra, &entra.header, &first).await);
    for typ in [json!("at+jwt"), json!("application/at+jwt"), json!("jwt"), json!("JWT")] {
        let mut header = auth0.header.clone();
        header["typ"] = typ.clone();
        assert!(check(auth0, &header, &auth0.claims).await, "{typ}");
    }
    // #61: carrying a key or an address is no sin; it is not looked at.
    let mut header = auth0.header.clone();
    header["jku"] = json!("http://127.0.0.1:1/");
    assert!(check(auth0, &header, &auth0.claims).await);
    // #19: an address that the issuer does not vouch for is not passed on.
    let keycloak = issuer("keycloak");
    for unverified in [json!("true"), json!(false), json!(1), json!(null)] {
        let mut claims = keycloak.claims.clone();
        claims["email_verified"] = unverified;
        let token = keycloak.sign(&keycloak.header.to_string(), &claims.to_string());
        assert_eq!(context(&token).await["email"], "");
    }
}

#[tokio::test]
async fn a_scope_with_a_space_is_not_two_scopes() {
    // #65
    let authorizer = authorizer().await;
    for (name, claim, value) in [
        ("okta", "scp", json!(["openid", "read:data admin"])),
        ("okta", "scp", json!(["openid", 5])),
        ("okta", "scp", json!({"a": 1})),
        ("auth0", "permissions", json!(["a b"])),
        ("auth0", "scope", json!("a\"b")),
    ] {
        let issuer = issuer(name);
        let mut claims = issuer.claims.clone();
        claims[claim] = value;
        let token = issuer.sign(&issuer.header.to_string(), &claims.to_string());
        assert!(!allows(&authorizer.invoke(&event("http-2.0", &token)).await), "{name} {claim}");
    }
}

#[tokio::test]
async fn a_wrong_setting_of_an_issuer_stops_the_start_and_is_named() {
    for (name, value, named) in [
        ("ISSUERS", "Auth0", "ISSUERS"),
        ("ISSUERS", "auth0,auth0", "auth0"),
        ("ISSUERS", "nobody", "NOBODY_ISSUER"),
        ("AUTH0_DOMAIN", "", "AUTH0_DOMAIN"),
        ("AUTH0_DOMAIN", "https://t.eu.auth0.com", "AUTH0_DOMAIN"),
        ("AUTH0_DOMAIN", "T.eu.auth0.com", "AUTH0_DOMAIN"),
        ("OKTA_DOMAIN", "dev-1.okta.com", "OKTA_DOMAIN"),
        ("OKTA_DOMAIN", "dev-1.okta.com?x", "OKTA_DOMAIN"),
        ("AUTH0_METADATA_URL", "https://a.example/metadata", "AUTH0_METADATA_URL"),
        ("AUTH0_AUDIENCES", "", "AUTH0_AUDIENCES"),
        ("AUTH0_ALGORITHMS", "none", "AUTH0_ALGORITHMS"),
        ("AUTH0_ALGORITHMS", "HS256", "AUTH0_ALGORITHMS"),
        ("AUTH0_KEYS", "{}", "AUTH0_KEYS"),
        ("AUTH0_JWKS_URI", "http://a.example/keys", "auth0"),
        ("AUTH0_PROFILE", "auth1", "AUTH0_PROFILE"),
        ("AUTH0_REQUIRED", "hd=", "AUTH0_REQUIRED"),
        ("AUTH0_REQUIRED", "hd=\"example.com", "AUTH0_REQUIRED"),
        ("AUTH0_REQUIRED", "name=\"Ada Lovelace\"", "AUTH0_REQUIRED"),
        ("ENTRA_TENANT", "common", "ENTRA_TENANT"),
        ("ENTRA_TENANT", "", "ENTRA_TENANT"),
        // Which of the two counts is not to be guessed: signing in refuses them together, too.
        ("AUTH0_ISSUER", "https://t.eu.auth0.com/", "AUTH0_DOMAIN"),
        ("OKTA_ISSUER", "https://dev-1.okta.com/oauth2/default", "OKTA_DOMAIN"),
        ("KEYCLOAK_ISSUER", "https://sso.example.com/realms/other", "KEYCLOAK_DOMAIN"),
        ("ENTRA_ISSUER", "https://sts.windows.net/8eaef023-2b34-4da1-9baa-8bc8c9d6a490/", "ENTRA_ISSUER"),
        ("COGNITO_ISSUER", crate::gate::ISSUER, "cognito"),
    ] {
        let mut values = settings();
        values.insert(name.to_owned(), value.to_owned());
        let error = start(values, setting::Clock::from_fn(|| NOW)).await.err();
        let error = error.unwrap_or_else(|| panic!("{name}={value} was taken"));
        assert!(error.contains(named) && error.len() < 400, "{name}={value}: {error}");
    }
}
