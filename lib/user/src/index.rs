//! Writing the lists by which people are found ([`crate::search`]), for a table whose people were written by a version that had none.

use oauth::Time;
use serde::{Deserialize, Serialize};
use store::{Batch, Record, Table, Transacted, Write};

use crate::{Error, User, email, lists, person};

/// How many people are read at a time.
const PART: u32 = 100;
/// How often one person is tried who is changed at the same time.
const ROUNDS: usize = 5;

/// That the lists are complete. Its row is `INDEXED#people`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Indexed {
    at: Time,
}

const PEOPLE: &str = "people";

impl Record for Indexed {
    const KIND: &'static str = "INDEXED";

    fn expires_at(&self) -> Option<i64> {
        None
    }
}

/// Puts everybody into the lists: how many people there are. To repeat it changes nothing. With `once`, nothing is done where it was
/// done before.
///
/// One GetItem; for each hundred people one Query and one BatchGetItem, and for each person a GetItem and one TransactWriteItems.
pub async fn index(table: &Table, once: bool, now: Time) -> Result<Option<u64>, Error> {
    if once && table.has::<Indexed>(PEOPLE, now).await? {
        return Ok(None);
    }
    let (mut people, mut after) = (0, None);
    loop {
        let page = person::list(table, PART, after.as_deref()).await?;
        let batch = page.items.iter().fold(Batch::new(), |batch, entry| batch.and::<User>(&*entry.id));
        let mut rows = table.get_batch(batch, now).await?;
        for entry in &page.items {
            if let Some(user) = rows.read::<User>(&*entry.id) {
                put_into_lists(table, user, now).await?;
                people += 1;
            }
        }
        after = page.next;
        if after.is_none() {
            table.create(PEOPLE, &Indexed { at: now }, now).await?;
            return Ok(Some(people));
        }
    }
}

/// Writes all rows that point to somebody, if they are still as they were read.
async fn put_into_lists(table: &Table, mut user: User, now: Time) -> Result<(), Error> {
    for _ in 0..ROUNDS {
        let same = [User::NAME.is(&user.name), User::ROLES.is(&user.roles), User::STATUS.is(&user.status)];
        let mut writes = lists::between(None, &user);
        writes.extend(email::listed(table, &user, now).await?);
        if writes.is_empty() {
            return Ok(());
        }
        writes.push(Write::check::<User>(&user.id, same, now));
        if table.transact(writes).await? == Transacted::Done {
            return Ok(());
        }
        match crate::find(table, &user.id, now).await? {
            Some(again) => user = again,
            None => return Ok(()),
        }
    }
    Err(Error::contended())
}
