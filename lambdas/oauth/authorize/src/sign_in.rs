//! Sending the person to sign in, and the client its code.

use std::slice;

use audit::{Event, What};
use authorization::{Agreement, Consent, Decision, Pushed, Question, SignIn};
use http::Method;
use maud::Markup;
use oauth::server::Prompt;
use person::Person;
use url::form_urlencoded::Serializer;
use web::{Response, Result};

use crate::{At, Authorize, arrival::used_up, decision::foreign, page_of};

/// Where a person signs in.
const SIGN_IN: &str = "/users/login";

impl Authorize {
    /// Somebody who is not signed in goes there at once, unless the app insists on a sign-in. Then, and to whoever is signed in, we show
    /// first what the app asks for: a provider may send the browser straight back, and nobody would have done anything.
    pub(crate) async fn sign_in(
        &self,
        at: &At<'_>,
        why: SignIn,
        person: Option<&Person>,
    ) -> Result<Response> {
        let choose = why == SignIn::AsSomebodyElse || at.checked.chooses_account();
        let fresh = at.checked.insists_on_sign_in();
        let link = self.sign_in_link(at, choose).await?;
        match person {
            // After a form of ours, a browser would not follow to the provider, which no policy of the page names.
            None if at.request.method() == Method::POST => Err(foreign(&link)),
            None if fresh => Ok(page_of::first_sign_in(at, &link)),
            None => Ok(Response::see_own(&link)),
            Some(person) => {
                let decision = self.sealed(at, Some(Question::Continue), slice::from_ref(person))?;
                Ok(page_of::sign_in(at, why, person, &link, &decision))
            }
        }
    }

    /// The person shows a second factor in the session that they have, and then this request is asked again.
    pub(crate) async fn step_up(&self, at: &At<'_>, person: &Person) -> Result<Response> {
        let back = self.way_back(at.arrival, &at.checked.client().id, at.request).await?;
        Ok(Response::see_own(&person.step_up(&back)))
    }

    /// Asks the person on a page of ours.
    pub(crate) async fn ask(
        &self,
        at: &At<'_>,
        question: Question,
        person: &Person,
        agreement: &Agreement,
    ) -> Result<Response> {
        let decision = self.sealed(at, Some(question), slice::from_ref(person))?;
        let other = self.sign_in_link(at, true).await?;
        let asked_for = match question {
            Question::Consent => page_of::asked_for(at, agreement),
            Question::Continue => Markup::default(),
        };
        Ok(page_of::question(at, question, &asked_for, person, &other, &decision))
    }

    /// The sign-in after which this request is asked again.
    pub(crate) async fn sign_in_link(&self, at: &At<'_>, choose: bool) -> Result<String> {
        let back = self.way_back(at.arrival, &at.checked.client().id, at.request).await?;
        let mut query = Serializer::new(String::new());
        query.append_pair("return_to", &back);
        let words = [(Prompt::Login, at.checked.insists_on_sign_in()), (Prompt::SelectAccount, choose)];
        let words: Vec<_> =
            words.iter().filter(|(_, wanted)| *wanted).map(|(word, _)| word.as_str()).collect();
        if !words.is_empty() {
            query.append_pair("prompt", &words.join(" "));
        }
        if let Some(languages) = at.arrival.ui_locales() {
            query.append_pair("ui_locales", languages);
        }
        if let Some(hint) = at.checked.login_hint().filter(|_| !choose) {
            query.append_pair("login_hint", hint);
        }
        Ok(format!("{SIGN_IN}?{}", query.finish()))
    }

    /// The client gets a code. What the person agreed to is remembered first.
    pub(crate) async fn issue(
        &self,
        at: &At<'_>,
        person: &Person,
        decision: Option<Decision>,
        agreement: &Agreement,
    ) -> Result<Response> {
        let (checked, now) = (at.checked, at.request.now);
        if let Some(waiting) = &at.arrival.request_uri
            && !Pushed::spend(&self.table, waiting.uri.expose(), now).await?
        {
            return Err(used_up().into());
        }
        let agrees = decision == Some(Decision::Allowed(Question::Consent));
        if agrees {
            Consent::add(&self.table, &person.user.id, checked, now).await?;
            let event = Event::new(What::ConsentGiven, &at.request.visit()).by_person(&person.user.id);
            event.client(&checked.client().id).session(&person.session.id).log();
        }
        let code = checked.code(&person.session, agrees || agreement.is_due(checked), now);
        // Who is to be told of the session's end is noted in it.
        let secret = if self.tells_apps && checked.client().backchannel_logout_uri.is_some() {
            session::code::issue_noted(&self.table, &code, &person.session, now).await?
        } else {
            session::code::issue(&self.table, &code, now).await?
        };
        Ok(Response::to_client(&checked.to().code(&secret), &at.look))
    }
}
