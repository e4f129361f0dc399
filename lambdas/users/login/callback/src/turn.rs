//! Whose turn it is: the first answer to a login claims it and is exchanged, and every other one is its twin.

use std::time::Duration;

use authenticate::Answer;
use oauth::{Identity, Secret};
use tokio::time::timeout;
use web::{Cookie, Response, Result};

use crate::{Callback, arrival::Arrival, twin};

/// How long it may take to note that a login failed.
const NOTE_LIMIT: Duration = Duration::from_secs(1);

/// Whose turn it is.
pub(crate) enum Turn {
    /// The first answer to its login, with this code.
    First(Secret),
    /// Another one, and what a program is told of that.
    Twin(authenticate::Error),
}

impl Callback {
    /// Judges the answer, and lets it claim its login. An answer without a code claims it too, and ends it.
    pub(crate) async fn turn(&self, at: &Arrival<'_>, answer: Answer) -> Result<Turn, authenticate::Error> {
        let judged = at.login.accept(at.provider, answer, at.now());
        let claimed = match &judged {
            Ok(_) => at.login.claim(&self.table, at.now()).await,
            Err(no @ authenticate::Error::NoCode(_)) => {
                at.login.claim_refused(&self.table, no, at.now()).await
            }
            Err(_) => Ok(()),
        };
        match claimed {
            Ok(()) => judged.map(Turn::First),
            Err(used @ authenticate::Error::Used(_)) => Ok(Turn::Twin(used)),
            Err(fault) => Err(fault),
        }
    }

    /// The one answer that is exchanged. If nobody comes in by it, its twins must not wait for it.
    pub(crate) async fn first(
        &self,
        at: &Arrival<'_>,
        code: &Secret,
        introduced_as: Option<String>,
    ) -> Result<Response> {
        let signed_in = self.sign_in(at, code, introduced_as).await;
        if let Err(error) = &signed_in {
            self.note(at, error).await;
        }
        signed_in.map_err(|error| at.over(error))
    }

    /// Notes that nobody came in. If that fails too, the twins find out by waiting: it is not worth much of this answer's time.
    async fn note(&self, at: &Arrival<'_>, error: &web::Error) {
        let noted = timeout(NOTE_LIMIT, at.login.failed(&self.table, error.refusal(), at.now())).await;
        if !matches!(noted, Ok(Ok(()))) {
            tracing::warn!("that a login failed could not be noted");
        }
    }

    async fn sign_in(
        &self,
        at: &Arrival<'_>,
        code: &Secret,
        introduced_as: Option<String>,
    ) -> Result<Response> {
        let identity = at.provider.finish(at.login, code, at.now()).await?;
        let identity = Identity { introduced_as, ..identity };
        let user = user::sign_in(&self.table, self.tokens.rights(), &identity, at.now()).await?;
        if at.is_browsers() { self.enter(at, &user).await } else { self.token(at, &user) }
    }

    /// The browser is given the session of this very login again, if it lives (#9, #25).
    pub(crate) async fn twin(&self, at: &Arrival<'_>, iss: Option<&str>) -> Result<Response> {
        match twin::outcome(&self.table, at.login, at.request).await? {
            twin::Outcome::SignedIn(session) => {
                let cookie = Cookie::session(&at.login.session_secret(), session.ends_at.since(at.now()));
                Ok(self.leave(at.login).cookie(&cookie))
            }
            twin::Outcome::Running => Ok(twin::wait(at.request, at.login, iss)),
            twin::Outcome::Over(refusal) => Err(at.over(refusal)),
        }
    }
}
