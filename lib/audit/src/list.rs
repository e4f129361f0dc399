//! Reading the trail: the newest first.

use std::{collections::BTreeSet, time::Duration};

use oauth::Time;
use serde::Deserialize;
use setting::{Action, Permission, Permissions};
use store::{Batch, Error, Owner, Record, Table};

use crate::{
    Event, What,
    id::{self, Month},
};

/// What [`list`] does with the table.
pub const READ: Permissions = Permissions::new(&[
    Permission::on(Event::KIND, &[Action::BatchGet]),
    Permission::on("AUDIT/*", &[Action::List]),
    Permission::on("TRAIL", &[Action::ListOwned]),
]);

/// What [`list`] does with the table where only what concerns one person is asked for.
pub const READ_OF: Permissions = Permissions::new(&[
    Permission::on(Event::KIND, &[Action::BatchGet]),
    Permission::on("TRAIL", &[Action::ListOwned]),
]);

/// What [`since`] and [`events`] do with the table.
pub const READ_SINCE: Permissions = Permissions::new(&[
    Permission::on(Event::KIND, &[Action::BatchGet]),
    Permission::on("AUDIT/*", &[Action::List]),
]);

/// How far back it is looked if nobody says.
const USUAL: Duration = Duration::from_secs(400 * 24 * 3600);

/// How many parts of an index are read for one page.
const PARTS: usize = 14;

/// The most events of a page.
const MOST: u32 = 100;

/// The most ids that are read at a time.
const MANY: u32 = 1000;

/// Which events are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Query<'a> {
    /// Those that concern the person with this id; otherwise all.
    pub of: Option<&'a str>,
    /// Only those of this kind.
    pub what: Option<What>,
    /// Only those since then; otherwise of the last 400 days.
    pub since: Option<Time>,
}

/// A part of the trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The newest first.
    pub events: Vec<Event>,
    /// What to pass as `before` for the next page. None on the last one.
    pub next: Option<String>,
}

/// At most `limit` events (100 at most), each before the one with the id `before`. A page may have fewer, and even none, and still have a
/// `next`: it is looked in a bounded number of places. The indexes lag behind the table, so an event of a second ago may be missing.
///
/// At most 14 rounds, each of one Query and one BatchGetItem.
pub async fn list(
    table: &Table,
    query: &Query<'_>,
    limit: u32,
    before: Option<&str>,
    now: Time,
) -> Result<Page, Error> {
    let limit = limit.clamp(1, MOST);
    let oldest = query.since.unwrap_or_else(|| Time::from_epoch(now.epoch() - USUAL.as_secs() as i64));
    let mut place = Some(Place::start(before, now));
    let mut events = Vec::new();
    for _ in 0..PARTS {
        let wanted = limit.saturating_sub(u32::try_from(events.len()).unwrap_or(limit));
        let Some(here) = place.take_if(|_| wanted > 0) else { break };
        let (ids, next) = match query.of {
            Some(person) => here.of_person(table, person, wanted).await?,
            None => here.of_month(table, Month::list, wanted, oldest).await?,
        };
        let mut batch = table.get_batch(batch(&ids), now).await?;
        let found = ids.iter().filter_map(|id| batch.read::<Event>(id.as_str()));
        let fits = |event: &Event| event.at >= oldest && query.what.is_none_or(|what| what == event.what);
        events.extend(found.filter(fits));
        place = next.filter(|next| next.reaches(oldest));
    }
    Ok(Page { events, next: place.map(Place::cursor) })
}

/// The ids of everything that the trail has since then, and of what is there only to be told, the oldest first. The index lags behind the
/// table, so an event of a second ago may be missing.
///
/// For each of the two, one Query for each thousand events and for each month that begins in between.
pub async fn since(table: &Table, begin: Time, now: Time) -> Result<Vec<String>, Error> {
    let (lowest, mut ids) = (id::lowest(begin), Vec::new());
    for list in [Month::list, Month::told] {
        let mut place = Some(Place::start(None, now));
        while let Some(here) = place.take() {
            let (part, next) = here.of_month(table, list, MANY, begin).await?;
            ids.extend(part.into_iter().filter(|id| *id >= lowest));
            place = next.filter(|next| next.reaches(begin));
        }
    }
    ids.sort_unstable();
    Ok(ids)
}

/// The events with these ids, in their order; one that is not there is left out.
///
/// One BatchGetItem for each hundred.
pub async fn events(table: &Table, ids: &[String], now: Time) -> Result<Vec<Event>, Error> {
    let mut events = Vec::new();
    for part in ids.chunks(MOST as usize) {
        let mut rows = table.get_batch(batch(part), now).await?;
        events.extend(part.iter().filter_map(|id| rows.read::<Event>(id.as_str())));
    }
    Ok(events)
}

/// Which of these events the table has.
///
/// One BatchGetItem for each hundred.
pub async fn there_are(table: &Table, ids: &[&str], now: Time) -> Result<BTreeSet<String>, Error> {
    let mut there = BTreeSet::new();
    for part in ids.chunks(MOST as usize) {
        let batch = part.iter().fold(Batch::new(), |batch, id| batch.and::<Event>(*id));
        let rows = table.get_batch(batch, now).await?;
        there.extend(part.iter().filter(|id| rows.see::<Event>(**id).is_some()).map(|id| (*id).to_owned()));
    }
    Ok(there)
}

fn batch(ids: &[String]) -> Batch {
    ids.iter().fold(Batch::new(), |batch, id| batch.and::<Event>(id.as_str()))
}

/// Where in the trail a page begins.
struct Place {
    month: Month,
    /// Events with lower ids.
    before: String,
}

#[derive(Deserialize)]
struct Listed {
    id: String,
}

impl Place {
    fn start(before: Option<&str>, now: Time) -> Self {
        let known = before.and_then(|id| Some((id::time(id)?, id.to_owned())));
        let (at, before) = known.unwrap_or_else(|| {
            // A clock that is ahead of ours may have written the last ones.
            let end = now.after(Duration::from_secs(300));
            (end, id::lowest(end))
        });
        // Below the lowest id of a moment there are only earlier ones.
        let last = if before == id::lowest(at) { Time::from_epoch(at.epoch() - 1) } else { at };
        Self { month: Month::of(last), before }
    }

    fn cursor(self) -> String {
        self.before
    }

    fn reaches(&self, oldest: Time) -> bool {
        self.month >= Month::of(oldest) && self.before > id::lowest(oldest)
    }

    async fn of_person(
        self,
        table: &Table,
        person: &str,
        wanted: u32,
    ) -> Result<(Vec<String>, Option<Self>), Error> {
        let ids = table.newest_of::<Event>(Owner::Trail(person), wanted, Some(&self.before)).await?;
        let next = ids.next.map(|before| Self { before, ..self });
        Ok((ids.ids, next))
    }

    async fn of_month(
        self,
        table: &Table,
        list: fn(Month) -> String,
        wanted: u32,
        oldest: Time,
    ) -> Result<(Vec<String>, Option<Self>), Error> {
        let page = table.list::<Listed>(&list(self.month), wanted, Some(&self.before)).await?;
        let earlier = || {
            let (month, before) = (self.month.before(), id::lowest(self.month.start()));
            (self.month > Month::of(oldest)).then_some(Self { month, before })
        };
        let next = match page.next {
            Some(before) => Some(Self { month: self.month, before }),
            None => earlier(),
        };
        Ok((page.items.into_iter().map(|listed| listed.id).collect(), next))
    }
}
