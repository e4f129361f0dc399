//! The gateway's events (HTTP API, payload 2.0) to requests, and answers back.
//!
//! Written out here because a gateway's event is input like any other: whatever is wrong with it must become an answer, and
//! the path and the query must arrive exactly as they were sent. The usual adapter panics on a path, a host or a body that
//! it cannot read, and resolves dot segments.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use oauth::{Error, Time};
use serde_json::{Map, Value, json};

use crate::{Request, Response};

/// The longest path and query together that are looked at.
const LONGEST_TARGET: usize = 8 * 1024;

/// Reads an event.
pub(crate) fn read(event: &Value, now: Time) -> Result<Request, Error> {
    let broken = || Error::invalid_request("the request cannot be read");
    let context = event.get("requestContext").ok_or_else(broken)?;
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let method = text(context.pointer("/http/method")).ok_or_else(broken)?;
    let path = text(event.get("rawPath")).filter(|path| path.starts_with('/')).ok_or_else(broken)?;
    let query = text(event.get("rawQueryString")).unwrap_or_default();
    if path.len() + query.len() > LONGEST_TARGET {
        return Err(Error::invalid_request("the address is too long").with_status(414));
    }
    Ok(Request {
        id: id(event),
        now,
        method: Method::from_bytes(method.as_bytes()).map_err(|_| broken())?,
        path,
        query,
        headers: headers(event),
        body: body(event).ok_or_else(broken)?,
        context: context.pointer("/authorizer/lambda").and_then(Value::as_object).cloned(),
        captures: Vec::new(),
        caller: None,
    })
}

/// The gateway's id of the request.
pub(crate) fn id(event: &Value) -> String {
    let id = event.pointer("/requestContext/requestId").and_then(Value::as_str).unwrap_or("unknown");
    id.chars().filter(char::is_ascii_graphic).take(64).collect()
}

/// Whether whoever sent it takes HTML, as far as can be told.
pub(crate) fn wants_html(event: &Value) -> bool {
    headers(event)
        .get(header::ACCEPT)
        .is_some_and(|accept| accept.to_str().is_ok_and(|text| text.contains("text/html")))
}

/// The headers, without those by which a client could tell us where we live (#2). The gateway joins doubled headers by
/// commas, and takes the cookies out.
fn headers(event: &Value) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in event.get("headers").and_then(Value::as_object).into_iter().flatten() {
        let name = HeaderName::from_bytes(name.as_bytes()).ok().filter(|name| !tells_where_we_live(name));
        let value = value.as_str().and_then(|value| HeaderValue::from_str(value).ok());
        if let (Some(name), Some(value)) = (name, value) {
            headers.append(name, value);
        }
    }
    for cookie in event.get("cookies").and_then(Value::as_array).into_iter().flatten() {
        if let Some(value) = cookie.as_str().and_then(|value| HeaderValue::from_str(value).ok()) {
            headers.append(header::COOKIE, value);
        }
    }
    headers
}

fn tells_where_we_live(name: &HeaderName) -> bool {
    *name == header::HOST || *name == header::FORWARDED || name.as_str().starts_with("x-forwarded-")
}

fn body(event: &Value) -> Option<Bytes> {
    let Some(body) = event.get("body").and_then(Value::as_str) else { return Some(Bytes::new()) };
    if event.get("isBase64Encoded").and_then(Value::as_bool) == Some(true) {
        return STANDARD.decode(body).ok().map(Bytes::from);
    }
    Some(Bytes::copy_from_slice(body.as_bytes()))
}

/// Writes an answer: cookies apart, other headers of one name joined by commas, text as it is and the rest in base64.
pub(crate) fn write(response: &Response) -> Value {
    let mut headers = Map::new();
    for name in response.headers.keys().filter(|name| *name != header::SET_COOKIE) {
        let values: Vec<_> = response.headers.get_all(name).iter().filter_map(|v| v.to_str().ok()).collect();
        headers.insert(name.to_string(), values.join(",").into());
    }
    let cookies = response.headers.get_all(header::SET_COOKIE).iter();
    let cookies: Vec<_> = cookies.filter_map(|v| v.to_str().ok()).collect();
    let text = std::str::from_utf8(&response.body);
    json!({
        "statusCode": response.status.as_u16(),
        "headers": headers,
        "cookies": cookies,
        "body": text.map_or_else(|_| STANDARD.encode(&response.body), str::to_owned),
        "isBase64Encoded": text.is_err(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> Value {
        json!({
            "version": "2.0",
            "rawPath": "/users/login",
            "rawQueryString": "a=b",
            "cookies": ["x=1", "y=2"],
            "headers": {"accept": "text/html", "host": "evil", "x-forwarded-proto": "http", "forwarded": "host=evil"},
            "requestContext": {"http": {"method": "GET"}, "requestId": "r-1", "authorizer": {"lambda": {"sub": "u"}}},
            "isBase64Encoded": false,
        })
    }

    #[test]
    fn reads_a_request() {
        let request = read(&event(), Time::from_epoch(7)).unwrap();
        assert_eq!(
            (request.id.as_str(), request.path.as_str(), request.query.as_str()),
            ("r-1", "/users/login", "a=b")
        );
        assert_eq!(request.cookie("y"), Some("2"));
        assert!(request.wants_html());
    }

    #[test]
    fn no_header_says_where_we_live() {
        // #2
        let request = read(&event(), Time::from_epoch(7)).unwrap();
        assert_eq!(request.headers.len(), 3, "accept and two cookies: {:?}", request.headers);
    }

    #[test]
    fn a_cookie_that_comes_twice_is_none() {
        // #31
        let mut event = event();
        event["cookies"] = json!(["x=1", "x=2", "y=1"]);
        let request = read(&event, Time::from_epoch(7)).unwrap();
        assert_eq!((request.cookie("x"), request.cookie("y")), (None, Some("1")));
    }

    #[test]
    fn broken_events_are_refused_and_never_panic() {
        let breaks: [fn(&mut Value); 9] = [
            |e| *e = json!(null),
            |e| *e = json!([1]),
            |e| e["requestContext"] = json!("x"),
            |e| e["requestContext"]["http"]["method"] = json!("G E T"),
            |e| e["rawPath"] = json!("@evil"),
            |e| e["rawPath"] = json!(5),
            |e| e["rawPath"] = json!("/x".repeat(9000)),
            |e| {
                e["body"] = json!("%%%");
                e["isBase64Encoded"] = json!(true);
            },
            |e| e["rawPath"] = json!(null),
        ];
        for (at, spoil) in breaks.iter().enumerate() {
            let mut event = event();
            spoil(&mut event);
            assert!(read(&event, Time::from_epoch(7)).is_err(), "break {at}");
        }
    }

    #[test]
    fn odd_paths_arrive_as_they_are() {
        for path in ["/a/../b", "//x", "/ä b", "/%2f", "/a;x=1"] {
            let mut event = event();
            event["rawPath"] = json!(path);
            assert_eq!(read(&event, Time::from_epoch(7)).unwrap().path, path);
        }
    }
}
