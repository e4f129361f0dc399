//! F8: events.

use std::{collections::HashMap, sync::LazyLock};

use futures_util::FutureExt;
use latchkey::mount::{AUTHORIZER, FUNCTIONS, Mount, Running};
use serde_json::{Value, json};
use setting::{Clock, Env};

use super::tokens::{AUDIENCE, ISSUER, KEY, NOW, good, sign};

static GATE: LazyLock<Running> = LazyLock::new(|| start(&AUTHORIZER));
static FUNCTION: LazyLock<Running> =
    LazyLock::new(|| start(FUNCTIONS.iter().find(|mount| mount.name == "profile").unwrap()));

/// A token that is good, with the scope that the function wants.
pub(super) static TOKEN: LazyLock<String> = LazyLock::new(|| {
    let (header, mut claims) = good(true);
    claims["scope"] = "get:profile".into();
    sign(header.to_string().as_bytes(), claims.to_string().as_bytes())
});

pub(super) fn start(mount: &'static Mount) -> Running {
    let keys = json!({"keys": [KEY.1]}).to_string();
    let values = [("BASE_URL", ISSUER.to_owned()), ("AUDIENCE", AUDIENCE.to_owned()), ("PUBLIC_KEYS", keys)];
    let values: HashMap<_, _> = values.map(|(name, value)| (name.to_owned(), value)).into();
    let env = Env::new(values, Clock::from_fn(|| NOW), mount.settings);
    mount.start(env).now_or_never().expect("nobody is asked at the start").unwrap()
}

/// Tokens with a good signature that say nothing to this API: one that has ended, one for another API, one that is of another
/// kind, one of another issuer.
static WRONG: LazyLock<Vec<String>> = LazyLock::new(|| {
    let (header, claims) = good(true);
    let with = |half: &Value, name: &str, value: Value| {
        let mut half = half.clone();
        half[name] = value;
        half.to_string()
    };
    let signed = |header: String, claims: String| sign(header.as_bytes(), claims.as_bytes());
    vec![
        signed(header.to_string(), with(&claims, "exp", NOW.epoch().into())),
        signed(header.to_string(), with(&claims, "aud", "https://other.example.com".into())),
        signed(with(&header, "typ", "JWT".into()), claims.to_string()),
        signed(header.to_string(), with(&claims, "iss", "https://other.example.com".into())),
    ]
});

/// An event as bytes: the authorizer says yes only to a good token, in its place, for the API that asks; a function never
/// fails as a whole, never with a 5xx, and lets nobody in without a good token or an authorizer's word. Says whether the
/// authorizer said yes.
pub fn events(data: &[u8]) -> bool {
    let Ok(event) = serde_json::from_slice::<Value>(data) else { return false };
    let mut yes = decide(&event);
    // The same with a good token instead of the word TOKEN, if there is one, and with others.
    let text = event.to_string();
    if text.contains("Bearer TOKEN") {
        let with = |token: &str| -> Value {
            serde_json::from_str(&text.replace("Bearer TOKEN", &format!("Bearer {token}"))).unwrap()
        };
        yes |= decide(&with(&TOKEN));
        for wrong in WRONG.iter() {
            assert!(!decide(&with(wrong)), "{event} with {wrong}");
        }
    }
    if let Some(headers) = event.get("multiValueHeaders").and_then(Value::as_object) {
        both_payloads(headers.values().flat_map(|list| list.as_array().into_iter().flatten()));
    }
    yes
}

fn decide(event: &Value) -> bool {
    let text = event.to_string();
    let said = GATE.invoke(event).now_or_never().expect("nobody is asked");
    let yes = is_yes(&said);
    // There is one token in the world that this API takes, so whatever the event's form, that is what must have been presented.
    assert!(!yes || presented(event).as_deref() == Some(&*TOKEN), "{event}: {said:?}");
    if let Ok(answer) = &said {
        if let Some(resource) = answer["policyDocument"]["Statement"][0]["Resource"].as_str() {
            let prefix = resource.strip_suffix("/*").expect("a whole stage");
            assert!(!prefix.contains(['*', '?']) && resource.len() <= 512, "{resource}");
            assert!(text.contains(&prefix.replace('"', "\\\"")), "{resource} is not what asks");
        }
        assert!(answer.to_string().len() <= 8_000 && !answer.to_string().contains(TOKEN.as_str()));
    } else {
        assert_eq!(said, Err("Unauthorized"), "{event}");
    }
    let answer = FUNCTION.invoke(event).now_or_never().expect("nobody is asked").unwrap();
    let status = answer["statusCode"].as_u64().unwrap();
    assert!((200..500).contains(&status), "{event}: {answer}");
    let word = event.pointer("/requestContext/authorizer").is_some();
    let carried = ["headers", "multiValueHeaders"]
        .into_iter()
        .any(|name| carried(&event[name]).iter().any(|header| token_of(header) == Some(&*TOKEN)));
    assert!(status != 200 || carried || word, "{event}: {answer}");
    yes
}

/// The token that an event presents, where its kind has it, if it is the only one: read here independently, and with less care for forms
/// than the authorizer takes.
fn presented(event: &Value) -> Option<String> {
    if event["type"] == "TOKEN" {
        return token_of(event["authorizationToken"].as_str()?).map(str::to_owned);
    }
    let (one, many) = (carried(&event["headers"]), carried(&event["multiValueHeaders"]));
    let [header] = &one[..] else { return None };
    let same = event["multiValueHeaders"].is_null() || many == one;
    token_of(header).filter(|_| same).map(str::to_owned)
}

/// All values of the Authorization headers there.
fn carried(headers: &Value) -> Vec<String> {
    let named = headers.as_object().into_iter().flatten();
    let named = named.filter(|(name, _)| name.to_lowercase() == "authorization");
    let values =
        named.flat_map(|(_, value)| value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]));
    values.filter_map(|value| value.as_str().map(str::to_owned)).collect()
}

fn token_of(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_at_checked(7)?;
    (scheme.to_lowercase() == "bearer ").then_some(token)
}

/// One request with these Authorization headers, as payload 1.0 and 2.0 write it, gets one decision.
fn both_payloads<'a>(values: impl Iterator<Item = &'a Value>) {
    let values: Vec<_> = values.filter_map(Value::as_str).map(|v| v.replace("TOKEN", &TOKEN)).collect();
    let Some(last) = values.last() else { return };
    let arn = "arn:aws:execute-api:eu-west-1:123456789012:abc/prod/GET/";
    let one = json!({
        "type": "REQUEST", "methodArn": arn, "resource": "/", "httpMethod": "GET", "requestContext": {"apiId": "abc"},
        "headers": {"Authorization": last}, "multiValueHeaders": {"Authorization": values},
    });
    let two = json!({
        "version": "2.0", "type": "REQUEST", "routeArn": arn, "requestContext": {"apiId": "abc", "http": {}},
        "headers": {"authorization": values.join(",")},
    });
    let [one, two] =
        [one, two].map(|event| is_yes(&GATE.invoke(&event).now_or_never().expect("nobody is asked")));
    assert_eq!(one, two, "{values:?}");
}

/// Whether the authorizer lets somebody in by this.
pub(super) fn is_yes(answer: &Result<Value, &'static str>) -> bool {
    answer.as_ref().is_ok_and(|answer| {
        answer["isAuthorized"] == true || answer["policyDocument"]["Statement"][0]["Effect"] == "Allow"
    })
}
