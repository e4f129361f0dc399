//! Where somebody goes after the form by which they came in.

use http::header::{self, HeaderName};
use maud::html;
use oauth::ReturnTo;
use web::{Request, Response};

/// Pages of ours that send nobody to another's.
const OWN_PAGES: [&str; 6] =
    ["/account", "/admin", "/device", "/users/factor", "/users/passkey", "/users/password"];

/// Shows the next page after so many seconds. After a form a browser follows only to places that the page's policy names, and nobody
/// knows to which app a sign-in leads.
const REFRESH: HeaderName = HeaderName::from_static("refresh");

/// How a browser goes to where the person wanted to go.
#[derive(Debug)]
pub enum Leave<'a> {
    /// At once: it comes from another page.
    AtOnce(&'a ReturnTo),
    /// It has sent a form.
    AfterForm(&'a ReturnTo),
    /// A script takes it there, by this answer.
    ByScript(&'a ReturnTo, Response),
}

impl<'a> Leave<'a> {
    pub(crate) fn place(&self) -> &'a ReturnTo {
        match self {
            Self::AtOnce(place) | Self::AfterForm(place) | Self::ByScript(place, _) => place,
        }
    }

    pub(crate) fn answer(self, request: &Request) -> Response {
        match self {
            Self::AtOnce(place) => Response::see(place),
            Self::AfterForm(place) => after_form(request, place),
            Self::ByScript(_, answer) => answer,
        }
    }
}

/// To where the person wanted to go (#12, #22): at once where that is a page of ours, and by way of a page that goes on by itself where
/// it is, or may lead to, another's.
pub fn after_form(request: &Request, place: &ReturnTo) -> Response {
    let wanted = place.as_str();
    let path = wanted.split(['?', '#']).next().unwrap_or_default();
    let below = |page: &&str| path.strip_prefix(*page).is_some_and(|rest| rest.starts_with('/'));
    if path == "/" || OWN_PAGES.iter().any(|page| path == *page || below(page)) {
        return Response::see(place);
    }
    go_on(request, wanted).header(REFRESH, &format!("0; url={wanted}"))
}

/// A page that goes on by itself, with a link for where that is not done.
fn go_on(request: &Request, place: &str) -> Response {
    let look = request.look();
    let common = &look.words.common;
    let content = html! {
        h1 { (common.one_moment) }
        p.actions { a.button href=(place) { (common.go_on) } }
    };
    look.page(common.one_moment, &content).header(header::REFERRER_POLICY, "same-origin")
}
