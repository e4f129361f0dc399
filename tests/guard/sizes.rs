//! How long a token may be on every way it takes, and how long an authorizer's answer is: at the limit, and one byte beside it.

use latchkey::mount::Running;
use oauth::limits::BEARER_TOKEN;
use serde_json::{Value, json};
use setting::{Clock, Env};

use crate::{
    caller::{mount, request},
    gate::{NOW, QUESTIONS, allows, event, start},
    issuer_tokens::{Issuer, issuer, settings},
};

/// A good token of exactly this many bytes.
pub(crate) fn of_length(issuer: &Issuer, length: usize) -> String {
    let with = |json: &Value, fill: usize| {
        let mut json = json.clone();
        json["x"] = "x".repeat(fill).into();
        json.to_string()
    };
    let encoded = |text: &str| (text.len() * 4).div_ceil(3);
    let signature = issuer.good().rsplit('.').next().unwrap().len();
    for header in (0..3).map(|fill| with(&issuer.header, fill)) {
        for claims in (0..3).map(|fill| with(&issuer.claims, fill)) {
            let left = length - signature - 2 - encoded(&header);
            let more = (left * 3 / 4).saturating_sub(claims.len());
            let claims = claims.replace(r#""x":""#, &format!(r#""x":"{}"#, "x".repeat(more)));
            if encoded(&claims) == left {
                let token = issuer.sign(&header, &claims);
                assert_eq!(token.len(), length);
                return token;
            }
        }
    }
    panic!("no token of {length} bytes");
}

#[tokio::test]
async fn rule_67_a_token_that_a_gateway_lets_through_is_not_too_long() {
    // #67: 10,240 bytes are the request line and all headers, so no token that arrives is longer.
    assert_eq!(BEARER_TOKEN, 10_240);
    let authorizer = start(settings(), Clock::from_fn(|| NOW)).await.unwrap();
    for (length, good) in [(10_239, true), (10_240, true), (10_241, false), (65_536, false)] {
        for name in ["latchkey", "auth0", "keycloak"] {
            let token = of_length(issuer(name), length);
            for gateway in QUESTIONS {
                let answer = authorizer.invoke(&event(gateway, &token)).await;
                assert_eq!(allows(&answer), good, "{gateway} {name} {length}");
            }
        }
    }
}

#[tokio::test]
async fn rule_67_a_function_that_verifies_itself_accepts_the_same_size() {
    // #67
    let mount = mount("private");
    let function = mount.start(Env::new(settings(), Clock::from_fn(|| NOW), mount.settings)).await.unwrap();
    for (length, status) in [(10_239, 200), (10_240, 200), (10_241, 401)] {
        let event = request("function-url", "/private", &of_length(issuer("latchkey"), length));
        assert_eq!(function.invoke(&event).await.unwrap()["statusCode"], status, "{length}");
    }
}

#[tokio::test]
async fn an_access_token_with_many_groups_is_accepted() {
    // #67: 140 groups of Entra, whose roles are not among them.
    let entra = issuer("entra");
    let mut claims = entra.claims.clone();
    claims["groups"] = (0..140).map(|n| format!("8eaef023-2b34-4da1-9baa-8bc8c9d6a{n:03}")).collect();
    let token = entra.sign(&entra.header.to_string(), &claims.to_string());
    assert!(token.len() > 8 * 1024, "{}", token.len());
    let authorizer = start(settings(), Clock::from_fn(|| NOW)).await.unwrap();
    let answer = authorizer.invoke(&event("http-2.0", &token)).await.unwrap();
    assert_eq!(
        (&answer["context"]["roles"], &answer["context"]["scope"]),
        (&json!("Reader"), &json!("read:data"))
    );
}

/// An authorizer that takes roles for scopes, so that they are in its answer twice, and in the words of a policy if wished.
async fn doubling(form: &str) -> Running {
    let mut values = settings();
    values.insert("AUTH0_SCOPE_CLAIMS".to_owned(), "roles".to_owned());
    values.insert("AUTHORIZER_ANSWER".to_owned(), form.to_owned());
    start(values, Clock::from_fn(|| NOW)).await.unwrap()
}

/// A token of so many roles and this name.
fn with_roles(roles: usize, name: &str) -> String {
    let auth0 = issuer("auth0");
    let mut claims = auth0.claims.clone();
    claims["roles"] = (0..roles).map(|n| format!("role-{n:033}")).collect();
    claims["name"] = name.into();
    auth0.sign(&auth0.header.to_string(), &claims.to_string())
}

#[tokio::test]
async fn rule_77_an_answer_has_8000_bytes_and_no_more() {
    // #77: API Gateway takes 8 KB of all that is said, and not of the context alone. The one that is as long as it may be is
    // whole; one byte more, and the longest of what is only nice to know is left out.
    for form in ["simple", "policy"] {
        let authorizer = doubling(form).await;
        for gateway in QUESTIONS {
            let ask =
                async |name: &str| authorizer.invoke(&event(gateway, &with_roles(90, name))).await.unwrap();
            let room = 8_000 - ask("").await.to_string().len();
            let said = |answer: &Value, name: &str| answer["context"][name].as_str().unwrap().len();
            // Bytes are counted and not letters.
            for name in ["n".repeat(room), "é".repeat(room / 2) + &"n".repeat(room % 2)] {
                let (full, over) = (ask(&name).await, ask(&format!("{name}n")).await);
                assert_eq!(full.to_string().len(), 8_000, "{gateway} {form}");
                let lengths = |answer| ["roles", "name"].map(|name| said(answer, name));
                assert_eq!(lengths(&full), [90 * 39 - 1, room], "{gateway} {form}");
                assert_eq!(lengths(&over), [0, room + 1], "{gateway} {form}");
                assert_eq!(said(&full, "scope"), said(&over, "scope"), "{gateway} {form}");
            }
        }
    }
}

#[tokio::test]
async fn rule_77_what_must_be_said_and_does_not_fit_is_refused() {
    // #77, #78: no part of a scope is left out, and nobody is accepted without it. Only a subject that is escaped wherever it
    // stands makes an answer that long of a token that a gateway lets through.
    let authorizer = start(settings(), Clock::from_fn(|| NOW)).await.unwrap();
    let auth0 = issuer("auth0");
    let with_scope = |bytes: usize| {
        let mut claims = auth0.claims.clone();
        let words = (0..bytes / 200).map(|n| format!("{n:0199}")).chain(Some("z".repeat(bytes % 200)));
        claims["scope"] = words.collect::<Vec<_>>().join(" ").into();
        claims["sub"] = "\"".repeat(255).into();
        claims.as_object_mut().unwrap().remove("permissions");
        auth0.sign(&auth0.header.to_string(), &claims.to_string())
    };
    for gateway in ["rest-token", "rest-request", "http-1.0", "websocket-connect"] {
        let ask = async |bytes| authorizer.invoke(&event(gateway, &with_scope(bytes))).await;
        let base = ask(201).await.unwrap().to_string().len() - 201;
        assert!(with_scope(8_001 - base).len() <= BEARER_TOKEN, "{gateway}");
        assert_eq!(ask(8_000 - base).await.unwrap().to_string().len(), 8_000, "{gateway}");
        assert!(!allows(&ask(8_001 - base).await), "{gateway}");
    }
}
