//! What came: the mark by which an event happens once, and what could not be used.

use std::time::Duration;

use oauth::Time;
use seal::Sealer;
use serde::{Deserialize, Serialize};
use store::{Error, Owner, Record, Row, Table, Write};

/// The owner of the events of a source.
const LIST: &str = "HOOKS";
/// What bodies are sealed for.
const PURPOSE: &str = "webhook body";
/// How long it is known that an event was done: longer than any sender repeats one.
pub const DONE_FOR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
/// How long a body that could not be used is kept.
pub const DEAD_FOR: Duration = Duration::from_secs(14 * 24 * 60 * 60);
/// How many are listed at most.
const MOST: usize = 500;

/// An event of a source, in row `HOOK#<source>/<digest>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Whose it is.
    pub source: String,
    /// When it came first.
    pub at: Time,
    /// What became of it: a word of [`user::purchase::End`], or why it could not be used.
    pub end: String,
    /// The id of the person whom it concerns.
    #[serde(default)]
    pub whom: Option<String>,
    /// The body, sealed, as long as it waits for somebody to look at it.
    #[serde(default)]
    body: Option<String>,
    ends_at: Time,
}

impl Record for Event {
    const KIND: &'static str = "HOOK";

    fn expires_at(&self) -> Option<i64> {
        Some(self.ends_at.epoch())
    }

    fn owner(&self) -> Option<Owner<'_>> {
        Some(Owner::ListOf(LIST, &self.source))
    }
}

impl Event {
    /// One that is done.
    pub(crate) fn done(source: &str, end: &str, whom: Option<&str>, now: Time) -> Self {
        let (end, whom) = (end.to_owned(), whom.map(str::to_owned));
        Self { source: source.to_owned(), at: now, end, whom, body: None, ends_at: now.after(DONE_FOR) }
    }

    /// One that could not be used. Its body is in the table for whoever has the key, and for this row alone.
    pub(crate) fn dead(id: &str, source: &str, why: &str, body: &[u8], sealer: &Sealer, now: Time) -> Self {
        let body = sealer.seal(&[PURPOSE, Self::KIND, id], body);
        let (end, ends_at) = (why.to_owned(), now.after(DEAD_FOR));
        Self { source: source.to_owned(), at: now, end, whom: None, body: Some(body), ends_at }
    }

    /// Whether it waits for somebody to look at it.
    pub fn is_dead(&self) -> bool {
        self.body.is_some()
    }

    /// The body of one that waits.
    pub(crate) fn body(&self, id: &str, sealer: &Sealer) -> Option<Vec<u8>> {
        sealer.open(&[PURPOSE, Self::KIND, id], self.body.as_deref()?)
    }
}

/// The write that marks an event, in the place of one that waits.
pub(crate) fn mark(id: &str, before: Option<&Row<Event>>, event: &Event, now: Time) -> Write {
    match before {
        Some(row) => Write::replace(id, row, event, now),
        None => Write::create(id, event, now),
    }
}

/// The latest events of a source with their ids, the newest first. Those of a moment ago may be missing.
///
/// A Query of the index `owned` for each hundred, and a GetItem for each event.
pub async fn list(
    table: &Table,
    source: &str,
    only_dead: bool,
    now: Time,
) -> Result<Vec<(String, Event)>, Error> {
    let (mut all, mut after) = (Vec::new(), None::<String>);
    loop {
        let page = table.list_of::<Event>(Owner::ListOf(LIST, source), 100, after.as_deref()).await?;
        for id in page.ids {
            let event = table.get::<Event>(&id, now).await?.map(Row::into_inner);
            all.extend(event.filter(|event| event.is_dead() || !only_dead).map(|event| (id, event)));
        }
        after = page.next;
        if after.is_none() || all.len() >= MOST {
            break;
        }
    }
    all.sort_by_key(|(_, event)| std::cmp::Reverse(event.at));
    Ok(all)
}
