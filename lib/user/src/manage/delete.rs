//! Deleting somebody.
//!
//! One transaction makes a tombstone of their row, which keeps nothing but the id and the epoch: from then on nothing of theirs
//! counts, nobody can sign in as them, and the address is free. Then apps are told of the sessions that have ended, and what belongs
//! to them is swept, until two rounds in a row find nothing, because the index lags. The orders of shops stay, as nobody's. A deletion that stops in between is finished by the next one, or by `latchkey user sweep`.

use oauth::{Digest, Time};
use serde::{Deserialize, Serialize};
use store::{Batch, Owner, Record, Row, Table, Transacted, Write};

use super::{BeforeSweep, Error, ROUNDS, Trail, admins};
use crate::{Status, User, email, factors, identity::Known, lists, password, purchase::Order};

/// The list of deletions that are not finished.
pub(crate) const UNFINISHED: &str = "DELETED";
/// The most rounds of sweeping, of 25 rows each.
const MOST_ROUNDS: usize = 2000;
/// How many deletions of others are finished at a time.
const MOST: u32 = 10;

/// What is left of somebody while their rows are swept. It is read as a [`User`] who is deleted.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Tombstone {
    id: String,
    status: Status,
    epoch: u64,
    created_at: Time,
    deleted_at: Time,
    email_verified: bool,
    roles: Vec<String>,
    identities: Vec<Digest>,
    /// The ids of the orders of shops by which they had something: these are nobody's then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    orders: Vec<String>,
}

impl Record for Tombstone {
    const KIND: &'static str = User::KIND;
    const LIST: Option<&'static str> = Some(UNFINISHED);

    fn expires_at(&self) -> Option<i64> {
        None
    }
}

impl Tombstone {
    fn of(user: &User, now: Time) -> Self {
        Self {
            id: user.id.clone(),
            status: Status::Deleted,
            epoch: user.epoch + 1,
            created_at: user.created_at,
            deleted_at: now,
            email_verified: false,
            roles: Vec::new(),
            identities: Vec::new(),
            orders: Order::ids_of(user),
        }
    }
}

/// Deletes somebody for good. Of them stays what the trail says about their id. To repeat it is to go on where it stopped.
///
/// One GetItem, one BatchGetItem, one TransactWriteItems; what `ending` and sweeping their rows cost; one GetItem, and one UpdateItem for
/// each order of a shop; one Query and one UpdateItem.
pub async fn delete(
    table: &Table,
    id: &str,
    if_revision: Option<u64>,
    trail: Trail<'_>,
    ending: BeforeSweep<'_, '_>,
    now: Time,
) -> Result<(), Error> {
    for _ in 0..ROUNDS {
        let old = table.get::<User>(id, now).await?.ok_or(Error::NoSuchPerson)?;
        if old.status == Status::Deleted {
            return finish(table, id, ending, now).await;
        }
        if if_revision.is_some_and(|seen| seen != old.revision()) {
            return Err(Error::Changed);
        }
        if table.transact(burial(table, &old, trail, now).await?).await? == Transacted::Done {
            finish(table, id, ending, now).await?;
            // What others left is not this caller's trouble.
            let _ = finish_deletions(table, ending, now).await;
            return Ok(());
        }
    }
    Err(Error::contended())
}

/// All that makes a tombstone of somebody who is as they were read.
async fn burial(table: &Table, old: &Row<User>, trail: Trail<'_>, now: Time) -> Result<Vec<Write>, Error> {
    let tombstone = Tombstone::of(old, now);
    let gone = User { status: Status::Deleted, ..User::clone(old) };
    let mut writes = vec![Write::replace(&old.id, old, &tombstone, now)];
    writes.extend(identities(table, old, now).await?);
    writes.extend(email::give_back(table, old, now).await?);
    writes.extend(lists::between(Some(old), &gone));
    if admins::loses_one(old, &gone) {
        writes.push(admins::another_than(table, &old.id, now).await?);
    }
    writes.push(password::forget(&old.id));
    writes.push(factors::forget(&old.id));
    writes.extend(trail(&old.id));
    Ok(writes)
}

/// The ends of all identities that lead to somebody.
async fn identities(table: &Table, user: &User, now: Time) -> Result<Vec<Write>, Error> {
    let keys = user.identities.iter().map(Digest::as_str);
    let batch = keys.clone().fold(Batch::new(), |batch, key| batch.and::<Known>(key));
    let mut rows = table.get_batch(batch, now).await?;
    let leads_here = |key: &&str| rows.read::<Known>(*key).is_some_and(|known| known.user_id == user.id);
    Ok(keys
        .filter(leads_here)
        .map(|key| Write::delete::<Known>(key, [Known::leads_to(&user.id)], now))
        .collect())
}

/// Ends and sweeps what belonged to somebody, forgets whose their orders were, and then takes the tombstone.
async fn finish(table: &Table, id: &str, ending: BeforeSweep<'_, '_>, now: Time) -> Result<(), Error> {
    ending(id.to_owned()).await?;
    let tombstone = table.get::<Tombstone>(id, now).await?;
    for order in tombstone.iter().flat_map(|tombstone| &tombstone.orders) {
        Order::forget(table, order, now).await?;
    }
    let mut empty = 0;
    for _ in 0..MOST_ROUNDS {
        let swept = table.sweep(Owner::User(id), now).await?;
        empty = if swept.found == 0 { empty + 1 } else { 0 };
        if empty == 2 {
            table.take::<Tombstone>(id, now).await?;
            return Ok(());
        }
    }
    Err(Error::contended())
}

/// Finishes deletions that stopped in between, some of them: how many.
///
/// One Query; what finishing each costs.
pub async fn finish_deletions(table: &Table, ending: BeforeSweep<'_, '_>, now: Time) -> Result<usize, Error> {
    #[derive(Deserialize)]
    struct Listed {
        id: String,
    }
    let page = table.list::<Listed>(UNFINISHED, MOST, None).await?;
    for Listed { id } in &page.items {
        finish(table, id, ending, now).await?;
    }
    Ok(page.items.len())
}
