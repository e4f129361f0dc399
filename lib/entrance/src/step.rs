//! The step between a way in and a session, for whoever has a second factor: a sealed cookie says who has arrived, and how, until they have
//! shown it. There is no session before.

use std::time::Duration;

use oauth::{BaseUrl, Code, Digest, Error, Secret, Sentence, SessionCookie};
use serde::{Deserialize, Serialize};
use session::Session;
use setting::{BASE_URL, Env, PASSKEYS, SettingError};
use user::{Factors, User};
use web::{Request, Response, Result, SealedCookies, Sealer};

use crate::{Arrived, Entrance, Seat};

/// Where the factor is asked for.
pub const STEP: &str = "/users/factor";

/// How long somebody has for it.
pub const LIFETIME: Duration = Duration::from_secs(600);

/// The only one of its family: who arrives later in the same browser takes the place of who did before.
const ID: &str = "step";

/// What asks for a second factor.
#[derive(Debug)]
pub(crate) struct Steps {
    cookies: SealedCookies,
    /// Where a person goes whose program cannot ask them.
    pub(crate) base: String,
    /// Whether passkeys can be shown.
    passkeys: bool,
}

/// Somebody who has arrived, and owes a second factor. `Debug` shows no secret.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Pending {
    /// Who.
    pub user_id: String,
    /// Their epoch then: what ends their sessions ends this too (#34).
    pub epoch: u64,
    way: String,
    via: Digest,
    amr: Vec<String>,
    sid: Secret,
    secret: Secret,
    /// Where they wanted to go, to be checked again.
    pub to: String,
    /// Whether they have nothing that they could show, and set something up at the step. They have just shown who they are.
    #[serde(default)]
    pub sets_up: bool,
    /// Whether they have a session already, in which they are to show more.
    #[serde(default)]
    steps_up: bool,
    /// What they had then that they can show here.
    #[serde(default)]
    pub factors: Factors,
}

impl Pending {
    /// What a page is bound to that only this arrival can send back (#29).
    pub fn sid(&self) -> &str {
        self.sid.expose()
    }

    /// What opens the session in which they are to show more, if this browser has it.
    fn cookie(&self, request: &Request) -> Option<SessionCookie> {
        request.session_cookies().into_iter().find(|cookie| cookie.sid() == self.sid())
    }

    /// Whether it is that session, of them as they were.
    fn is_in(&self, session: &Session) -> bool {
        (&*session.id, &session.user_id, session.epoch) == (self.sid(), &self.user_id, self.epoch)
    }
}

/// Nobody has arrived in this browser, or they have been asked for too long.
pub fn too_late() -> Error {
    Error::said(Code::LoginRequired, Sentence::FactorTooLate)
}

impl Steps {
    pub(crate) fn from_env(env: &Env) -> Result<Self, SettingError> {
        let base = env.parsed::<BaseUrl>(&BASE_URL)?.as_str().to_owned();
        let cookies = SealedCookies::new(Sealer::from_env(env)?, "factor", LIFETIME);
        Ok(Self { cookies, base, passkeys: env.is_on(&PASSKEYS)? })
    }

    /// What somebody has that they can show here.
    fn factors_of(&self, user: &User) -> Factors {
        let passkeys = if self.passkeys { user.factors.passkeys } else { 0 };
        Factors { passkeys, ..user.factors }
    }

    /// Sends the browser to the step.
    pub(crate) fn ask(
        &self,
        request: &Request,
        arrived: &Arrived<'_>,
        seat: &Seat,
        to: &str,
    ) -> Result<Response> {
        let factors = self.factors_of(arrived.user);
        let pending = Pending {
            user_id: arrived.user.id.clone(),
            epoch: arrived.user.epoch,
            way: arrived.way.to_owned(),
            via: arrived.via.clone(),
            amr: arrived.amr.iter().map(|&how| how.to_owned()).collect(),
            sid: seat.sid.clone(),
            secret: seat.secret.clone(),
            to: to.to_owned(),
            sets_up: !factors.has_any(),
            steps_up: false,
            factors,
        };
        self.begin(request, &pending)
    }

    fn begin(&self, request: &Request, pending: &Pending) -> Result<Response> {
        Ok(Response::see_own(STEP).cookie(&self.cookies.write(ID, "", pending, request.now)?))
    }
}

impl Entrance {
    /// Who owes a second factor in this browser.
    pub fn pending(&self, request: &Request) -> Option<Pending> {
        self.steps.as_ref()?.cookies.read(request, ID, "")
    }

    /// The way to the step for somebody who is signed in, and is to show more in the session that they have: they stay in it, and what rests
    /// on it stays good. Nothing where nobody is asked for a second factor.
    ///
    /// Whoever has none sets one up there, but only within five minutes after a sign-in: a session that somebody found open is not enough for
    /// that (#26). Later, nothing comes of it either, and they have to sign in again.
    pub fn step_up(
        &self,
        request: &Request,
        session: &Session,
        user: &User,
        to: &str,
    ) -> Result<Option<Response>> {
        let Some(steps) = &self.steps else { return Ok(None) };
        let factors = steps.factors_of(user);
        let sets_up = !factors.has_any();
        if sets_up && !session.is_fresh(request.now) {
            return Ok(None);
        }
        let pending = Pending {
            user_id: user.id.clone(),
            epoch: user.epoch,
            way: String::new(),
            via: Digest::of(b""),
            amr: Vec::new(),
            sid: Secret::new(&*session.id),
            secret: Secret::random(),
            to: to.to_owned(),
            sets_up,
            steps_up: true,
            factors,
        };
        steps.begin(request, &pending).map(Some)
    }

    /// The way to the step for a browser that shows the callback of this very sign-in again, while it is at it.
    pub fn back_to_step(&self, request: &Request, sid: &Secret) -> Option<Response> {
        let pending = self.pending(request).filter(|pending| pending.sid.matches(sid.expose()));
        pending.map(|_| Response::see_own(STEP))
    }

    /// Whether there is still somebody who owes a second factor: whoever is to show it in a session that they have may have signed out of it
    /// since (#34). Whether they may come in at all is asked apart.
    ///
    /// Nothing in a sign-in, and one BatchGetItem in a session.
    pub async fn is_there(&self, request: &Request, pending: &Pending) -> Result<bool> {
        if !pending.steps_up {
            return Ok(true);
        }
        let shown: Vec<_> = pending.cookie(request).into_iter().collect();
        let living = session::living(&self.table, &shown, request.now).await?;
        Ok(living.iter().any(|session| pending.is_in(session)))
    }

    /// Whether somebody has what they could show at the step.
    pub fn can_show(&self, user: &User) -> bool {
        self.steps.as_ref().is_some_and(|steps| steps.factors_of(user).has_any())
    }

    /// The session of somebody who has shown their second factor, along with this answer. `user` was read again just now; `shown` is what
    /// the factor adds to what they had shown before (RFC 8176).
    pub async fn finish(
        &self,
        request: &Request,
        pending: &Pending,
        user: &User,
        shown: &[&str],
        answer: Response,
    ) -> Result<Response> {
        if pending.steps_up {
            return self.stepped_up(request, pending, shown, answer).await;
        }
        let amr: Vec<_> = pending.amr.iter().map(String::as_str).chain(shown.iter().copied()).collect();
        let arrived = Arrived { user, way: &pending.way, via: &pending.via, amr: &amr };
        let seat = Seat {
            sid: pending.sid.clone(),
            secret: pending.secret.clone(),
            shown: request.session_cookies(),
        };
        Ok(self.past_step(self.enter(request, &arrived, &seat, answer).await?))
    }

    /// The session that the person has already, with what they have shown now, under a new secret (#33). When they signed in stays as it was:
    /// a second factor alone is no sign-in.
    async fn stepped_up(
        &self,
        request: &Request,
        pending: &Pending,
        shown: &[&str],
        answer: Response,
    ) -> Result<Response> {
        let cookie = pending.cookie(request).ok_or_else(too_late)?;
        let session = session::step_up(&self.table, &cookie, &pending.secret, shown, request.now).await?;
        let session = session.filter(|session| pending.is_in(session)).ok_or_else(too_late)?;
        let left = session.ends_at.since(request.now);
        Ok(self.past_step(answer.acting(request, &session.id, &pending.secret, left)))
    }

    fn past_step(&self, entered: Response) -> Response {
        match &self.steps {
            Some(steps) => entered.cookie(&steps.cookies.forget(ID)),
            None => entered,
        }
    }
}
