//! Documents of others (a provider's metadata, its keys), cached by the process and wherever else the caller says.
//!
//! It is fresh for an hour. One that is older is fetched again, and served for a day where that fails (#74). A provider
//! that failed is left alone for ten seconds, and while one fetches, the others use what there is (#73).
//!
//! A login whose token no key verifies does not ask how old the document is. A key may be published, and used, the moment
//! before: so the login gets a fetch that began after its token was there, from the provider itself and not from the storage,
//! where another process may have put what it read earlier. All who wait share the next one. What bounds this is a count
//! (#73): a process fetches a document at most [`MOST_A_MINUTE`] times in any minute, for whatever reason.

use std::{
    collections::VecDeque,
    future::Future,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use oauth::Time;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use url::Url;

use crate::{Error, Fault, Http};

/// How long a document is taken as it is.
const FRESH: Duration = Duration::from_secs(3600);
/// How long it is taken when no newer one can be fetched.
const USABLE: Duration = Duration::from_secs(24 * 3600);
/// The pause after a fetch that failed, for those who only want a fresh one.
const PAUSE: Duration = Duration::from_secs(10);
/// The most fetches of one document in any minute. One that is needed costs a finished login, so honest ones are few.
const MOST_A_MINUTE: usize = 60;
const MINUTE: Duration = Duration::from_secs(60);
/// The longest document that is put into the storage, in bytes: a row of a table holds 400 KB.
const MAX_STORED: usize = 128 * 1024;

/// One kind of document of one issuer.
#[derive(Debug)]
pub struct DocumentCache<T, S> {
    /// Its id in the storage: the issuer is part of it, so that nobody's document serves another (#70).
    id: String,
    storage: S,
    held: RwLock<Option<Arc<Document<T>>>>,
    /// How many fetches have begun.
    begun: AtomicU64,
    /// Who holds it may fetch.
    turn: Mutex<Turn>,
}

/// The document as it was read.
#[derive(Debug)]
pub struct Document<T> {
    /// What was read from it.
    pub value: T,
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
    /// Not yet; or never, if the caller who fetched gave up waiting.
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

/// How the document is fetched and read.
pub struct DocumentRequest<'a, T> {
    /// The client.
    pub http: &'a Http,
    /// Where the document is.
    pub url: &'a Url,
    /// The media type that is asked for: [`crate::JSON`] or [`crate::KEY_SET`].
    pub accept: &'static str,
    /// How long one fetch may take.
    pub limit: Duration,
    /// Reads and checks the body, or says what is wrong with it.
    pub read: &'a (dyn Fn(&[u8]) -> Result<T, String> + Sync),
    /// Whether a new one is put into the storage. A login start writes nothing (#3).
    pub save: bool,
    /// The time of the request.
    pub now: Time,
}

/// A document as it is stored.
#[derive(Debug, Serialize, Deserialize)]
pub struct StoredDocument {
    url: String,
    body: String,
    fetched_at: Time,
}

impl StoredDocument {
    /// When it is of no use any more.
    pub fn expires_at(&self) -> Time {
        self.fetched_at.after(USABLE)
    }
}

/// Where documents outlive the process and are shared with others, such as a table. It only saves a fetch: it must answer
/// soon, and keeps its failures to itself and the log.
pub trait Storage: Send + Sync {
    /// A document as it was loaded, with what it takes to replace it.
    type Row: AsRef<StoredDocument> + Send + Sync;

    /// The document with that id, unless it has expired.
    fn load(&self, id: &str, now: Time) -> impl Future<Output = Option<Self::Row>> + Send;

    /// Puts the document instead of `old`. If another process was faster, its document stays.
    fn save(
        &self,
        id: &str,
        new: StoredDocument,
        old: Option<Self::Row>,
        now: Time,
    ) -> impl Future<Output = ()> + Send;
}

impl<T> Document<T> {
    fn is_younger(&self, than: Duration, now: Time) -> bool {
        now.since(self.fetched_at) < than
    }
}

impl<T: Send + Sync, S: Storage> DocumentCache<T, S> {
    /// An empty cache for the document of this issuer and kind, such as its `keys`.
    pub fn new(issuer: &str, kind: &str, storage: S) -> Self {
        Self {
            id: format!("{issuer}#{kind}"),
            storage,
            held: RwLock::default(),
            begun: AtomicU64::default(),
            turn: Mutex::default(),
        }
    }

    /// The document, fresh if possible.
    pub async fn get(&self, fetch: &DocumentRequest<'_, T>) -> Result<Arc<Document<T>>, Error> {
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
                Err(Error::new(fault, why))
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

    /// How many fetches have begun: a caller who notes it can tell later which of them came after.
    pub fn begun(&self) -> u64 {
        self.begun.load(Ordering::SeqCst)
    }

    /// The document as the provider shows it now, in a fetch that began after `seen` of them had; nothing if it was fetched
    /// too often in this minute.
    pub async fn renewed(
        &self,
        seen: u64,
        fetch: &DocumentRequest<'_, T>,
    ) -> Result<Option<Arc<Document<T>>>, Error> {
        let mut turn = self.turn.lock().await;
        let later = turn.last.as_ref().filter(|last| last.number > seen && last.url == *fetch.url);
        match later.map(|last| last.end) {
            Some(End::Good) => return Ok(self.held(fetch)),
            Some(End::Failed(fault)) => {
                return Err(Error::new(fault, format!("{}: the fetch that was shared failed", self.id)));
            }
            Some(End::Open) | None => {}
        }
        if turn.is_spent(fetch.now) {
            tracing::warn!(document = self.id, most = MOST_A_MINUTE, "not fetched again in this minute");
            return Ok(None);
        }
        // Only to be replaced: it may be older than what is asked for.
        let stored = self.storage.load(&self.id, fetch.now).await;
        self.fetched(&mut turn, fetch, stored).await.map(Some)
    }

    /// What the process holds, as long as it can be used at all.
    fn held(&self, fetch: &DocumentRequest<'_, T>) -> Option<Arc<Document<T>>> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner).clone();
        held.filter(|held| held.url == *fetch.url && held.is_younger(USABLE, fetch.now))
    }

    fn hold(&self, held: &Arc<Document<T>>) {
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some(held.clone());
    }

    /// Takes the stored document if it is newer than the process's; and returns its row, to be replaced. It is checked
    /// like one that was fetched.
    async fn adopt(&self, fetch: &DocumentRequest<'_, T>) -> Option<S::Row> {
        let row = self.storage.load(&self.id, fetch.now).await?;
        let stored = row.as_ref();
        let is_older = self.held(fetch).is_some_and(|held| held.fetched_at >= stored.fetched_at);
        if !is_older
            && stored.url == fetch.url.as_str()
            && let Ok(value) = (fetch.read)(stored.body.as_bytes())
        {
            self.hold(&Arc::new(Document { value, url: fetch.url.clone(), fetched_at: stored.fetched_at }));
        }
        Some(row)
    }

    /// Fetches, once. The caller holds the turn, so that nobody else does.
    async fn fetched(
        &self,
        turn: &mut Turn,
        fetch: &DocumentRequest<'_, T>,
        stored: Option<S::Row>,
    ) -> Result<Arc<Document<T>>, Error> {
        if turn.is_spent(fetch.now) {
            return Err(Error::new(Fault::Unreachable, format!("{}: fetched too often", self.id)));
        }
        turn.times.push_back(fetch.now);
        let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        let tried = |end| Some(Tried { number, at: fetch.now, url: fetch.url.clone(), end });
        turn.last = tried(End::Open);
        let got = self.got(fetch).await;
        turn.last = tried(got.as_ref().map_or_else(|(fault, _)| End::Failed(*fault), |_| End::Good));
        let (value, body) = got.map_err(|(fault, why)| Error::new(fault, format!("{}: {why}", self.id)))?;
        let held = Arc::new(Document { value, url: fetch.url.clone(), fetched_at: fetch.now });
        self.hold(&held);
        if fetch.save && body.len() <= MAX_STORED {
            self.save(fetch, body, stored).await;
        }
        Ok(held)
    }

    /// What is answered, read and checked.
    async fn got(&self, fetch: &DocumentRequest<'_, T>) -> Result<(T, Vec<u8>), (Fault, String)> {
        let body = fetch.http.get(fetch.url, fetch.accept, fetch.limit).await;
        let body = body.map_err(|error| (error.fault(), error.to_string()))?;
        let value = (fetch.read)(&body).map_err(|why| (Fault::Answer, why))?;
        Ok((value, body))
    }

    /// Puts it into the storage.
    async fn save(&self, fetch: &DocumentRequest<'_, T>, body: Vec<u8>, old: Option<S::Row>) {
        let Ok(body) = String::from_utf8(body) else { return };
        let new = StoredDocument { url: fetch.url.to_string(), body, fetched_at: fetch.now };
        self.storage.save(&self.id, new, old, fetch.now).await;
    }
}
