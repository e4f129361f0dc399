//! `GET` and `POST authorize`: a person decides who to be.

use std::sync::{Arc, PoisonError};

use axum::{
    extract::{RawForm, RawQuery, State, rejection::RawFormRejection},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use url::{Url, form_urlencoded};

use super::{
    CODE_LIFETIME, Grant, Person, Refused, Request, StandIn, page, params::Params, people::Choice,
    request::Mode,
};

/// Shows the page.
pub(super) async fn show(State(it): State<Arc<StandIn>>, RawQuery(query): RawQuery) -> Response {
    match Request::judge(&it.config, query.as_deref()) {
        // Nobody is ever signed in here already, so without a page there is no answer (OpenID Connect Core §3.1.2.6).
        Ok(request) if request.silent => it.deny(&request, "login_required", "somebody has to pick a person"),
        Ok(request) => page::choose(&request),
        Err(refused) => page::refused(&refused),
    }
}

/// Takes the decision. The request is in the URL still, and judged once more.
pub(super) async fn answer(
    State(it): State<Arc<StandIn>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    form: Result<RawForm, RawFormRejection>,
) -> Response {
    let decided = same_origin(&headers, &it.config.address).and_then(|()| {
        let request = Request::judge(&it.config, query.as_deref())?;
        Ok((request, Choice::read(&Params::form(form)?)?))
    });
    match decided {
        Ok((request, Choice::SignIn(person))) => it.grant(request, person),
        Ok((request, Choice::Refuse)) => it.deny(&request, "access_denied", "the person refused"),
        Err(refused) => page::refused(&refused),
    }
}

impl StandIn {
    fn grant(&self, request: Request, person: Person) -> Response {
        let ends_at = self.now().after(CODE_LIFETIME);
        let grant = Grant { request: request.clone(), person, ends_at };
        let code = self.codes.lock().unwrap_or_else(PoisonError::into_inner).keep(grant);
        self.send(&request, &[("code", code.expose())])
    }

    fn deny(&self, request: &Request, error: &str, description: &str) -> Response {
        self.send(request, &[("error", error), ("error_description", description)])
    }

    /// Sends the browser back with `answer`, the state and our name (RFC 9207), which plain OAuth 2.0, a request without a
    /// nonce, does not know.
    fn send(&self, request: &Request, answer: &[(&str, &str)]) -> Response {
        let mut fields = answer.to_vec();
        fields.push(("state", &request.state));
        if request.nonce.is_some() {
            fields.push(("iss", &self.config.issuer));
        }
        match request.mode {
            Mode::Query => {
                let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
                let joint = if request.redirect_uri.contains('?') { '&' } else { '?' };
                Redirect::to(&format!("{}{joint}{query}", request.redirect_uri)).into_response()
            }
            Mode::FormPost => page::post_back(request, &fields),
        }
    }
}

/// Lets a decision through that our own page made, or a program outside of any browser (#27). A browser's own word,
/// `Sec-Fetch-Site`, counts first: it is right under every name this machine has.
fn same_origin(headers: &HeaderMap, address: &str) -> Result<(), Refused> {
    let own = |origin: &[u8]| {
        let ours = Url::parse(address).map(|url| url.origin().ascii_serialization());
        ours.is_ok_and(|ours| ours.as_bytes() == origin)
    };
    let fine = match (headers.get("sec-fetch-site"), headers.get("origin")) {
        (Some(site), _) => site == "same-origin" || site == "none",
        (None, Some(origin)) => own(origin.as_bytes()),
        (None, None) => true,
    };
    let stranger =
        || Refused::new(StatusCode::FORBIDDEN, "access_denied", "only the stand-in's own page can decide");
    if fine { Ok(()) } else { Err(stranger()) }
}
