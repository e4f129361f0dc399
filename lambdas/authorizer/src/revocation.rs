//! Whether a token of ours has been taken back before its time: its session has ended, its user is disabled or gone, or its
//! client is disabled.
//!
//! It costs one request to the table for three rows, and is remembered for thirty seconds, so a token dies at most so long
//! after its session, plus what the gateway itself remembers. Where it is off, there is no table.

use std::{
    collections::HashMap,
    pin::Pin,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use oauth::{Caller, Time};
use setting::{Env, SettingError};
use store::{Connection, Table};
use web::Result;

/// How long what was found is taken for true.
const KEPT_FOR: Duration = Duration::from_secs(30);
/// How many findings are kept.
const MOST_KEPT: usize = 1000;
/// How long the table may take.
const LIMIT: Duration = Duration::from_secs(1);
/// How long the table is left alone after it did not answer, so that not everybody waits for it.
const PAUSE: Duration = Duration::from_secs(5);

/// Why there is no start.
const NOBODY: &str = "REVOCATION is on, and its table is that of one latchkey: set PUBLIC_KEYS and BASE_URL, or let ISSUERS name \
    one latchkey and not more";

/// The question, and what was found.
pub(crate) struct Revocation {
    /// The issuer whose sessions, users and clients are in the table. Those of others are not (#70).
    issuer: String,
    table: Table,
    /// Whether a token is let in while the table cannot say.
    open: bool,
    state: Mutex<State>,
}

/// All that is asked by: session, user, client.
type Key = (Option<String>, String, String);

#[derive(Default)]
struct State {
    found: HashMap<Key, (Time, bool)>,
    failed_at: Option<Time>,
}

impl Revocation {
    /// As the setting says, for the tokens of this issuer; nothing if it is off. Where it is on and nobody could be asked about,
    /// the start ends: whoever set it must not believe that tokens can be taken back.
    pub(crate) async fn read(env: &Env, issuer: Option<&str>) -> Result<Option<Self>> {
        let open = match env.text(&setting::REVOCATION)?.as_str() {
            "off" => return Ok(None),
            "open" => true,
            "closed" => false,
            _ => return Err(SettingError::new("REVOCATION must be off, open or closed").into()),
        };
        let issuer = issuer.ok_or_else(|| SettingError::new(NOBODY))?.to_owned();
        let connection =
            Connection { table: env.text(&setting::TABLE)?, endpoint: env.get(&setting::DYNAMODB_ENDPOINT) };
        Ok(Some(Self { issuer, table: Table::open(connection).await, open, state: Mutex::default() }))
    }

    /// Whether the token has been taken back; one of another issuer never has. An error where the table cannot say and nobody is
    /// to be let in then.
    pub(crate) async fn is_revoked(&self, caller: &Caller, now: Time) -> Result<bool> {
        if caller.issuer != self.issuer {
            return Ok(false);
        }
        let key = (caller.session.clone(), caller.subject.clone(), caller.client_id.clone());
        if let Some((at, revoked)) = self.state().found.get(&key).copied()
            && now.since(at) < KEPT_FOR
        {
            return Ok(revoked);
        }
        if self.state().failed_at.is_some_and(|at| now.since(at) < PAUSE) {
            return self.unknown("the table failed moments ago");
        }
        // Without its type, which is as deep as the SDK.
        let look: Pin<Box<dyn Future<Output = _> + Send + '_>> =
            Box::pin(::revocation::is_revoked(&self.table, caller, now));
        match tokio::time::timeout(LIMIT, look).await {
            Ok(Ok(revoked)) => {
                self.remember(key, now, revoked);
                Ok(revoked)
            }
            Ok(Err(error)) => self.fail(now, &web::Error::from(error).causes()),
            Err(_) => self.fail(now, "the table did not answer in time"),
        }
    }

    fn remember(&self, key: Key, now: Time, revoked: bool) {
        let mut state = self.state();
        if state.found.len() >= MOST_KEPT {
            state.found.retain(|_, (at, _)| now.since(*at) < KEPT_FOR);
        }
        if state.found.len() >= MOST_KEPT {
            state.found.clear();
        }
        state.found.insert(key, (now, revoked));
    }

    fn fail(&self, now: Time, why: &str) -> Result<bool> {
        self.state().failed_at = Some(now);
        self.unknown(why)
    }

    fn unknown(&self, why: &str) -> Result<bool> {
        tracing::warn!(why, open = self.open, "nobody knows whether the token was taken back");
        if self.open { Ok(false) } else { Err("it is not known whether the token was taken back".into()) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
