//! An answer.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use oauth::{AuthorizationResponse, ReturnTo, server::ResponseMode};
use serde::Serialize;

use crate::{Cookie, CookieMode, Look, page};

/// What a function answers. The edge adds the security headers, and `Cache-Control: no-store` where nothing else is said.
#[derive(Debug, Clone)]
pub struct Response {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) cookies: Vec<Cookie>,
}

impl Response {
    /// An answer without a body.
    pub fn empty(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), body: Bytes::new(), cookies: Vec::new() }
    }

    /// JSON.
    pub fn json<T: Serialize>(value: &T) -> crate::Result<Self> {
        Ok(Self::of("application/json", serde_json::to_vec(value)?))
    }

    /// Any other content.
    pub fn of(media_type: &'static str, body: impl Into<Bytes>) -> Self {
        let mut response = Self::empty(StatusCode::OK);
        response.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        response.body = body.into();
        response
    }

    /// 303 to one of the places a person may be sent to.
    pub fn see(place: &ReturnTo) -> Self {
        Self::empty(StatusCode::SEE_OTHER).header(header::LOCATION, place.as_str())
    }

    /// 303 to a provider's authorization endpoint, an address made by us from its metadata.
    pub fn see_provider(url: &str) -> Self {
        Self::empty(StatusCode::SEE_OTHER).header(header::LOCATION, url)
    }

    /// The answer of an authorization request, at the redirect URI of its client: 303, or a page that posts it.
    pub fn to_client(answer: &AuthorizationResponse, look: &Look) -> Self {
        match answer.mode() {
            ResponseMode::Query => Self::empty(StatusCode::SEE_OTHER).header(header::LOCATION, &answer.url()),
            ResponseMode::FormPost => page::form_post(answer, look),
        }
    }

    /// 303 to a path of ours, which begins with one slash.
    pub fn see_own(path: &str) -> Self {
        let is_ours = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
        Self::empty(StatusCode::SEE_OTHER).header(header::LOCATION, if is_ours { path } else { "/" })
    }

    /// The same under another status.
    #[must_use]
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The same with a header more; a value that cannot be a header's is left out.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    /// The same with a cookie more.
    #[must_use]
    pub fn cookie(mut self, cookie: &Cookie) -> Self {
        self.cookies.push(cookie.clone());
        self
    }

    /// To a browser that asks before anybody wants the page: not now, and ask again when somebody does. Any other answer might
    /// be cached and shown.
    pub fn no_prefetch() -> Self {
        Self::empty(StatusCode::SERVICE_UNAVAILABLE)
    }

    /// Writes the cookies into the head.
    pub(crate) fn set_cookies(&mut self, mode: CookieMode) {
        for cookie in self.cookies.drain(..) {
            self.headers.append(header::SET_COOKIE, cookie.to_header(mode));
        }
    }

    /// The head alone, with the length that the body had (RFC 9110 §8.6). A request that only looks gets no cookie, so that it stands
    /// for nothing and replaces nothing.
    pub(crate) fn cut_to_head(&mut self) {
        let length = std::mem::take(&mut self.body).len();
        self.cookies.clear();
        if length > 0 {
            self.headers.insert(header::CONTENT_LENGTH, length.into());
        }
    }
}

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// Lets the page that opened the window keep it: each answer on the way counts, redirects as well (HTML §7.1.3.1).
pub(crate) fn leave_opener(headers: &mut HeaderMap) {
    headers.insert(OPENER_POLICY, HeaderValue::from_static("unsafe-none"));
}

/// What every answer carries (#104), where the answer itself says nothing else.
pub(crate) const ALWAYS: [(HeaderName, &str); 7] = [
    (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (OPENER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
];

/// Adds what every answer carries. The edge does it when it writes an answer of a function; a front door of our own, to what it says
/// itself.
pub fn harden(headers: &mut HeaderMap) {
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}
