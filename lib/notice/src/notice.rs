//! One event for one receiver.

use std::time::Duration;

use oauth::Time;
use serde::{Deserialize, Serialize};
use setting::{Action, Permission, Permissions};
use store::{Batch, Error, Record, Row, Table};

use crate::{Kind, Receiver, receiver};

/// For how long a receiver is tried: a day. Then what it could not be told is kept for operators.
const TRIED: Duration = Duration::from_secs(24 * 3600);
/// How long the row of what was told stays, so that it is not told again.
const REMEMBERED: Duration = Duration::from_secs(24 * 3600);
/// How long the row of what was given up stays.
const KEPT: Duration = Duration::from_secs(14 * 24 * 3600);

/// The pauses after attempts that came to nothing, in minutes; the last one is that of all later ones.
const PAUSES: [u64; 5] = [1, 5, 30, 120, 300];

/// The most that are looked up at a time.
const MOST: u32 = 1000;
/// The most rows of one batch.
const BATCH: usize = 100;

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It is to be told.
    Waiting,
    /// It was told.
    Told,
    /// It could not be told for a day.
    Failed,
}

/// One event for one receiver. Its row is `NOTICE#<receiver>/<message>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// `webhook-id`: the same at each attempt.
    pub message: String,
    /// For whom.
    pub receiver: String,
    /// What it is about.
    pub kind: Kind,
    /// What is sent.
    pub body: String,
    /// How far it is.
    pub state: State,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next.
    pub due: Time,
    /// Why the last attempt came to nothing, in words of ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Since when it is to be told.
    pub created_at: Time,
}

const FAILED: &str = "FAILED-NOTICES";
const WAITING: &str = "NOTICES/*";

impl Record for Notice {
    const KIND: &'static str = "NOTICE";

    fn list(&self) -> Option<String> {
        match self.state {
            State::Waiting => Some(waiting_for(&self.receiver)),
            State::Failed => Some(FAILED.to_owned()),
            State::Told => None,
        }
    }

    fn expires_at(&self) -> Option<i64> {
        let kept = if self.state == State::Told { REMEMBERED } else { KEPT };
        Some(self.created_at.after(kept).epoch())
    }
}

fn waiting_for(receiver: &str) -> String {
    format!("NOTICES/{receiver}")
}

/// What writes one.
pub(crate) const CREATE: Permission = Permission::on(Notice::KIND, &[Action::Put]);

/// What [`take_up`] and [`deliver`] do with the table.
pub const DELIVER: Permissions = Permissions::new(&[
    Permission::on(Notice::KIND, &[Action::BatchGet, Action::Put]),
    Permission::on(WAITING, &[Action::List]),
    receiver::READ[0],
    receiver::READ[1],
]);

impl Notice {
    /// One that is due at once.
    pub(crate) fn new(message: String, receiver: &str, kind: Kind, body: String, now: Time) -> Self {
        let receiver = receiver.to_owned();
        Self {
            message,
            receiver,
            kind,
            body,
            state: State::Waiting,
            attempts: 0,
            due: now,
            why: None,
            created_at: now,
        }
    }

    /// Its id in the table.
    pub fn id(&self) -> String {
        format!("{}/{}", self.receiver, self.message)
    }

    /// What it is after an attempt: nothing, or why it came to nothing.
    fn after(&self, failure: Option<String>, now: Time) -> Self {
        let end = self.created_at.after(TRIED);
        let attempts = self.attempts + 1;
        let pause = PAUSES[(attempts as usize - 1).min(PAUSES.len() - 1)];
        let state = match &failure {
            None => State::Told,
            Some(_) if now >= end => State::Failed,
            Some(_) => State::Waiting,
        };
        // The last attempt is at the end of the day.
        let due = now.after(Duration::from_secs(pause * 60)).min(end);
        Self { state, attempts, due, why: failure, ..self.clone() }
    }
}

#[derive(Deserialize)]
struct Listed {
    id: String,
}

/// The ids in a list, the oldest first.
async fn ids(table: &Table, list: &str) -> Result<Vec<String>, Error> {
    let page = table.list::<Listed>(list, MOST, None).await?;
    let mut ids: Vec<_> = page.items.into_iter().map(|listed| listed.id).collect();
    ids.reverse();
    Ok(ids)
}

async fn rows(table: &Table, ids: &[String], now: Time) -> Result<Vec<Row<Notice>>, Error> {
    let mut found = Vec::new();
    for part in ids.chunks(BATCH) {
        let batch = part.iter().fold(Batch::new(), |batch, id| batch.and::<Notice>(id.as_str()));
        let mut rows = table.get_batch(batch, now).await?;
        for id in part {
            found.extend(rows.take::<Notice>(id.as_str()).transpose()?);
        }
    }
    Ok(found)
}

/// What is due for a receiver, the oldest first, as far as the index knows.
///
/// One Query, and one BatchGetItem for each hundred that wait.
pub async fn waiting(table: &Table, receiver: &Receiver, now: Time) -> Result<Vec<Row<Notice>>, Error> {
    Ok(due(table, receiver, now).await?.0)
}

/// The same, and what was for another one of its name, which was removed, waits no longer.
///
/// One PutItem more for each of those.
pub async fn take_up(table: &Table, receiver: &Receiver, now: Time) -> Result<Vec<Row<Notice>>, Error> {
    let (due, others) = due(table, receiver, now).await?;
    for other in others {
        let over = Notice { state: State::Told, ..Notice::clone(&other) };
        table.replace(&other.id(), &other, &over, now).await?;
    }
    Ok(due)
}

/// What is due for a receiver, and what was for another one of its name.
async fn due(
    table: &Table,
    receiver: &Receiver,
    now: Time,
) -> Result<(Vec<Row<Notice>>, Vec<Row<Notice>>), Error> {
    let ids = ids(table, &waiting_for(&receiver.name)).await?;
    let mut due = rows(table, &ids, now).await?;
    due.retain(|notice| notice.state == State::Waiting && notice.due <= now);
    Ok(due.into_iter().partition(|notice| notice.created_at >= receiver.added_at))
}

/// Writes down what came of an attempt: told, or why not. Whoever else did so at the same time wins. What it is now.
///
/// One PutItem.
pub async fn deliver(
    table: &Table,
    notice: &Row<Notice>,
    failure: Option<String>,
    now: Time,
) -> Result<State, Error> {
    let after = notice.after(failure, now);
    table.replace(&notice.id(), notice, &after, now).await?;
    Ok(after.state)
}

/// What could not be told, the oldest first.
pub async fn failed(table: &Table, now: Time) -> Result<Vec<Notice>, Error> {
    let ids = ids(table, FAILED).await?;
    let rows = rows(table, &ids, now).await?;
    let failed = rows.into_iter().map(Row::into_inner);
    Ok(failed.filter(|notice| notice.state == State::Failed).collect())
}

/// How much is left to tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Left {
    /// What waits for its next attempt, a thousand for each receiver at most.
    pub waiting: usize,
    /// What could not be told for a day, a thousand at most.
    pub failed: usize,
}

/// How much is left to tell.
///
/// What [`receivers`](crate::receivers) costs, and for each of them and for what has failed one Query and one BatchGetItem for each hundred.
pub async fn left(table: &Table, now: Time) -> Result<Left, Error> {
    let mut left = Left { waiting: 0, failed: failed(table, now).await?.len() };
    for receiver in receiver::receivers(table, now).await? {
        let ids = ids(table, &waiting_for(&receiver.name)).await?;
        let rows = rows(table, &ids, now).await?;
        left.waiting += rows.iter().filter(|notice| notice.state == State::Waiting).count();
    }
    Ok(left)
}

/// Lets one that could not be told be told after all, for a day. Whether there is one with this id.
pub async fn resend(table: &Table, id: &str, now: Time) -> Result<bool, Error> {
    let Some(old) = table.get::<Notice>(id, now).await? else { return Ok(false) };
    if old.state != State::Failed {
        return Ok(false);
    }
    let again = Notice { state: State::Waiting, attempts: 0, due: now, created_at: now, ..(*old).clone() };
    table.replace(id, &old, &again, now).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_tried_for_a_day_with_growing_pauses() {
        let begin = Time::from_epoch(1_800_000_000);
        let mut notice = Notice::new("m".to_owned(), "r", Kind::UserCreated, "{}".to_owned(), begin);
        let (mut now, mut minutes) = (begin, Vec::new());
        while notice.state == State::Waiting {
            notice = notice.after(Some("it answered 500".to_owned()), now);
            minutes.push((notice.due.epoch() - begin.epoch()) / 60);
            now = notice.due;
        }
        assert_eq!(minutes, [1, 6, 36, 156, 456, 756, 1056, 1356, 1440, 1440]);
        assert_eq!((notice.state, notice.attempts), (State::Failed, 10));
        let told = notice.after(None, now);
        assert_eq!((told.state, told.list(), told.why), (State::Told, None, None));
    }
}
