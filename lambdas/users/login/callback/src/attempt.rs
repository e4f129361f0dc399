//! The first callback of a login claims it and is exchanged; every other one is a repeated callback.

use std::time::Duration;

use audit::Along;
use authenticate::Answer;
use oauth::{Identity, Secret};
use tokio::time::timeout;
use user::News;
use web::{Response, Result};

use crate::{Callback, arrival::Arrival, repeated, trail};

/// How long it may take to note that a login failed.
const NOTE_LIMIT: Duration = Duration::from_secs(1);

/// Which callback of its login this is.
pub(crate) enum Attempt {
    /// The first answer to its login, with this code.
    First(Secret),
    /// A repeated one, with the refusal for a program.
    Repeated(authenticate::Error),
}

impl Callback {
    /// Checks the answer, and lets it claim its login. An answer without a code claims it too, and ends it.
    pub(crate) async fn attempt(
        &self,
        at: &Arrival<'_>,
        answer: Answer,
    ) -> Result<Attempt, authenticate::Error> {
        let checked = at.login.accept(at.provider, answer, at.now());
        let claimed = match &checked {
            Ok(_) => at.login.claim(&self.table, at.now()).await,
            Err(no @ authenticate::Error::NoCode(_)) => {
                at.login.claim_refused(&self.table, no, at.now()).await
            }
            Err(_) => Ok(()),
        };
        match claimed {
            Ok(()) => checked.map(Attempt::First),
            Err(used @ authenticate::Error::Used(_)) => Ok(Attempt::Repeated(used)),
            Err(fault) => Err(fault),
        }
    }

    /// The one answer that is exchanged. If it fails, repeated callbacks must not wait for it.
    pub(crate) async fn first(
        &self,
        at: &Arrival<'_>,
        code: &Secret,
        unsigned_name: Option<String>,
    ) -> Result<Response> {
        let signed_in = self.sign_in(at, code, unsigned_name).await;
        if let Err(error) = &signed_in {
            self.note(at, error).await;
        }
        signed_in.map_err(|error| at.over(error))
    }

    /// Records that the sign-in failed. If that fails too, repeated callbacks find out by waiting: it is not worth much of this answer's time.
    async fn note(&self, at: &Arrival<'_>, error: &web::Error) {
        let noted = timeout(NOTE_LIMIT, at.login.failed(&self.table, error.refusal(), at.now())).await;
        if !matches!(noted, Ok(Ok(()))) {
            tracing::warn!("the failure of a login could not be recorded");
        }
    }

    async fn sign_in(
        &self,
        at: &Arrival<'_>,
        code: &Secret,
        unsigned_name: Option<String>,
    ) -> Result<Response> {
        if let Some(link) = at.login.link() {
            return self.link(at, link, code).await;
        }
        let identity = at.provider.finish(at.login, code, at.now()).await?;
        let identity = Identity { unsigned_name, ..identity };
        let rights = self.tokens.refresh(&self.table, at.now()).await?;
        let table = &self.table;
        // Whoever only signs in is not in the trail. Who is new, and what is new of somebody, is in it where somebody is to be told; who
        // gets roles always is.
        let along = Along::default();
        let noted =
            |news: News<'_>| along.write(self.trail, trail::news(at.request, at.provider, news, self.events));
        let user = user::sign_in_noting(table, &rights, &identity, &noted, at.now()).await?;
        along.log(&user.id);
        if self.passwords {
            self.entrance.expel_squatter(at.request, &self.trail, &user).await?;
        }
        let via = identity.key();
        if at.is_browsers() { self.enter(at, &user, &via).await } else { self.token(at, &user, &via) }
    }

    /// The browser is given the session of this very login again, if it lives (#9, #25).
    pub(crate) async fn repeated(&self, at: &Arrival<'_>, iss: Option<&str>) -> Result<Response> {
        if let Some(link) = at.login.link() {
            return self.linked_before(at, link, iss).await;
        }
        // They have signed in there, and are asked for their second factor here.
        if let Some(step) = self.entrance.back_to_step(at.request, &at.login.sid()) {
            return Ok(step);
        }
        match repeated::outcome(&self.table, at).await? {
            repeated::Outcome::SignedIn(session) => {
                let (secret, left) = (at.login.session_secret(), session.ends_at.since(at.now()));
                Ok(self.leave(at.login).acting(at.request, &session.id, &secret, left))
            }
            repeated::Outcome::Running => Ok(repeated::wait(at.request, at.login, iss)),
            repeated::Outcome::Over(refusal) => Err(at.over(refusal)),
        }
    }
}
