//! The end of a login by which somebody who is signed in links one more way in. Nobody is signed in by it.

use audit::{Event, What};
use authenticate::Link;
use mail::{Factor, Mailer, What as Letter};
use oauth::{Code, Error, Secret, Sentence};
use session::Session;
use user::LinkProof;
use web::{Response, Result};

use crate::{Callback, arrival::Arrival, repeated};

/// Where it begins.
pub(crate) const ACCOUNT: &str = "/account";

impl Callback {
    /// Lets the identity lead to the person who asked for it, if the browser still has the session in which they did (#26).
    pub(crate) async fn link(&self, at: &Arrival<'_>, link: &Link, code: &Secret) -> Result<Response> {
        let session = self.session_of(at, link).await?;
        let identity = at.provider.finish(at.login, code, at.now()).await?;
        let proof = LinkProof { id: &link.id, user_id: &session.user_id, epoch: session.epoch };
        let event = Event::new(What::IdentityLinked, &at.request.visit()).by_person(&session.user_id);
        let event = event.provider(at.provider.name());
        let trail = [self.trail.write(&event)];
        if let Some(person) = user::link(&self.table, proof, &identity, &trail, at.now()).await? {
            event.log();
            let what =
                Letter::FactorAdded { what: Factor::Provider { name: at.provider.label().to_owned() } };
            let language = at.request.look().words.tag;
            Mailer::tell(self.mailer.as_ref(), person.verified_email(), language, what).await;
        }
        Ok(self.leave(at.login))
    }

    /// A repeated callback of such a login: what became of the first.
    pub(crate) async fn linked_before(
        &self,
        at: &Arrival<'_>,
        link: &Link,
        iss: Option<&str>,
    ) -> Result<Response> {
        if user::is_link_used(&self.table, &link.id, at.now()).await? {
            return Ok(self.leave(at.login));
        }
        match repeated::refusal(&self.table, at.login, at.request).await? {
            Some(refusal) => Err(at.over(refusal)),
            None => Ok(repeated::wait(at.request, at.login, iss)),
        }
    }

    async fn session_of(&self, at: &Arrival<'_>, link: &Link) -> Result<Session> {
        let mut shown = at.shown();
        shown.retain(|cookie| cookie.sid() == link.sid);
        let session = session::living(&self.table, &shown, at.now()).await?.into_iter().next();
        Ok(session.ok_or_else(|| Error::said(Code::AccessDenied, Sentence::LinkSignedOut))?)
    }
}
