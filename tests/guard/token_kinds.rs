//! Access tokens as each provider really makes them, and its ID tokens, which open nothing (#66). The shapes are those of the
//! providers' own documentation, whose addresses are beside them. Whom they are for is trusted both ways, as by somebody who
//! wrote the client's id into the audiences too, so that nothing but the kind tells them apart.

use std::{collections::HashMap, sync::LazyLock};

use forge::Key;
use serde_json::{Value, json};
use setting::Clock;
use tests::stub::fresh_key;

use self::shapes::{Shape, issuer, shapes};
use crate::{
    caller::{function, native, request},
    gate::{NOW, allows, event, start},
};

mod shapes;

static KEY: LazyLock<(Key, Value)> = LazyLock::new(|| fresh_key("k"));

const API: &str = "https://api.example.com";
const CLIENT: &str = "0oa1b2c3d4";

/// Both have these.
fn dated(mut claims: Value) -> Value {
    for (name, value) in [("iat", -60), ("exp", 600)] {
        claims[name] = (NOW.epoch() + value).into();
    }
    claims
}

fn sign(typ: Option<&str>, claims: &Value) -> String {
    let mut header = json!({"alg": "RS256", "kid": "k"});
    if let Some(typ) = typ {
        header["typ"] = typ.into();
    }
    KEY.0.token(&header, claims)
}

async fn authorizer(shape: &Shape) -> latchkey::mount::Running {
    let mut values = HashMap::from([
        ("ISSUERS".to_owned(), "id".to_owned()),
        ("ID_PROFILE".to_owned(), shape.profile.to_owned()),
        ("ID_AUDIENCES".to_owned(), format!("{API},{CLIENT}")),
        ("ID_KEYS".to_owned(), json!({"keys": [KEY.1]}).to_string()),
        ("ID_JWKS_URI".to_owned(), "none".to_owned()),
    ]);
    values.extend(shape.settings.iter().map(|(name, value)| (format!("ID_{name}"), value.clone())));
    start(values, Clock::from_fn(|| NOW)).await.unwrap()
}

#[tokio::test]
async fn rule_66_each_providers_access_token_is_read_and_its_id_token_is_not() {
    // #66
    for shape in shapes() {
        assert!(shape.source.starts_with("https://"), "{}", shape.what);
        let authorizer = authorizer(&shape).await;
        let ask = async |typ, claims: &Value| authorizer.invoke(&event("http-2.0", &sign(typ, claims))).await;
        let (typ, claims) = &shape.access;
        let answer = ask(*typ, &dated(claims.clone())).await.unwrap();
        let said = |name: &str| answer["context"][name].as_str().unwrap_or("nothing");
        assert_eq!((said("scope"), said("roles")), (shape.scope, shape.roles), "{}", shape.what);
        let (typ, claims) = &shape.id;
        assert!(!allows(&ask(*typ, &dated(claims.clone())).await), "{}: its ID token", shape.what);
        // Nor with whatever else of a client's choice could be in it: a client, a session, groups.
        for (name, value) in [
            ("azp", json!(CLIENT)),
            ("client_id", json!(CLIENT)),
            ("groups", json!(["read:data"])),
            ("scope", json!("")),
            ("scp", json!([])),
        ] {
            let mut claims = dated(claims.clone());
            claims[name] = value;
            assert!(!allows(&ask(*typ, &claims).await), "{}: its ID token with {name}", shape.what);
        }
    }
}

#[tokio::test]
async fn rule_66_claims_of_an_id_token_are_outweighed_by_nothing() {
    // #66: each of them in each provider's access token.
    for shape in shapes() {
        let authorizer = authorizer(&shape).await;
        let (typ, claims) = &shape.access;
        for (name, value) in [
            ("at_hash", json!("h")),
            ("c_hash", json!("h")),
            ("s_hash", json!(null)),
            ("events", json!({"https://e": {}})),
        ] {
            let mut claims = dated(claims.clone());
            claims[name] = value;
            let answer = authorizer.invoke(&event("http-2.0", &sign(*typ, &claims))).await;
            assert!(!allows(&answer), "{} with {name}", shape.what);
        }
    }
}

#[tokio::test]
async fn rule_66_the_same_holds_behind_a_native_authorizer_which_shows_no_header() {
    // #66: a function for anyone who is signed in. What is outweighed by the header alone is refused there.
    let private = function("private").await;
    for shape in shapes() {
        let by_header =
            shape.scope.is_empty() && shape.access.1.get("nonce").is_some() && shape.profile == "openid";
        for (name, place) in [("http-2.0", true), ("http-1.0", false)] {
            for (claims, status) in [(&shape.access.1, if by_header { 401 } else { 200 }), (&shape.id.1, 401)]
            {
                let claims = native(&sign(None, &dated(claims.clone()))).unwrap();
                let mut event = request(name, "/private", "x");
                event["requestContext"]["authorizer"] =
                    if place { json!({"jwt": {"claims": claims}}) } else { json!({"claims": claims}) };
                let answer = private.invoke(&event).await.unwrap();
                assert_eq!(answer["statusCode"], status, "{name} {}", shape.what);
            }
        }
    }
}

#[tokio::test]
async fn rule_66_googles_id_token_is_taken_in_its_own_profile_and_in_no_other() {
    // #66: its access tokens are no JWTs (https://developers.google.com/identity/protocols/oauth2), so an API is shown the ID
    // token. It holds no scope, and behind a native authorizer it is nobody.
    let google = crate::issuer_tokens::issuer("google");
    let claims = dated(google.claims.clone());
    for (profile, good) in [("google", true), ("openid", false), ("auth0", false), ("keycloak", false)] {
        let shape = plain(
            profile,
            vec![
                ("ISSUER", "https://accounts.google.com".to_owned()),
                ("AUDIENCES", crate::gate::AUDIENCE.to_owned()),
            ],
        );
        let answer = authorizer(&shape).await.invoke(&event("http-2.0", &sign(Some("JWT"), &claims))).await;
        assert_eq!(allows(&answer), good, "{profile}");
    }
    let mut event = request("http-2.0", "/private", "x");
    event["requestContext"]["authorizer"] = json!({"jwt": {"claims": native(&sign(None, &claims)).unwrap()}});
    assert_eq!(function("private").await.invoke(&event).await.unwrap()["statusCode"], 401);
}

/// An issuer whose tokens a test makes itself.
fn plain(profile: &'static str, settings: Vec<(&'static str, String)>) -> Shape {
    let none = || (None, json!(null));
    Shape { what: "", source: "", profile, settings, access: none(), id: none(), scope: "", roles: "" }
}

#[tokio::test]
async fn groups_and_roles_are_never_scopes_unless_a_setting_says_so() {
    // #66, #81: anyone who may name a group would hold every scope that they name it after.
    for (setting, scope) in [
        (None, "read:data"),
        (Some("groups"), "read:data users:read users:write"),
        (Some("roles,realm_access.roles"), "profile:all read:data"),
        (Some("https://example.com/claims.x"), "read:data x:y"),
        (Some("nothing"), "read:data"),
    ] {
        let mut settings = issuer("https://id.example.org");
        settings.extend(setting.map(|claims| ("SCOPE_CLAIMS", claims.to_owned())));
        let claims = json!({
            "iss": "https://id.example.org", "aud": API, "sub": "s", "scope": "read:data",
            "groups": ["users:read", "users:write", "a b:c", "with \"quotes\"", ""], "roles": "not two:words",
            "realm_access": {"roles": ["profile:all"]}, "permissions": ["users:delete"], "cognito:groups": ["users:delete"],
            "https://example.com/claims.x": "x:y",
        });
        let shape = plain("openid", settings);
        let answer =
            authorizer(&shape).await.invoke(&event("http-2.0", &sign(None, &dated(claims)))).await.unwrap();
        assert_eq!(answer["context"]["scope"], scope, "{setting:?}");
        assert_eq!(answer["context"]["roles"], "users:read users:write", "{setting:?}");
    }
}

#[tokio::test]
async fn a_required_claim_is_compared_with_its_type() {
    // #15, #69
    let base = json!({"iss": "https://id.example.org", "aud": API, "sub": "s", "scope": "a"});
    for (required, claim, value, good) in [
        ("email_verified=true", "email_verified", json!(true), true),
        ("email_verified=true", "email_verified", json!("true"), false),
        ("email_verified=true", "email_verified", json!(false), false),
        ("email_verified=\"true\"", "email_verified", json!("true"), true),
        ("org_id=42", "org_id", json!(42), true),
        ("org_id=42", "org_id", json!("42"), true),
        ("org_id=42", "org_id", json!(421), false),
        ("org_id=\"42\"", "org_id", json!(42), false),
        ("groups=staff", "groups", json!(["guests", "staff"]), true),
        ("groups=staff", "groups", json!("staff"), true),
        ("groups=staff", "groups", json!(["staff2", "guests staff"]), false),
        ("flags=7", "flags", json!([3, 7]), true),
        ("hd", "hd", json!(null), false),
        ("hd", "hd", json!(""), true),
        ("hd", "other", json!("x"), false),
        ("hd=example.com,org_id=1", "hd", json!("example.com"), false),
    ] {
        let mut settings = issuer("https://id.example.org");
        settings.push(("REQUIRED", required.to_owned()));
        let shape = plain("openid", settings);
        let mut claims = dated(base.clone());
        claims[claim] = value.clone();
        let answer = authorizer(&shape).await.invoke(&event("http-2.0", &sign(None, &claims))).await;
        assert_eq!(allows(&answer), good, "{required} {claim} {value}");
    }
}
