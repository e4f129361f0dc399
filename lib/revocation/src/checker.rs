//! Asking at a gate, where many tokens come by and no answer must take long.
//!
//! What was found is cached for thirty seconds, so a token dies at most so long after its session, its grant, its user or its client,
//! plus what the gateway itself caches. While the table does not answer, the setting decides.

use std::{
    collections::HashMap,
    pin::Pin,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use oauth::{Caller, Time};
use setting::{Env, SettingError};
use store::Table;

use crate::{is_revoked, settings::REVOCATION};

/// How long what was found counts.
const CACHED_FOR: Duration = Duration::from_secs(30);
/// How many findings are cached.
const MOST_CACHED: usize = 1000;
/// How long the table may take.
const LIMIT: Duration = Duration::from_secs(1);
/// How long the table is left alone after it did not answer, so that not everybody waits for it.
const PAUSE: Duration = Duration::from_secs(5);

/// Why there is no start.
const NOBODY: &str = "REVOCATION is on, and its table is that of one latchkey: set PUBLIC_KEYS and BASE_URL, or let ISSUERS name \
    one latchkey and only one";

/// The table could not be asked, and a token of which nobody knows whether it was revoked is not accepted (`REVOCATION=closed`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it cannot be checked whether the token is revoked")]
pub struct Unknown;

/// Checks tokens as they come by, and caches for a short while what it found.
pub struct Checker {
    /// The issuer whose sessions, users and clients are in the table. Other issuers' are not (#70).
    issuer: String,
    table: Table,
    /// Whether a token is accepted while the table cannot say.
    open: bool,
    state: Mutex<State>,
}

/// All that is asked by: session, grant, user, client.
type Key = (Option<String>, Option<String>, String, String);

#[derive(Default)]
struct State {
    found: HashMap<Key, (Time, bool)>,
    failed_at: Option<Time>,
}

impl Checker {
    /// As `REVOCATION` says, for the tokens of this issuer; nothing if it is off. Where it is on and nobody could be asked about,
    /// the start ends: nobody may think that tokens can be revoked.
    pub async fn from_env(env: &Env, issuer: Option<&str>) -> Result<Option<Self>, SettingError> {
        let open = match env.text(&REVOCATION)?.as_str() {
            "off" => return Ok(None),
            "open" => true,
            "closed" => false,
            _ => return Err(SettingError::new("REVOCATION must be off, open or closed")),
        };
        let issuer = issuer.ok_or_else(|| SettingError::new(NOBODY))?.to_owned();
        Ok(Some(Self { issuer, table: Table::from_env(env).await?, open, state: Mutex::default() }))
    }

    /// Whether the token of this caller has been revoked; one of another issuer never has. It costs one request to the table, or
    /// nothing where the answer is cached.
    pub async fn is_revoked(&self, caller: &Caller, now: Time) -> Result<bool, Unknown> {
        if caller.issuer != self.issuer {
            return Ok(false);
        }
        let Caller { session, grant, subject, client_id, .. } = caller.clone();
        let key = (session, grant, subject, client_id);
        if let Some((at, revoked)) = self.state().found.get(&key).copied()
            && now.since(at) < CACHED_FOR
        {
            return Ok(revoked);
        }
        if self.state().failed_at.is_some_and(|at| now.since(at) < PAUSE) {
            return self.unknown("the table failed moments ago");
        }
        // Without its type, which is as deep as the SDK.
        let look: Pin<Box<dyn Future<Output = _> + Send + '_>> =
            Box::pin(is_revoked(&self.table, caller, now));
        match tokio::time::timeout(LIMIT, look).await {
            Ok(Ok(revoked)) => {
                self.cache(key, now, revoked);
                Ok(revoked)
            }
            Ok(Err(error)) => self.fail(now, &oauth::causes(&error)),
            Err(_) => self.fail(now, "the table did not answer in time"),
        }
    }

    fn cache(&self, key: Key, now: Time, revoked: bool) {
        let mut state = self.state();
        if state.found.len() >= MOST_CACHED {
            state.found.retain(|_, (at, _)| now.since(*at) < CACHED_FOR);
        }
        if state.found.len() >= MOST_CACHED {
            state.found.clear();
        }
        state.found.insert(key, (now, revoked));
    }

    fn fail(&self, now: Time, why: &str) -> Result<bool, Unknown> {
        self.state().failed_at = Some(now);
        self.unknown(why)
    }

    fn unknown(&self, why: &str) -> Result<bool, Unknown> {
        tracing::warn!(why, open = self.open, "it cannot be checked whether the token is revoked");
        if self.open { Ok(false) } else { Err(Unknown) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
