//! The page.

use authorization::apps::{self, Apps};
use oauth::Time;
use person::Person;
use user::LinkedIdentity;
use web::{Request, Response, Result, Words};

use crate::{Account, SIGN_IN, act::What, own_page, sessions::Sessions, view, whose};

/// What a form has just done, as the page is told in its address.
fn done(request: &Request, words: &Words) -> Option<&'static str> {
    let w = &words.account;
    let said = [
        ("ended", w.done_ended),
        ("removed", w.done_removed),
        ("linked", w.done_linked),
        ("unlinked", w.done_unlinked),
        ("last", w.done_last),
    ];
    said.into_iter().find(|(name, _)| request.text(name).is_some()).map(|(_, text)| text)
}

/// The values of the forms.
pub(crate) struct Forms {
    /// Of each app, in their order.
    pub(crate) remove: Vec<String>,
    /// Of each provider that can be linked, in the order of the buttons.
    pub(crate) link: Vec<String>,
    /// Of each identity, in their order.
    pub(crate) unlink: Vec<String>,
}

impl Account {
    /// The page, for the person who acts. Where nobody does, those who are signed in can be chosen.
    pub(crate) async fn show(&self, request: &Request) -> Result<Response> {
        let words = request.look().words;
        let people = Person::living(&self.table, &request.session_cookies(), request.now).await?;
        let acting = request.session().and_then(|cookie| oauth::SessionCookie::parse(&cookie));
        let acts = |person: &&Person| acting.as_ref().is_some_and(|it| it.sid() == person.session.id);
        match people.iter().find(acts) {
            None if people.is_empty() => Ok(Response::see_own(SIGN_IN).without_sessions(request)),
            None => Ok(own_page(request, words.account.title, &view::nobody_acts(words, &people))),
            Some(person) => match self.first(request, person).await? {
                Some(place) => Ok(Response::see_own(&place)),
                None => self.show_to(request, person, &people).await,
            },
        }
    }

    async fn show_to(&self, request: &Request, person: &Person, people: &[Person]) -> Result<Response> {
        let now = request.now;
        session::touch(&self.table, person.session.clone(), now).await?;
        let identities = user::identities_of(&self.table, &person.user, now).await?;
        let apps = apps::find(&self.table, whose(person), &request.query()?, now).await?;
        let sessions = session::list_of(&self.table, &person.user.id, now).await?;
        let end = |of: &session::Session| self.seal(&person.session, What::End(of.id.clone()), now);
        let sessions = Sessions::of(sessions, person.user.epoch, end)?;
        let words = request.look().words;
        let shown = view::Shown {
            words,
            person,
            people,
            buttons: &self.buttons,
            proves: self.proves,
            mailed: request.text("mailed").is_some(),
            passwords: self.passwords,
            passkeys: self.passkeys,
            identities: &identities,
            apps: &apps,
            sessions,
            done: done(request, words),
            forms: self.forms(person, &identities, &apps, now)?,
            second_factors: self.second_factors,
        };
        Ok(own_page(request, words.account.title, &view::account(&shown)))
    }

    fn forms(&self, person: &Person, identities: &[LinkedIdentity], apps: &Apps, now: Time) -> Result<Forms> {
        let seal = |what| self.seal(&person.session, what, now);
        let remove = apps.apps.iter().map(|app| What::Remove(app.client_id.clone()));
        let link = self.buttons.iter().map(|button| What::Link(button.name.clone()));
        let unlink = identities.iter().map(|identity| What::Unlink(identity.key.as_str().to_owned()));
        Ok(Forms {
            remove: remove.map(seal).collect::<Result<_>>()?,
            link: link.map(seal).collect::<Result<_>>()?,
            unlink: unlink.map(seal).collect::<Result<_>>()?,
        })
    }
}
