//! Writing the lists by which people are found ([`crate::search`]), for a table whose people were written by a version that had none.
//!
//! Who is in the lists is only read. What was interrupted goes on where it was, for a day: later, the people before that place may have
//! been changed by a version that knows no lists.

use std::time::Duration;

use oauth::Time;
use serde::{Deserialize, Serialize};
use store::{Batch, Change, Member, Record, Rows, Table, Transacted, Write, member};

use crate::{
    Error, User,
    email::{self, Email},
    lists, person,
    together::{MOST_ROWS, together},
};

/// How many people are read at a time.
const PART: u32 = 100;
/// How often one person is tried who is changed at the same time.
const ROUNDS: usize = 5;
/// How long it is remembered how far it was.
const REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);

/// That the lists are complete. Its row is `INDEXED#people`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Indexed {
    at: Time,
}

/// How far they are. Its row is `INDEXING#people`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Indexing {
    /// How many people are in them.
    people: u64,
    /// The last of these.
    after: Option<String>,
    expires_at: Time,
}

const PEOPLE: &str = "people";

impl Record for Indexed {
    const KIND: &'static str = "INDEXED";

    fn expires_at(&self) -> Option<i64> {
        None
    }
}

impl Indexing {
    const COUNT: Member<Self, u64> = member!(Self, people);
    const AFTER: Member<Self, Option<String>> = member!(Self, after);
}

impl Record for Indexing {
    const KIND: &'static str = "INDEXING";

    fn expires_at(&self) -> Option<i64> {
        Some(self.expires_at.epoch())
    }
}

/// Puts everybody into the lists: how many people there are. To repeat it changes nothing. With `once`, nothing is done where it was
/// done before. `shown` is told from time to time how many there are so far.
///
/// Two GetItem and one PutItem; for each hundred people one Query, three BatchGetItem or a few more, and one UpdateItem; for about
/// twenty-five who are not in the lists one TransactWriteItems.
pub async fn index(table: &Table, once: bool, now: Time, shown: impl Fn(u64)) -> Result<Option<u64>, Error> {
    if once && table.has::<Indexed>(PEOPLE, now).await? {
        return Ok(None);
    }
    let Indexing { mut people, mut after, .. } = begin(table, now).await?;
    loop {
        let page = person::list(table, PART, after.as_deref()).await?;
        let batch = page.items.iter().fold(Batch::new(), |batch, entry| batch.and::<User>(&*entry.id));
        let mut rows = table.get_batch(batch, now).await?;
        let some = page.items.iter().filter_map(|entry| rows.read::<User>(&*entry.id));
        people += put_into_lists(table, some.collect(), now).await?;
        shown(people);
        after = page.next;
        if after.is_none() {
            break;
        }
        let reached = Change::new().set(Indexing::COUNT, &people).set(Indexing::AFTER, &after);
        table.update::<Indexing>(PEOPLE, reached, now).await?;
    }
    table.create(PEOPLE, &Indexed { at: now }, now).await?;
    table.take::<Indexing>(PEOPLE, now).await?;
    Ok(Some(people))
}

/// Where to go on.
async fn begin(table: &Table, now: Time) -> Result<Indexing, Error> {
    if let Some(reached) = table.get::<Indexing>(PEOPLE, now).await? {
        return Ok(reached.into_inner());
    }
    let first = Indexing { people: 0, after: None, expires_at: now.after(REMEMBERED) };
    table.create(PEOPLE, &first, now).await?;
    Ok(first)
}

/// Writes what these people lack in the lists: how many people these are.
async fn put_into_lists(table: &Table, people: Vec<User>, now: Time) -> Result<u64, Error> {
    let count = people.len() as u64;
    for some in together(missing(table, people, now).await?) {
        let writes = some.iter().flat_map(|(_, writes)| writes.iter().cloned()).collect();
        match table.transact(writes).await {
            Ok(Transacted::Done) => continue,
            // One of them was changed meanwhile, or is being changed.
            Ok(Transacted::Refused(_)) => {}
            Err(error) if error.is_busy() => {}
            Err(error) => return Err(error.into()),
        }
        for (id, _) in some {
            put_alone(table, &id, now).await?;
        }
    }
    Ok(count)
}

/// The same for one of them, as they are now.
async fn put_alone(table: &Table, id: &str, now: Time) -> Result<(), Error> {
    for _ in 0..ROUNDS {
        let user = crate::find(table, id, now).await?;
        let writes = missing(table, user.into_iter().collect(), now).await?;
        let writes: Vec<_> = writes.into_iter().flat_map(|(_, writes)| writes).collect();
        if writes.is_empty() || table.transact(writes).await? == Transacted::Done {
            return Ok(());
        }
    }
    Err(Error::contended())
}

/// By id, what each of these people lacks; all of it only as long as they are as they were read. Nothing for who is in the lists.
async fn missing(table: &Table, people: Vec<User>, now: Time) -> Result<Vec<(String, Vec<Write>)>, Error> {
    let mut all = Vec::new();
    let mut rest = &people[..];
    while !rest.is_empty() {
        let (some, behind) = rest.split_at(fitting(rest));
        rest = behind;
        let mut rows = table.get_batch(some.iter().fold(Batch::new(), asked), now).await?;
        all.extend(some.iter().map(|user| (user.id.clone(), lacking(&mut rows, user, now))));
    }
    Ok(all)
}

/// Of how many of these people all rows can be read in one request; of the first in any case.
fn fitting(people: &[User]) -> usize {
    let mut rows = 0;
    let fits = |user: &&User| {
        rows += lists::count(user) + 1;
        rows <= MOST_ROWS
    };
    people.iter().take_while(fits).count().max(1)
}

fn asked(batch: Batch, user: &User) -> Batch {
    let batch = lists::asked(batch, user);
    match email::proven(user) {
        Some(address) => batch.and::<Email>(address.as_str()),
        None => batch,
    }
}

fn lacking(rows: &mut Rows, user: &User, now: Time) -> Vec<Write> {
    let mut writes = lists::missing(rows, user);
    writes.extend(email::listed(rows, user, now));
    if !writes.is_empty() {
        let same = [User::NAME.is(&user.name), User::ROLES.is(&user.roles), User::STATUS.is(&user.status)];
        writes.push(Write::check::<User>(&user.id, same, now));
    }
    writes
}
