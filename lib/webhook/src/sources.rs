//! Looking after sources: each change is one transaction with what is written down of it.

use oauth::Time;
use store::{Error, Row, Table, Transacted, Write};

use crate::{Source, source::LIST};

/// What is written down with a change, given the name of the source.
pub type Noted<'a> = &'a (dyn Fn(&str) -> Vec<Write> + Sync);

/// How many sources are listed at most.
const MOST: u32 = 500;

/// The source of this name.
///
/// One GetItem.
pub async fn find(table: &Table, name: &str, now: Time) -> Result<Option<Row<Source>>, Error> {
    table.get::<Source>(name, now).await
}

/// All sources, in the order of their names. One that was added a moment ago may be missing.
///
/// A Query of the index `owned`, and a GetItem for each.
pub async fn list(table: &Table, now: Time) -> Result<Vec<Source>, Error> {
    let mut all = Vec::new();
    for name in table.list_of::<Source>(LIST, MOST, None).await?.ids {
        all.extend(table.get::<Source>(&name, now).await?.map(Row::into_inner));
    }
    Ok(all)
}

/// Writes a source, in the place of the one that was read or where there is none. `false`: somebody else was faster.
///
/// One TransactWriteItems.
pub async fn save(
    table: &Table,
    old: Option<&Row<Source>>,
    new: &Source,
    noted: Noted<'_>,
    now: Time,
) -> Result<bool, Error> {
    let new = Source { revision: old.map_or(0, |old| old.revision) + 1, changed_at: now, ..new.clone() };
    let mut writes = noted(&new.name);
    writes.push(match old {
        Some(old) => Write::replace(&new.name, old, &new, now),
        None => Write::create(&new.name, &new, now),
    });
    Ok(table.transact(writes).await? == Transacted::Done)
}

/// Removes a source: nothing that comes in its name is believed any more. What it gave stays. `false`: it has changed since it was read.
///
/// One TransactWriteItems.
pub async fn remove(table: &Table, old: &Source, noted: Noted<'_>, now: Time) -> Result<bool, Error> {
    let mut writes = noted(&old.name);
    writes.push(Write::delete(&old.name, [Source::REVISION.is(&old.revision)], now));
    Ok(table.transact(writes).await? == Transacted::Done)
}
