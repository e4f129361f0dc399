//! Who is back, with the sealed cookie of their login or without it.

use authenticate::{Login, Provider};
use http::Method;
use oauth::{BaseUrl, Code, Error, Sentence, SessionCookie, Time};
use web::{Cookie, Request};

/// A browser that is back, or a program, with the sealed cookie of its login.
pub(crate) struct Arrival<'a> {
    pub(crate) request: &'a Request,
    pub(crate) provider: &'a Provider,
    pub(crate) login: &'a Login,
    /// What makes the browser forget this login.
    pub(crate) forget: &'a Cookie,
}

impl Arrival<'_> {
    pub(crate) fn now(&self) -> Time {
        self.request.now
    }

    /// The session that acts in the browser, as it says.
    pub(crate) fn acting(&self) -> Option<SessionCookie> {
        self.request.session().and_then(|cookie| SessionCookie::parse(&cookie))
    }

    /// The sessions that the browser has, as it says; where another site posts, so that no cookie of a session comes along, the one
    /// that acted at the start.
    pub(crate) fn shown(&self) -> Vec<SessionCookie> {
        let shown = self.request.session_cookies();
        if shown.is_empty() { self.login.old_session().cloned().into_iter().collect() } else { shown }
    }

    /// Whether a person with a browser is there, now or at the start, who gets a session; or a program, which gets a token.
    pub(crate) fn is_browsers(&self) -> bool {
        self.request.wants_html() || self.login.is_browsers()
    }

    /// The login has come to nothing: its cookie goes, and the person may begin another one like it, with another account if
    /// this one may not come in.
    pub(crate) fn over(&self, error: impl Into<web::Error>) -> web::Error {
        let error = error.into();
        if self.login.link().is_some() {
            return error.with_again(crate::link::ACCOUNT.to_owned()).with_cookie(self.forget);
        }
        let denied = error.refusal().is_some_and(|refusal| refusal.code() == Code::AccessDenied);
        error.with_again(self.login.again(denied)).with_cookie(self.forget)
    }
}

/// Why there may be no cookie of this login. At an http address, which is on this machine, what comes back at another of
/// its names, or by another site's form, has none; the stand-in's form is no other site's.
pub(crate) fn without_login(base: &BaseUrl, request: &Request) -> Error {
    let refusal = Error::said(Code::InvalidRequest, Sentence::NotStartedHere);
    if base.is_https() {
        return refusal;
    }
    let base = base.as_str();
    let own_site = matches!(request.header("sec-fetch-site"), Some("same-origin" | "same-site"));
    refusal.with_detail(&if request.method() == Method::POST && !own_site {
        format!(
            "If you did start it here: this provider posts its answer from its own site, and browsers send the \
             cookies of {base} along with that only where BASE_URL is an https address."
        )
    } else {
        format!(
            "Open {base} and no other name or number of this machine, since each has cookies of its own, and look \
             whether the browser is set to block cookies."
        )
    })
}
