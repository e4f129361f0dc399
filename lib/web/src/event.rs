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
mod tests;
