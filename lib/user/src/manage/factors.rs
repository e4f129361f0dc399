//! Taking away what somebody shows beside a way in, because they have lost it.

use std::collections::BTreeMap;

use oauth::Time;
use store::{Change, Table, Transacted, Write};

use super::{Error, ROUNDS, Trail};
use crate::{
    Factors, User, factors, passkey,
    search::{self, Search},
};

/// How many of those people who were looked at are asked for a second factor where that is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Those who are.
    pub people: usize,
    /// Those who were looked at.
    pub seen: usize,
    /// Whether these were all.
    pub is_all: bool,
}

/// Takes away all that is on somebody's devices, if they are as the caller has seen them (`if_revision`): the codes of their app, their
/// recovery codes and their passkeys. Whoever asks has made sure that it is them who want it. What they had is the answer.
///
/// Everything that was issued to them ends with it, by raising the epoch (#34): the device that is lost may be signed in, a session that
/// was made with a factor says so for as long as it lives, and whoever has shown a password and waits at the step begins anew.
///
/// Two GetItem and one TransactWriteItems; once more for each race that is lost.
pub async fn take_factors(
    table: &Table,
    id: &str,
    if_revision: Option<u64>,
    trail: Trail<'_>,
    now: Time,
) -> Result<Factors, Error> {
    for _ in 0..ROUNDS {
        let old = super::find(table, id, now).await?.ok_or(Error::NoSuchPerson)?;
        if if_revision.is_some_and(|seen| seen != old.revision()) {
            return Err(Error::Changed);
        }
        let passkeys = passkey::forget_all(table, id, now).await?;
        let had = Factors { passkeys: passkeys.count, ..old.factors };
        if had == Factors::default() {
            return Err(Error::NoFactors);
        }
        let mut writes = vec![Write::update::<User>(id, without(&old), now), factors::forget(id)];
        writes.extend(passkeys.writes);
        writes.extend(trail(id));
        if table.transact(writes).await? == Transacted::Done {
            return Ok(had);
        }
    }
    Err(Error::contended())
}

/// What has to be written of the person, if they still are as they were read.
fn without(old: &User) -> Change<User> {
    let change = Change::new()
        .raise(User::EPOCH)
        .set(User::REVISION, &Some(old.revision() + 1))
        .set(User::FACTORS, &Factors::default())
        .when(User::REVISION.is(&old.revision))
        .when(User::FACTORS.is(&old.factors))
        .when(User::STATUS.is(&old.status));
    let key = passkey::key(&old.id);
    if !old.proofs.contains_key(key.as_str()) {
        return change;
    }
    // What their passkeys proved counts no more.
    let proofs: BTreeMap<_, _> =
        old.proofs.clone().into_iter().filter(|(it, _)| it != key.as_str()).collect();
    change.set(User::PROOFS, &proofs).when(User::PROOFS.is(&old.proofs))
}

/// Looks at `most` people, the newest first, or some more.
///
/// For each hundred people one Query and one BatchGetItem.
pub async fn asked_for_factors(table: &Table, most: usize, now: Time) -> Result<Asked, Error> {
    let (mut asked, mut from) = (Asked { people: 0, seen: 0, is_all: false }, None);
    while asked.seen < most {
        let page = search::search(table, &Search::default(), search::MOST, from.as_deref(), now).await?;
        asked.seen += page.people.len();
        asked.people += page.people.iter().filter(|person| person.factors.asks_for_code()).count();
        from = page.next;
        if from.is_none() {
            asked.is_all = true;
            break;
        }
    }
    Ok(asked)
}
