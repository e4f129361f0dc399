//! `GET` and `POST authorize`: a person decides who to be.

use std::sync::{Arc, PoisonError};

use axum::{
    extract::{RawForm, RawQuery, State, rejection::RawFormRejection},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use oauth::Code;
use url::{Url, form_urlencoded};

use super::{
    CODE_LIFETIME, Grant, Person, Refused, Request, StandIn,
    behaviour::{Iss, Refusal},
    page,
    params::Params,
    people::Choice,
    request::Mode,
};

/// How many people are remembered as introduced.
const MOST_KNOWN: usize = 1000;

/// Shows the page.
pub(super) async fn show(State(it): State<Arc<StandIn>>, RawQuery(query): RawQuery) -> Response {
    match Request::check(&it.config, query.as_deref()) {
        // Nobody is ever signed in here already, so without a page there is no answer (OpenID Connect Core §3.1.2.6).
        Ok(request) if request.silent => it.send(&request, format!("error={}", Code::LoginRequired)),
        Ok(request) => page::choose(&request, it.config.behaviour),
        Err(refused) => page::refused(&refused),
    }
}

/// Takes the decision. The request is in the URL still, and checked once more.
pub(super) async fn answer(
    State(it): State<Arc<StandIn>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    form: Result<RawForm, RawFormRejection>,
) -> Response {
    let decided = same_origin(&headers, &it.config.address).and_then(|()| {
        let request = Request::check(&it.config, query.as_deref())?;
        Ok((request, Choice::read(&Params::form(form)?, it.config.behaviour)?))
    });
    match decided {
        Ok((request, Choice::SignIn { person, failing })) => it.grant(request, person, failing),
        Ok((request, Choice::Refuse(Refusal { answer, .. }))) => it.send(&request, (*answer).to_owned()),
        Err(refused) => page::refused(&refused),
    }
}

impl StandIn {
    fn grant(&self, request: Request, person: Person, failing: Option<StatusCode>) -> Response {
        let ends_at = self.now().after(CODE_LIFETIME);
        let introduction = self.introduction(&person);
        let grant = Grant { request: request.clone(), person, failing, ends_at };
        let code = self.codes.lock().unwrap_or_else(PoisonError::into_inner).keep(grant);
        let mut answer = format!("code={}", code.expose());
        for more in [self.config.behaviour.answer.beside.to_owned(), introduction] {
            if !more.is_empty() {
                answer.push('&');
                answer.push_str(&more);
            }
        }
        self.send(&request, answer)
    }

    /// `user`, where the provider introduces somebody whom it sends for the first time.
    fn introduction(&self, person: &Person) -> String {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.config.behaviour.answer.introduces || !known.insert(person.subject()) {
            return String::new();
        }
        if known.len() > MOST_KNOWN {
            known.clear();
        }
        pair("user", &person.introduction().to_string())
    }

    /// Sends the browser back with `answer`, encoded as it is to be, the state and who answers (RFC 9207).
    fn send(&self, request: &Request, answer: String) -> Response {
        let iss = match self.config.behaviour.answer.iss {
            Iss::Issuer => Some(self.config.issuer.as_str()),
            // Plain OAuth 2.0, a request without a nonce, does not know it.
            Iss::IssuerToOpenId => request.nonce.as_ref().map(|_| self.config.issuer.as_str()),
            Iss::Named(name) => Some(name),
            Iss::Absent => None,
        };
        let own: String = iss.map(|iss| format!("&{}", pair("iss", iss))).unwrap_or_default();
        let answer = format!("{answer}&{}{own}", pair("state", &request.state));
        match request.mode {
            Mode::Query => {
                let joint = if request.redirect_uri.contains('?') { '&' } else { '?' };
                Redirect::to(&format!("{}{joint}{answer}", request.redirect_uri)).into_response()
            }
            Mode::FormPost => {
                let fields: Vec<_> = form_urlencoded::parse(answer.as_bytes()).collect();
                page::post_back(request, &fields)
            }
        }
    }
}

fn pair(name: &str, value: &str) -> String {
    form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish()
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
    let stranger = || Refused::new(Code::AccessDenied, "only the stand-in's own page can decide");
    if fine { Ok(()) } else { Err(stranger()) }
}
