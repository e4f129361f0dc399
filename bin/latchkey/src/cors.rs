//! Which pages of other origins may call latchkey (#30): one list, in the setting `CORS_ORIGINS`. The template gives it to API
//! Gateway as its `CorsConfiguration`, and the local gateway answers by it as API Gateway does.
//!
//! Credentials are never allowed, so a page of another origin gets no cookie along, and needs an access token. No function sends such
//! a header itself: the gateway ignores them once it has a configuration, and its own 401 and 403 would have none.

use std::{collections::BTreeSet, time::Duration};

use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts};
use oauth::Origins;
use setting::SettingError;

use crate::settings::{CORS_ORIGINS, Values};

/// What a page may send beside the headers that every page may send.
pub(crate) const ALLOWED_HEADERS: [&str; 3] = ["authorization", "content-type", "if-match"];

/// What a page may read beside the headers that every page may read.
pub(crate) const EXPOSED_HEADERS: [&str; 3] = ["etag", "retry-after", "www-authenticate"];

/// How long a browser may remember the answer to a preflight request.
pub(crate) const MAX_AGE: Duration = Duration::from_secs(600);

/// The origins of the setting, each as a browser sends it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cors {
    origins: BTreeSet<String>,
    methods: BTreeSet<&'static str>,
}

impl Cors {
    /// The list of the settings, for routes with these methods; empty without one. An entry that is no exact origin of https, or of
    /// this machine, is refused: `null` and wildcards too.
    pub(crate) fn from_values(
        values: &Values,
        methods: impl IntoIterator<Item = &'static str>,
    ) -> Result<Self, SettingError> {
        let text = values.get(CORS_ORIGINS.name).map(String::as_str).unwrap_or_default();
        let origins = Origins::parse_list(text)
            .map_err(|error| SettingError::new(format!("{}: {error}", CORS_ORIGINS.name)))?;
        Ok(Self { origins: origins.into_iter().collect(), methods: methods.into_iter().collect() })
    }

    /// Whether a page of this origin may call us.
    pub(crate) fn allows(&self, origin: &str) -> bool {
        self.origins.contains(origin)
    }

    /// The origins, sorted.
    pub(crate) fn origins(&self) -> impl Iterator<Item = &str> {
        self.origins.iter().map(String::as_str)
    }

    /// The methods, sorted.
    pub(crate) fn methods(&self) -> impl Iterator<Item = &'static str> {
        self.methods.iter().copied()
    }

    /// Whether the list is empty: then the gateway knows nothing of CORS.
    pub(crate) fn is_off(&self) -> bool {
        self.origins.is_empty()
    }

    /// The answer to a preflight request, which no function sees; nothing for any other request. It is 204 for each origin, and
    /// says something only to those of the list.
    pub(crate) fn preflight(&self, parts: &Parts) -> Option<Response> {
        let asks = parts.method == Method::OPTIONS
            && parts.headers.contains_key(header::ORIGIN)
            && parts.headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        if self.is_off() || !asks {
            return None;
        }
        let mut response = Response::default();
        *response.status_mut() = StatusCode::NO_CONTENT;
        if let Some(origin) = self.origin(&parts.headers) {
            let methods = self.methods().collect::<Vec<_>>().join(",");
            let age = MAX_AGE.as_secs().to_string();
            set(&mut response, header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            set(&mut response, header::ACCESS_CONTROL_ALLOW_METHODS, &methods);
            set(&mut response, header::ACCESS_CONTROL_ALLOW_HEADERS, &ALLOWED_HEADERS.join(","));
            set(&mut response, header::ACCESS_CONTROL_MAX_AGE, &age);
        }
        Some(response)
    }

    /// Puts the headers onto an answer, a function's or the gateway's own; those that a function made are ignored.
    pub(crate) fn apply(&self, request: &HeaderMap, mut response: Response) -> Response {
        if self.is_off() {
            return response;
        }
        for name in OURS {
            response.headers_mut().remove(name);
        }
        if let Some(origin) = self.origin(request) {
            set(&mut response, header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            set(&mut response, header::ACCESS_CONTROL_EXPOSE_HEADERS, &EXPOSED_HEADERS.join(","));
        }
        response.headers_mut().append(header::VARY, HeaderValue::from_static("Origin"));
        response
    }

    /// The one origin of the request, if it is in the list.
    fn origin<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        let mut all = headers.get_all(header::ORIGIN).iter();
        let origin = all.next()?.to_str().ok()?;
        (all.next().is_none() && self.allows(origin)).then_some(origin)
    }
}

/// The headers that the gateway alone sends.
const OURS: [HeaderName; 6] = [
    header::ACCESS_CONTROL_ALLOW_ORIGIN,
    header::ACCESS_CONTROL_ALLOW_METHODS,
    header::ACCESS_CONTROL_ALLOW_HEADERS,
    header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
    header::ACCESS_CONTROL_EXPOSE_HEADERS,
    header::ACCESS_CONTROL_MAX_AGE,
];

fn set(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// The line of the settings with which pages of this origin may call us; nothing if they may already.
pub fn line_for(values: &Values, origin: &str) -> Result<Option<String>, SettingError> {
    let cors = Cors::from_values(values, [])?;
    let all: Vec<_> = cors.origins().chain([origin]).collect();
    Ok((!cors.allows(origin)).then(|| format!("{}={}", CORS_ORIGINS.name, all.join(","))))
}
