//! The end of every way in: somebody has shown who they are, and gets a session in their browser, or as a program a token.
//!
//! What comes before it differs: a provider's answer, a password, a passkey. What comes of it does not. So this is where a second factor
//! is asked for, and no way in can forget it.

mod browser;
mod leave;
mod owner;
mod program;
mod refusal;
mod step;

use std::time::Duration;

use audit::{Event, Trail, What};
use logout::Queue;
use oauth::{
    Digest, Secret, SessionCookie, Time,
    server::{self, FIRST_PARTY},
};
use setting::{BASE_URL, EVENTS, Env, Group, PASSKEYS, Permissions, SECOND_FACTORS, SettingError};
use store::Table;
use user::{Facts, User, rights::Held};
use web::{Request, Result, settings::COOKIE_KEY};

use self::step::Steps;
pub use self::{
    leave::{Leave, after_form},
    program::welcome,
    refusal::{factor_first, locked, refused},
    step::{LIFETIME, Pending, STEP, too_late},
};

/// What [`Entrance::browser`] does with the table.
pub const ENTER: Permissions = session::ENTER;

/// Where people come in.
pub struct Entrance {
    table: Table,
    queue: Queue,
    /// For how long the row of a session is kept after it has ended.
    keep: Duration,
    /// What asks for a second factor, where people may have one.
    steps: Option<Steps>,
    /// Who may do what, which says whose roles demand a second factor.
    rights: Option<Held>,
    /// Where it is written down that somebody's session ended for another's, for systems of the team, if they are told.
    told: Option<Trail>,
}

/// Somebody who has shown who they are.
#[derive(Debug, Clone, Copy)]
pub struct Arrived<'a> {
    /// Who, as they were read or made just now.
    pub user: &'a User,
    /// The way in, as rules and the trail call it: a provider's name, or `password`.
    pub way: &'a str,
    /// The key of the identity by which they came.
    pub via: &'a Digest,
    /// How they have shown it, where we know that (RFC 8176).
    pub amr: &'a [&'a str],
}

/// The session in which a sign-in may end, and those that the browser has.
#[derive(Debug)]
pub struct Seat {
    /// The id of a new session: the sign-in's own, and unguessable.
    pub sid: Secret,
    /// Its secret, likewise (#33).
    pub secret: Secret,
    /// The sessions that the browser has, as it says.
    pub shown: Vec<SessionCookie>,
}

impl Seat {
    /// A new one in the browser that sent this.
    pub fn of(request: &Request) -> Self {
        Self { sid: Secret::random(), secret: Secret::random(), shown: request.session_cookies() }
    }
}

impl Entrance {
    /// What it reads.
    pub const SETTINGS: Group = &[&SECOND_FACTORS, &PASSKEYS, &BASE_URL, &COOKIE_KEY, &EVENTS];

    /// An entrance to this table, whose queue is told of what ends. `rights` say whose roles demand a second factor. Whoever gives none is
    /// sure that more than one factor is always shown, and everybody else is asked.
    pub fn new(
        env: &Env,
        table: Table,
        queue: Queue,
        trail: &Trail,
        rights: Option<Held>,
    ) -> Result<Self, SettingError> {
        let steps = env.is_on(&SECOND_FACTORS)?.then(|| Steps::from_env(env)).transpose()?;
        let told = env.is_on(&EVENTS)?.then_some(*trail);
        Ok(Self { table, queue, keep: trail.keep(), steps, rights, told })
    }

    /// What asks these people for a second factor before they are in, if something does: they have one, or one of their roles demands it.
    ///
    /// Nothing, or one GetItem where the rights were read 20 seconds ago or earlier.
    async fn asks(&self, arrived: &Arrived<'_>, now: Time) -> Result<Option<&Steps>> {
        let Some(steps) = self.steps.as_ref().filter(|_| !server::has_factors(arrived.amr)) else {
            return Ok(None);
        };
        let owes = match &self.rights {
            _ if arrived.user.factors.asks_for_code() => true,
            Some(rights) => rights.current(&self.table, now).await?.decide(&arrived.facts(now)).owes_factor(),
            None => true,
        };
        Ok(owes.then_some(steps))
    }
}

impl<'a> Arrived<'a> {
    fn facts(&self, now: Time) -> Facts<'a> {
        Facts::of(self.user, now).via(Some(self.via.as_str())).client(FIRST_PARTY).shown(self.amr)
    }
}

/// Notes in the log that somebody is in. A session's own row keeps the sign-in; the log has all of them.
fn note(request: &Request, arrived: &Arrived<'_>, sid: Option<&str>) {
    let event = Event::new(What::SignIn, &request.visit()).by_person(&arrived.user.id).provider(arrived.way);
    sid.iter().fold(event, |event, sid| event.session(sid)).log();
}
