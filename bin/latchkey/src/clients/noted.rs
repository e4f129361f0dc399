//! What an operator does leaves a row in the trail, in the same transaction.

use std::process::Command;

use audit::{Actor, Event, Trail, What};
use client::is_client_id;
use oauth::{Time, Visit};
use setting::SettingError;
use store::Write;

use crate::settings::Values;

/// Who works here, when, and how long that is kept.
#[derive(Debug, Clone)]
pub(crate) struct Operator {
    trail: Trail,
    actor: Actor,
    now: Time,
}

impl Operator {
    /// The operator of the local cloud; of a stack, whoever the AWS CLI is signed in as.
    pub(crate) fn of(stack: Option<&str>, values: &Values, now: Time) -> Result<Self, SettingError> {
        let days = values.get(audit::settings::AUDIT_DAYS.name).map(String::as_str);
        let trail = Trail::parse(days.or(audit::settings::AUDIT_DAYS.default).unwrap_or_default())?;
        let actor = if stack.is_some() { Actor::Operator(principal()?) } else { Actor::local() };
        Ok(Self { trail, actor, now })
    }

    /// The rows of a change of a client or an API, whose id it is given.
    pub(crate) fn noted(&self, what: What) -> impl Fn(&str) -> Vec<Write> + Sync {
        move |id| {
            let event = self.event(what);
            let event = if is_client_id(id) { event.client(id) } else { event.name(id) };
            vec![self.trail.write(&event)]
        }
    }

    /// The row of an event.
    pub(crate) fn row(&self, event: &Event) -> Write {
        self.trail.write(event)
    }

    /// How long what they do is kept.
    pub(crate) fn trail(&self) -> Trail {
        self.trail
    }

    /// Something that this operator does.
    pub(crate) fn event(&self, what: What) -> Event {
        Event::new(what, &Visit::here(self.now)).by(self.actor.clone())
    }
}

/// The ARN of the IAM principal by which the AWS CLI works.
pub(crate) fn principal() -> Result<String, SettingError> {
    let cannot =
        |why: &str| SettingError::new(format!("AWS does not say who you are, for the trail: {}", why.trim()));
    let arguments = ["sts", "get-caller-identity", "--query", "Arn", "--output", "text"];
    let output = Command::new("aws").args(arguments).output();
    let output = output.map_err(|error| cannot(&format!("the AWS CLI does not start: {error}")))?;
    let arn = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    match output.status.success() && arn.starts_with("arn:") {
        true => Ok(arn),
        false => Err(cannot(&String::from_utf8_lossy(&output.stderr))),
    }
}
