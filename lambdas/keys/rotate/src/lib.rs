//! The function that replaces the signing keys: on a schedule, and for `latchkey keys … --stack`. It is the only way in which the keys of
//! a stack change.
//!
//! A scheduler delivers at least once, and whoever changes keys may be interrupted at any point. So each run starts from what is
//! there: it makes the change, if it is still due, and then brings the functions to what the secret says. A key that not every
//! function is seen to publish has no time to sign (#59).

mod action;
mod change;
mod error;
mod functions;
mod invoke;
mod lock;
pub mod settings;
mod trail;

use std::time::Duration;

use audit::Trail;
use oauth::Time;
use serde_json::Value;
use setting::{Env, Permissions, Settings};
use store::Table;
use token::settings::SIGNING_KEYS;
use vault::Vault;
use web::{EventFunction, Result};

pub use self::{
    action::{Action, Answer},
    error::Error,
    invoke::invoke,
    lock::LOCK,
    trail::event,
};
use self::{functions::Functions, lock::Lock};

/// A day: how often somebody looks whether a key is due.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// The function.
pub struct Rotate {
    table: Table,
    trail: Trail,
    /// Nothing on a laptop, where nobody's keys are in a secret of AWS.
    stack: Option<Stack>,
    /// How old a key becomes; as old as it likes, if nobody says.
    age: Duration,
}

/// What holds keys at AWS.
pub(crate) struct Stack {
    /// The ARN of the secret.
    secret: String,
    vault: Vault,
    functions: Functions,
}

impl EventFunction for Rotate {
    const NAME: &'static str = "keys-rotate";
    const PERMISSIONS: &'static [Permissions] = &[LOCK, audit::WRITE];
    const SCHEDULE: Option<Duration> = Some(DAY);
    const SETTINGS: Settings = &[
        &[&SIGNING_KEYS, &settings::KEYS_ROTATE_DAYS, &settings::KEYS_SIGNERS, &settings::KEYS_VERIFIERS],
        Table::SETTINGS,
        Trail::SETTINGS,
    ];

    async fn init(env: &Env) -> Result<Self> {
        env.check_secrets()?;
        // Without a secret of AWS nobody asks AWS for anything.
        let config = if env.arn(&SIGNING_KEYS).is_some() { Some(aws::config().await) } else { None };
        Ok(Self::of(env, config)?)
    }

    async fn handle(&self, event: &Value, now: Time) -> Result<Value> {
        let action = match Action::read(event) {
            Ok(action) => action,
            Err(error) => return Ok(serde_json::to_value(Answer::refused(&error))?),
        };
        match self.act(&action, Action::operator(event), now).await {
            Ok(answer) => Ok(serde_json::to_value(answer)?),
            // Somebody waits for it, and reads why. A schedule is to try again.
            Err(error) if action != Action::Look && error.is_told() => {
                Ok(serde_json::to_value(Answer::refused(&error))?)
            }
            Err(error) => Err(error.into()),
        }
    }
}

impl Rotate {
    async fn act(&self, action: &Action, operator: String, now: Time) -> Result<Answer, Error> {
        let Some(stack) = &self.stack else {
            return if *action == Action::Look { Ok(Answer::default()) } else { Err(Error::NoStack) };
        };
        if *action == Action::List {
            return stack.list(now).await;
        }
        let lock = Lock::take(&self.table, now).await?;
        let done = stack.change(action, self.age, now).await;
        if let Ok(answer) = &done {
            self.noted(action, operator, answer, now).await;
        }
        lock.release(&self.table, now).await;
        done
    }
}
