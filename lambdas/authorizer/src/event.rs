//! What a gateway asks: which gateway it is, which API, and with which token.
//!
//! The gateways have one thing in common, and that is a function's ARN to call. Which of them it is can only be seen from the
//! event's shape, so a shape is taken whole or not at all: an event that is a bit of two is none (#78).

use serde_json::{Map, Value};
use web::bearer;

/// The longest ARN of a resource that a policy may hold (#77).
const LONGEST_RESOURCE: usize = 512;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gateway {
    /// A REST API with an authorizer of the kind TOKEN.
    RestToken,
    /// A REST API with an authorizer of the kind REQUEST.
    RestRequest,
    /// An HTTP API, payload 1.0.
    Http1,
    /// An HTTP API, payload 2.0.
    Http2,
    /// A WebSocket API, at `$connect`.
    WebSocket,
}

/// The question.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Question<'a> {
    pub(crate) gateway: Gateway,
    /// Everything in this stage of this API, as a policy's resource; nothing if the ARN is not one of a gateway's, or not of
    /// the API that asks.
    pub(crate) api: Option<String>,
    /// The bearer token, if there is exactly one.
    pub(crate) token: Option<&'a str>,
}

impl<'a> Question<'a> {
    /// Reads an event; nothing if no gateway's authorizer is asked that way.
    pub(crate) fn read(event: &'a Value) -> Option<Self> {
        let event = event.as_object()?;
        let gateway = gateway(event)?;
        let (arn, token) = match gateway {
            Gateway::Http2 => ("routeArn", from_headers(event)),
            Gateway::RestToken => ("methodArn", text(event, "authorizationToken")),
            _ => ("methodArn", from_headers(event)),
        };
        let token = token.filter(|header| is_identity(event, header)).and_then(bearer);
        let id = event.get("requestContext").and_then(|context| context.get("apiId")?.as_str());
        Some(Self { gateway, api: whole_api(text(event, arn)?, id), token })
    }
}

fn text<'a>(map: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    map.get(name)?.as_str()
}

/// Members by which one gateway's event is told from another's.
const MEMBERS: [&str; 14] = [
    "methodArn",
    "routeArn",
    "authorizationToken",
    "identitySource",
    "resource",
    "path",
    "httpMethod",
    "routeKey",
    "rawPath",
    "rawQueryString",
    "cookies",
    "headers",
    "multiValueHeaders",
    "requestContext",
];

impl Gateway {
    /// Which of these members its events may have.
    fn sends(self) -> &'static [&'static str] {
        match self {
            Self::RestToken => &["methodArn", "authorizationToken"],
            Self::RestRequest => &[
                "methodArn",
                "resource",
                "path",
                "httpMethod",
                "headers",
                "multiValueHeaders",
                "requestContext",
            ],
            Self::Http1 => &[
                "methodArn",
                "authorizationToken",
                "identitySource",
                "resource",
                "path",
                "httpMethod",
                "headers",
                "multiValueHeaders",
                "requestContext",
            ],
            Self::Http2 => &[
                "routeArn",
                "identitySource",
                "routeKey",
                "rawPath",
                "rawQueryString",
                "cookies",
                "headers",
                "requestContext",
            ],
            Self::WebSocket => &["methodArn", "headers", "multiValueHeaders", "requestContext"],
        }
    }

    /// Whether the event has what else this gateway's events have, and in its context nothing of another's.
    fn is_whole(self, event: &Map<String, Value>) -> bool {
        if self == Self::RestToken {
            return true;
        }
        // Every other gateway says in the context which API it is.
        let context = event.get("requestContext").and_then(Value::as_object);
        let Some(context) = context.filter(|context| text(context, "apiId").is_some()) else { return false };
        let (http, socket) = (context.contains_key("http"), context.contains_key("eventType"));
        let of_resource = context.contains_key("resourcePath");
        match self {
            Self::Http2 => context.get("http").is_some_and(Value::is_object) && !socket && !of_resource,
            Self::WebSocket => {
                let connects = text(context, "eventType") == Some("CONNECT");
                connects && text(context, "routeKey") == Some("$connect") && !http && !of_resource
            }
            _ => {
                let is_http = text(event, "httpMethod").is_some() && text(event, "resource").is_some();
                is_http && !http && !socket
            }
        }
    }
}

/// Whose event it is, if it is that and nothing else.
fn gateway(event: &Map<String, Value>) -> Option<Gateway> {
    let gateway = match (text(event, "type")?, event.get("version").map(Value::as_str)) {
        ("TOKEN", None) => Gateway::RestToken,
        ("REQUEST", Some(Some("2.0"))) => Gateway::Http2,
        ("REQUEST", Some(Some("1.0"))) => Gateway::Http1,
        ("REQUEST", None) if event.contains_key("httpMethod") => Gateway::RestRequest,
        ("REQUEST", None) => Gateway::WebSocket,
        _ => return None,
    };
    let pure = MEMBERS.iter().all(|name| !event.contains_key(*name) || gateway.sends().contains(name));
    (pure && gateway.is_whole(event)).then_some(gateway)
}

/// The Authorization header, in any case, if it came once (#79). Where the gateway gives both forms of the headers, the one
/// that keeps repeated ones apart decides.
fn from_headers(event: &Map<String, Value>) -> Option<&str> {
    let value = only(event.get("headers")?.as_object()?)?.as_str()?;
    match event.get("multiValueHeaders") {
        None | Some(Value::Null) => Some(value),
        Some(all) => {
            let [one] = only(all.as_object()?)?.as_array()?.as_slice() else { return None };
            (one.as_str()? == value).then_some(value)
        }
    }
}

fn only(headers: &Map<String, Value>) -> Option<&Value> {
    let mut named = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    let (_, value) = named.next()?;
    named.next().is_none().then_some(value)
}

/// Whether what we decide on is what the gateway caches the answer by. If it is configured to cache by something else, one
/// caller's answer would be given to the next (#75). A gateway that says nothing caches nothing, or is a REST API, which
/// does not say. Payload 1.0 joins everything it caches by with commas, and all headers of one name as well: a second
/// bearer token among it is one that we did not check (#79).
fn is_identity(event: &Map<String, Value>, header: &str) -> bool {
    let sources: Vec<_> = match event.get("identitySource") {
        None | Some(Value::Null) => return true,
        Some(Value::String(joined)) => joined.split(',').map(str::trim).collect(),
        Some(Value::Array(sources)) => sources.iter().filter_map(Value::as_str).collect(),
        Some(_) => return false,
    };
    let tokens: Vec<_> = sources.into_iter().filter(|source| bearer(source).is_some()).collect();
    tokens == [header]
}

/// `arn:aws:execute-api:region:account:api/stage/…` to everything in that stage. The rest of the ARN, which holds the path
/// that the client sent, is dropped: `*` and `?` in it would be wildcards (#79). Where the event also says which API it is,
/// both say the same (#78).
fn whole_api(arn: &str, id: Option<&str>) -> Option<String> {
    let parts: Vec<_> = arn.splitn(6, ':').collect();
    let [arn, partition, service, region, account, resource] = parts[..] else { return None };
    let mut places = resource.splitn(3, '/');
    let (api, stage) = (places.next()?, places.next()?);
    places.next()?;
    let word = |text: &str, more: &[u8]| {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || more.contains(&b))
    };
    let named = arn == "arn" && service == "execute-api" && word(partition, b"-") && word(region, b"-");
    let numbered = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    let staged = word(api, b"")
        && id.is_none_or(|id| id == api)
        && word(stage.strip_prefix('$').unwrap_or(stage), b"-_");
    let whole = format!("arn:{partition}:execute-api:{region}:{account}:{api}/{stage}/*");
    (named && numbered && staged && whole.len() <= LONGEST_RESOURCE).then_some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_resource_is_the_stage_without_the_path() {
        // #75, #79
        let prefix = "arn:aws:execute-api:eu-west-1:123456789012:abc123/prod";
        for path in ["/GET/users", "/GET/", "/", "/GET/users/*", "/*/*", "/GET/?", "/$connect", "/GET/a:b/c"]
        {
            assert_eq!(
                whole_api(&format!("{prefix}{path}"), Some("abc123")).unwrap(),
                format!("{prefix}/*"),
                "{path}"
            );
        }
        let default = "arn:aws-us-gov:execute-api:us-gov-west-1:123456789012:a/$default/GET/x";
        assert!(whole_api(default, None).unwrap().ends_with(":a/$default/*"));
    }

    #[test]
    fn malformed_method_arns_are_refused() {
        // #78, #79
        for bad in [
            "",
            "*",
            "arn:aws:execute-api:eu-west-1:123456789012:abc123",
            "arn:aws:execute-api:eu-west-1:123456789012:abc123/prod",
            "arn:aws:execute-api:eu-west-1:123456789012:*/prod/GET/",
            "arn:aws:execute-api:eu-west-1:123456789012:abc123/*/GET/",
            "arn:aws:execute-api:eu-west-1:123456789012:abc123/$*/GET/",
            "arn:aws:execute-api:eu-west-1:123456789012:abc?23/prod/GET/",
            "arn:aws:execute-api:eu-west-1:123456789012:/prod/GET/",
            "arn:aws:execute-api:eu-west-1:123456789012:abc123//GET/",
            "arn:aws:execute-api:*:123456789012:abc123/prod/GET/",
            "arn:aws:execute-api:eu-west-1:*:abc123/prod/GET/",
            "arn:aws:lambda:eu-west-1:123456789012:abc123/prod/GET/",
            "arn:*:execute-api:eu-west-1:123456789012:abc123/prod/GET/",
        ] {
            assert_eq!(whole_api(bad, None), None, "{bad}");
        }
        let long = format!("arn:aws:execute-api:eu-west-1:123456789012:{}/prod/GET/", "a".repeat(500));
        assert_eq!(whole_api(&long, None), None);
        let good = "arn:aws:execute-api:eu-west-1:123456789012:abc123/prod/GET/";
        for other in ["", "abc12", "ABC123", "abc123/prod", "*"] {
            assert_eq!(whole_api(good, Some(other)), None, "{other}");
        }
    }
}
