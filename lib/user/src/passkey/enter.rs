//! Somebody whose passkey has signed.

use std::time::Duration;

use oauth::{Digest, Time};
use serde::{Deserialize, Serialize};
use store::{Change, Record, Table, Transacted, Updated, Write};

use super::{Found, Passkey, Passkeys, count, key, proof};
use crate::{Error, User};

/// How long it is known that a challenge was answered: longer than it could be answered again.
const REMEMBERED: Duration = Duration::from_secs(3600);

/// That a challenge was answered, `PASSKEYANSWER#<digest of the challenge>`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Answered {
    at: Time,
}

impl Record for Answered {
    const KIND: &'static str = "PASSKEYANSWER";

    fn expires_at(&self) -> Option<i64> {
        Some(self.at.after(REMEMBERED).epoch())
    }
}

/// What a passkey said when it signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Its signature counter.
    pub counter: u32,
    /// Whether there is a copy of it elsewhere.
    pub is_backed_up: bool,
}

/// Claims a challenge, which is answered once (#9). `false`: somebody has.
///
/// One PutItem.
pub async fn claim(table: &Table, challenge: &Digest, now: Time) -> Result<bool, Error> {
    Ok(table.create(challenge.as_str(), &Answered { at: now }, now).await?)
}

/// Signs in whom `found` is about, whose passkey has signed and said this. Nobody if they are disabled (#35), or if the passkey was
/// removed or has signed with this counter since it was read.
///
/// One TransactWriteItems; one GetItem before it, once, for whose row does not say yet that they have passkeys.
pub async fn enter(table: &Table, found: &Found, seen: Seen, now: Time) -> Result<Option<User>, Error> {
    let Found { id, passkey, user } = found;
    if !user.is_active() {
        return Ok(None);
    }
    let key = key(&user.id);
    let mut after = user.clone();
    after.last_login_at = Some(now);
    after.proofs.insert(key.to_string(), proof(now));
    let change = match user.factors.passkeys {
        0 => counted(table, user, now).await?,
        _ => Change::new(),
    };
    let change = change.set(User::LAST_LOGIN_AT, &after.last_login_at);
    let change = change.when(User::STATUS.is(&user.status)).when(User::EPOCH.is(&user.epoch));
    // A row from before there were proofs has no map yet.
    let change = match user.proofs.is_empty() {
        true => change.set(User::PROOFS, &after.proofs),
        false => change.set_in(User::PROOFS, key.as_str(), &proof(now)),
    };
    let writes = vec![
        Write::update::<Passkey>(id.as_str(), used(passkey, seen, now), now),
        Write::update::<User>(&user.id, change, now),
    ];
    Ok((table.transact(writes).await? == Transacted::Done).then_some(after))
}

/// Notes how many passkeys somebody has, whose row does not say yet that they have any, if that is as it was read.
///
/// One GetItem and one UpdateItem; nothing where the row says so.
pub async fn note_count(table: &Table, user: &User, now: Time) -> Result<(), Error> {
    if user.factors.passkeys == 0 {
        let change = counted(table, user, now).await?.when(User::STATUS.is(&user.status));
        table.update::<User>(&user.id, change, now).await?;
    }
    Ok(())
}

/// The change by which the row of somebody says what it did not say yet: how many passkeys they have.
async fn counted(table: &Table, user: &User, now: Time) -> Result<Change<User>, Error> {
    let list = table.get::<Passkeys>(&user.id, now).await?;
    Ok(list.map_or_else(Change::new, |list| count(user, &list)))
}

/// Notes that a passkey has signed and said this, whose person has come by another way: what they prove is that way's. `false`: it was
/// removed, or has signed with this counter, since it was read.
///
/// One UpdateItem.
pub async fn note_use(table: &Table, found: &Found, seen: Seen, now: Time) -> Result<bool, Error> {
    let used = used(&found.passkey, seen, now);
    Ok(matches!(table.update::<Passkey>(found.id.as_str(), used, now).await?, Updated::Done(_)))
}

fn used(passkey: &Passkey, seen: Seen, now: Time) -> Change<Passkey> {
    Change::new()
        .set(Passkey::COUNTER, &seen.counter)
        .set(Passkey::IS_BACKED_UP, &seen.is_backed_up)
        .set(Passkey::USED_AT, &Some(now))
        .when(Passkey::USER_ID.is(&passkey.user_id))
        .when(Passkey::COUNTER.is(&passkey.counter))
}
