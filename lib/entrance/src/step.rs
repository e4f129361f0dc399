//! The step between a way in and a session, for whoever has a second factor: a sealed cookie says who has arrived, and how, until they have
//! shown it. There is no session before.

use std::time::Duration;

use oauth::{BaseUrl, Digest, Secret};
use serde::{Deserialize, Serialize};
use setting::{BASE_URL, Env, SettingError};
use user::User;
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
}

impl Steps {
    pub(crate) fn from_env(env: &Env) -> Result<Self, SettingError> {
        let base = env.parsed::<BaseUrl>(&BASE_URL)?.as_str().to_owned();
        Ok(Self { cookies: SealedCookies::new(Sealer::from_env(env)?, "factor", LIFETIME), base })
    }

    /// Sends the browser to the step.
    pub(crate) fn ask(
        &self,
        request: &Request,
        arrived: &Arrived<'_>,
        seat: &Seat,
        to: &str,
    ) -> Result<Response> {
        let pending = Pending {
            user_id: arrived.user.id.clone(),
            epoch: arrived.user.epoch,
            way: arrived.way.to_owned(),
            via: arrived.via.clone(),
            amr: arrived.amr.iter().map(|&how| how.to_owned()).collect(),
            sid: seat.sid.clone(),
            secret: seat.secret.clone(),
            to: to.to_owned(),
        };
        Ok(Response::see_own(STEP).cookie(&self.cookies.write(ID, "", &pending, request.now)?))
    }
}

impl Entrance {
    /// Who owes a second factor in this browser.
    pub fn pending(&self, request: &Request) -> Option<Pending> {
        self.steps.as_ref()?.cookies.read(request, ID, "")
    }

    /// The way to the step for a browser that shows the callback of this very sign-in again, while it is at it.
    pub fn back_to_step(&self, request: &Request, sid: &Secret) -> Option<Response> {
        let pending = self.pending(request).filter(|pending| pending.sid.matches(sid.expose()));
        pending.map(|_| Response::see_own(STEP))
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
        let amr: Vec<_> = pending.amr.iter().map(String::as_str).chain(shown.iter().copied()).collect();
        let arrived = Arrived { user, way: &pending.way, via: &pending.via, amr: &amr };
        let seat = Seat {
            sid: pending.sid.clone(),
            secret: pending.secret.clone(),
            shown: request.session_cookies(),
        };
        let entered = self.enter(request, &arrived, &seat, answer).await?;
        Ok(match &self.steps {
            Some(steps) => entered.cookie(&steps.cookies.forget(ID)),
            None => entered,
        })
    }
}
