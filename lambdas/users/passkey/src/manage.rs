//! The page of a person's passkeys, and what its forms do.

use mail::{Factor, Mailer, What};
use oauth::SessionCookie;
use person::Person;
use serde::Deserialize;
use user::passkey;
use web::{Request, Response, Result};

use crate::{PATH, Passkeys, add::foreign, trail, view};

/// Where somebody goes who is not signed in.
const SIGN_IN: &str = "/users/login?return_to=%2Fusers%2Fpasskey";
/// Where somebody goes who has to sign in again.
pub(crate) const AGAIN: &str = "/users/login?prompt=login&return_to=%2Fusers%2Fpasskey";

/// How long a name may be, in characters.
pub(crate) const LONGEST_NAME: usize = 60;

/// What a form does with a passkey, of the person for whose session the page was made (#29).
#[derive(Deserialize)]
struct Form {
    session: String,
    id: String,
    /// Another name; without one it is removed.
    name: Option<String>,
}

impl Passkeys {
    /// The page, for the person who acts.
    pub(crate) async fn show(&self, request: &Request) -> Result<Response> {
        let acting = request.session().as_ref().and_then(SessionCookie::parse);
        let person = match acting {
            Some(cookie) => Person::seen(&self.table, cookie, request.now).await?,
            None => None,
        };
        let Some(person) = person else { return Ok(Response::see_own(SIGN_IN)) };
        if let Some(place) = self.first(request, &person).await? {
            return Ok(Response::see_own(&place));
        }
        let all = passkey::of(&self.table, &person.user.id, request.now).await?;
        if !all.is_empty() {
            // Theirs may be from before they were counted.
            passkey::note_count(&self.table, &person.user, request.now).await?;
        }
        Ok(view::page(request, &person, &all))
    }

    /// Where they go first who must show a second factor before they change how they come in.
    pub(crate) async fn first(&self, request: &Request, person: &Person) -> Result<Option<String>> {
        let Person { session, user } = person;
        Ok(self.step_up.before_change(&self.table, session, user, PATH, request.now).await?)
    }

    /// Refuses somebody like that, who sends a form or a script.
    pub(crate) async fn may_change(&self, request: &Request, person: &Person) -> Result<()> {
        match self.first(request, person).await? {
            Some(place) => Err(entrance::factor_first(self.origins.base(), place)),
            None => Ok(()),
        }
    }

    /// Who acts, if it is in this session.
    pub(crate) async fn acting_in(&self, request: &Request, sid: &str) -> Result<Option<Person>> {
        let acting = request.session().as_ref().and_then(SessionCookie::parse);
        match acting.filter(|cookie| cookie.sid() == sid) {
            Some(cookie) => Ok(Person::seen(&self.table, cookie, request.now).await?),
            None => Ok(None),
        }
    }

    /// Tells them by mail what they have done, or somebody else in their session.
    pub(crate) async fn tell(&self, request: &Request, person: &Person, what: What) {
        let (to, language) = (person.user.verified_email(), request.look().words.tag);
        Mailer::tell(self.mailer.as_ref(), to, language, what).await;
    }

    /// Renames a passkey or removes it.
    pub(crate) async fn change(&self, request: &Request) -> Result<Response> {
        let form: Form = request.form()?;
        let person = self.acting_in(request, &form.session).await?.ok_or_else(again)?;
        if !person.session.is_fresh(request.now) {
            return Ok(Response::see_own(AGAIN));
        }
        self.may_change(request, &person).await?;
        let (user_id, now) = (&person.user.id, request.now);
        if let Some(wanted) = form.name.as_deref() {
            let called = name(request, Some(wanted));
            let done = passkey::rename(&self.table, user_id, &form.id, &called, now).await?;
            return Ok(Response::see_own(if done { RENAMED } else { PATH }));
        }
        // Its name is in the mail only.
        let all = match self.mailer {
            Some(_) => passkey::of(&self.table, user_id, now).await?,
            None => Vec::new(),
        };
        let event = trail::removed(request, user_id);
        let trail = [self.trail.write(&event)];
        if passkey::remove(&self.table, user_id, &form.id, &trail, now).await? {
            event.log();
            if let Some((_, gone)) = all.into_iter().find(|(id, _)| id.as_str() == form.id) {
                let what = Factor::Passkey { name: gone.name };
                self.tell(request, &person, What::FactorRemoved { what, by_others: false }).await;
            }
            return Ok(Response::see_own(REMOVED));
        }
        Ok(Response::see_own(PATH))
    }
}

const RENAMED: &str = "/users/passkey?renamed";
const REMOVED: &str = "/users/passkey?removed";

/// What a passkey is called: as its person wants, or else by the browser and the system on which it was made.
pub(crate) fn name(request: &Request, wanted: Option<&str>) -> String {
    let seen = |c: char| if c.is_control() { ' ' } else { c };
    let cut: String = wanted.unwrap_or_default().trim().chars().map(seen).take(LONGEST_NAME).collect();
    match cut.is_empty() {
        true => request.look().words.device(request.visit().device.as_deref()),
        false => cut,
    }
}

fn again() -> web::Error {
    web::Error::from(foreign()).with_again(PATH.to_owned())
}
