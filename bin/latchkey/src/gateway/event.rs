//! An HTTP request as the event that API Gateway makes of it (HTTP API, payload 2.0).

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, Method, Uri, header};
use serde_json::{Map, Value, json};

/// A request at the door.
pub(super) struct Incoming<'a> {
    pub(super) id: &'a str,
    pub(super) method: &'a Method,
    pub(super) uri: &'a Uri,
    pub(super) headers: &'a HeaderMap,
    pub(super) body: &'a [u8],
}

impl Incoming<'_> {
    /// The path, decoded once, as the gateway matches and delivers it.
    pub(super) fn path(&self) -> String {
        percent_encoding::percent_decode_str(self.uri.path()).decode_utf8_lossy().into_owned()
    }

    /// The event for a route.
    pub(super) fn event(&self, route_key: &str, captures: &[(&'static str, String)]) -> Value {
        let path = self.path();
        let raw_query = self.uri.query().unwrap_or_default();
        let host = self.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let mut event = json!({
            "version": "2.0",
            "routeKey": route_key,
            "rawPath": path,
            "rawQueryString": raw_query,
            "headers": self.headers(),
            "requestContext": {
                "accountId": "000000000000",
                "apiId": "local",
                "domainName": host,
                "http": {
                    "method": self.method.as_str(),
                    "path": path,
                    "protocol": "HTTP/1.1",
                    "sourceIp": "127.0.0.1",
                    "userAgent": self.headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default(),
                },
                "requestId": self.id,
                "routeKey": route_key,
                "stage": "$default",
            },
            "isBase64Encoded": false,
        });
        self.add(&mut event, "cookies", self.cookies());
        self.add(&mut event, "queryStringParameters", query(raw_query));
        self.add(
            &mut event,
            "pathParameters",
            json!(captures.iter().cloned().collect::<std::collections::HashMap<_, _>>()),
        );
        self.add_body(&mut event);
        event
    }

    /// The gateway leaves out what is empty.
    fn add(&self, event: &mut Value, name: &str, value: Value) {
        let empty =
            value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(Map::is_empty);
        if !empty {
            event[name] = value;
        }
    }

    /// Text as it is, anything else in base64.
    fn add_body(&self, event: &mut Value) {
        if self.body.is_empty() {
            return;
        }
        let media_type =
            self.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let textual = ["text/", "application/json", "application/xml", "application/javascript"];
        let text = textual
            .iter()
            .any(|t| media_type.starts_with(t))
            .then(|| std::str::from_utf8(self.body).ok())
            .flatten();
        event["body"] = text.map_or_else(|| STANDARD.encode(self.body), str::to_owned).into();
        event["isBase64Encoded"] = text.is_none().into();
    }

    /// Names in lower case, repeated headers joined by commas, without the cookies.
    fn headers(&self) -> Map<String, Value> {
        let names = self.headers.keys().filter(|name| *name != header::COOKIE);
        names.map(|name| (name.to_string(), joined(self.headers, name.as_str()).into())).collect()
    }

    /// Each cookie by itself, so that one that is not text spoils none beside it.
    fn cookies(&self) -> Value {
        let lines = self.headers.get_all(header::COOKIE).iter();
        let pairs = lines.flat_map(|line| line.as_bytes().split(|&b| b == b';')).map(<[u8]>::trim_ascii);
        pairs.filter(|pair| !pair.is_empty()).map(String::from_utf8_lossy).collect()
    }
}

fn joined(headers: &HeaderMap, name: &str) -> String {
    let values: Vec<_> =
        headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    values.join(",")
}

/// Parameters, decoded, repeated ones joined by commas.
fn query(raw: &str) -> Value {
    let mut parameters = Map::new();
    for (name, value) in url::form_urlencoded::parse(raw.as_bytes()) {
        let value = match parameters.get(name.as_ref()).and_then(Value::as_str) {
            Some(earlier) => format!("{earlier},{value}"),
            None => value.into_owned(),
        };
        parameters.insert(name.into_owned(), value.into());
    }
    Value::Object(parameters)
}
