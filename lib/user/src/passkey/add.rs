//! One more passkey.

use oauth::{Digest, Time};
use store::{Table, Transacted, Write};

use super::{MOST, Passkey, Passkeys, count};
use crate::{Error, User, person::active_in};

/// How often it starts again when the list was not as it was read.
const ROUNDS: usize = 5;

/// A passkey that is to be added.
#[derive(Debug, Clone)]
pub struct NewPasskey<'a> {
    /// The digest of its credential id.
    pub id: &'a Digest,
    /// What its person calls it.
    pub name: &'a str,
    /// Whether there is a copy of it elsewhere.
    pub is_backed_up: bool,
    /// Its signature counter.
    pub counter: u32,
    /// Its public key, as whoever verifies reads it.
    pub credential: &'a str,
}

/// What became of adding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It is there.
    Done,
    /// They have as many as one person may have.
    TooMany,
    /// Somebody has it already (W3C §7.1, step 26).
    Known,
    /// They may not act any more.
    SignedOut,
}

/// Whether somebody may have one more.
///
/// One GetItem.
pub async fn may_add(table: &Table, user_id: &str, now: Time) -> Result<bool, Error> {
    Ok(table.get::<Passkeys>(user_id, now).await?.is_none_or(|list| list.ids.len() < MOST))
}

/// Lets somebody sign in with one more passkey, if they may act still as they were read. `trail` is written with it.
///
/// One GetItem and one TransactWriteItems; once more for each race that is lost, with one GetItem for the person.
pub async fn add(
    table: &Table,
    user: &User,
    new: &NewPasskey<'_>,
    trail: &[Write],
    now: Time,
) -> Result<Added, Error> {
    let passkey = Passkey {
        user_id: user.id.clone(),
        name: new.name.to_owned(),
        added_at: now,
        used_at: None,
        is_backed_up: new.is_backed_up,
        counter: new.counter,
        credential: new.credential.to_owned(),
    };
    let mut user = user.clone();
    for _ in 0..ROUNDS {
        let old = table.get::<Passkeys>(&user.id, now).await?;
        let known = old.as_ref().map(|list| list.ids.clone()).unwrap_or_default();
        if known.len() >= MOST {
            return Ok(Added::TooMany);
        }
        let ids = known.into_iter().chain([new.id.clone()]).collect();
        let list = Passkeys { user_id: user.id.clone(), ids };
        let lives = count(&user, &list).when(User::STATUS.is(&user.status)).when(User::EPOCH.is(&user.epoch));
        let writes = [
            Write::create(new.id.as_str(), &passkey, now),
            Write::update::<User>(&user.id, lives, now),
            match &old {
                Some(old) => Write::replace(&user.id, old, &list, now),
                None => Write::create(&user.id, &list, now),
            },
        ];
        match table.transact(writes.into_iter().chain(trail.iter().cloned()).collect()).await? {
            Transacted::Done => return Ok(Added::Done),
            Transacted::Refused(at) if at.contains(&0) => return Ok(Added::Known),
            // They may not act any more, or their factors were changed meanwhile.
            Transacted::Refused(at) if at.contains(&1) => {
                match active_in(table, &user.id, user.epoch, now).await? {
                    Some(read) => user = read,
                    None => return Ok(Added::SignedOut),
                }
            }
            Transacted::Refused(_) => {}
        }
    }
    Err(Error::contended())
}
