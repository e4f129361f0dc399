//! Where a person looks after their second factor: each act needs a fresh sign-in, and whatever takes something away needs a code too.

use factor::Setup;
use mail::{Factor, Mailer, What};
use oauth::{Code, Error, Sentence, SessionCookie};
use person::Person;
use serde::Deserialize;
use user::User;
use web::{Request, Response, Result};

use crate::{Factors, SETUP, trail, tries::wrong, view};

/// Where somebody signs in, and again where that is too long ago (#26).
const SIGN_IN: &str = "/users/login?return_to=%2Fusers%2Ffactor%2Fsetup";
const AGAIN: &str = "/users/login?prompt=login&return_to=%2Fusers%2Ffactor%2Fsetup";

/// What the forms send.
#[derive(Deserialize)]
struct Form {
    #[serde(default)]
    code: String,
    /// The seed that is being set up, sealed.
    #[serde(default)]
    setup: String,
}

impl Factors {
    /// The page: what there is, or a picture for the app.
    pub(crate) async fn show(&self, request: &Request) -> Result<Response> {
        let Some(person) = self.person(request).await? else { return Ok(Response::see_own(SIGN_IN)) };
        if !person.session.is_fresh(request.now) {
            return Ok(view::again(request, AGAIN));
        }
        if let Some(place) = self.first(request, &person).await? {
            return Ok(Response::see_own(&place));
        }
        match factor::state(&self.table, &person.user.id, request.now).await? {
            Some(state) => Ok(view::state(request, &state, None)),
            None => Ok(self.setup_page(request, &person, &Setup::begin(request.now), None)),
        }
    }

    /// Adds it, for whoever shows that their app has the seed; the recovery codes are shown this once.
    pub(crate) async fn add(&self, request: &Request) -> Result<Response> {
        let (person, form) = self.asked(request).await?;
        if let Some(place) = self.first(request, &person).await? {
            return Err(entrance::factor_first(self.origins.base(), place));
        }
        let (id, sid) = (&person.user.id, &person.session.id);
        let setup = Setup::open(&self.seeds, id, sid, &form.setup, request.now).ok_or_else(old)?;
        match self.added(request, &person, &setup, &form.code).await {
            Ok(codes) => Ok(view::codes(request, &codes)),
            Err(error) => Err(match view::said(request, &error) {
                Some(said) => error.with_page(self.setup_page(request, &person, &setup, Some(said))),
                None => error,
            }),
        }
    }

    async fn added(
        &self,
        request: &Request,
        person: &Person,
        setup: &Setup,
        typed: &str,
    ) -> Result<Vec<String>> {
        let user = &person.user;
        self.count(request, &user.id).await?;
        let event = trail::added(request, &user.id);
        let rows = [self.trail.write(&event)];
        let added = factor::add(&self.table, &self.seeds, user, setup, typed, &rows, request.now).await?;
        let codes = added.ok_or_else(wrong)?;
        event.log();
        self.tell(request, user, What::FactorAdded { what: Factor::App }).await;
        Ok(codes)
    }

    /// Removes it, for whoever shows it once more.
    pub(crate) async fn remove(&self, request: &Request) -> Result<Response> {
        let (person, form) = self.asked(request).await?;
        let removed = async {
            self.checked(request, &person.user.id, &form.code).await?;
            let event = trail::removed(request, &person.user.id);
            let rows = [self.trail.write(&event)];
            if !factor::remove(&self.table, &person.user.id, &rows, request.now).await? {
                return Err(old().into());
            }
            event.log();
            let what = What::FactorRemoved { what: Factor::App, by_others: false };
            self.tell(request, &person.user, what).await;
            Ok(Response::see_own("/users/factor/setup?removed"))
        };
        match removed.await {
            Ok(response) => Ok(response),
            Err(error) => Err(self.state_again(request, &person, error).await?),
        }
    }

    /// Makes new recovery codes, for whoever shows it once more.
    pub(crate) async fn renew(&self, request: &Request) -> Result<Response> {
        let (person, form) = self.asked(request).await?;
        let renewed = async {
            self.checked(request, &person.user.id, &form.code).await?;
            let event = trail::renewed(request, &person.user.id);
            let rows = [self.trail.write(&event)];
            let codes = factor::renew(&self.table, &person.user.id, &rows, request.now).await?;
            let codes = codes.ok_or_else(old)?;
            event.log();
            Ok(view::codes(request, &codes))
        };
        match renewed.await {
            Ok(response) => Ok(response),
            Err(error) => Err(self.state_again(request, &person, error).await?),
        }
    }

    /// Where they go first who have something that they can show, have not shown it in this session, and must before they set up something
    /// beside it. Whoever has an app that makes codes adds nothing here, and everything else takes a code of it.
    async fn first(&self, request: &Request, person: &Person) -> Result<Option<String>> {
        let Person { session, user } = person;
        if user.factors.asks_for_code() || !self.entrance.can_show(user) {
            return Ok(None);
        }
        Ok(self.step_up.before_change(&self.table, session, user, SETUP, request.now).await?)
    }

    /// Tells them by mail what they have done, or somebody else in their session.
    pub(crate) async fn tell(&self, request: &Request, user: &User, what: What) {
        let (to, language) = (user.verified_email(), request.look().words.tag);
        Mailer::tell(self.mailer.as_ref(), to, language, what).await;
    }

    /// Who sends a form, and what it says: somebody who has just signed in (#26).
    async fn asked(&self, request: &Request) -> Result<(Person, Form)> {
        let form = request.form()?;
        let person = self.person(request).await?.filter(|person| person.session.is_fresh(request.now));
        let person = person.ok_or_else(|| web::Error::from(old()).with_again(SETUP.to_owned()))?;
        Ok((person, form))
    }

    /// Whose session acts in this browser.
    async fn person(&self, request: &Request) -> Result<Option<Person>> {
        match request.session().as_ref().and_then(SessionCookie::parse) {
            Some(cookie) => Ok(Person::seen(&self.table, cookie, request.now).await?),
            None => Ok(None),
        }
    }

    fn setup_page(&self, request: &Request, person: &Person, setup: &Setup, wrong: Option<&str>) -> Response {
        let sealed = setup.sealed(&self.seeds, &person.user.id, &person.session.id);
        let (issuer, account) = (&request.look().brand.name, person.name().unwrap_or(&person.user.id));
        let removed = request.text("removed").is_some();
        view::setup(
            request,
            &view::Setup { setup, sealed: &sealed, issuer, account, removed, in_step: false, wrong },
        )
    }

    /// The page again, with what was wrong.
    async fn state_again(&self, request: &Request, person: &Person, error: web::Error) -> Result<web::Error> {
        let Some(said) = view::said(request, &error) else { return Ok(error) };
        let state = factor::state(&self.table, &person.user.id, request.now).await?;
        Ok(match state {
            Some(state) => error.with_page(view::state(request, &state, Some(said))),
            None => error.with_again(SETUP.to_owned()),
        })
    }
}

/// The page was made for another session, is too old, or something has changed since.
fn old() -> Error {
    Error::said(Code::InvalidRequest, Sentence::FactorPageOld)
}
