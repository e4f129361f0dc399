//! The gateways' events to requests, and answers back: payload 2.0 (HTTP APIs and Function URLs), and payload 1.0 (REST
//! APIs, and HTTP APIs that are set so).
//!
//! Written out here because a gateway's event is input like any other: whatever is wrong with it must become an answer, and
//! nothing of the path or the query may be resolved or decoded a second time. The usual adapter panics on a path, a host or a body that
//! it cannot read, and resolves dot segments.

use std::{collections::HashMap, net::IpAddr, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderMap, Method, header};
use oauth::{Code, Error, Sentence, Time, limits};
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::Value;

use crate::{
    Brand, CookieMode, Look, Request, Response, authorized,
    base_path::{self, BasePath},
    cookie,
    headers::Headers,
    params,
    response::ALWAYS,
};

/// A member of a member.
fn within<'a>(value: &'a Value, [outer, inner]: [&str; 2]) -> Option<&'a Value> {
    value.get(outer)?.get(inner)
}

/// Whether an event is of payload 2.0. Payload 1.0 has its version too, but a REST API does not say it.
fn is_payload2(event: &Value) -> bool {
    within(event, ["requestContext", "http"]).is_some()
}

/// Reads an event. One of a load balancer has no authorizer and no caller that could be accepted, and is refused.
pub(crate) fn read(event: &Value, base: &BasePath, now: Time) -> Result<Request, Error> {
    let broken = || Error::said(Code::InvalidRequest, Sentence::Unreadable);
    let context =
        event.get("requestContext").filter(|context| context.get("elb").is_none()).ok_or_else(broken)?;
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let payload2 = is_payload2(event);
    let (method, path, query) = if payload2 {
        let query = text(event.get("rawQueryString")).unwrap_or_default();
        (text(within(context, ["http", "method"])), text(event.get("rawPath")), query)
    } else {
        (text(event.get("httpMethod")), text(event.get("path")), query1(event))
    };
    let method = method.ok_or_else(broken)?;
    let path = path.filter(|path| path.starts_with('/')).ok_or_else(broken)?;
    if path.len() + query.len() > limits::TARGET {
        return Err(Error::said(Code::InvalidRequest, Sentence::AddressTooLong).with_status(414));
    }
    let steps = base_path::of_event(event, payload2, &path, base).ok_or_else(broken)?;
    Ok(Request {
        id: id(event),
        now,
        method: Method::from_bytes(method.as_bytes()).map_err(|_| broken())?,
        path: base_path::path(&steps),
        steps,
        query,
        headers: headers(event),
        cookies: cookies(event),
        cookie_mode: CookieMode::default(),
        source: source(context),
        body: body(event).ok_or_else(broken)?,
        authorized: authorized::caller(event, payload2),
        route: None,
        captures: Vec::new(),
        caller: None,
        brand: Arc::default(),
    })
}

/// From where the gateway was called: it says that itself, whatever headers say.
fn source(context: &Value) -> Option<IpAddr> {
    let source = within(context, ["http", "sourceIp"]).or_else(|| within(context, ["identity", "sourceIp"]));
    source?.as_str()?.parse().ok()
}

/// The query of payload 1.0, which has been taken apart and decoded: put together again, with repeated parameters twice, so
/// that they are refused like in payload 2.0 (#4).
fn query1(event: &Value) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in members(event, "multiValueQueryStringParameters", "queryStringParameters") {
        query.append_pair(name, value);
    }
    query.finish()
}

/// The members of a map of lists, or where there is none, of its sister of single texts.
fn members<'a>(event: &'a Value, many: &str, single: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let map = |name: &str| event.get(name).and_then(Value::as_object);
    let lists = map(many).into_iter().flatten();
    let lists =
        lists.flat_map(|(name, list)| list.as_array().into_iter().flatten().map(move |value| (name, value)));
    let texts = if map(many).is_some() { None } else { map(single) };
    let all = lists.chain(texts.into_iter().flatten());
    all.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
}

/// The gateway's id of the request.
pub(crate) fn id(event: &Value) -> String {
    let id = within(event, ["requestContext", "requestId"]).and_then(Value::as_str).unwrap_or("unknown");
    if id.len() <= 64 && id.bytes().all(|b| b.is_ascii_graphic()) {
        return id.to_owned();
    }
    id.chars().filter(char::is_ascii_graphic).take(64).collect()
}

/// The path as it came.
pub(crate) fn path(event: &Value) -> &str {
    event.get("rawPath").or_else(|| event.get("path")).and_then(Value::as_str).unwrap_or_default()
}

/// Whether only the head of the answer is asked for.
pub(crate) fn is_head(event: &Value) -> bool {
    is(event, "HEAD")
}

fn is(event: &Value, named: &str) -> bool {
    let http = within(event, ["requestContext", "http"]);
    let method = http.and_then(|http| http.get("method")).or_else(|| event.get("httpMethod"));
    method.and_then(Value::as_str) == Some(named)
}

/// How pages look to whoever sent it, with these headers. Like [`Request::look`], for whoever has no request.
pub(crate) fn look(event: &Value, headers: &Headers, brand: Arc<Brand>) -> Look {
    let parameters = if is(event, "POST") { body(event).unwrap_or_default() } else { query(event).into() };
    let accepted = headers.one(header::ACCEPT_LANGUAGE.as_str());
    Look::of(brand, params::text(&parameters, "ui_locales").as_deref(), accepted)
}

fn query(event: &Value) -> String {
    let query = event.get("rawQueryString").and_then(Value::as_str).map(str::to_owned);
    query.unwrap_or_else(|| query1(event))
}

/// The headers without the cookies, and without those by which a client could tell us where we live (#2). In payload 2.0 the
/// gateway joins repeated headers by commas.
pub(crate) fn headers(event: &Value) -> Headers {
    let mut headers = Headers::default();
    for (name, value) in members(event, "multiValueHeaders", "headers") {
        if !tells_where_we_live(name) && !name.eq_ignore_ascii_case("cookie") {
            headers.add(name, value);
        }
    }
    headers
}

/// The cookies, which payload 2.0 has in a list of their own. Each is read by itself, so that one that others set, and that
/// cannot be read, hides none of ours (RFC 6265 §5.4).
fn cookies(event: &Value) -> Vec<(String, String)> {
    let lines = members(event, "multiValueHeaders", "headers");
    let lines = lines.filter(|(name, _)| name.eq_ignore_ascii_case("cookie")).map(|(_, line)| line);
    let list = event.get("cookies").and_then(Value::as_array).into_iter().flatten();
    let pairs = lines.chain(list.filter_map(Value::as_str)).flat_map(cookie::pairs);
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn tells_where_we_live(name: &str) -> bool {
    const FORWARDED: &str = "x-forwarded-";
    let begins = name.get(..FORWARDED.len()).is_some_and(|start| start.eq_ignore_ascii_case(FORWARDED));
    begins || ["host", "forwarded"].iter().any(|each| name.eq_ignore_ascii_case(each))
}

fn body(event: &Value) -> Option<Bytes> {
    let Some(body) = event.get("body").and_then(Value::as_str) else { return Some(Bytes::new()) };
    if event.get("isBase64Encoded").and_then(Value::as_bool) == Some(true) {
        return STANDARD.decode(body).ok().map(Bytes::from);
    }
    Some(Bytes::copy_from_slice(body.as_bytes()))
}

/// An answer as a gateway reads it, with what every answer carries (#104): cookies apart, other headers of one name joined by commas, text as it is and the rest in base64.
/// Payload 1.0 has no place for cookies but a map of lists, and takes no member that it does not know.
#[derive(Debug)]
pub(crate) struct Answer {
    response: Response,
    is_payload1: bool,
}

impl Answer {
    /// The answer to this event.
    pub(crate) fn new(response: Response, event: &Value) -> Self {
        Self { response, is_payload1: event.get("httpMethod").is_some() && !is_payload2(event) }
    }

    fn cookies(&self) -> Vec<&str> {
        let cookies = self.response.headers.get_all(header::SET_COOKIE).iter();
        cookies.filter_map(|value| value.to_str().ok()).collect()
    }
}

/// Its JSON is written from the response itself, without a tree in between.
impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let body = &self.response.body;
        let text = std::str::from_utf8(body);
        let mut members = serializer.serialize_map(Some(5))?;
        members.serialize_entry("statusCode", &self.response.status.as_u16())?;
        members.serialize_entry("headers", &Sent(&self.response.headers))?;
        members.serialize_entry("isBase64Encoded", &text.is_err())?;
        match text {
            Ok(text) => members.serialize_entry("body", text)?,
            Err(_) => members.serialize_entry("body", &STANDARD.encode(body))?,
        }
        if self.is_payload1 {
            members.serialize_entry("multiValueHeaders", &HashMap::from([("set-cookie", self.cookies())]))?;
        } else {
            members.serialize_entry("cookies", &self.cookies())?;
        }
        members.end()
    }
}

/// All headers but the cookies, and what every answer carries.
struct Sent<'a>(&'a HeaderMap);

impl Serialize for Sent<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_map(None)?;
        for name in self.0.keys().filter(|name| *name != header::SET_COOKIE) {
            let mut values = self.0.get_all(name).iter().filter_map(|value| value.to_str().ok());
            let first = values.next().unwrap_or_default();
            match values.next() {
                None => members.serialize_entry(name.as_str(), first)?,
                Some(second) => {
                    let all: Vec<_> = [first, second].into_iter().chain(values).collect();
                    members.serialize_entry(name.as_str(), &all.join(","))?;
                }
            }
        }
        for (name, value) in ALWAYS.iter().filter(|(name, _)| !self.0.contains_key(name)) {
            members.serialize_entry(name.as_str(), value)?;
        }
        members.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn write(response: &Response, event: &Value) -> Value {
        serde_json::to_value(Answer::new(response.clone(), event)).unwrap()
    }

    fn read(event: &Value, now: Time) -> Result<Request, Error> {
        super::read(event, &BasePath::default(), now)
    }

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
    fn the_gateway_says_from_where_a_request_came_and_no_header_does() {
        // #2, #105
        let mut http = event();
        http["headers"] = json!({"x-forwarded-for": "203.0.113.9", "forwarded": "for=203.0.113.9", "x-real-ip": "203.0.113.9"});
        assert_eq!(read(&http, Time::from_epoch(7)).unwrap().source(), None);
        for (source, read_as) in
            [("203.0.113.7", true), ("2001:db8::7", true), ("203.0.113.7, 203.0.113.9", false), ("", false)]
        {
            http["requestContext"]["http"]["sourceIp"] = json!(source);
            let mut rest = event1();
            rest["requestContext"]["identity"] = json!({"sourceIp": source});
            for event in [&http, &rest] {
                let read = read(event, Time::from_epoch(7)).unwrap().source();
                assert_eq!(read.map(|ip| ip.to_string()).as_deref(), read_as.then_some(source));
            }
        }
    }

    #[test]
    fn media_types_are_compared_without_case_and_parameters() {
        // #27; RFC 9110 §8.3.1
        let with = |header: &str, value: &str| {
            let mut event = event();
            event["headers"] = json!({header: value});
            event["body"] = json!("a=b");
            read(&event, Time::from_epoch(7)).unwrap()
        };
        for (form, good) in [
            ("application/x-www-form-urlencoded", true),
            ("Application/X-WWW-Form-Urlencoded", true),
            ("APPLICATION/X-WWW-FORM-URLENCODED ; charset=UTF-8", true),
            ("application/x-www-form-urlencoded2", false),
            ("text/plain; application/x-www-form-urlencoded", false),
            ("", false),
        ] {
            let request = with("content-type", form);
            let read: Result<std::collections::HashMap<String, String>, _> = request.form();
            assert_eq!((read.is_ok(), request.plain_body().is_ok()), (good, good), "{form}");
        }
        assert!(with("content-type", "Application/JSON;charset=utf-8").plain_body().is_ok());
        for (accept, html) in [
            ("text/html", true),
            ("application/xml, Text/HTML;q=0.9", true),
            ("text/htmlx", false),
            ("application/json;as=text/html", false),
            ("*/*", false),
        ] {
            assert_eq!(with("accept", accept).wants_html(), html, "{accept}");
        }
    }

    #[test]
    fn a_navigation_is_a_persons_even_without_accept() {
        let with = |headers: Value| {
            let mut event = event();
            event["headers"] = headers;
            read(&event, Time::from_epoch(7)).unwrap()
        };
        for (headers, page, browser) in [
            (json!({"sec-fetch-mode": "navigate"}), true, true),
            (json!({"Sec-Fetch-Dest": "document"}), true, true),
            (json!({"accept": "*/*", "sec-fetch-mode": "navigate"}), true, true),
            (json!({"accept": "text/html"}), true, true),
            (json!({"sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}), false, true),
            (json!({"sec-fetch-site": "none"}), false, true),
            (json!({"sec-fetch-mode": "navigate,cors"}), false, true),
            (json!({"sec-purpose": "navigate", "fetch-mode": "navigate"}), false, false),
            (json!({"accept": "*/*"}), false, false),
            (json!({}), false, false),
        ] {
            let request = with(headers.clone());
            assert_eq!((request.wants_html(), request.is_browsers()), (page, browser), "{headers}");
        }
    }

    #[test]
    fn no_header_says_where_we_live() {
        // #2
        let request = read(&event(), Time::from_epoch(7)).unwrap();
        assert_eq!(request.headers.names().count(), 1, "accept: {:?}", request.headers);
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
    fn a_cookie_that_cannot_be_read_hides_no_other() {
        // #31; RFC 6265 §5.4
        for odd in [
            "é=1",
            "x=größe",
            "x=\u{fffd}\u{fffd}",
            "x=\u{1}",
            "x=a\nb",
            "x",
            "",
            "=",
            "=x",
            "a b=c d",
            "x=\"1",
            "x=1=2",
            "x={\"a\":[1,2]}",
            "x=1,2",
            "$Version=1",
            "name=ours",
            "ours ",
            "Ours=2",
        ] {
            for [first, second] in [[odd, "ours=1"], ["ours=1", odd]] {
                let line = format!("{first}; {second}");
                for (member, value) in [
                    ("cookies", json!([first, second])),
                    ("headers", json!({"Cookie": line})),
                    ("multiValueHeaders", json!({"cookie": [line]})),
                    ("multiValueHeaders", json!({"Cookie": [first, second]})),
                ] {
                    let mut event = event();
                    event["cookies"] = json!([]);
                    event[member] = value;
                    let request = read(&event, Time::from_epoch(7)).unwrap();
                    assert_eq!(request.cookie("ours"), Some("1"), "{member}: {first:?}; {second:?}");
                }
            }
        }
    }

    #[test]
    fn a_cookie_that_only_looks_like_ours_is_not() {
        // #31: a browser keeps every character but space and tab as part of a name, so a neighbour's host may set these.
        for odd in [
            "\u{a0}ours=1",
            "\u{2000}ours=1",
            "\u{85}ours=1",
            "\u{b}ours=1",
            "\u{feff}ours=1",
            "ours\u{a0}=1",
            "ours =1",
            "ours=é",
            "ours=1\u{1}",
            "ours=1 2",
            "ours",
            "=ours=1",
            "x=ours=1",
            "%6furs=1",
        ] {
            let mut event = event();
            event["cookies"] = json!([odd]);
            assert_eq!(read(&event, Time::from_epoch(7)).unwrap().cookie("ours"), None, "{odd:?}");
        }
        // One of ours that cannot be read still is the second of its name.
        for odd in ["ours=é", "ours=\u{1}", "ours="] {
            let mut event = event();
            event["cookies"] = json!([odd, "ours=1"]);
            assert_eq!(read(&event, Time::from_epoch(7)).unwrap().cookie("ours"), None, "{odd:?}");
        }
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
    fn an_address_is_read_up_to_its_limit() {
        // #105
        let at = |event: Value| read(&event, Time::from_epoch(7)).map_err(|error| error.status());
        let limit = limits::TARGET;
        for (length, good) in [(limit - 1, true), (limit, true), (limit + 1, false)] {
            let long = |rest: &str| "x".repeat(length - rest.len());
            let mut queried = event();
            queried["rawQueryString"] = json!(long("/users/login"));
            let mut path = event();
            path["rawPath"] = json!(format!("/{}", long("/a=b")));
            let mut queried1 = event1();
            queried1["multiValueQueryStringParameters"] = json!({"a": [long("/users/logina=")]});
            let mut path1 = event1();
            path1["path"] = json!(format!("/{}", long("/a=b+c%26d")));
            for (what, event) in
                [("2.0, query", queried), ("2.0, path", path), ("1.0, query", queried1), ("1.0, path", path1)]
            {
                let read = at(event);
                let sizes = read.as_ref().map(|request| request.path.len() + request.query.len());
                assert!(
                    if good { read.is_ok() } else { sizes == Err(&414) },
                    "{what} of {length}: {sizes:?}"
                );
            }
        }
        assert_eq!(limit, 10_240);
    }

    /// As a REST API sends it.
    fn event1() -> Value {
        json!({
            "resource": "/users/login",
            "path": "/users/login",
            "httpMethod": "GET",
            "headers": {"Accept": "text/html", "Cookie": "x=1; y=2", "Host": "evil"},
            "multiValueHeaders": {"Accept": ["text/html"], "Cookie": ["x=1; y=2"], "Host": ["evil"], "X-Twice": ["a", "b"]},
            "queryStringParameters": {"a": "b c&d"},
            "multiValueQueryStringParameters": {"a": ["b c&d"]},
            "requestContext": {"requestId": "r-1", "httpMethod": "GET", "authorizer": {"sub": "u", "client_id": "c", "exp": "8", "principalId": "u"}},
            "body": null,
            "isBase64Encoded": false,
        })
    }

    #[test]
    fn reads_a_request_of_a_rest_api_alike() {
        // #2, #31
        let request = read(&event1(), Time::from_epoch(7)).unwrap();
        assert_eq!(
            (request.id.as_str(), request.path.as_str(), request.query.as_str()),
            ("r-1", "/users/login", "a=b+c%26d")
        );
        assert_eq!(
            (request.cookie("y"), request.header("host"), request.header("x-twice")),
            (Some("2"), None, None)
        );
        assert_eq!(request.authorized.unwrap().unwrap().subject, "u");
        let mut single = event1();
        single.as_object_mut().unwrap().retain(|name, _| !name.starts_with("multiValue"));
        let request = read(&single, Time::from_epoch(7)).unwrap();
        assert_eq!((request.query.as_str(), request.cookie("x")), ("a=b+c%26d", Some("1")));
    }

    #[test]
    fn a_repeated_parameter_stays_repeated() {
        // #4
        let mut event = event1();
        event["multiValueQueryStringParameters"] = json!({"state": ["a", "b"]});
        let request = read(&event, Time::from_epoch(7)).unwrap();
        assert_eq!(request.query, "state=a&state=b");
        assert!(request.query::<std::collections::HashMap<String, String>>().is_err());
    }

    #[test]
    fn a_load_balancer_is_no_gateway() {
        // #78, #80
        let mut event = event1();
        event["requestContext"]["elb"] = json!({"targetGroupArn": "a"});
        assert!(read(&event, Time::from_epoch(7)).is_err());
    }

    #[test]
    fn an_answer_to_a_rest_api_has_its_cookies_in_a_list() {
        let cookie = |value: &str| crate::Cookie::forget(value);
        let mut response = Response::empty(http::StatusCode::OK).cookie(&cookie("a")).cookie(&cookie("b"));
        response.set_cookies(CookieMode::Host);
        let answer = write(&response, &event1());
        assert_eq!(answer["multiValueHeaders"]["set-cookie"].as_array().unwrap().len(), 2);
        assert!(answer.get("cookies").is_none());
        assert_eq!(write(&response, &self::event())["cookies"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn unusual_paths_are_passed_on_unchanged() {
        for path in ["/a/../b", "//x", "/ä b", "/%2f", "/a;x=1"] {
            let mut event = event();
            event["rawPath"] = json!(path);
            assert_eq!(read(&event, Time::from_epoch(7)).unwrap().path, path);
        }
    }
}
