//! A request, as a function sees it.

use std::{net::IpAddr, sync::Arc};

use bytes::Bytes;
use http::{HeaderMap, Method, header};
use oauth::{BaseUrl, Caller, Code, Error, Sentence, Time};
use serde::de::DeserializeOwned;

use crate::{Brand, CookieMode, Guard, Route, base_path::Steps, bearer, headers::Headers, params};

/// The longest form we read: an authorization response by form_post with an Apple user object stays far below.
const LONGEST_FORM: usize = 16 * 1024;

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// A media type without its parameters and in lower case, as it is compared (RFC 9110 §8.3.1).
fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether these headers are those of a person's browser that is to show what comes back: it takes HTML (RFC 9110 §12.5.1),
/// or it navigates (Fetch Metadata §2), whatever it, or a proxy in front, says or leaves out in `Accept`. This decides the
/// form of an answer and nothing else: anybody can write such headers.
pub fn wants_html(headers: &HeaderMap) -> bool {
    is_for_a_browser(|name, right| headers.get_all(name).iter().any(|value| value.to_str().is_ok_and(right)))
}

/// The same of a request's own headers.
pub(crate) fn asks_for_html(headers: &Headers) -> bool {
    is_for_a_browser(|name, right| headers.all(name).flatten().any(right))
}

fn is_for_a_browser(says: impl Fn(&str, &dyn Fn(&str) -> bool) -> bool) -> bool {
    says(header::ACCEPT.as_str(), &|value| value.split(',').any(|range| essence(range) == "text/html"))
        || says("sec-fetch-mode", &|mode| mode.trim() == "navigate")
        || says("sec-fetch-dest", &|dest| dest.trim() == "document")
}

/// One request. `Host`, `Forwarded` and `X-Forwarded-*` never get this far: where we live is a setting (#2).
#[derive(Debug)]
pub struct Request {
    /// The gateway's id of the request, for the log and for the person who reports a fault.
    pub id: String,
    /// When it came in.
    pub now: Time,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) steps: Steps,
    pub(crate) query: String,
    pub(crate) headers: Headers,
    /// Names and values, in the order they came; they are not among the headers.
    pub(crate) cookies: Vec<(String, String)>,
    pub(crate) cookie_mode: CookieMode,
    pub(crate) source: Option<IpAddr>,
    pub(crate) body: Bytes,
    /// What the gateway's authorizer said of the caller, if one was asked.
    pub(crate) authorized: Option<Result<Caller, Error>>,
    pub(crate) route: Option<Route>,
    pub(crate) captures: Vec<(&'static str, String)>,
    pub(crate) caller: Option<Caller>,
    pub(crate) brand: Arc<Brand>,
}

impl Request {
    /// The HTTP method. Whatever is there for GET is asked by HEAD too, and answered without a body (RFC 9110 §9.3.2).
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The path within the API: without a stage or a base path, and without a slash at its end. What it is decided by is the
    /// route that was found.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// From where it came, as the gateway says. What a caller says of that (`X-Forwarded-For`) never gets this far.
    pub fn source(&self) -> Option<IpAddr> {
        self.source
    }

    /// Which of the function's routes it is.
    pub fn route(&self) -> Option<Route> {
        self.route
    }

    /// The path segment called `name` in the route.
    pub fn segment(&self, name: &str) -> Option<&str> {
        self.captures.iter().find(|(n, _)| *n == name).map(|(_, value)| value.as_str())
    }

    /// The fields of `T` in the query: strictly, once each. Other parameters are not looked at, because the site that sends a browser here
    /// may add some (#4; RFC 6749 §3.1).
    pub fn query<T: DeserializeOwned>(&self) -> Result<T, Error> {
        params::read(self.query.as_bytes())
    }

    /// The whole query, strictly. One that `T` does not know is refused if `T` says `deny_unknown_fields`: for an API, whose
    /// callers misspell what they mean.
    pub fn whole_query<T: DeserializeOwned>(&self) -> Result<T, Error> {
        params::read_whole(self.query.as_bytes())
    }

    /// A text of the query, or of the form if one is posted, that is only shown, logged or compared with what is known:
    /// cleaned, and never refused. One that comes twice says nothing.
    pub fn text(&self, name: &str) -> Option<String> {
        params::text(if self.method == Method::POST { &self.body } else { self.query.as_bytes() }, name)
    }

    /// The fields of `T` in the form of the body, as [`Request::query`] reads them: `application/x-www-form-urlencoded`, at most
    /// 16 KiB.
    pub fn form<T: DeserializeOwned>(&self) -> Result<T, Error> {
        params::read(self.form_body()?)
    }

    /// Every parameter of the query, or of the form if one is posted, as often as it came: its name, and its value where that is
    /// well-formed text. For a protocol that says by itself what an error in which parameter means.
    pub fn parameters(&self) -> Result<Vec<(String, Option<String>)>, Error> {
        let raw = if self.method == Method::POST { self.form_body()? } else { self.query.as_bytes() };
        Ok(params::each(raw))
    }

    fn form_body(&self) -> Result<&[u8], Error> {
        if self.media_type().as_deref() != Some(FORM) {
            return Err(Error::invalid_request(format!("the body must be {FORM}")).with_status(415));
        }
        if self.body.len() > LONGEST_FORM {
            return Err(Error::said(Code::InvalidRequest, Sentence::TooLarge).with_status(413));
        }
        Ok(&self.body)
    }

    /// The media type of the body, in lower case and without parameters as RFC 9110 §8.3.1 compares it.
    pub(crate) fn media_type(&self) -> Option<String> {
        Some(essence(self.header(header::CONTENT_TYPE.as_str())?))
    }

    /// Whether the body is a form, of however many fields.
    pub fn is_form(&self) -> bool {
        self.media_type().as_deref() == Some(FORM)
    }

    /// The body, byte for byte: for whoever verifies it before anything of it is read.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Refuses a body that a stranger's page could send along without asking first: only JSON, or the form of our own page,
    /// or nothing (#27).
    pub fn plain_body(&self) -> Result<(), Error> {
        let ours = |media_type: String| ["application/json", FORM].contains(&media_type.as_str());
        if self.body.is_empty() || self.media_type().is_some_and(ours) {
            return Ok(());
        }
        Err(Error::invalid_request("the body must be JSON, a form, or nothing").with_status(415))
    }

    /// A header that comes exactly once and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.one(name)
    }

    /// A cookie's value. One that comes twice counts as none: somebody else may have set the other (#31). So does one whose
    /// value we would not have written.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let mut named = self.cookies().filter(|(n, _)| *n == name);
        let (_, value) = named.next()?;
        (named.next().is_none() && value.bytes().all(|b| b.is_ascii_graphic())).then_some(value)
    }

    /// All cookies, in the order they came.
    pub fn cookies(&self) -> impl Iterator<Item = (&str, &str)> {
        self.cookies.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether the reader is a person with a browser, who gets a page and never JSON: it takes HTML, or it navigates.
    pub fn wants_html(&self) -> bool {
        asks_for_html(&self.headers)
    }

    /// Whether a browser sent it, as a navigation or for a script: browsers alone send `Sec-Fetch-*`, but for programs that
    /// take after them.
    pub fn is_browsers(&self) -> bool {
        self.wants_html() || self.headers.names().any(|name| name.starts_with("sec-fetch-"))
    }

    /// Whether nobody waits for the answer yet: a browser or a preview loads the page in case somebody wants it (W3C Resource
    /// Hints; `Purpose` and `X-Moz` are what browsers sent before there was `Sec-Purpose`).
    pub fn is_prefetch(&self) -> bool {
        let ahead = |part: &str| ["prefetch", "prerender", "preview"].contains(&essence(part).as_str());
        ["sec-purpose", "purpose", "x-purpose", "x-moz"]
            .into_iter()
            .any(|name| self.headers.all(name).flatten().any(|value| value.split(',').any(ahead)))
    }

    /// Who is calling: `request.caller()?.needs("read:data")?`. Only a guarded route has a caller, and the edge has checked it;
    /// no header that a client sends makes one (#80).
    pub fn caller(&self) -> Result<&Caller, Error> {
        self.caller.as_ref().ok_or_else(Caller::missing)
    }

    /// The access token that came with the request, where nobody has verified it yet: `Authorization: Bearer …`, once.
    pub fn bearer(&self) -> Option<&str> {
        self.header(header::AUTHORIZATION.as_str()).and_then(bearer)
    }

    /// Finds the route and fills in what varies in its path; returns who may come in. Of two routes the one with fewer
    /// variables wins, as at a gateway.
    pub(crate) fn find(&mut self, routes: &[Route]) -> Result<Guard, Error> {
        let on_path = routes.iter().filter_map(|route| Some((route, route.matches(&self.steps)?)));
        let (of_method, others): (Vec<_>, Vec<_>) =
            on_path.partition(|(route, _)| route.by_method().any(|asked| self.method == asked.method));
        let found = of_method.into_iter().min_by_key(|(_, captures)| captures.len());
        if let Some((route, captures)) = found {
            self.captures = captures;
            self.route = Some(*route);
            return Ok(route.guard);
        }
        let right_path = !others.is_empty();
        let (status, sentence) =
            if right_path { (405, Sentence::NoSuchMethod) } else { (404, Sentence::NothingHere) };
        Err(Error::said(Code::InvalidRequest, sentence).with_status(status))
    }

    /// Whether nobody in front of the function was asked about the caller, and there is something to ask about: so it is
    /// on a Function URL.
    pub(crate) fn unasked(&self, guard: Guard) -> Option<&str> {
        if !guard.needs_token() || self.authorized.is_some() { None } else { self.bearer() }
    }

    /// Lets the caller in, or not. `base` is where we live.
    pub(crate) fn admit(&mut self, guard: Guard, base: Option<&BaseUrl>) -> Result<(), Error> {
        let scope = match guard {
            Guard::Public => return Ok(()),
            Guard::OwnPages => return self.same_origin(base),
            Guard::SignedIn => None,
            Guard::Scope(scope) => Some(scope),
        };
        let caller = self.authorized.take().ok_or_else(Caller::missing)??;
        caller.until(self.now)?;
        if let Some(scope) = scope {
            caller.needs(scope)?;
        }
        self.caller = Some(caller);
        Ok(())
    }
}
