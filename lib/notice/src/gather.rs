//! From the trail to what receivers are told.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use audit::Event;
use oauth::Time;
use serde::{Deserialize, Serialize};
use setting::{Action, Permission, Permissions};
use store::{Error, Record, Table};

use crate::{Kind, Notice, Receiver, notice, receiver};

/// How far back is looked again: an act may be seen late, because the index lags behind the table, clocks differ, and a transaction takes
/// its time.
const AGAIN: Duration = Duration::from_secs(600);
/// How often it is written down how far it is.
const NOTED: i64 = 300;

/// How far the trail was read. Its row is `GATHERED#trail`.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Gathered {
    until: Time,
}

impl Record for Gathered {
    const KIND: &'static str = "GATHERED";

    fn expires_at(&self) -> Option<i64> {
        None
    }
}

const ID: &str = "trail";

/// What a [`Gatherer`] does with the table, beside reading the trail.
pub const GATHER: Permissions = Permissions::new(&[
    Permission::on(Gathered::KIND, &[Action::Get, Action::Put]),
    notice::CREATE,
    receiver::READ[0],
    receiver::READ[1],
]);

/// What reads the trail for receivers. Each event is written down once for each of them: the row of a notice is there or is not, however
/// often an event is seen. What this process has seen it does not read again.
#[derive(Debug, Default)]
pub struct Gatherer(Mutex<BTreeSet<String>>);

impl Gatherer {
    /// Writes down for these receivers what has happened since the last time; how many notices there are more. It begins with the moment of
    /// the first run. If it stops in between, the next run does the rest.
    ///
    /// One GetItem and one Query, where nothing happened; every five minutes one PutItem. For events that this process has not seen one
    /// BatchGetItem for each hundred, and for each of them and each receiver that wants it one PutItem.
    pub async fn gather(&self, table: &Table, receivers: &[Receiver], now: Time) -> Result<usize, Error> {
        let old = table.get::<Gathered>(ID, now).await?;
        let Some(old) = old else {
            table.create(ID, &Gathered { until: now }, now).await?;
            return Ok(0);
        };
        let begin = Time::from_epoch(old.until.epoch() - AGAIN.as_secs() as i64);
        let seen = self.seen().clone();
        let since = audit::since(table, begin, &|id| seen.contains(id), now).await?;
        let mut written = 0;
        for event in &since.events {
            written += write(table, receivers, event, now).await?;
        }
        *self.seen() = since.ids.into_iter().collect();
        if now.epoch() - old.until.epoch() >= NOTED {
            table.replace(ID, &old, &Gathered { until: now }, now).await?;
        }
        Ok(written)
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn write(table: &Table, receivers: &[Receiver], event: &Event, now: Time) -> Result<usize, Error> {
    let mut written = 0;
    for kind in Kind::of(event) {
        for receiver in receivers.iter().filter(|receiver| receiver.wants(*kind, event.at)) {
            let notice = Notice::new(message(event, *kind), &receiver.name, *kind, kind.body(event), now);
            // There already: another run wrote it.
            written += usize::from(table.create(&notice.id(), &notice, now).await?);
        }
    }
    Ok(written)
}

/// `webhook-id`, which has no full stop: of this event and this kind, whoever is told.
fn message(event: &Event, kind: Kind) -> String {
    format!("{}_{}", event.id, kind.as_str().replace('.', "_"))
}
