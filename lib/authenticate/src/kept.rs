//! A provider's document (its metadata, its keys), kept by the process and in the table.
//!
//! It is fresh for an hour. One that is older is fetched again, and served for a day where that fails (#74). A provider
//! that failed is left alone for ten seconds, and while one fetches, the others use what there is (#73).
//!
//! A login whose token no key verifies does not ask how old the document is. A key may be published, and used, the moment
//! before: so the login gets a fetch that began after its token was there, from the provider itself and not from the table,
//! where another process may have put what it read earlier. All who wait share the next one. What bounds this is a count
//! (#73): a process fetches a document at most [`MOST_A_MINUTE`] times in any minute, for whatever reason.

use std::{
    collections::VecDeque,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use oauth::Time;
use serde::{Deserialize, Serialize};
use store::{Record, Row, Table};
use tokio::{sync::Mutex, time::timeout};
use url::Url;

use crate::{Error, error::Fault, http::Http};

/// How long a document is taken as it is.
const FRESH: Duration = Duration::from_secs(3600);
/// How long it is taken when there is no newer one to be had.
const USABLE: Duration = Duration::from_secs(24 * 3600);
/// The pause after a fetch that failed, for those who only want a fresh one.
const PAUSE: Duration = Duration::from_secs(10);
/// The most fetches of one document in any minute. One that is needed costs a finished login, so honest ones are few.
const MOST_A_MINUTE: usize = 60;
const MINUTE: Duration = Duration::from_secs(60);
/// The longest document that is put into the table, whose rows hold 400 KB.
const MAX_STORED: usize = 128 * 1024;
/// How long the table may take: it only saves a fetch.
const TABLE_LIMIT: Duration = Duration::from_secs(1);

/// One kind of document of one issuer.
#[derive(Debug)]
pub(crate) struct Kept<T> {
    /// Its id in the table: the issuer is part of it, so that nobody's document serves another (#70).
    id: String,
    table: Table,
    held: RwLock<Option<Arc<Held<T>>>>,
    /// How many fetches have begun.
    begun: AtomicU64,
    /// Whoever holds it may fetch.
    turn: Mutex<Turn>,
}

/// The document as it was read.
#[derive(Debug)]
pub(crate) struct Held<T> {
    pub(crate) value: T,
    url: Url,
    fetched_at: Time,
}

/// What was fetched lately.
#[derive(Debug, Default)]
struct Turn {
    last: Option<Tried>,
    /// When, within the last minute.
    times: VecDeque<Time>,
}

/// One fetch.
#[derive(Debug, Clone)]
struct Tried {
    /// How many had begun with it.
    number: u64,
    at: Time,
    url: Url,
    end: End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Not yet; or never, if whoever fetched gave up waiting.
    Open,
    Good,
    Failed(Fault),
}

impl Turn {
    /// Whether this minute's fetches are used up.
    fn is_spent(&mut self, now: Time) -> bool {
        self.times.retain(|at| now.since(*at) < MINUTE);
        self.times.len() >= MOST_A_MINUTE
    }

    /// The failure that is too recent to try the same again.
    fn failure(&self, url: &Url, now: Time) -> Option<Fault> {
        let last = self.last.as_ref().filter(|last| last.url == *url && now.since(last.at) < PAUSE)?;
        match last.end {
            End::Good => None,
            End::Failed(fault) => Some(fault),
            End::Open => Some(Fault::Slow),
        }
    }
}

/// How the document is got and read.
pub(crate) struct Fetch<'a, T> {
    pub(crate) http: &'a Http,
    pub(crate) url: &'a Url,
    pub(crate) accept: &'static str,
    pub(crate) limit: Duration,
    pub(crate) judge: &'a (dyn Fn(&[u8]) -> Result<T, String> + Sync),
    /// Whether a new one is put into the table. A login start writes nothing (#3).
    pub(crate) save: bool,
    pub(crate) now: Time,
}

/// The document in the table: `CACHE#<issuer>#<kind>`.
#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    url: String,
    body: String,
    fetched_at: Time,
}

impl Record for Stored {
    const KIND: &'static str = "CACHE";

    fn expires_at(&self) -> Option<i64> {
        Some(self.fetched_at.after(USABLE).epoch())
    }
}

impl<T> Held<T> {
    fn is_younger(&self, than: Duration, now: Time) -> bool {
        now.since(self.fetched_at) < than
    }
}

impl<T: Send + Sync> Kept<T> {
    pub(crate) fn new(issuer: &str, kind: &str, table: Table) -> Self {
        Self {
            id: format!("{issuer}#{kind}"),
            table,
            held: RwLock::default(),
            begun: AtomicU64::default(),
            turn: Mutex::default(),
        }
    }

    /// The document, fresh if possible.
    pub(crate) async fn get(&self, fetch: &Fetch<'_, T>) -> Result<Arc<Held<T>>, Error> {
        let held = self.held(fetch);
        if let Some(fresh) = held.clone().filter(|held| held.is_younger(FRESH, fetch.now)) {
            return Ok(fresh);
        }
        let mut turn = match (self.turn.try_lock(), held) {
            (Ok(turn), _) => turn,
            (Err(_), Some(held)) => return Ok(held),
            (Err(_), None) => self.turn.lock().await,
        };
        if let Some(fresh) = self.held(fetch).filter(|held| held.is_younger(FRESH, fetch.now)) {
            return Ok(fresh);
        }
        let stored = self.adopt(fetch).await;
        if let Some(fresh) = self.held(fetch).filter(|held| held.is_younger(FRESH, fetch.now)) {
            return Ok(fresh);
        }
        let fetched = match turn.failure(fetch.url, fetch.now) {
            None => self.fetched(&mut turn, fetch, stored).await,
            Some(fault) => {
                let why = format!("{}: it failed less than ten seconds ago", self.id);
                Err(Error::upstream(fault, why))
            }
        };
        match (fetched, self.held(fetch)) {
            (Ok(new), _) => Ok(new),
            (Err(error), Some(old)) => {
                tracing::warn!(document = self.id, %error, "an older document is used");
                Ok(old)
            }
            (Err(error), None) => Err(error),
        }
    }

    /// How many fetches have begun: who notes it can tell later which of them came after.
    pub(crate) fn begun(&self) -> u64 {
        self.begun.load(Ordering::SeqCst)
    }

    /// The document as the provider shows it now, in a fetch that began after `seen` of them had; nothing if it was fetched
    /// too often in this minute.
    pub(crate) async fn renewed(
        &self,
        seen: u64,
        fetch: &Fetch<'_, T>,
    ) -> Result<Option<Arc<Held<T>>>, Error> {
        let mut turn = self.turn.lock().await;
        let later = turn.last.as_ref().filter(|last| last.number > seen && last.url == *fetch.url);
        match later.map(|last| last.end) {
            Some(End::Good) => return Ok(self.held(fetch)),
            Some(End::Failed(fault)) => {
                return Err(Error::upstream(fault, format!("{}: the fetch that was shared failed", self.id)));
            }
            Some(End::Open) | None => {}
        }
        if turn.is_spent(fetch.now) {
            tracing::warn!(document = self.id, most = MOST_A_MINUTE, "not fetched again in this minute");
            return Ok(None);
        }
        // Only to be replaced: it may be older than what is asked for.
        let stored = self.row(fetch.now).await;
        self.fetched(&mut turn, fetch, stored).await.map(Some)
    }

    /// What the process holds, as long as it can be used at all.
    fn held(&self, fetch: &Fetch<'_, T>) -> Option<Arc<Held<T>>> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner).clone();
        held.filter(|held| held.url == *fetch.url && held.is_younger(USABLE, fetch.now))
    }

    fn hold(&self, held: &Arc<Held<T>>) {
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some(held.clone());
    }

    /// Takes the table's document if it is newer than the process's; and returns its row, to be replaced. It is judged
    /// like one that was fetched.
    async fn adopt(&self, fetch: &Fetch<'_, T>) -> Option<Row<Stored>> {
        let row = self.row(fetch.now).await?;
        let is_older = self.held(fetch).is_some_and(|held| held.fetched_at >= row.fetched_at);
        if !is_older
            && row.url == fetch.url.as_str()
            && let Ok(value) = (fetch.judge)(row.body.as_bytes())
        {
            self.hold(&Arc::new(Held { value, url: fetch.url.clone(), fetched_at: row.fetched_at }));
        }
        Some(row)
    }

    /// The table's row.
    async fn row(&self, now: Time) -> Option<Row<Stored>> {
        let Ok(Ok(row)) = timeout(TABLE_LIMIT, self.table.get::<Stored>(&self.id, now)).await else {
            tracing::warn!(document = self.id, "the table does not tell what it holds");
            return None;
        };
        row
    }

    /// Fetches, once. Whoever calls holds the turn, so that nobody else does.
    async fn fetched(
        &self,
        turn: &mut Turn,
        fetch: &Fetch<'_, T>,
        stored: Option<Row<Stored>>,
    ) -> Result<Arc<Held<T>>, Error> {
        if turn.is_spent(fetch.now) {
            return Err(Error::upstream(Fault::Unreachable, format!("{}: fetched too often", self.id)));
        }
        turn.times.push_back(fetch.now);
        let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        let tried = |end| Some(Tried { number, at: fetch.now, url: fetch.url.clone(), end });
        turn.last = tried(End::Open);
        let got = self.got(fetch).await;
        turn.last = tried(got.as_ref().map_or_else(|(fault, _)| End::Failed(*fault), |_| End::Good));
        let (value, body) =
            got.map_err(|(fault, why)| Error::upstream(fault, format!("{}: {why}", self.id)))?;
        let held = Arc::new(Held { value, url: fetch.url.clone(), fetched_at: fetch.now });
        self.hold(&held);
        if fetch.save && body.len() <= MAX_STORED {
            self.save(fetch, body, stored).await;
        }
        Ok(held)
    }

    /// What the provider answers, judged.
    async fn got(&self, fetch: &Fetch<'_, T>) -> Result<(T, Vec<u8>), (Fault, String)> {
        let body = fetch.http.get(fetch.url, fetch.accept, fetch.limit).await;
        let body = body.map_err(|error| (error.fault(), error.to_string()))?;
        let value = (fetch.judge)(&body).map_err(|why| (Fault::Answer, why))?;
        Ok((value, body))
    }

    /// Puts it into the table. Losing to another process is as good, and failing costs a fetch.
    async fn save(&self, fetch: &Fetch<'_, T>, body: Vec<u8>, old: Option<Row<Stored>>) {
        let Ok(body) = String::from_utf8(body) else { return };
        let new = Stored { url: fetch.url.to_string(), body, fetched_at: fetch.now };
        let write = async {
            match old {
                Some(old) => self.table.replace(&self.id, &old, &new, fetch.now).await,
                None => self.table.create(&self.id, &new, fetch.now).await,
            }
        };
        if !matches!(timeout(TABLE_LIMIT, write).await, Ok(Ok(_))) {
            tracing::warn!(document = self.id, "the table does not take the document");
        }
    }
}
