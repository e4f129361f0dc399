//! The keys of one issuer, cached by the process.
//!
//! They are fresh for an hour; then they are fetched again, and the last good ones serve for a day where that fails (#74). A
//! token that names an unknown key may cause one fetch in ten seconds, no matter who asks and how often, and tokens that name
//! a known one never wait for it (#73).

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use jose::{Algorithm, JoseError, Jws, KeySet};
use oauth::Time;
use token::Invalid;
use tokio::sync::{Mutex, MutexGuard};

use crate::Refused;

/// How long keys are used without a fetch.
const FRESH: Duration = Duration::from_secs(3600);
/// How long they are used while newer ones cannot be fetched.
const USABLE: Duration = Duration::from_secs(24 * 3600);
/// The pause between two fetches.
const PAUSE: Duration = Duration::from_secs(10);
/// The pause after a failure while there are keys that can be used: nobody should wait for a dead issuer again and again.
const PATIENCE: Duration = Duration::from_secs(60);

/// Gets the issuer's key set (RFC 7517). The network is the caller's: here are no addresses.
pub type Source =
    Box<dyn Fn() -> Pin<Box<dyn Future<Output = Result<Vec<u8>, Unreachable>> + Send>> + Send + Sync>;

/// Why there are no keys. Nothing in it was sent or received.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the keys of {issuer} cannot be fetched: {why}")]
pub struct Unreachable {
    /// The issuer's name in the settings.
    pub issuer: String,
    /// What happened.
    pub why: String,
}

/// The keys.
pub(crate) struct KeyCache {
    name: String,
    held: RwLock<Option<Arc<Held>>>,
    source: Option<Source>,
    /// Anyone who holds it may fetch. In it is when that was tried last, and why it failed if it did.
    turn: Mutex<Option<(Time, Option<Unreachable>)>>,
}

struct Held {
    keys: KeySet,
    since: Time,
    /// From the settings: they are the operator's word and never too old, only to be replaced by newer ones.
    configured: bool,
}

impl Held {
    fn is_fresh(&self, now: Time) -> bool {
        now.since(self.since) < FRESH
    }

    fn is_usable(&self, now: Time) -> bool {
        self.configured || now.since(self.since) < USABLE
    }
}

impl KeyCache {
    /// A cache that begins with the keys from the settings, if there are any. Without a source it stays with them.
    pub(crate) fn new(name: &str, configured: Option<KeySet>, source: Option<Source>, now: Time) -> Self {
        let held = configured.map(|keys| Arc::new(Held { keys, since: now, configured: true }));
        Self { name: name.to_owned(), held: RwLock::new(held), source, turn: Mutex::new(None) }
    }

    /// Checks the signature with the key that the token names.
    pub(crate) async fn verify(&self, jws: &Jws, algorithms: &[Algorithm], now: Time) -> Result<(), Refused> {
        // What no key can verify is not worth a fetch.
        if !Algorithm::parse(jws.alg()).is_some_and(|algorithm| algorithms.contains(&algorithm)) {
            return Err(Invalid::Jws(JoseError::Algorithm).into());
        }
        let held = self.fresh(now).await?;
        let verified = match held.keys.verify(jws, algorithms) {
            Err(JoseError::UnknownKey) => match self.newer(&held, now).await? {
                Some(newer) => newer.keys.verify(jws, algorithms),
                None => Err(JoseError::UnknownKey),
            },
            verified => verified,
        };
        Ok(verified.map_err(Invalid::Jws)?)
    }

    /// The keys, fresh if possible. While one fetches, the others use what there is.
    async fn fresh(&self, now: Time) -> Result<Arc<Held>, Unreachable> {
        let held = self.held(now);
        if let Some(fresh) = held.clone().filter(|held| held.is_fresh(now) || self.source.is_none()) {
            return Ok(fresh);
        }
        let mut turn = match (self.turn.try_lock(), held) {
            (Ok(turn), _) => turn,
            (Err(_), Some(held)) => return Ok(held),
            (Err(_), None) => self.turn.lock().await,
        };
        let held = self.held(now);
        let pause = if held.is_some() { PATIENCE } else { PAUSE };
        match (held, &*turn) {
            (Some(held), _) if held.is_fresh(now) => Ok(held),
            (Some(held), Some((at, _))) if now.since(*at) < pause => Ok(held),
            (None, Some((at, Some(error)))) if now.since(*at) < pause => Err(error.clone()),
            (held, _) => match (self.fetch(&mut turn, now).await, held) {
                (Ok(new), _) => Ok(new),
                (Err(error), Some(old)) => {
                    tracing::warn!(%error, "older keys are used");
                    Ok(old)
                }
                (Err(error), None) => Err(error),
            },
        }
    }

    /// Newer keys than `seen`, among which the one was not; nothing if those are the newest there are, as was seen moments ago.
    /// While the issuer is away nobody knows: the key may be a new one of its, and its token good (#78).
    async fn newer(&self, seen: &Arc<Held>, now: Time) -> Result<Option<Arc<Held>>, Unreachable> {
        if self.source.is_none() {
            return Ok(None);
        }
        let mut turn = self.turn.lock().await;
        if let Some(newer) = self.held(now).filter(|held| !Arc::ptr_eq(held, seen)) {
            return Ok(Some(newer));
        }
        match &*turn {
            Some((at, failed)) if now.since(*at) < PAUSE => failed.clone().map_or(Ok(None), Err),
            _ => self.fetch(&mut turn, now).await.map(Some),
        }
    }

    /// Fetches, once. The caller holds the lock, so that nobody else does.
    async fn fetch(
        &self,
        turn: &mut MutexGuard<'_, Option<(Time, Option<Unreachable>)>>,
        now: Time,
    ) -> Result<Arc<Held>, Unreachable> {
        let unreachable = |why: String| Unreachable { issuer: self.name.clone(), why };
        let source = self.source.as_ref().ok_or_else(|| unreachable("no address is known".to_owned()))?;
        // Noted before, so that a caller who gives up waiting leaves a pause behind as well.
        **turn = Some((now, Some(unreachable("the last fetch did not finish".to_owned()))));
        let keys = match source().await {
            Ok(body) => keys_of(&body).map_err(|error| unreachable(error.to_string())),
            Err(error) => Err(error),
        };
        let keys = keys.inspect_err(|error| **turn = Some((now, Some(error.clone()))))?;
        **turn = Some((now, None));
        let held = Arc::new(Held { keys, since: now, configured: false });
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some(held.clone());
        Ok(held)
    }

    fn held(&self, now: Time) -> Option<Arc<Held>> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner).clone();
        held.filter(|held| held.is_usable(now))
    }
}

/// What an issuer publishes. A set in which nothing can be used is a mistake of its, and no word about the keys it had.
fn keys_of(body: &[u8]) -> Result<KeySet, JoseError> {
    KeySet::parse(body).and_then(|set| if set.keys().is_empty() { Err(JoseError::NoKey) } else { Ok(set) })
}
