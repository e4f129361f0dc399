//! Who is there.

use std::sync::Arc;

use authorization::{Agreement, AuthorizationRequest, Decision, Factor, Next, Returned};
use client::Client;
use oauth::{Error, Secret, SessionCookie, Time};
use person::Person;
use session::{Session, opened};
use store::Batch;
use token::Hint;
use user::Rights;
use web::{Request, Result};

use crate::{At, Authorize, arrival::Arrival};

/// Which of the browser's sessions a request is about.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wanted<'a> {
    /// The one that acts.
    Acting,
    /// Any of them: the request says something about the account.
    Any,
    /// The one with this id, for which a page of ours was made, whichever acts now (#29).
    One(&'a str),
}

/// Who asks, and the sessions that live in this browser: as far as the table knows them.
pub(crate) struct There {
    pub(crate) client: Option<Client>,
    /// The one that acts, or the one that is wanted.
    pub(crate) session: Option<Session>,
    /// Others; looked up only where the request says something about the account, or none acts.
    pub(crate) others: Vec<Session>,
    /// Who may do what, where that says who must show a second factor.
    pub(crate) rights: Option<Arc<Rights>>,
}

impl There {
    pub(crate) fn sessions(&self) -> impl Iterator<Item = &Session> {
        self.session.iter().chain(&self.others)
    }
}

impl Authorize {
    /// Looks client and sessions up, in one read.
    pub(crate) async fn look_up(
        &self,
        request: &Request,
        arrival: &Arrival,
        wanted: Wanted<'_>,
    ) -> Result<There> {
        let asked = arrival.asked();
        let client_id = asked.client_id()?;
        let id = Some(client_id).filter(|id| client::is_client_id(id));
        let parse = |cookie: Option<Secret>| cookie.as_ref().and_then(SessionCookie::parse);
        let first = match wanted {
            Wanted::Acting | Wanted::Any => parse(request.session()),
            Wanted::One(sid) => parse(request.session_of(sid)),
        };
        let mut others = if let Wanted::One(_) = wanted { Vec::new() } else { request.session_cookies() };
        others.retain(|other| first.as_ref().is_none_or(|first| first.sid() != other.sid()));
        let at_once = matches!(wanted, Wanted::Any) || first.is_none();
        let batch = Batch::new().and::<Client>(id).and::<Session>(first.as_ref().map(SessionCookie::sid));
        let read = others.iter().filter(|_| at_once);
        let batch = read.fold(batch, |batch, cookie| batch.and::<Session>(cookie.sid()));
        // They are read along, so they cost no call.
        let due = self.step_up.rights().due(request.now).filter(|_| self.step_up.is_on());
        let mut rows = self.table.get_batch(batch.and::<Rights>(due), request.now).await?;
        let rights = match self.step_up.is_on() {
            true => Some(self.step_up.rights().along(due, &mut rows, request.now)?),
            false => None,
        };
        let client = client::usable(rows.take::<Client>(id), client_id);
        let session = first.and_then(|cookie| opened(&mut rows, &cookie, request.now));
        let others = match (at_once, &session) {
            (true, _) => others.iter().filter_map(|other| opened(&mut rows, other, request.now)).collect(),
            // The one that acts has ended: perhaps somebody else is still there.
            (false, None) => session::living(&self.table, &others, request.now).await?,
            (false, Some(_)) => Vec::new(),
        };
        Ok(There { client, session, others, rights })
    }

    /// Whose session it is, if they may be here.
    pub(crate) async fn person(&self, session: Option<&Session>, now: Time) -> Result<Option<Person>> {
        let Some(session) = session else { return Ok(None) };
        match Person::of(&self.table, session.clone(), now).await? {
            Some(person) => self.used(person, now).await,
            None => Ok(None),
        }
    }

    /// The same of somebody who is known, whose session is used now.
    pub(crate) async fn used(&self, person: Person, now: Time) -> Result<Option<Person>> {
        let session = session::touch(&self.table, person.session, now).await?;
        Ok(session.map(|session| Person { session, user: person.user }))
    }

    /// What comes next for them, or for nobody.
    pub(crate) fn next(
        &self,
        at: &At<'_>,
        person: Option<&Person>,
        hint: Option<&Hint>,
        decision: Option<Decision>,
        factor: Factor,
        agreement: &Agreement,
    ) -> Result<Next, Returned> {
        let session = person.map(|person| &person.session);
        let hinted = hint.map(|hint| hint.subject.as_str());
        at.checked.next(session, hinted, agreement, decision, factor, at.request.now)
    }

    /// Whether they must show a second factor for this client.
    pub(crate) fn factor(&self, at: &At<'_>, there: &There, person: Option<&Person>) -> Factor {
        let client = &at.checked.client().id;
        let owes =
            |rights: &Arc<Rights>| person.is_some_and(|it| it.owes_factor(rights, client, at.request.now));
        Factor { can_be_asked: self.step_up.is_on(), is_due: there.rights.as_ref().is_some_and(owes) }
    }

    /// What the person agreed to earlier, as far as it matters.
    pub(crate) async fn agreement(&self, at: &At<'_>, person: Option<&Person>) -> Result<Agreement> {
        let Some(person) = person else { return Ok(Agreement::default()) };
        Ok(Agreement::find(&self.table, &person.user.id, at.checked, at.request.now).await?)
    }

    /// Whom the client thinks to be there. An ID token of ours that has expired still says it.
    pub(crate) fn hint(&self, checked: &AuthorizationRequest) -> Result<Option<Hint>, Returned> {
        let Some(hint) = checked.id_token_hint() else { return Ok(None) };
        match self.verifier.verify_hint(hint) {
            Ok(hint) if hint.audience == checked.client().id => Ok(Some(hint)),
            _ => {
                let text = "id_token_hint is no ID token of this server for this client";
                Err(checked.fail(Error::invalid_request(text)))
            }
        }
    }
}
