//! F8: events.

use std::{collections::HashMap, sync::LazyLock};

use futures_util::FutureExt;
use latchkey::mount::{AUTHORIZER, FUNCTIONS, Mount, Running};
use serde_json::{Value, json};
use web::{Clock, Env};

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

/// An event as bytes: the authorizer says yes only to a good token, in its place, for the API that asks; a function never
/// fails as a whole, never with a 5xx, and lets nobody in without a good token or an authorizer's word.
pub fn events(data: &[u8]) {
    let Ok(event) = serde_json::from_slice::<Value>(data) else { return };
    decide(&event);
    // The same with a good token in the place of the word TOKEN, if there is one.
    let text = event.to_string();
    if text.contains("Bearer TOKEN") {
        let event: Value =
            serde_json::from_str(&text.replace("Bearer TOKEN", &format!("Bearer {}", *TOKEN))).unwrap();
        decide(&event);
    }
    if let Some(headers) = event.get("multiValueHeaders").and_then(Value::as_object) {
        both_payloads(headers.values().flat_map(|list| list.as_array().into_iter().flatten()));
    }
}

fn decide(event: &Value) {
    let text = event.to_string();
    let credential = text.contains(TOKEN.as_str());
    let said = GATE.invoke(event).now_or_never().expect("nobody is asked");
    assert!(credential || !is_yes(&said), "{event}: {said:?}");
    if let Ok(answer) = &said {
        if let Some(resource) = answer["policyDocument"]["Statement"][0]["Resource"].as_str() {
            let prefix = resource.strip_suffix("/*").expect("a whole stage");
            assert!(!prefix.contains(['*', '?']) && resource.len() <= 512, "{resource}");
            assert!(text.contains(&prefix.replace('"', "\\\"")), "{resource} is not what asks");
        }
        assert!(answer.to_string().len() <= 8 * 1024 && !answer.to_string().contains(TOKEN.as_str()));
    } else {
        assert_eq!(said, Err("Unauthorized"), "{event}");
    }
    let answer = FUNCTION.invoke(event).now_or_never().expect("nobody is asked").unwrap();
    let status = answer["statusCode"].as_u64().unwrap();
    assert!((200..500).contains(&status), "{event}: {answer}");
    let word = event.pointer("/requestContext/authorizer").is_some();
    assert!(status != 200 || credential || word, "{event}: {answer}");
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
