//! What came: the mark by which an event happens once, and what could not be used.

use std::time::Duration;

use oauth::Time;
use seal::Sealer;
use serde::{Deserialize, Serialize};
use store::{Batch, Error, Owner, Record, Row, Table, Write};

/// The list of what waits of a source, and, by month, of what is done: the newest are found without reading those of a year.
const LIST: &str = "HOOKS";
/// What bodies are sealed for.
const PURPOSE: &str = "webhook body";
/// How long it is known that an event was done: longer than any sender repeats one.
pub const DONE_FOR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
/// How long a body that could not be used is kept.
pub const DEAD_FOR: Duration = Duration::from_secs(14 * 24 * 60 * 60);
/// How many are listed at most.
const MOST: usize = 500;
/// How many rows are read at a time.
const BATCH: u32 = 100;

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
    /// In which list it is.
    #[serde(default)]
    list: String,
}

impl Record for Event {
    const KIND: &'static str = "HOOK";

    fn expires_at(&self) -> Option<i64> {
        Some(self.ends_at.epoch())
    }

    fn owner(&self) -> Option<Owner<'_>> {
        Some(Owner::ListOf(LIST, &self.list))
    }
}

impl Event {
    /// One that is done.
    pub(crate) fn done(source: &str, end: &str, whom: Option<&str>, now: Time) -> Self {
        let (end, whom) = (end.to_owned(), whom.map(str::to_owned));
        let (ends_at, list) = (now.after(DONE_FOR), format!("{source}/{}", month(now)));
        Self { source: source.to_owned(), at: now, end, whom, body: None, ends_at, list }
    }

    /// One that could not be used. Its body is in the table for whoever has the key, and for this row alone.
    pub(crate) fn dead(id: &str, source: &str, why: &str, body: &[u8], sealer: &Sealer, now: Time) -> Self {
        let body = sealer.seal(&[PURPOSE, Self::KIND, id], body);
        let (end, ends_at) = (why.to_owned(), now.after(DEAD_FOR));
        let (source, list) = (source.to_owned(), source.to_owned());
        Self { source, at: now, end, whom: None, body: Some(body), ends_at, list }
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

/// The latest events of a source with their ids, the newest first: all that wait, or those with what is done. One of a moment ago may be missing.
///
/// For what waits, and for each month, one Query and one BatchGetItem for each hundred. It ends with the month in which there are enough.
pub async fn list(
    table: &Table,
    source: &str,
    only_dead: bool,
    now: Time,
) -> Result<Vec<(String, Event)>, Error> {
    let mut all = listed(table, source, now).await?;
    for month in if only_dead { Vec::new() } else { months(now) } {
        all.extend(listed(table, &format!("{source}/{month}"), now).await?);
        if all.len() >= MOST {
            break;
        }
    }
    all.sort_by_key(|(_, event)| std::cmp::Reverse(event.at));
    if !only_dead {
        all.truncate(MOST);
    }
    Ok(all)
}

async fn listed(table: &Table, list: &str, now: Time) -> Result<Vec<(String, Event)>, Error> {
    let (mut all, mut after) = (Vec::new(), None::<String>);
    loop {
        let page = table.list_of::<Event>(Owner::ListOf(LIST, list), BATCH, after.as_deref()).await?;
        let batch = page.ids.iter().fold(Batch::new(), |batch, id| batch.and::<Event>(id.as_str()));
        let mut rows = table.get_batch(batch, now).await?;
        all.extend(
            page.ids.into_iter().filter_map(|id| Some((id.clone(), rows.read::<Event>(id.as_str())?))),
        );
        after = page.next;
        if after.is_none() {
            return Ok(all);
        }
    }
}

/// The month of the calendar, in UTC, such as `2026-11`.
fn month(at: Time) -> String {
    at.to_string().chars().take(7).collect()
}

/// The months in which what is kept may have been made, the latest first.
fn months(now: Time) -> Vec<String> {
    let weeks = |so_many: i64| Time::from_epoch(now.epoch() - so_many * 7 * 24 * 60 * 60);
    let mut months: Vec<_> = (0..=53).map(|so_many| month(weeks(so_many))).collect();
    months.dedup();
    months
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_month_of_a_year_is_left_out() {
        for day in 0..800 {
            let now = Time::from_epoch(1_700_000_000 + day * 24 * 60 * 60);
            let months = months(now);
            assert_eq!(months[0], month(now));
            assert!(months.contains(&month(Time::from_epoch(now.epoch() - DONE_FOR.as_secs() as i64))));
            assert!(
                matches!(months.len(), 13 | 14) && months.is_sorted_by(|one, other| one > other),
                "{months:?}"
            );
        }
    }
}
