//! One HTTP exchange with a provider: bounded in time and size, over a fresh connection, never repeated and never
//! redirected.

use std::{error::Error as StdError, io::Read as _, sync::OnceLock, time::Duration};

use aws_smithy_http_client::{
    Connector,
    tls::{Provider as Tls, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::{
    client::{http::HttpConnector, orchestrator::HttpRequest, result::ConnectorError},
    http::Response as SmithyResponse,
};
use aws_smithy_types::body::SdkBody;
use flate2::read::MultiGzDecoder;
use http::{HeaderMap, HeaderValue, Request, Response, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use jose::{JoseError, json::parse_strict};
use serde_json::Value;
use tokio::time::timeout;
use url::Url;

use crate::{
    Error, Fault, SettingError,
    address::{Reach, Resolver, is_endpoint},
    authorities,
};

/// What is asked for where a document is JSON.
pub const JSON: &str = "application/json";
/// What is asked for where it is a key set (RFC 7517 §8.5.2). Some serve one type, some the other, some look at neither.
pub const KEY_SET: &str = "application/jwk-set+json, application/json";

/// The longest answer that is read, and the longest that one may become when it is unpacked (#72).
pub(crate) const MAX_BODY: usize = 512 * 1024;

/// A client for the providers. Its connectors are made when they are first needed: reading the system's certificates
/// takes longer than a login start.
#[derive(Debug)]
pub struct Http {
    ca_pem: Option<Vec<u8>>,
    outside: OnceLock<Connector>,
    loopback: OnceLock<Connector>,
}

/// Why there is no answer, or none that can be used. Nothing in it was sent or received.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The address, or what is to be sent, is not one for a call.
    #[error("the address may not be called")]
    Forbidden,
    /// There was no whole answer in this time.
    #[error("no answer within {0:?}")]
    Slow(Duration),
    /// No connection, or none that can be trusted; with the innermost cause.
    #[error("cannot connect: {0}")]
    Unreachable(String),
    /// The answer ended before it was whole, or is no HTTP.
    #[error("the answer was cut off")]
    Broken,
    /// The answer is longer than the limit, as it came or unpacked (#72).
    #[error("the answer is longer than {MAX_BODY} bytes")]
    TooLong,
    /// A coding that was not asked for and is not read (RFC 9110 §8.4).
    #[error("the answer is compressed, which was not asked for, and not with gzip alone")]
    Compressed,
    /// A broken gzip body.
    #[error("the answer says that it is gzip, and is not")]
    NotGzip,
    /// A content type that is not JSON, or a document of another shape.
    #[error("the answer is not JSON by its content type")]
    NotJson,
    /// A status other than 200.
    #[error("the answer has the status {0}")]
    Status(u16),
    /// The body is not JSON, or not strictly so.
    #[error("{0}")]
    Json(#[from] JoseError),
}

impl HttpError {
    /// Whose fault it is.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Slow(_) => Fault::Slow,
            Self::Unreachable(_) | Self::Forbidden => Fault::Unreachable,
            _ => Fault::Answer,
        }
    }
}

impl From<HttpError> for Error {
    fn from(error: HttpError) -> Self {
        Self::new(error.fault(), error.to_string())
    }
}

impl Http {
    /// A client that trusts the system's certificate authorities, and those in `ca_pem`. With the latter, it may call
    /// private addresses. The error says that not all of it are certificates.
    pub fn new(ca_pem: Option<Vec<u8>>) -> Result<Self, SettingError> {
        // The connector panics at a bad one.
        ca_pem.as_deref().map_or(Ok(()), authorities::check)?;
        Ok(Self { ca_pem, outside: OnceLock::new(), loopback: OnceLock::new() })
    }

    /// Whether providers may have private addresses.
    pub fn allows_private(&self) -> bool {
        self.ca_pem.is_some()
    }

    /// Sends the request, once, and reads the whole answer, all within `limit`.
    pub async fn send(
        &self,
        request: Request<Vec<u8>>,
        limit: Duration,
    ) -> Result<Response<Vec<u8>>, HttpError> {
        let url = Url::parse(&request.uri().to_string()).map_err(|_| HttpError::Forbidden)?;
        let reach = Reach::of(&url, self.allows_private());
        if !is_endpoint(&url) || !reach.allows_host(&url) {
            return Err(HttpError::Forbidden);
        }
        let connector = self.connector(reach);
        timeout(limit, exchange(connector, prepare(request)?)).await.map_err(|_| HttpError::Slow(limit))?
    }

    /// Gets a document that is JSON, and nothing but a 200. `accept` is [`JSON`] or [`KEY_SET`].
    pub async fn get(&self, url: &Url, accept: &'static str, limit: Duration) -> Result<Vec<u8>, HttpError> {
        let request = Request::get(url.as_str())
            .header(header::ACCEPT, accept)
            .body(Vec::new())
            .map_err(|_| HttpError::Forbidden)?;
        let response = self.send(request, limit).await?;
        require_likely_json(&response)?;
        Ok(response.into_body())
    }

    fn connector(&self, reach: Reach) -> &Connector {
        match reach {
            Reach::Loopback => self.loopback.get_or_init(|| connector(reach, TrustStore::empty())),
            Reach::Public | Reach::Private => self.outside.get_or_init(|| {
                let store = TrustStore::default();
                let store = match &self.ca_pem {
                    Some(pem) => store.with_pem_certificate(pem.clone()),
                    None => store,
                };
                connector(reach, store)
            }),
        }
    }
}

/// A connection for each request: one that lay idle while a function was frozen may be dead, and then a request that
/// must not be repeated (#11) would be lost. Without idle connections the client below has no case left in which it
/// sends anything twice.
fn connector(reach: Reach, trust: TrustStore) -> Connector {
    let tls = TlsContext::builder().with_trust_store(trust).build();
    Connector::builder()
        .pool_max_idle_per_host(0)
        .tls_provider(Tls::Rustls(CryptoMode::AwsLc))
        .tls_context(tls.expect("the builder has no way to fail"))
        .build_with_resolver(Resolver(reach))
}

/// Says who we are (GitHub wants to know), asks for an answer as it is (RFC 9110 §12.5.3), and marks the credentials so that
/// nothing on the way prints them.
fn prepare(mut request: Request<Vec<u8>>) -> Result<HttpRequest, HttpError> {
    let headers = request.headers_mut();
    headers.insert(header::USER_AGENT, HeaderValue::from_static("latchkey"));
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    if let Some(credentials) = headers.get_mut(header::AUTHORIZATION) {
        credentials.set_sensitive(true);
    }
    HttpRequest::try_from(request.map(SdkBody::from)).map_err(|_| HttpError::Forbidden)
}

async fn exchange(connector: &Connector, request: HttpRequest) -> Result<Response<Vec<u8>>, HttpError> {
    let response = connector.call(request).await.map_err(|error| unanswered(&error))?;
    let (mut parts, body) = into_parts(response)?;
    let packed = is_gzip(&parts.headers)?;
    let body = Limited::new(body, MAX_BODY).collect().await.map_err(|error| broken(error.as_ref()))?;
    let body: Vec<u8> = body.to_bytes().into();
    if !packed {
        return Ok(Response::from_parts(parts, body));
    }
    parts.headers.remove(header::CONTENT_ENCODING);
    parts.headers.remove(header::CONTENT_LENGTH);
    Ok(Response::from_parts(parts, unpacked(&body)?))
}

/// RFC 9110 §8.4.1: whether the body is gzip, once. Some send it although we ask for none; other codings are refused, and so
/// are two on top of each other, which nobody has a use for but to fill our memory (#72).
fn is_gzip(headers: &HeaderMap) -> Result<bool, HttpError> {
    let values = headers.get_all(header::CONTENT_ENCODING).iter();
    let values = values.map(|value| value.to_str().unwrap_or("unreadable").to_ascii_lowercase());
    let values: Vec<_> = values.collect();
    let codings = values.iter().flat_map(|value| value.split(',')).map(str::trim);
    let codings: Vec<_> = codings.filter(|coding| !matches!(*coding, "" | "identity")).collect();
    match codings.as_slice() {
        [] => Ok(false),
        ["gzip" | "x-gzip"] => Ok(true),
        _ => Err(HttpError::Compressed),
    }
}

/// Unpacks gzip (RFC 1952), and stops where the result becomes too long: a small answer may hold gigabytes (#72).
fn unpacked(body: &[u8]) -> Result<Vec<u8>, HttpError> {
    let mut whole = Vec::new();
    let mut reader = MultiGzDecoder::new(body).take(MAX_BODY as u64 + 1);
    reader.read_to_end(&mut whole).map_err(|_| HttpError::NotGzip)?;
    if whole.len() > MAX_BODY { Err(HttpError::TooLong) } else { Ok(whole) }
}

fn into_parts(response: SmithyResponse<SdkBody>) -> Result<(http::response::Parts, SdkBody), HttpError> {
    response.try_into_http1x().map(Response::into_parts).map_err(|_| HttpError::Broken)
}

/// What a failed call means. The causes name addresses and certificates, never what was to be sent.
fn unanswered(error: &ConnectorError) -> HttpError {
    if !error.is_io() {
        return HttpError::Broken;
    }
    let mut cause: &(dyn StdError + 'static) = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    let printable = cause.to_string().chars().filter(|c| !c.is_control()).take(200).collect();
    HttpError::Unreachable(printable)
}

fn broken(error: &(dyn StdError + 'static)) -> HttpError {
    if error.is::<LengthLimitError>() { HttpError::TooLong } else { HttpError::Broken }
}

/// What an answer says that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `application/json`, or a type built on it (RFC 6839 §3.1) such as `application/jwk-set+json`.
    Json,
    /// `application/jwt` (RFC 7519 §10.3.1).
    Jwt,
    /// No more than that it is text or bytes, as a file server says it of any file; or nothing at all.
    Unsaid,
    /// Something else, such as a page; or two things.
    Other,
}

impl Kind {
    /// By its `Content-Type`.
    pub fn of(response: &Response<Vec<u8>>) -> Self {
        let mut types = response.headers().get_all(header::CONTENT_TYPE).iter();
        let only = match (types.next(), types.next()) {
            (None, _) => return Self::Unsaid,
            (Some(only), None) => only.to_str().unwrap_or_default(),
            (Some(_), Some(_)) => return Self::Other,
        };
        let essence = only.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match essence.as_str() {
            "application/json" => Self::Json,
            "application/jwt" => Self::Jwt,
            "text/plain" | "application/octet-stream" => Self::Unsaid,
            other if other.starts_with("application/") && other.ends_with("+json") => Self::Json,
            _ => Self::Other,
        }
    }

    /// Whether it is worth reading as JSON, where nothing else could be meant.
    pub fn may_be_json(self) -> bool {
        matches!(self, Self::Json | Self::Unsaid)
    }
}

/// A 200. A redirect is one more status that is not.
pub fn require_ok(response: &Response<Vec<u8>>) -> Result<(), HttpError> {
    match response.status().as_u16() {
        200 => Ok(()),
        status => Err(HttpError::Status(status)),
    }
}

/// A 200 that says that it is JSON, or does not say what it is.
pub fn require_likely_json(response: &Response<Vec<u8>>) -> Result<(), HttpError> {
    require_ok(response)?;
    if Kind::of(response).may_be_json() { Ok(()) } else { Err(HttpError::NotJson) }
}

/// The answer's JSON, read strictly.
pub fn json(body: &[u8]) -> Result<Value, HttpError> {
    Ok(parse_strict(body)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, content_type: Option<&str>) -> Response<Vec<u8>> {
        let mut response = Response::builder().status(status);
        if let Some(value) = content_type {
            response = response.header("content-type", value);
        }
        response.body(Vec::new()).unwrap()
    }

    #[test]
    fn only_a_200_that_may_be_json_is_accepted() {
        // #72, #101
        for (text, kind) in [
            ("application/json", Kind::Json),
            ("application/json; charset=utf-8", Kind::Json),
            ("Application/JSON", Kind::Json),
            ("application/jwk-set+json", Kind::Json),
            ("application/json;charset=UTF-8", Kind::Json),
            ("text/plain", Kind::Unsaid),
            ("text/plain; charset=utf-8", Kind::Unsaid),
            ("Application/Octet-Stream", Kind::Unsaid),
            ("application/jwt", Kind::Jwt),
            ("application/JWT; charset=utf-8", Kind::Jwt),
            ("text/html", Kind::Other),
            ("text/json", Kind::Other),
            ("application/jsonp", Kind::Other),
            ("application/x-www-form-urlencoded", Kind::Other),
            ("application/javascript", Kind::Other),
            ("application/at+jwt", Kind::Other),
            ("text/jwt+json", Kind::Other),
            ("", Kind::Other),
            ("text/html; application/json", Kind::Other),
        ] {
            assert_eq!(Kind::of(&answer(200, Some(text))), kind, "{text}");
            let checked = require_likely_json(&answer(200, Some(text)));
            assert_eq!(checked.is_ok(), matches!(kind, Kind::Json | Kind::Unsaid), "{text}");
        }
        assert_eq!(Kind::of(&answer(200, None)), Kind::Unsaid);
        let mut two = answer(200, Some("application/json"));
        two.headers_mut().append("content-type", HeaderValue::from_static("application/json"));
        assert_eq!(Kind::of(&two), Kind::Other);
        for status in [201, 204, 301, 302, 307, 400, 401, 404, 429, 500, 503] {
            let checked = require_likely_json(&answer(status, Some("application/json")));
            assert!(matches!(checked, Err(HttpError::Status(s)) if s == status));
        }
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        use std::io::Write;
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn gzip_is_unpacked_up_to_the_limit() {
        // #72: a few hundred bytes become half a megabyte, and no more.
        let zeros = |length: usize| gzip(&vec![b'0'; length]);
        assert_eq!(unpacked(&gzip(b"{}")).unwrap(), b"{}");
        assert_eq!(unpacked(&zeros(MAX_BODY)).unwrap().len(), MAX_BODY);
        let bomb = zeros(64 << 20);
        assert!(bomb.len() < MAX_BODY && matches!(unpacked(&bomb), Err(HttpError::TooLong)));
        assert!(matches!(unpacked(&zeros(MAX_BODY + 1)), Err(HttpError::TooLong)));
        // Many small ones, one behind the other.
        assert!(matches!(unpacked(&zeros(64 << 10).repeat(9)), Err(HttpError::TooLong)));
        let whole = gzip(br#"{"keys":[]}"#);
        for bad in
            [b"".to_vec(), b"{}".to_vec(), whole[..whole.len() - 1].to_vec(), [&whole[..], b"x"].concat()]
        {
            assert!(matches!(unpacked(&bad), Err(HttpError::NotGzip)), "{bad:?}");
        }
    }

    #[test]
    fn only_gzip_is_unpacked_and_only_once() {
        // #72
        let packed = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::CONTENT_ENCODING, HeaderValue::from_static(value));
            }
            is_gzip(&headers)
        };
        for (values, good) in [
            (&[][..], false),
            (&["identity"], false),
            (&["Identity"], false),
            (&["gzip"], true),
            (&["GZIP"], true),
            (&["x-gzip"], true),
            (&["identity, gzip"], true),
            (&["identity", "gzip"], true),
        ] {
            assert_eq!(packed(values).unwrap(), good, "{values:?}");
        }
        for values in
            [&["br"][..], &["deflate"], &["zstd"], &["gzip, gzip"], &["gzip", "gzip"], &["gzip, br"], &["x"]]
        {
            assert!(matches!(packed(values), Err(HttpError::Compressed)), "{values:?}");
        }
    }

    #[tokio::test]
    async fn forbidden_addresses_are_not_called() {
        // #71, #102
        let http = Http::new(None).unwrap();
        for url in [
            "http://a.example/",
            "https://169.254.169.254/latest/meta-data/",
            "https://[::ffff:127.0.0.1]/",
            "https://10.0.0.1/",
            "http://10.0.0.1/",
            "https://user:password@a.example/",
        ] {
            let request = Request::get(url).body(Vec::new()).unwrap();
            let answer = http.send(request, Duration::from_secs(1)).await;
            assert!(matches!(answer, Err(HttpError::Forbidden)), "{url}");
        }
        let answer =
            http.get(&Url::parse("https://localhost:1/").unwrap(), JSON, Duration::from_secs(2)).await;
        assert!(matches!(answer, Err(HttpError::Unreachable(why)) if why.contains("may not be called")));
    }
}
