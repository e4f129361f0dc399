//! One HTTP exchange with a provider: bounded in time and size, over a fresh connection, never repeated and never
//! redirected.

use std::{error::Error as StdError, sync::OnceLock, time::Duration};

use aws_smithy_http_client::{
    Connector,
    tls::{Provider as Tls, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::{
    client::{http::HttpConnector, orchestrator::HttpRequest, result::ConnectorError},
    http::Response as SmithyResponse,
};
use aws_smithy_types::body::SdkBody;
use http::{HeaderValue, Request, Response, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use oauth::jose::{JoseError, json::parse_strict};
use serde_json::Value;
use tokio::time::timeout;
use url::Url;

use crate::{
    Error,
    address::{Reach, Resolver, is_endpoint},
    error::Fault,
};

/// The longest answer that is read (#72).
pub(crate) const MAX_BODY: usize = 512 * 1024;

/// A client for the providers. Its connectors are made when they are first needed: reading the system's certificates
/// takes longer than a login start.
#[derive(Debug)]
pub(crate) struct Http {
    ca_pem: Option<Vec<u8>>,
    outside: OnceLock<Connector>,
    loopback: OnceLock<Connector>,
}

/// Why there is no answer, or none that can be used. Nothing in it was sent or received.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpError {
    #[error("the address may not be called")]
    Forbidden,
    #[error("no answer within {0:?}")]
    Slow(Duration),
    #[error("cannot connect: {0}")]
    Unreachable(String),
    #[error("the answer broke off")]
    Broken,
    #[error("the answer is longer than {MAX_BODY} bytes")]
    TooLong,
    #[error("the answer is compressed, which was not asked for")]
    Compressed,
    #[error("the answer is not JSON by its content type")]
    NotJson,
    #[error("the answer has the status {0}")]
    Status(u16),
    #[error("{0}")]
    Json(#[from] JoseError),
}

impl HttpError {
    pub(crate) fn fault(&self) -> Fault {
        match self {
            Self::Slow(_) => Fault::Slow,
            Self::Unreachable(_) | Self::Forbidden => Fault::Unreachable,
            _ => Fault::Answer,
        }
    }
}

impl From<HttpError> for Error {
    fn from(error: HttpError) -> Self {
        Self::upstream(error.fault(), error.to_string())
    }
}

impl Http {
    /// A client that trusts the system's certificate authorities, and those in `ca_pem`. With the latter, it may call
    /// private addresses. The PEM must have been checked: the connector panics at a bad one.
    pub(crate) fn new(ca_pem: Option<Vec<u8>>) -> Self {
        Self { ca_pem, outside: OnceLock::new(), loopback: OnceLock::new() }
    }

    /// Whether providers may have private addresses.
    pub(crate) fn is_house(&self) -> bool {
        self.ca_pem.is_some()
    }

    /// Sends the request, once, and reads the whole answer, all within `limit`.
    pub(crate) async fn send(
        &self,
        request: Request<Vec<u8>>,
        limit: Duration,
    ) -> Result<Response<Vec<u8>>, HttpError> {
        let url = Url::parse(&request.uri().to_string()).map_err(|_| HttpError::Forbidden)?;
        let reach = Reach::of(&url, self.is_house());
        if !is_endpoint(&url) || !reach.allows_host(&url) {
            return Err(HttpError::Forbidden);
        }
        let connector = self.connector(reach);
        timeout(limit, exchange(connector, prepare(request)?)).await.map_err(|_| HttpError::Slow(limit))?
    }

    /// Gets a JSON document, and nothing but a 200.
    pub(crate) async fn get_json(&self, url: &Url, limit: Duration) -> Result<Vec<u8>, HttpError> {
        let request = Request::get(url.as_str())
            .header(header::ACCEPT, "application/json")
            .body(Vec::new())
            .map_err(|_| HttpError::Forbidden)?;
        let response = self.send(request, limit).await?;
        require_json(&response)?;
        Ok(response.into_body())
    }

    fn connector(&self, reach: Reach) -> &Connector {
        match reach {
            Reach::Loopback => self.loopback.get_or_init(|| connector(reach, TrustStore::empty())),
            Reach::Public | Reach::House => self.outside.get_or_init(|| {
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

/// Says who we are (GitHub wants to know), and marks the credentials so that nothing on the way prints them.
fn prepare(mut request: Request<Vec<u8>>) -> Result<HttpRequest, HttpError> {
    let headers = request.headers_mut();
    headers.insert(header::USER_AGENT, HeaderValue::from_static("latchkey"));
    if let Some(credentials) = headers.get_mut(header::AUTHORIZATION) {
        credentials.set_sensitive(true);
    }
    HttpRequest::try_from(request.map(SdkBody::from)).map_err(|_| HttpError::Forbidden)
}

async fn exchange(connector: &Connector, request: HttpRequest) -> Result<Response<Vec<u8>>, HttpError> {
    let response = connector.call(request).await.map_err(|error| unanswered(&error))?;
    let (parts, body) = into_parts(response)?;
    // We ask for no compression, so whoever compresses means to fill our memory (#72).
    let plain = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"identity");
    if !parts.headers.get_all(header::CONTENT_ENCODING).iter().all(plain) {
        return Err(HttpError::Compressed);
    }
    let body = Limited::new(body, MAX_BODY).collect().await.map_err(|error| broken(error.as_ref()))?;
    Ok(Response::from_parts(parts, body.to_bytes().into()))
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

/// A 200 with a JSON content type. A redirect is one more status that is not 200.
pub(crate) fn require_json(response: &Response<Vec<u8>>) -> Result<(), HttpError> {
    match response.status().as_u16() {
        200 if is_json(response) => Ok(()),
        200 => Err(HttpError::NotJson),
        status => Err(HttpError::Status(status)),
    }
}

/// Whether the answer says that it is JSON: `application/json`, or a type built on it (RFC 6839 §3.1) such as
/// `application/jwk-set+json`.
pub(crate) fn is_json(response: &Response<Vec<u8>>) -> bool {
    let mut types = response.headers().get_all(header::CONTENT_TYPE).iter();
    let (Some(only), None) = (types.next(), types.next()) else { return false };
    let essence = only.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let essence = essence.to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// The answer's JSON, read strictly.
pub(crate) fn json(body: &[u8]) -> Result<Value, HttpError> {
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
    fn only_a_200_with_json_is_an_answer() {
        // #72, #101
        for good in [
            "application/json",
            "application/json; charset=utf-8",
            "Application/JSON",
            "application/jwk-set+json",
            "application/json;charset=UTF-8",
        ] {
            assert!(require_json(&answer(200, Some(good))).is_ok(), "{good}");
        }
        for bad in [
            "text/html",
            "text/json",
            "application/jsonp",
            "application/octet-stream",
            "",
            "text/html; application/json",
        ] {
            assert!(matches!(require_json(&answer(200, Some(bad))), Err(HttpError::NotJson)), "{bad}");
        }
        assert!(matches!(require_json(&answer(200, None)), Err(HttpError::NotJson)));
        for status in [201, 204, 301, 302, 307, 400, 401, 404, 429, 500, 503] {
            let judged = require_json(&answer(status, Some("application/json")));
            assert!(matches!(judged, Err(HttpError::Status(s)) if s == status));
        }
    }

    #[test]
    fn each_failure_has_its_status() {
        // #101
        let status = |error: HttpError| Error::from(error).refusal().unwrap().status();
        assert_eq!(status(HttpError::Slow(Duration::from_secs(1))), 504);
        assert_eq!(status(HttpError::Unreachable(String::new())), 503);
        assert_eq!(status(HttpError::Forbidden), 503);
        for bad in [
            HttpError::Broken,
            HttpError::TooLong,
            HttpError::Compressed,
            HttpError::NotJson,
            HttpError::Status(503),
        ] {
            assert_eq!(status(bad), 502);
        }
        assert_eq!(status(HttpError::Json(JoseError::Duplicate)), 502);
    }

    #[tokio::test]
    async fn forbidden_addresses_are_not_called() {
        // #71, #102
        let http = Http::new(None);
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
            http.get_json(&Url::parse("https://localhost:1/").unwrap(), Duration::from_secs(2)).await;
        assert!(matches!(answer, Err(HttpError::Unreachable(why)) if why.contains("may not be called")));
    }
}
