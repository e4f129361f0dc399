//! The row of a person's factor: setting it up, checking codes, and removing it.

use oauth::{Digest, Time};
use serde::{Deserialize, Serialize};
use store::{Change, Owner, Record, Row, Table, Transacted, Write};
use user::{Factors, User};

use crate::{Error, Seeds, Setup, recovery, totp};

/// How often it starts when others change the same row.
const ROUNDS: usize = 20;

/// Somebody's factor. Its row is `FACTOR#<user id>`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Factor {
    user_id: String,
    /// Sealed, for this person.
    seed: String,
    /// The step whose code counted last: no older one counts.
    step: u64,
    /// Digests of the recovery codes that are left.
    codes: Vec<Digest>,
    added_at: Time,
}

impl Record for Factor {
    const KIND: &'static str = "FACTOR";

    fn expires_at(&self) -> Option<i64> {
        None
    }

    fn owner(&self) -> Option<Owner<'_>> {
        Some(Owner::User(&self.user_id))
    }
}

/// What somebody has shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// The code of an app.
    Totp,
    /// A recovery code, of which so many are left.
    Recovery {
        /// How many.
        left: usize,
    },
}

/// What somebody has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// Since when.
    pub added_at: Time,
    /// How many recovery codes are left.
    pub codes: usize,
}

impl Factor {
    /// The row after this was typed, and what it was; nothing if it is wrong, used, or too late.
    fn accept(&self, seeds: &Seeds, typed: &str, now: Time) -> Result<Option<(Self, Checked)>, Error> {
        if let Some(digits) = totp::typed(typed) {
            let seed = seeds.open(&self.user_id, &self.seed)?;
            let step = totp::accepted(&seed, &digits, self.step, now);
            return Ok(step.map(|step| (Self { step, ..self.clone() }, Checked::Totp)));
        }
        let Some(digest) = recovery::digest(&self.user_id, typed) else { return Ok(None) };
        let codes: Vec<_> = self.codes.iter().filter(|code| **code != digest).cloned().collect();
        let checked = Checked::Recovery { left: codes.len() };
        Ok((codes.len() < self.codes.len()).then(|| (Self { codes, ..self.clone() }, checked)))
    }
}

/// Whether this is the code of now, or a recovery code that is left. It counts no more afterwards: of many who show one at once, one is told
/// what it was. Whoever asks has counted the attempt (#85).
///
/// One GetItem and one PutItem; both once more for each of the others at the same moment.
pub async fn check(
    table: &Table,
    seeds: &Seeds,
    user_id: &str,
    typed: &str,
    now: Time,
) -> Result<Option<Checked>, Error> {
    for _ in 0..ROUNDS {
        let Some(row) = table.get::<Factor>(user_id, now).await? else { return Ok(None) };
        let Some((next, checked)) = row.accept(seeds, typed, now)? else { return Ok(None) };
        if table.replace(user_id, &row, &next, now).await? {
            return Ok(Some(checked));
        }
    }
    Ok(None)
}

/// What somebody has, if they have something.
///
/// One GetItem.
pub async fn state(table: &Table, user_id: &str, now: Time) -> Result<Option<State>, Error> {
    let row = table.get::<Factor>(user_id, now).await?;
    Ok(row.map(|row| State { added_at: row.added_at, codes: row.codes.len() }))
}

/// Gives somebody this factor, who typed a code of it: their recovery codes, which nobody can read again. Nothing if the code is wrong, if
/// they have a factor, or if they may not act any more as they were read (#34, #35). `trail` is written with it.
///
/// One TransactWriteItems.
pub async fn add(
    table: &Table,
    seeds: &Seeds,
    user: &User,
    setup: &Setup,
    typed: &str,
    trail: &[Write],
    now: Time,
) -> Result<Option<Vec<String>>, Error> {
    let Some(step) = setup.confirmed(typed, now) else { return Ok(None) };
    let user_id = &*user.id;
    let (shown, codes) = recovery::fresh(user_id);
    let seed = seeds.seal(user_id, setup.seed());
    let row = Factor { user_id: user_id.to_owned(), seed, step, codes, added_at: now };
    let has = has_totp(user, true).when(User::EPOCH.is(&user.epoch));
    let writes = vec![Write::create(user_id, &row, now), Write::update::<User>(user_id, has, now)];
    Ok(written(table, writes, trail).await?.then_some(shown))
}

/// Takes somebody's factor away. `false`: there is none, or others changed it at this moment. `trail` is written with it.
///
/// One GetItem and one TransactWriteItems.
pub async fn remove(table: &Table, user_id: &str, trail: &[Write], now: Time) -> Result<bool, Error> {
    let Some(user) = user::find(table, user_id, now).await? else { return Ok(false) };
    let has = Write::update::<User>(user_id, has_totp(&user, false), now);
    let writes = vec![Write::delete::<Factor>(user_id, [], now), has];
    written(table, writes, trail).await
}

/// New recovery codes, in place of those that are left. Nothing if there is no factor. `trail` is written with it.
///
/// One GetItem and one TransactWriteItems.
pub async fn renew(
    table: &Table,
    user_id: &str,
    trail: &[Write],
    now: Time,
) -> Result<Option<Vec<String>>, Error> {
    let Some(row) = table.get::<Factor>(user_id, now).await? else { return Ok(None) };
    let (shown, codes) = recovery::fresh(user_id);
    let next = Factor { codes, ..Row::clone(&row).into_inner() };
    let writes = vec![Write::replace(user_id, &row, &next, now)];
    Ok(written(table, writes, trail).await?.then_some(shown))
}

/// The change by which a sign-in knows of it.
fn has_totp(user: &User, totp: bool) -> Change<User> {
    let factors = Factors { totp, ..user.factors };
    let change = Change::new().set(User::FACTORS, &factors).when(User::FACTORS.is(&user.factors));
    change.when(User::STATUS.is(&user.status))
}

async fn written(table: &Table, mut writes: Vec<Write>, trail: &[Write]) -> Result<bool, Error> {
    writes.extend(trail.iter().cloned());
    Ok(table.transact(writes).await? == Transacted::Done)
}
