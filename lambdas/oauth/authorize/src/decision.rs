//! What the person says on our page. The form holds the whole request, sealed, and counts only in the session that it was made
//! for (#29).

use std::time::Duration;

use authorization::{Decision, Parameters, Question};
use oauth::{Error, Time};
use serde::{Deserialize, Serialize};
use web::{Request, Response, Result};

use crate::{At, Authorize, person::Person};

/// What the form is sealed for.
const PURPOSE: &str = "authorize decision";

/// How long a page may be open before it asks again.
const LIFETIME: Duration = Duration::from_secs(3600);

/// What is in the form, sealed.
#[derive(Serialize, Deserialize)]
struct Sealed {
    query: String,
    first_asked: Option<Time>,
    question: Question,
    sid: String,
    shown_at: Time,
}

/// The form.
#[derive(Deserialize)]
struct Form {
    request: String,
    decision: String,
}

impl Authorize {
    /// The value of the form's field `request`.
    pub(crate) fn sealed(&self, at: &At<'_>, question: Question, person: &Person) -> Result<String> {
        let sealed = Sealed {
            query: at.arrival.encoded(),
            first_asked: at.arrival.first_asked,
            question,
            sid: person.session.id.clone(),
            shown_at: at.request.now,
        };
        Ok(self.sealer.seal(&[PURPOSE], &serde_json::to_vec(&sealed)?))
    }

    /// Everything is checked again, as if the request had just come: client, redirect URI and person may have changed.
    pub(crate) async fn decide(&self, request: &Request) -> Result<Response> {
        let form: Form = request.form()?;
        let content = self.sealer.open(&[PURPOSE], &form.request).ok_or_else(|| foreign("/"))?;
        let sealed: Sealed = serde_json::from_slice(&content)?;
        let again = format!("{}?{}", oauth::server::AUTHORIZE, sealed.query);
        let parameters = Parameters::decode(&sealed.query);
        let arrival = self.resolve(parameters, sealed.first_asked, request.now).await?;
        let there = self.look_up(request, &arrival).await?;
        if there.session.as_ref().is_none_or(|session| session.id != sealed.sid) {
            return Err(foreign(&again));
        }
        let is_recent = request.now <= sealed.shown_at.after(LIFETIME);
        let decision = match form.decision.as_str() {
            "allow" if is_recent => Some(Decision::Allowed(sealed.question)),
            "allow" => None,
            _ => Some(Decision::Denied),
        };
        self.proceed(request, &arrival, there, decision).await
    }
}

/// The page was made for another session, or for none of ours.
pub(crate) fn foreign(again: &str) -> web::Error {
    let text =
        "this page was made for another sign-in, or this browser is signed out since: please start again";
    web::Error::from(Error::invalid_request(text)).with_again(again.to_owned())
}
