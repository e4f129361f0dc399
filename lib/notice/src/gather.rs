//! From the trail to what receivers are told.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use audit::Event;
use futures_util::future::join_all;
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

/// How many events are read at a time.
const PART: usize = 100;
/// How many notices are written at the same time.
const AT_ONCE: usize = 32;
/// About how many notices one run writes, so that it is done in seconds, whatever has happened: an import may bring a hundred thousand people.
const MOST: usize = 2000;

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
    /// the first run. If it stops in between, or there is more than one run does, the next one does the rest.
    ///
    /// One GetItem and two Query, where nothing happened; every five minutes one PutItem. For events that this process has not seen one
    /// BatchGetItem for each hundred, and for each of them and each receiver that wants it one PutItem.
    pub async fn gather(&self, table: &Table, receivers: &[Receiver], now: Time) -> Result<usize, Error> {
        let old = table.get::<Gathered>(ID, now).await?;
        let Some(old) = old else {
            table.create(ID, &Gathered { until: now }, now).await?;
            return Ok(0);
        };
        let begin = Time::from_epoch(old.until.epoch() - AGAIN.as_secs() as i64);
        let mut new = audit::since(table, begin, now).await?;
        {
            let (mut seen, there) = (self.seen(), new.iter().cloned().collect());
            *seen = seen.intersection(&there).cloned().collect();
            new.retain(|id| !seen.contains(id));
        }
        let (mut run, mut until) = (Run::default(), now);
        for part in new.chunks(PART) {
            if run.looked_at >= MOST {
                break;
            }
            let events = audit::events(table, part, now).await?;
            run.write(table, receivers, &events, now).await?;
            self.seen().extend(part.iter().cloned());
            run.events += part.len();
            until = events.last().map_or(until, |event| event.at);
        }
        // What is left is younger than what was done last.
        let until = if run.events == new.len() { now } else { until.max(old.until).min(now) };
        if until.epoch() - old.until.epoch() >= NOTED {
            table.replace(ID, &old, &Gathered { until }, now).await?;
        }
        Ok(run.written)
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What one run has done.
#[derive(Default)]
struct Run {
    events: usize,
    looked_at: usize,
    written: usize,
}

impl Run {
    async fn write(
        &mut self,
        table: &Table,
        receivers: &[Receiver],
        events: &[Event],
        now: Time,
    ) -> Result<(), Error> {
        let notices: Vec<_> = events.iter().flat_map(|event| notices(receivers, event, now)).collect();
        self.looked_at += notices.len();
        for some in notices.chunks(AT_ONCE) {
            let each = some.iter().map(async |notice| table.create(&notice.id(), notice, now).await);
            for is_new in join_all(each).await {
                // There already: another run wrote it.
                self.written += usize::from(is_new?);
            }
        }
        Ok(())
    }
}

/// The notices of an event, for those who are told of it.
fn notices(receivers: &[Receiver], event: &Event, now: Time) -> Vec<Notice> {
    let of = |kind: &Kind| {
        let told = receivers.iter().filter(|receiver| receiver.wants(*kind, event.at));
        let notice = |receiver: &Receiver| {
            Notice::new(message(event, *kind), &receiver.name, *kind, kind.body(event), now)
        };
        told.map(notice).collect::<Vec<_>>()
    };
    Kind::of(event).iter().flat_map(of).collect()
}

/// `webhook-id`, which has no full stop: of this event and this kind, whoever is told.
fn message(event: &Event, kind: Kind) -> String {
    format!("{}_{}", event.id, kind.as_str().replace('.', "_"))
}
