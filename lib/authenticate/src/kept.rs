//! A provider's document (its metadata, its keys), kept by the process and in the table.
//!
//! It is fresh for an hour. One that is older is fetched again, and served for a day where that fails (#74). Nothing is
//! fetched twice within ten seconds, however many ask and for whatever reason, and while one fetches the others use
//! what there is (#73).

use std::{
    sync::{Arc, PoisonError, RwLock},
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
/// The pause between two fetches.
const PAUSE: Duration = Duration::from_secs(10);
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
    turn: Mutex<Option<Tried>>,
}

/// The document as it was read.
#[derive(Debug)]
pub(crate) struct Held<T> {
    pub(crate) value: T,
    url: Url,
    fetched_at: Time,
}

/// The last fetch, and how it failed if it did.
#[derive(Debug, Clone, Copy)]
struct Tried {
    at: Time,
    fault: Fault,
}

/// How the document is got and read.
pub(crate) struct Fetch<'a, T> {
    pub(crate) http: &'a Http,
    pub(crate) url: &'a Url,
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
        Self { id: format!("{issuer}#{kind}"), table, held: RwLock::new(None), turn: Mutex::new(None) }
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
        match (self.fetched(&mut turn, fetch, stored).await, self.held(fetch)) {
            (Ok(new), _) => Ok(new),
            (Err(error), Some(old)) => {
                tracing::warn!(document = self.id, %error, "an older document is used");
                Ok(old)
            }
            (Err(error), None) => Err(error),
        }
    }

    /// A newer document than `seen`, which turned out not to be enough; nothing if it was fetched or tried moments ago.
    pub(crate) async fn newer(
        &self,
        seen: &Held<T>,
        fetch: &Fetch<'_, T>,
    ) -> Result<Option<Arc<Held<T>>>, Error> {
        let is_newer = |held: &Arc<Held<T>>| held.fetched_at > seen.fetched_at;
        let mut turn = self.turn.lock().await;
        if let Some(newer) = self.held(fetch).filter(is_newer) {
            return Ok(Some(newer));
        }
        if seen.is_younger(PAUSE, fetch.now) || turn.is_some_and(|tried| fetch.now.since(tried.at) < PAUSE) {
            return Ok(None);
        }
        let stored = self.adopt(fetch).await;
        if let Some(newer) = self.held(fetch).filter(is_newer) {
            return Ok(Some(newer));
        }
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
        let asked = timeout(TABLE_LIMIT, self.table.get::<Stored>(&self.id, fetch.now)).await;
        let Ok(Ok(row)) = asked else {
            tracing::warn!(document = self.id, "the table does not tell what it holds");
            return None;
        };
        let row = row?;
        let is_older = self.held(fetch).is_some_and(|held| held.fetched_at >= row.fetched_at);
        if !is_older
            && row.url == fetch.url.as_str()
            && let Ok(value) = (fetch.judge)(row.body.as_bytes())
        {
            self.hold(&Arc::new(Held { value, url: fetch.url.clone(), fetched_at: row.fetched_at }));
        }
        Some(row)
    }

    /// Fetches, once. Whoever calls holds the turn, so that nobody else does.
    async fn fetched(
        &self,
        turn: &mut Option<Tried>,
        fetch: &Fetch<'_, T>,
        stored: Option<Row<Stored>>,
    ) -> Result<Arc<Held<T>>, Error> {
        if let Some(tried) = turn.filter(|tried| fetch.now.since(tried.at) < PAUSE) {
            return Err(Error::upstream(
                tried.fault,
                format!("{}: it failed less than ten seconds ago", self.id),
            ));
        }
        *turn = Some(Tried { at: fetch.now, fault: Fault::Slow });
        let body = fetch.http.get_json(fetch.url, fetch.limit).await.map_err(|error| {
            *turn = Some(Tried { at: fetch.now, fault: error.fault() });
            Error::from(error).during(&self.id)
        })?;
        let value = (fetch.judge)(&body).map_err(|why| {
            *turn = Some(Tried { at: fetch.now, fault: Fault::Answer });
            Error::upstream(Fault::Answer, format!("{}: {why}", self.id))
        })?;
        let held = Arc::new(Held { value, url: fetch.url.clone(), fetched_at: fetch.now });
        self.hold(&held);
        if fetch.save && body.len() <= MAX_STORED {
            self.save(fetch, body, stored).await;
        }
        Ok(held)
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
