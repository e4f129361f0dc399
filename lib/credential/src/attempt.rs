//! How often somebody may try: counted before anything is hashed, exactly, for one account whatever it is called and for where it comes
//! from (#85).
//!
//! So many tries are free. Then there is a delay, which grows each time it is used up again, up to an hour, and always ends: nobody
//! stays shut out. Whoever never uses one up, and tries on all day, has the longest delays too from some number of tries on. A device on which its person has signed in has tries of its own, so whoever uses up those of strangers shuts nobody
//! out who comes from there.

use std::{io, time::Duration};

use oauth::{Digest, Time};
use serde::{Deserialize, Serialize};
use setting::{Action, Permission, Permissions};
use store::{Counted, Error, Limit, Record, Table};

/// How many tries there are in one window.
pub const TRIES: u16 = 10;
/// How long the first window is.
pub const FIRST: Duration = Duration::from_secs(300);
/// How long one is at most.
pub const LONGEST: Duration = Duration::from_secs(3600);
/// How many tries there are in a day before each window is of the longest. A program that signs in every five minutes stays below.
const MANY: u16 = 300;
const DAY: Duration = Duration::from_secs(24 * 3600);
/// How long it is remembered that tries were used up.
const REMEMBERED: Duration = Duration::from_secs(24 * 3600);
/// Tries from one place, for whomever: a whole office may be behind one address.
const FROM_PLACE: Limit = Limit::new(PLACES, 100, 300);
const PLACES: &str = "ATTEMPTSFROM";
/// How often counting begins again because others counted in between: each of them has used up a try.
const ROUNDS: u16 = 2 * TRIES + 2;

/// What [`count`] does with the table.
pub const COUNT: Permissions = Permissions::new(&[
    Permission::on(Attempts::KIND, &[Action::Get, Action::Put]),
    Permission::on(PLACES, &[Action::Update]),
]);

/// What [`count_from`] does with the table.
pub const COUNT_FROM: Permissions = Permissions::new(&[Permission::on(PLACES, &[Action::Update])]);

/// The tries of one account: its row is `ATTEMPT#<digest of whose they are>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attempts {
    /// How many there were in this window.
    count: u16,
    /// When it ends.
    ends_at: Time,
    /// How many windows in a row were used up before.
    used_up: u8,
    /// How many tries there were in the windows of this day before this one.
    #[serde(default)]
    of_day: u16,
    /// When the day ends: it began with its first try. A row from before days were counted begins one with its next window.
    #[serde(default)]
    day_ends_at: Option<Time>,
}

impl Record for Attempts {
    const KIND: &'static str = "ATTEMPT";

    fn expires_at(&self) -> Option<i64> {
        Some(self.ends_at.after(REMEMBERED).epoch())
    }
}

impl Attempts {
    /// The first try of all.
    fn begin(now: Time) -> Self {
        Self { count: 1, ends_at: now.after(FIRST), used_up: 0, of_day: 0, day_ends_at: Some(now.after(DAY)) }
    }

    /// The first try of a window, where so many in a row were used up before it.
    fn window(&self, used_up: u8, now: Time) -> Self {
        if self.day_ends_at.is_none_or(|end| now >= end) {
            return Self { ends_at: now.after(length(used_up)), used_up, ..Self::begin(now) };
        }
        let of_day = self.of_day.saturating_add(self.count);
        let length = if of_day < MANY { length(used_up) } else { LONGEST };
        Self { count: 1, ends_at: now.after(length), used_up, of_day, day_ends_at: self.day_ends_at }
    }

    /// With one try more, or when there is the next one.
    fn next(&self, now: Time) -> Result<Self, Time> {
        match (now < self.ends_at, self.count < TRIES) {
            (true, true) => Ok(Self { count: self.count + 1, ..self.clone() }),
            (true, false) => Err(self.ends_at),
            (false, true) => Ok(self.window(0, now)),
            (false, false) => Ok(self.window(self.used_up.saturating_add(1), now)),
        }
    }
}

/// How long a window is, where so many in a row were used up before it.
fn length(used_up: u8) -> Duration {
    FIRST.saturating_mul(1 << u32::from(used_up).min(16)).min(LONGEST)
}

/// Whose tries they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account(Digest);

impl Account {
    /// Of the account with this id, whatever it was called: its names and spellings count together (#85).
    pub fn of(user_id: &str) -> Self {
        Self(Digest::of_parts(&["account", user_id]))
    }

    /// Of a name in its canonical form that leads to nobody.
    pub fn of_nobody(name: &str) -> Self {
        Self(Digest::of_parts(&["name", name]))
    }

    /// Of the second factor of the account with this id.
    pub fn of_factor(user_id: &str) -> Self {
        Self(Digest::of_parts(&["factor", user_id]))
    }

    /// Of whoever reads the mails of this address, in its canonical form.
    pub fn of_mailbox(address: &str) -> Self {
        Self(Digest::of_parts(&["mailbox", address]))
    }

    /// The same from a device with this id, on which its person has signed in before.
    #[must_use]
    pub fn from_device(&self, device: &str) -> Self {
        Self(Digest::of_parts(&["device", self.0.as_str(), device]))
    }

    /// What a device keeps of it: not enough to know who it is.
    pub fn mark(&self) -> &str {
        &self.0.as_str()[..10]
    }
}

/// Whether somebody may try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Try {
    /// They may, and it is counted.
    Go,
    /// Not before this.
    Wait(Time),
}

/// Counts one try, before it is looked at. Where it comes from (a network) counts first, so one place cannot use up what many accounts
/// have.
///
/// One UpdateItem, one GetItem and one PutItem; the last two once more for each try of somebody else in between.
pub async fn count(table: &Table, account: &Account, network: &str, now: Time) -> Result<Try, Error> {
    match count_from(table, network, now).await? {
        Try::Go => count_account(table, account, now).await,
        wait => Ok(wait),
    }
}

/// The same for the place alone, where it is not known whom a try is about.
///
/// One UpdateItem.
pub async fn count_from(table: &Table, network: &str, now: Time) -> Result<Try, Error> {
    let place = Digest::of_parts(&["place", network]);
    Ok(match table.count(&FROM_PLACE, place.as_str(), now).await? {
        Counted::Beyond(end) => Try::Wait(Time::from_epoch(end)),
        Counted::Within(_) => Try::Go,
    })
}

/// The same for the account alone.
pub async fn count_account(table: &Table, account: &Account, now: Time) -> Result<Try, Error> {
    let id = account.0.as_str();
    for _ in 0..ROUNDS {
        let counted = match table.get::<Attempts>(id, now).await? {
            None => table.create(id, &Attempts::begin(now), now).await?,
            Some(row) => match row.next(now) {
                Ok(next) => table.replace(id, &row, &next, now).await?,
                Err(end) => return Ok(Try::Wait(end)),
            },
        };
        if counted {
            return Ok(Try::Go);
        }
    }
    Err(Error::Unavailable(io::Error::new(io::ErrorKind::ResourceBusy, "too many tries at once")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_and_end() {
        // #85
        let mut now = Time::from_epoch(1_800_000_000);
        let mut tries = Attempts::begin(now);
        let mut waits = Vec::new();
        for _ in 0..8 {
            while let Ok(next) = tries.next(now) {
                tries = next;
            }
            let end = tries.next(now).unwrap_err();
            waits.push(end.since(now).as_secs());
            now = end;
            tries = tries.next(now).unwrap();
        }
        assert_eq!(waits, [300, 600, 1200, 2400, 3600, 3600, 3600, 3600]);
        // Whoever stops trying begins anew after one window that was not used up, or after a day.
        let calm = tries.next(tries.ends_at).unwrap();
        assert_eq!((calm.used_up, calm.count), (0, 1));
        assert_eq!(tries.expires_at(), Some(tries.ends_at.epoch() + 24 * 3600));
    }

    #[test]
    fn whoever_uses_no_window_up_has_so_many_tries_in_a_day() {
        // #85
        let begin = Time::from_epoch(1_800_000_000);
        let end_of_day = begin.after(DAY);
        let (mut tries, mut now, mut count) = (Attempts::begin(begin), begin, 1);
        while now < end_of_day {
            while tries.count + 1 < TRIES {
                tries = tries.next(now).unwrap();
                count += 1;
            }
            assert!(tries.ends_at.since(now) <= LONGEST);
            now = tries.ends_at;
            tries = tries.next(now).unwrap();
            count += 1;
        }
        assert!((MANY..MANY + 24 * TRIES).contains(&count), "{count}");
        // The next day begins anew.
        assert_eq!((tries.of_day, tries.ends_at.since(now)), (0, FIRST));
    }

    #[test]
    fn a_program_that_signs_in_every_five_minutes_always_may() {
        let mut now = Time::from_epoch(1_800_000_000);
        let mut tries = Attempts::begin(now);
        for _ in 0..3 * 288 {
            now = now.after(FIRST);
            tries = tries.next(now).unwrap();
        }
    }
}
