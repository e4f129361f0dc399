//! What API Gateway makes of requests.

use std::net::Ipv4Addr;

use serde_json::{Value, json};

/// What an HTTP API asks its authorizer.
pub(super) fn question(token: &str) -> Value {
    let mut event = bearer("GET", "/users/me", token);
    event["type"] = "REQUEST".into();
    event["routeArn"] = "arn:aws:execute-api:eu-central-1:000000000000:bench/$default/GET/users/me".into();
    event["identitySource"] = json!([format!("Bearer {token}"), "GET /users/me"]);
    event
}

pub(super) fn bearer(method: &str, target: &str, token: &str) -> Value {
    let mut event = event(method, target, &[]);
    event["headers"]["accept"] = "application/json".into();
    event["headers"]["authorization"] = format!("Bearer {token}").into();
    event
}

/// A request that sends JSON, from a place of its own: tries are counted where they come from.
pub(super) fn sent(target: &str, cookies: &[String], body: &Value, place: u32) -> Value {
    let (mut event, body) = (event("POST", target, cookies), body.to_string());
    event["headers"]["accept"] = "application/json".into();
    event["headers"]["content-type"] = "application/json".into();
    event["headers"]["content-length"] = body.len().to_string().into();
    let source = Ipv4Addr::from_bits(Ipv4Addr::new(10, 0, 0, 0).to_bits() + place);
    event["requestContext"]["http"]["sourceIp"] = source.to_string().into();
    event["body"] = body.into();
    event["isBase64Encoded"] = json!(false);
    event
}

/// What an HTTP API makes of a browser's request (payload 2.0).
pub fn event(method: &str, target: &str, cookies: &[String]) -> Value {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    json!({
        "version": "2.0",
        "routeKey": format!("{method} {path}"),
        "rawPath": path,
        "rawQueryString": query,
        "cookies": cookies,
        "headers": {
            "accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "accept-encoding": "gzip, deflate, br, zstd",
            "accept-language": "en-GB,en;q=0.5",
            "content-length": "0",
            "host": "id.example.com",
            "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
            "x-amzn-trace-id": "Root=1-00000000-000000000000000000000000",
            "x-forwarded-for": "192.0.2.1",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
        },
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "bench",
            "domainName": "id.example.com",
            "domainPrefix": "id",
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "Mozilla/5.0"},
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": format!("{method} {path}"),
            "stage": "$default",
            "time": "01/Jan/2026:00:00:00 +0000",
            "timeEpoch": 1_767_225_600_000_u64,
        },
        "isBase64Encoded": false,
    })
}
