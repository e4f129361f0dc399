//! Whether somebody who is signed in must show a second factor before their session counts: since a role of theirs demands one, or since
//! they change how they come in.

use std::sync::Arc;

use oauth::{Time, server};
use session::Session;
use setting::{Env, Group, Permissions, SECOND_FACTORS, SettingError};
use store::Table;
use url::form_urlencoded::Serializer;
use user::{
    Facts, Rights, User,
    rights::{self, Held},
};

use crate::{Error, Person};

/// Where people show it, in a function of its own.
const STEP: &str = "/users/factor";

/// What sends people to the step. Where second factors are off, nobody is asked, and the roles that demand one are withheld all the same.
#[derive(Debug, Clone)]
pub struct StepUp {
    rights: Held,
    is_on: bool,
}

impl StepUp {
    /// What it reads.
    pub const SETTINGS: Group = &[&user::settings::ROLES, &SECOND_FACTORS];

    /// What it does with the table.
    pub const READ: Permissions = rights::READ.only_with(&SECOND_FACTORS);

    /// As the settings say.
    pub fn from_env(env: &Env) -> Result<Self, SettingError> {
        Self::with(env, Held::from_env(env)?)
    }

    /// The same for whoever has the rights already.
    pub fn with(env: &Env, rights: Held) -> Result<Self, SettingError> {
        Ok(Self { rights, is_on: env.is_on(&SECOND_FACTORS)? })
    }

    /// Whether people can be asked for a second factor.
    pub fn is_on(&self) -> bool {
        self.is_on
    }

    /// What says who must show one.
    pub fn rights(&self) -> &Held {
        &self.rights
    }

    /// Where this person goes first who wants to go to `to`, for this client; nothing if they may go there at once.
    ///
    /// Nothing, or one GetItem where the rights were read 20 seconds ago or earlier.
    pub async fn first(
        &self,
        table: &Table,
        person: &Person,
        client: &str,
        to: &str,
        now: Time,
    ) -> Result<Option<String>, Error> {
        if !self.is_on || person.has_factors() {
            return Ok(None);
        }
        let rights: Arc<Rights> = self.rights.current(table, now).await?;
        Ok(person.owes_factor(&rights, client, now).then(|| person.step_up(to)))
    }

    /// Where somebody in this session goes first who wants to change how they come in, and then goes on to `to`; nothing if they may at once.
    ///
    /// What [`is_needed`](Self::is_needed) costs; nothing where they have shown a second factor.
    pub async fn before_change(
        &self,
        table: &Table,
        session: &Session,
        user: &User,
        to: &str,
        now: Time,
    ) -> Result<Option<String>, Error> {
        let is_free = server::has_factors(&session.amr) || !self.is_needed(table, user, now).await?;
        Ok((!is_free).then(|| step_up(&session.id, to)))
    }

    /// Whether it takes a second factor to change how somebody comes in: a sign-in asks them for a code, or a role of theirs demands a factor,
    /// in whichever way they come and for whichever app. Who adds a passkey to an account has shown two factors with it ever after.
    ///
    /// Nothing, or one GetItem where the rights were read 20 seconds ago or earlier.
    pub async fn is_needed(&self, table: &Table, user: &User, now: Time) -> Result<bool, Error> {
        if !self.is_on {
            return Ok(false);
        }
        if user.factors.asks_for_code() {
            return Ok(true);
        }
        Ok(self.rights.current(table, now).await?.demands_factor_of(user, now))
    }
}

impl Person {
    /// Whether they have shown more than one factor in this session.
    pub fn has_factors(&self) -> bool {
        server::has_factors(&self.session.amr)
    }

    /// Whether a role of theirs demands a second factor, and they have not shown one in this session.
    pub fn owes_factor(&self, rights: &Rights, client: &str, now: Time) -> bool {
        let facts = Facts::of(&self.user, now).via(self.session.via.as_deref()).client(client);
        rights.decide(&facts.shown(&self.session.amr)).owes_factor()
    }

    /// The step at which they show it in this very session, and then go on to `to`.
    pub fn step_up(&self, to: &str) -> String {
        step_up(&self.session.id, to)
    }
}

/// The step at which somebody shows a second factor in the session with this id, and then goes on to `to`.
pub fn step_up(sid: &str, to: &str) -> String {
    let mut query = Serializer::new(String::new());
    query.append_pair("return_to", to).append_pair("session", sid);
    format!("{STEP}?{}", query.finish())
}

/// What reading the rights along with other rows does with the table.
pub const READ_ALONG: Permissions = rights::READ_ALONG.only_with(&SECOND_FACTORS);
