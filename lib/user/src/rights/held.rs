//! The rights as a function holds them.

use std::{
    io,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use oauth::Time;
use store::{Rows, Table};

use super::{Rights, read, row::CURRENT};
use crate::Error;

/// How long they are used without another look.
pub const FRESH: Duration = Duration::from_secs(20);

/// How long they are used at most: within this time every change takes effect, or nothing is issued any more (#81).
pub const BOUND: Duration = Duration::from_secs(30);

/// The rights of the row, in memory; while there is none, those of the settings. It is cheap to clone, and the clones are one.
#[derive(Debug, Clone)]
pub struct Held {
    start: Arc<Rights>,
    seen: Arc<RwLock<Option<Seen>>>,
}

#[derive(Debug, Clone)]
struct Seen {
    rights: Arc<Rights>,
    at: Time,
}

impl Held {
    /// Nothing is known yet but what the settings say.
    pub fn new(start: Rights) -> Self {
        Self { start: Arc::new(start), seen: Arc::default() }
    }

    /// Rights that are known to be those of this moment, without a look.
    pub fn fixed(rights: Rights, now: Time) -> Self {
        let held = Self::new(rights);
        held.keep(held.start.clone(), now);
        held
    }

    /// What the settings say.
    pub fn start(&self) -> &Rights {
        &self.start
    }

    /// The rights of this moment.
    ///
    /// One GetItem of one row where the last look is [`FRESH`] or longer ago. If it fails, those of before count until they are
    /// [`BOUND`] old; after that it is an error, which passes.
    pub async fn current(&self, table: &Table, now: Time) -> Result<Arc<Rights>, Error> {
        if let Some(rights) = self.younger_than(FRESH, now) {
            return Ok(rights);
        }
        match read(table, now).await {
            Ok(row) => Ok(self.keep(row.map_or_else(|| self.start.clone(), Arc::new), now)),
            Err(error) => self.younger_than(BOUND, now).ok_or(error).inspect(|_| {
                tracing::warn!("the rights cannot be read again: those of before count for some seconds");
            }),
        }
    }

    /// The id of their row, for whoever reads other rows anyway and then asks [`Held::along`]; nothing while those that are known are young.
    pub fn due(&self, now: Time) -> Option<&'static str> {
        self.younger_than(FRESH, now).is_none().then_some(CURRENT)
    }

    /// The rights of this moment, by rows among which theirs was looked for where it was [due](Held::due).
    ///
    /// No call of its own.
    pub fn along(&self, due: Option<&str>, rows: &mut Rows, now: Time) -> Result<Arc<Rights>, Error> {
        match (due, rows.take::<Rights>(due)) {
            (None, _) => self.known(now),
            (Some(_), None) => Ok(self.keep(self.start.clone(), now)),
            (Some(_), Some(row)) => Ok(self.keep(Arc::new(row?.into_inner()), now)),
        }
    }

    /// Those that [`Held::current`] got, if they still count: for what happens in the same request. An error, which passes, if they do not.
    pub fn known(&self, now: Time) -> Result<Arc<Rights>, Error> {
        self.younger_than(BOUND, now).ok_or_else(|| {
            let old = io::Error::new(io::ErrorKind::TimedOut, "what is known of the rights is too old");
            Error::Table(store::Error::Unavailable(old))
        })
    }

    /// What was read last, however old: good for showing which scopes there are, and for no decision.
    pub fn latest(&self) -> Arc<Rights> {
        let seen = self.seen.read().unwrap_or_else(PoisonError::into_inner);
        seen.as_ref().map_or_else(|| self.start.clone(), |seen| seen.rights.clone())
    }

    fn younger_than(&self, age: Duration, now: Time) -> Option<Arc<Rights>> {
        let seen = self.seen.read().unwrap_or_else(PoisonError::into_inner);
        let seen = seen.as_ref().filter(|seen| now.since(seen.at) < age)?;
        Some(seen.rights.clone())
    }

    /// Of two requests that looked at once, the later look counts.
    fn keep(&self, rights: Arc<Rights>, now: Time) -> Arc<Rights> {
        let mut seen = self.seen.write().unwrap_or_else(PoisonError::into_inner);
        if seen.as_ref().is_none_or(|seen| seen.at <= now) {
            *seen = Some(Seen { rights: rights.clone(), at: now });
        }
        rights
    }
}
