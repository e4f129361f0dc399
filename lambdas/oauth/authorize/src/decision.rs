//! What the person says on our page. The form holds the whole request, sealed, and acts in the session that it was made for,
//! whichever acts in the browser by then: in no other, and where that one is gone, not at all (#29).

use std::time::Duration;

use authorization::{Decision, Parameters, Question};
use oauth::{Code, Error, Sentence, Time};
use person::Person;
use serde::{Deserialize, Serialize};
use web::{Request, Response, Result};

use crate::{At, Authorize, there::Wanted};

/// What the form is sealed for.
const PURPOSE: &str = "authorize decision";

/// How long a page may be open before it asks again.
const LIFETIME: Duration = Duration::from_secs(3600);

/// What is in the form, sealed.
#[derive(Serialize, Deserialize)]
struct Sealed {
    query: String,
    first_asked: Option<Time>,
    /// What it asks; nothing where an account is chosen.
    question: Option<Question>,
    /// For which sessions: one, or those that there are to choose from.
    sids: Vec<String>,
    shown_at: Time,
}

impl Sealed {
    /// The session in which the form acts.
    fn sid<'a>(&'a self, chosen: Option<&str>) -> Option<&'a str> {
        match (chosen, &self.sids[..]) {
            (None, [first, ..]) => Some(first),
            (Some(chosen), sids) => sids.iter().map(String::as_str).find(|sid| *sid == chosen),
            (None, []) => None,
        }
    }

    /// What was said, unless that was too long ago to count.
    fn decision(&self, form: &Form, now: Time) -> Option<Decision> {
        let is_recent = now <= self.shown_at.after(LIFETIME);
        match (form.account.as_deref(), form.decision.as_deref(), self.question) {
            (None, Some("allow"), Some(question)) if is_recent => Some(Decision::Allowed(question)),
            (Some(_), None, None) if is_recent => Some(Decision::Chosen),
            (None, Some("allow"), Some(_)) | (Some(_), None, None) => None,
            _ => Some(Decision::Denied),
        }
    }
}

/// The form.
#[derive(Deserialize)]
struct Form {
    request: String,
    decision: Option<String>,
    /// The id of the session that is chosen.
    account: Option<String>,
}

impl Authorize {
    /// The value of the form's field `request`.
    pub(crate) fn sealed(
        &self,
        at: &At<'_>,
        question: Option<Question>,
        people: &[Person],
    ) -> Result<String> {
        let sealed = Sealed {
            query: at.arrival.encoded(),
            first_asked: at.arrival.first_asked,
            question,
            sids: people.iter().map(|person| person.session.id.clone()).collect(),
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
        let sid = sealed.sid(form.account.as_deref()).ok_or_else(|| foreign(&again))?;
        let parameters = Parameters::decode(&sealed.query);
        let arrival = self.resolve(parameters, sealed.first_asked, request.now).await?;
        let there = self.look_up(request, &arrival, Wanted::One(sid)).await?;
        if there.session.is_none() {
            return Err(foreign(&again));
        }
        let decision = sealed.decision(&form, request.now);
        let response = self.proceed(request, &arrival, there, decision).await?;
        // Whoever is chosen acts from now on.
        let is_chosen = decision == Some(Decision::Chosen);
        Ok(if is_chosen { response.acting_as(request, sid) } else { response })
    }
}

/// The page was made for another session, or for none of ours.
pub(crate) fn foreign(again: &str) -> web::Error {
    let refusal = Error::said(Code::InvalidRequest, Sentence::PageOfAnotherSession);
    web::Error::from(refusal).with_again(again.to_owned())
}
