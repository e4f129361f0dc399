//! Several accounts in one browser: which of them a request is for, and the page that asks.

use std::collections::BTreeSet;

use oauth::Time;
use person::Person;
use session::Session;
use token::Hint;
use web::{Response, Result};

use crate::{At, Authorize, page_of, there::There};

impl Authorize {
    /// Who the request goes on for: who acts in this browser, unless the client says whom it means, and that is exactly one of
    /// those who are signed in here. It changes nothing about who acts.
    pub(crate) async fn select(
        &self,
        at: &At<'_>,
        there: &There,
        hint: Option<&Hint>,
    ) -> Result<Option<Person>> {
        let now = at.request.now;
        if let Some(subject) = hint.map(|hint| &*hint.subject).or(at.checked.subject()) {
            let sid = hint.and_then(|hint| hint.session.as_deref());
            return self.person(of_subject(there, subject, sid).or(there.session.as_ref()), now).await;
        }
        let Some(address) = at.checked.login_hint().filter(|_| !there.others.is_empty()) else {
            return self.person(there.session.as_ref(), now).await;
        };
        let mut people = self.people(there, now).await?;
        let is_meant = |person: &Person| {
            person.user.verified_email().is_some_and(|email| email.eq_ignore_ascii_case(address))
        };
        let acts = |person: &Person| there.session.as_ref().is_some_and(|it| it.id == person.session.id);
        let meant: Vec<_> = (0..people.len()).filter(|index| is_meant(&people[*index])).collect();
        let chosen = match meant[..] {
            [only] => Some(only),
            _ => people.iter().position(acts),
        };
        match chosen.map(|index| people.swap_remove(index)) {
            Some(person) => self.used(person, now).await,
            None => Ok(None),
        }
    }

    /// The page on which the person chooses, if there is anybody to choose.
    pub(crate) async fn choose(&self, at: &At<'_>, there: &There) -> Result<Option<Response>> {
        let people = self.people(there, at.request.now).await?;
        if people.is_empty() {
            return Ok(None);
        }
        let sealed = self.sealed(at, None, &people)?;
        let other = self.sign_in_link(at, true).await?;
        Ok(Some(page_of::accounts(at, &people, &other, &sealed)))
    }

    /// Those who are signed in here and may be (#35), each once: who acts first, then who signed in last.
    ///
    /// One BatchGetItem.
    async fn people(&self, there: &There, now: Time) -> Result<Vec<Person>> {
        let mut sessions = there.others.clone();
        sessions.sort_by_key(|session| std::cmp::Reverse(session.auth_time));
        let sessions = there.session.clone().into_iter().chain(sessions).collect();
        let mut people = Person::all(&self.table, sessions, now).await?;
        let mut known = BTreeSet::new();
        people.retain(|person| known.insert(person.user.id.clone()));
        Ok(people)
    }
}

/// The session of this person: the very one that an ID token names, or their only one.
fn of_subject<'a>(there: &'a There, subject: &str, sid: Option<&str>) -> Option<&'a Session> {
    let own = || there.sessions().filter(|session| session.user_id == subject);
    let same = own().find(|session| Some(&*session.id) == sid);
    let mut all = own();
    same.or_else(|| all.next().filter(|_| all.next().is_none()))
}
