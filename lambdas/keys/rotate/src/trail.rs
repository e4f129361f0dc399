//! What the trail says of keys.

use audit::{Actor, Event, What};
use oauth::{Time, Visit};

use crate::{Action, Answer, Rotate};

impl Rotate {
    /// Keeps that the keys changed. They are in no table, so this cannot be one write with the change; if the table does not take it, the log
    /// has it.
    pub(crate) async fn noted(&self, action: &Action, operator: String, answer: &Answer, now: Time) {
        if !answer.changed {
            return;
        }
        // Whoever may invoke this function is an operator.
        let actor = if *action == Action::Look { Actor::Latchkey } else { Actor::Operator(operator) };
        let event = event(action, answer, actor, now);
        if let Err(error) = self.trail.note(&self.table, &event).await {
            tracing::error!(
                cause = oauth::causes(&error),
                "the table does not take what happened to the keys"
            );
            event.log();
        }
    }
}

/// What happened to the keys by this action, of somebody.
pub fn event(action: &Action, answer: &Answer, actor: Actor, now: Time) -> Event {
    let (what, named) = match action {
        Action::Retire(kid) | Action::Revoke(kid) => (What::KeyRevoked, Some(kid.as_str())),
        Action::Look | Action::Rotate(_) | Action::Publish | Action::List => (What::KeysRotated, None),
    };
    let way = match action {
        Action::Retire(_) => "retired",
        Action::Revoke(_) => "revoked",
        _ => "rotated",
    };
    let all = answer.keys.iter().map(|key| key.kid.as_str());
    let event = Event::new(what, &Visit::here(now)).by(actor).way(way);
    match named {
        Some(kid) => event.keys([kid]),
        None => event.keys(all),
    }
}
