//! Who is there.

use authorization::{Agreement, AuthorizationRequest, Decision, Next, Returned};
use client::Client;
use oauth::{Error, SessionCookie, Time};
use session::Session;
use store::{Batch, Row};
use user::User;
use web::{Request, Result};

use crate::{At, Authorize, arrival::Arrival};

/// Somebody who is signed in and may be (#35).
pub(crate) struct Person {
    pub(crate) session: Session,
    pub(crate) user: User,
}

impl Person {
    /// What to call them.
    pub(crate) fn name(&self) -> &str {
        self.user.name.as_deref().or(self.user.email.as_deref()).unwrap_or("this account")
    }
}

/// Who asks, and whose session the browser has: as far as the table knows them.
pub(crate) struct There {
    pub(crate) client: Option<Client>,
    pub(crate) session: Option<Session>,
}

impl Authorize {
    /// Looks both up, in one read.
    pub(crate) async fn look_up(&self, request: &Request, arrival: &Arrival) -> Result<There> {
        let asked = arrival.asked();
        let client_id = asked.client_id()?;
        let id = Some(client_id).filter(|id| client::is_client_id(id));
        let cookie = request.session().and_then(|cookie| SessionCookie::parse(&cookie));
        let sid = cookie.as_ref().map(SessionCookie::sid);
        let batch = Batch::new().and::<Client>(id).and::<Session>(sid);
        let mut rows = self.table.get_batch(batch, request.now).await?;
        let client = client::usable(rows.take::<Client>(id), client_id);
        let session = rows.take::<Session>(sid).and_then(std::result::Result::ok).map(Row::into_inner);
        let opened = |session: &Session| cookie.as_ref().is_some_and(|cookie| session.is_opened_by(cookie));
        let session = session.filter(|session| session.is_alive(request.now) && opened(session));
        Ok(There { client, session })
    }

    /// Whose session it is, if they may be here.
    pub(crate) async fn person(&self, session: Option<Session>, now: Time) -> Result<Option<Person>> {
        let Some(session) = session else { return Ok(None) };
        let Some(user) = user::active_in(&self.table, &session.user_id, session.epoch, now).await? else {
            return Ok(None);
        };
        let session = session::touch(&self.table, session, now).await?;
        Ok(session.map(|session| Person { session, user }))
    }

    /// What comes next for them, or for nobody.
    pub(crate) fn next(
        &self,
        at: &At<'_>,
        person: Option<&Person>,
        decision: Option<Decision>,
        agreement: &Agreement,
    ) -> Result<Next, Returned> {
        let hinted = self.hinted(at.checked)?;
        let session = person.map(|person| &person.session);
        at.checked.next(session, hinted.as_deref(), agreement, decision, at.request.now)
    }

    /// What the person agreed to earlier, as far as it matters.
    pub(crate) async fn agreement(&self, at: &At<'_>, person: Option<&Person>) -> Result<Agreement> {
        let Some(person) = person else { return Ok(Agreement::default()) };
        Ok(Agreement::find(&self.table, &person.user.id, at.checked, at.request.now).await?)
    }

    /// Whom the client thinks to be there. An ID token of ours that has expired still says it.
    fn hinted(&self, checked: &AuthorizationRequest) -> Result<Option<String>, Returned> {
        let Some(hint) = checked.id_token_hint() else { return Ok(None) };
        match self.verifier.verify_hint(hint) {
            Ok(hint) if hint.audience == checked.client().id => Ok(Some(hint.subject)),
            _ => {
                let text = "id_token_hint is no ID token of this server for this client";
                Err(checked.fail(Error::invalid_request(text)))
            }
        }
    }
}
