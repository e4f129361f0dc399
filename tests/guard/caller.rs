//! The caller that a function sees is the same behind every gateway, and so is its refusal.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use latchkey::mount::{FUNCTIONS, Mount, Running};
use serde_json::{Value, json};
use setting::{Clock, Env};

use crate::gate::{NOW, authorizer, event, settings, token, token_at};

/// How a request gets to a function, and who has looked at its token before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Through our authorizer.
    Ours(&'static str),
    /// Through a native JWT authorizer.
    Native(&'static str),
    /// Straight to a Function URL.
    Url,
}

const WAYS: [Way; 7] = [
    Way::Ours("rest-token"),
    Way::Ours("rest-request"),
    Way::Ours("http-1.0"),
    Way::Ours("http-2.0"),
    Way::Native("http-1.0"),
    Way::Native("http-2.0"),
    Way::Url,
];

pub(crate) fn mount(name: &str) -> &'static Mount {
    FUNCTIONS.iter().find(|mount| mount.name == name).unwrap()
}

pub(crate) async fn function(name: &str) -> Running {
    let mount = mount(name);
    let env = Env::new(settings(), Clock::from_fn(|| NOW), mount.settings);
    mount.start(env).await.unwrap()
}

/// The event for a function, as a gateway makes it; without an authorizer's word.
pub(crate) fn request(name: &str, path: &str, token: &str) -> Value {
    let mut event = event(if name == "rest-token" { "rest-request" } else { name }, token);
    for of_authorizer in
        ["type", "methodArn", "routeArn", "identitySource", "authorizationToken", "pathParameters"]
    {
        event.as_object_mut().unwrap().remove(of_authorizer);
    }
    let route = if name == "function-url" { "$default".to_owned() } else { format!("GET {path}") };
    for (place, value) in [
        ("/path", path),
        ("/rawPath", path),
        ("/requestContext/http/path", path),
        ("/resource", path),
        ("/routeKey", &route),
        ("/requestContext/routeKey", &route),
    ] {
        if let Some(member) = event.pointer_mut(place) {
            *member = value.into();
        }
    }
    if let Some(body) = event.get_mut("body") {
        *body = Value::Null;
    }
    event
}

/// What the function answers to a token that comes this way; nothing if the gateway itself refuses.
async fn ask(function: &Running, way: Way, path: &str, token: &str) -> Option<Value> {
    let event = match way {
        Way::Url => request("function-url", path, token),
        Way::Ours(name) => {
            let answer = authorizer(&[]).await.invoke(&self::event(name, token)).await.ok()?;
            with_context(name, request(name, path, token), answer.get("context")?.clone())
        }
        Way::Native(name) => {
            let claims = native(token)?;
            let mut event = request(name, path, token);
            event["requestContext"]["authorizer"] = match name {
                "http-2.0" => json!({"jwt": {"claims": claims, "scopes": null}}),
                _ => json!({"claims": claims, "scopes": null}),
            };
            event
        }
    };
    Some(function.invoke(&event).await.unwrap())
}

/// Where each gateway puts what our authorizer said.
fn with_context(name: &str, mut event: Value, context: Value) -> Value {
    event["requestContext"]["authorizer"] = match name {
        "http-2.0" => json!({"lambda": context}),
        "http-1.0" => context,
        _ => {
            let mut all = context;
            all["principalId"] = "user-1".into();
            all["integrationLatency"] = 12.into();
            all
        }
    };
    event
}

/// The claims as a native JWT authorizer passes them on, all of them text; nothing if it refuses the token.
pub(crate) fn native(token: &str) -> Option<Value> {
    let claims: Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?).ok()?;
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => {
            format!("[{}]", list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "))
        }
        other => other.to_string(),
    };
    let good = claims["exp"].as_i64()? > NOW.epoch();
    good.then(|| {
        claims.as_object().unwrap().iter().map(|(name, value)| (name.clone(), text(value))).collect()
    })
}

fn body(answer: &Value) -> &str {
    answer["body"].as_str().unwrap()
}

#[tokio::test]
async fn a_caller_with_the_scope_is_accepted_by_every_gateway() {
    let (profile, private) = (function("profile").await, function("private").await);
    let token = token("get:profile");
    for way in WAYS {
        let answer = ask(&profile, way, "/profile", &token).await.unwrap();
        assert_eq!((&answer["statusCode"], body(&answer)), (&json!(200), r#"{"name":"Ada"}"#), "{way:?}");
        let answer = ask(&private, way, "/private", &token).await.unwrap();
        assert_eq!((&answer["statusCode"], body(&answer)), (&json!(200), "Hello Ada"), "{way:?}");
    }
}

#[tokio::test]
async fn a_missing_scope_is_403_by_every_gateway() {
    // #75, #81: RFC 6750 §3.1
    let (profile, private) = (function("profile").await, function("private").await);
    for scope in ["", "profile", "get:profiles", "get:profil", "GET:PROFILE", "users:read"] {
        let token = token(scope);
        for way in WAYS {
            let answer = ask(&profile, way, "/profile", &token).await.unwrap();
            assert_eq!(answer["statusCode"], 403, "{way:?} {scope}");
            let challenge = "Bearer error=\"insufficient_scope\", scope=\"get:profile\"";
            assert_eq!(answer["headers"]["www-authenticate"], challenge, "{way:?}");
            assert_eq!(ask(&private, way, "/private", &token).await.unwrap()["statusCode"], 200, "{way:?}");
        }
    }
}

#[tokio::test]
async fn an_invalid_token_is_refused_by_every_gateway() {
    // #76, #78, #80
    let profile = function("profile").await;
    let expired = token_at("get:profile", oauth::Time::from_epoch(NOW.epoch() - 600));
    let good = token("get:profile");
    for bad in ["", "x", &expired, &good[..good.len() - 4], &format!("{good}, Bearer {good}")] {
        for way in WAYS.into_iter().filter(|way| !matches!(way, Way::Native(_)) || bad == expired) {
            if let Some(answer) = ask(&profile, way, "/profile", bad).await {
                assert_eq!(answer["statusCode"], 401, "{way:?} {bad}");
                let challenge = answer["headers"]["www-authenticate"].as_str().unwrap();
                assert!(
                    ["Bearer", "Bearer error=\"invalid_token\""].contains(&challenge),
                    "{way:?} {challenge}"
                );
            }
        }
    }
    // RFC 6750 §3: the answer to a request without a token names no error.
    for name in ["rest-request", "http-1.0", "http-2.0", "function-url"] {
        let mut event = request(name, "/profile", "x");
        for headers in ["headers", "multiValueHeaders"] {
            if let Some(headers) = event.get_mut(headers).and_then(Value::as_object_mut) {
                headers.retain(|header, _| !header.eq_ignore_ascii_case("authorization"));
            }
        }
        let answer = profile.invoke(&event).await.unwrap();
        assert_eq!(
            (&answer["statusCode"], &answer["headers"]["www-authenticate"]),
            (&json!(401), &json!("Bearer")),
            "{name}"
        );
    }
}

#[tokio::test]
async fn rule_76_a_decision_cached_beyond_the_expiry_is_refused() {
    // #76: the gateway answers for the authorizer from its cache, and the token ends meanwhile.
    let profile = function("profile").await;
    let issued = oauth::Time::from_epoch(NOW.epoch() - 595);
    let mut event = event("http-2.0", &token_at("get:profile", issued));
    event["requestContext"]["http"]["path"] = "/profile".into();
    for name in ["rest-request", "http-1.0", "http-2.0"] {
        for (left, status) in [(1, 200), (0, 401), (-295, 401)] {
            let context = json!({
                "iss": crate::gate::ISSUER, "sub": "u", "client_id": "c", "scope": "get:profile", "name": "Ada",
                "exp": (NOW.epoch() + left).to_string(),
            });
            let event = with_context(name, request(name, "/profile", "x"), context);
            assert_eq!(profile.invoke(&event).await.unwrap()["statusCode"], status, "{name} {left}");
        }
    }
}

#[tokio::test]
async fn rule_80_the_authorizers_context_wins_over_token_and_headers() {
    // #80: a context that lets nobody in is not asked again with the raw token, and no header makes a caller.
    let profile = function("profile").await;
    let good = token("get:profile");
    for name in ["rest-request", "http-1.0", "http-2.0"] {
        for context in [json!({}), json!({"sub": "u"}), json!({"scope": "get:profile"})] {
            let event = with_context(name, request(name, "/profile", &good), context.clone());
            assert_eq!(profile.invoke(&event).await.unwrap()["statusCode"], 401, "{name} {context}");
        }
        for (header, value) in
            [("x-user-id", "u"), ("x_user_scope", "get:profile"), ("x-amzn-oidc-data", "u")]
        {
            let mut event = request(name, "/profile", "x");
            event["headers"][header] = value.into();
            assert_eq!(profile.invoke(&event).await.unwrap()["statusCode"], 401, "{name} {header}");
        }
    }
}

#[tokio::test]
async fn rule_66_an_id_token_accepted_by_a_native_authorizer_is_refused() {
    // #56, #66
    let profile = function("profile").await;
    let base = json!({"iss": "https://i", "sub": "u", "client_id": "c", "exp": (NOW.epoch() + 60).to_string(), "scope": "get:profile"});
    for (name, value, status) in [
        ("token_use", "access", 200),
        ("token_use", "id", 401),
        ("typ", "ID", 401),
        ("nonce", "n", 200),
        ("at_hash", "h", 401),
        ("c_hash", "h", 401),
        ("events", "map[]", 401),
    ] {
        let mut claims = base.clone();
        claims[name] = value.into();
        let mut event = request("http-2.0", "/profile", "x");
        event["requestContext"]["authorizer"] = json!({"jwt": {"claims": claims, "scopes": null}});
        assert_eq!(profile.invoke(&event).await.unwrap()["statusCode"], status, "{name}");
    }
    // A REST API's own authorizer for Cognito writes the expiry as a date.
    for (exp, status) in
        [("Fri Jan 15 08:01:00 UTC 2027", 200), ("Fri Jan 15 08:00:00 UTC 2027", 401), ("soon", 401)]
    {
        let mut claims = base.clone();
        claims["exp"] = exp.into();
        let mut event = request("rest-request", "/profile", "x");
        event["requestContext"]["authorizer"] = json!({"claims": claims});
        assert_eq!(profile.invoke(&event).await.unwrap()["statusCode"], status, "{exp}");
    }
}

#[tokio::test]
async fn a_function_without_verify_accepts_no_token_on_a_url() {
    // #80: users-me has no verifier of its own.
    let mount = FUNCTIONS.iter().find(|mount| mount.name == "users-me").unwrap();
    let env = Env::new(settings(), Clock::from_fn(|| NOW), mount.settings);
    let me = mount.start(env).await.unwrap();
    let answer = me.invoke(&request("function-url", "/users/me", &token("get:profile"))).await.unwrap();
    assert_eq!(answer["statusCode"], 401);
}

#[tokio::test]
async fn rule_21_another_issuer_cannot_name_one_of_our_users() {
    // #21, #93: the subject of another issuer is nobody among our users, whatever its scope.
    for (name, path) in [("users-me", "/users/me"), ("manage", "/users")] {
        let mount = FUNCTIONS.iter().find(|mount| mount.name == name).unwrap();
        let mut values = settings();
        values.insert("COOKIE_KEY".to_owned(), oauth::Secret::random().expose().to_owned());
        let function = mount.start(Env::new(values, Clock::from_fn(|| NOW), mount.settings)).await.unwrap();
        for issuer in ["https://t.eu.auth0.com/", "", "https://id.example.com/"] {
            let context = json!({"iss": issuer, "sub": "user-1", "client_id": "c", "scope": "users:read", "exp": (NOW.epoch() + 60).to_string()});
            let event = with_context("http-2.0", request("http-2.0", path, "x"), context);
            assert_eq!(function.invoke(&event).await.unwrap()["statusCode"], 403, "{name} {issuer}");
        }
    }
}

#[tokio::test]
async fn a_load_balancer_is_refused() {
    // #78, #80
    for name in ["alb", "alb-multi-value"] {
        let event = request(name, "/profile", &token("get:profile"));
        assert_eq!(function("profile").await.invoke(&event).await.unwrap()["statusCode"], 400, "{name}");
    }
}
