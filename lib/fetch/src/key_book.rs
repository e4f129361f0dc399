//! The keys of those whom a row of the table names: a client with a key set of its own, a platform that vouches for a workload.
//!
//! Each has its documents for itself (#70), cached like all others. A token that no key at hand verifies may cause one fetch in ten
//! seconds, no matter who asks and how often (#73, #74).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jose::{Algorithm, JoseError, Jws, KeySet};
use oauth::Time;
use tokio::time::timeout;
use url::Url;

use crate::{
    Document, DocumentCache, DocumentRequest, Error, Fault, Http, JSON, KEY_SET, SettingError, Storage,
    address::is_endpoint, key_source::keys_in,
};

/// How long the keys of one token may take, its issuer's metadata included (#72).
const LIMIT: Duration = Duration::from_secs(3);
/// The pause between two fetches for the sake of a token.
const PAUSE: Duration = Duration::from_secs(10);
/// The most whose documents a process holds: those whom operators named, of whom there are few.
const MOST: usize = 500;

/// Whose keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPlace<'a> {
    /// Those at this address.
    At(&'a str),
    /// Those that the metadata of this issuer names, on its own origin (#71).
    Of(&'a str),
}

/// Why a token is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unverified {
    /// No key there is its, or its signature is wrong.
    #[error("{0}")]
    Wrong(#[from] JoseError),
    /// Nobody can say: the keys cannot be fetched.
    #[error("{0}")]
    Unreachable(#[from] Error),
}

/// All keys that were needed so far.
#[derive(Debug)]
pub struct KeyBook<S> {
    http: Http,
    storage: S,
    pages: Mutex<HashMap<String, Arc<Page<S>>>>,
}

#[derive(Debug)]
struct Page<S> {
    metadata: DocumentCache<Url, S>,
    keys: DocumentCache<KeySet, S>,
    /// When keys were last fetched for the sake of a token.
    renewed_at: Mutex<Option<Time>>,
}

impl<S: Storage + Clone> KeyBook<S> {
    /// A client that trusts the system's certificate authorities, and those in `ca_pem` (the content of `CA_FILE`).
    pub fn new(ca_pem: Option<Vec<u8>>, storage: S) -> Result<Self, SettingError> {
        Ok(Self { http: Http::new(ca_pem)?, storage, pages: Mutex::default() })
    }

    /// Checks the signature by the keys that are there, fetched if there are none, if they are old, or once more if none of them fits.
    pub async fn verify(&self, place: KeyPlace<'_>, token: &Jws, now: Time) -> Result<(), Unverified> {
        // What no key can verify is not worth a fetch.
        Algorithm::parse(token.alg()).ok_or(JoseError::Algorithm)?;
        let slow = |_| Err(Error::new(Fault::Slow, "no keys in time").into());
        timeout(LIMIT, self.verify_in_time(place, token, now)).await.unwrap_or_else(slow)
    }

    async fn verify_in_time(&self, place: KeyPlace<'_>, token: &Jws, now: Time) -> Result<(), Unverified> {
        let page = self.page(place);
        let url = self.address(&page, place, now).await?;
        let request = self.request(&url, KEY_SET, &usable_keys, now);
        let seen = page.keys.begun();
        let keys = page.keys.get(&request).await?;
        match keys.value.verify(token, Algorithm::ALL) {
            Err(why) if may_be_new(why) && page.may_renew(seen, now) => {
                let newer: Option<Arc<Document<KeySet>>> = page.keys.renewed(seen, &request).await?;
                Ok(newer.ok_or(why)?.value.verify(token, Algorithm::ALL)?)
            }
            verified => Ok(verified?),
        }
    }

    async fn address(&self, page: &Page<S>, place: KeyPlace<'_>, now: Time) -> Result<Url, Error> {
        let endpoint = |text: &str| Url::parse(text).ok().filter(is_endpoint);
        let forbidden = || Error::new(Fault::Unreachable, "the address may not be called");
        let issuer = match place {
            KeyPlace::At(address) => return endpoint(address).ok_or_else(forbidden),
            KeyPlace::Of(issuer) => issuer,
        };
        // OpenID Connect Discovery §4: a slash at the end goes away before the well-known path.
        let document = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let document = endpoint(&document).ok_or_else(forbidden)?;
        let read = |body: &[u8]| keys_in(body, issuer, &[]).map_err(|error| error.reason);
        Ok(page.metadata.get(&self.request(&document, JSON, &read, now)).await?.value.clone())
    }

    fn request<'a, T>(
        &'a self,
        url: &'a Url,
        accept: &'static str,
        read: &'a (dyn Fn(&[u8]) -> Result<T, String> + Sync),
        now: Time,
    ) -> DocumentRequest<'a, T> {
        DocumentRequest { http: &self.http, url, accept, limit: LIMIT, read, save: true, now }
    }

    fn page(&self, place: KeyPlace<'_>) -> Arc<Page<S>> {
        let (KeyPlace::At(name) | KeyPlace::Of(name)) = place;
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        if pages.len() >= MOST && !pages.contains_key(name) {
            pages.clear();
        }
        let page = || {
            Arc::new(Page {
                metadata: DocumentCache::new(name, "metadata", self.storage.clone()),
                keys: DocumentCache::new(name, "keys", self.storage.clone()),
                renewed_at: Mutex::default(),
            })
        };
        pages.entry(name.to_owned()).or_insert_with(page).clone()
    }
}

impl<S: Storage> Page<S> {
    /// Whether keys may be fetched for the sake of a token: not if they were a moment ago, by this request or for another.
    fn may_renew(&self, seen: u64, now: Time) -> bool {
        let mut renewed_at = self.renewed_at.lock().unwrap_or_else(PoisonError::into_inner);
        if self.keys.begun() > seen || renewed_at.is_some_and(|at| now.since(at) < PAUSE) {
            return false;
        }
        *renewed_at = Some(now);
        true
    }
}

/// Whether another key may help.
fn may_be_new(why: JoseError) -> bool {
    matches!(
        why,
        JoseError::UnknownKey | JoseError::WrongKey | JoseError::AmbiguousKey | JoseError::Signature
    )
}

/// A key set with at least one key that can be used: without, the last good one is better.
pub fn usable_keys(body: &[u8]) -> Result<KeySet, String> {
    let keys = KeySet::parse(body).map_err(|why| why.to_string())?;
    if keys.keys().is_empty() { Err("no key in it can be used".to_owned()) } else { Ok(keys) }
}
