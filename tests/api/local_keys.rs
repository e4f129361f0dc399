//! The keys of the local cloud, as `latchkey keys` changes them while it runs.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use latchkey::{
    Cloud, Options,
    keys::{self, Command, Place},
    trail::{self, Trail},
};
use oauth::{Secret, Time};
use serde_json::Value;
use setting::{Clock, SettingError};
use tests::Agent;
use web::CookieMode;

const NOW: Time = Time::from_epoch(1_800_000_000);

/// A local cloud with a folder of its own, whose clock the test moves.
pub(crate) struct Local {
    home: PathBuf,
    pub(crate) cloud: Cloud,
    clock: Arc<AtomicI64>,
    pub(crate) program: Agent,
}

impl Local {
    pub(crate) async fn start() -> Self {
        let home = std::env::temp_dir().join(format!("latchkey-{}", Secret::random().expose()));
        let clock = Arc::new(AtomicI64::new(NOW.epoch()));
        let options =
            Options { settings: HashMap::new(), home: Some(home.clone()), port: 0, clock: clock_of(&clock) };
        let cloud = Cloud::start(options).await.unwrap();
        let program = Agent::new(&cloud.url, false, CookieMode::Plain);
        Self { home, cloud, clock, program }
    }

    pub(crate) fn clock(&self) -> Clock {
        clock_of(&self.clock)
    }

    pub(crate) fn now(&self) -> Time {
        self.clock().now()
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    pub(crate) async fn keys(&self, command: Command) -> Result<String, SettingError> {
        let nothing = || -> Result<Secret, SettingError> { unreachable!("nothing is read") };
        keys::run(&command, &HashMap::new(), &self.home, self.now(), nothing).await
    }

    /// The names of the keys that are published, of one type.
    async fn published(&self, kty: &str) -> Vec<String> {
        let set = self.program.get("/.well-known/jwks.json").await.expect(200).json();
        let keys = set["keys"].as_array().unwrap().iter().filter(|key| key["kty"] == kty);
        keys.map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
    }

    async fn token(&self) -> String {
        let program = Agent::new(&self.cloud.url, false, CookieMode::Plain);
        program.sign_in("ada").await.expect(200).json()["jwt"].as_str().unwrap().to_owned()
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.home);
    }
}

fn clock_of(clock: &Arc<AtomicI64>) -> Clock {
    let time = clock.clone();
    Clock::from_fn(move || Time::from_epoch(time.load(Ordering::SeqCst)))
}

pub(crate) fn here() -> Place {
    Place { stack: None }
}

/// The name of the key that signed it.
pub(crate) fn kid(token: &str) -> String {
    let header = token.split('.').next().unwrap();
    let header = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, header).unwrap();
    serde_json::from_slice::<Value>(&header).unwrap()["kid"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_running_local_cloud_takes_new_keys_at_its_next_request() {
    // #59, P8
    let local = Local::start().await;
    let [old] = local.published("RSA").await.try_into().unwrap();
    let token = local.token().await;
    assert_eq!(kid(&token), old);
    let text = local.keys(Command::List(here())).await.unwrap();
    assert!(text.contains(&format!("{old}  RS256  current   signs since ")), "{text}");

    let text = local.keys(Command::Rotate { alg: Some("RS256".to_owned()), place: here() }).await.unwrap();
    assert!(text.contains("RS256  next      signs from 2027-01-15T11:00:00Z"), "{text}");
    let [first, next] = local.published("RSA").await.try_into().unwrap();
    assert_eq!((&first, local.published("EC").await.len()), (&old, 1));
    assert_eq!(kid(&local.token().await), old, "the next one does not sign yet");
    let again = local.keys(Command::Rotate { alg: Some("RS256".to_owned()), place: here() }).await.unwrap();
    assert!(again.starts_with("A new key is on its way already.\n"), "{again}");

    local.program.bearer("/profile", &token).await.expect(200);
    local.keys(Command::Revoke { kid: old.clone(), place: here() }).await.unwrap();
    assert_eq!(local.published("RSA").await, std::slice::from_ref(&next));
    // On a route for which the gateway remembers no decision.
    local.program.bearer("/users/me", &token).await.expect(403);
    let fresh = local.token().await;
    assert_eq!(kid(&fresh), next);
    local.program.bearer("/users/me", &fresh).await.expect(200);

    // Both acts are in the trail, and the look at the keys and the rotation that was on its way are not.
    let wanted = Trail { user: None, what: None, since: None, limit: None, json: false, stack: None };
    let mut lines = Vec::new();
    let keep = |line: &str| {
        lines.push(line.to_owned());
        Ok(())
    };
    trail::run(&wanted, &HashMap::new(), &local.home, local.now(), keep).await.unwrap();
    let acts: Vec<_> = lines.iter().filter(|line| line.contains("  key")).collect();
    assert_eq!(acts.len(), 2, "{lines:?}");
    for (act, kid) in [("key_revoked", &old), ("keys_rotated", &next)] {
        let is_it = |line: &&&String| line.contains(act) && line.contains(&**kid);
        assert!(acts.iter().find(is_it).is_some_and(|line| line.contains("by operator local")), "{acts:?}");
    }

    // What cannot be used is not taken, and what runs goes on.
    std::fs::write(local.home.join("signing-keys.json"), "{}").unwrap();
    assert_eq!(local.published("RSA").await, [next]);
    let said = local.keys(Command::Revoke { kid: old, place: here() }).await.unwrap_err().to_string();
    assert!(said.starts_with("SIGNING_KEYS: "), "{said}");
}

#[tokio::test]
async fn keys_that_come_from_a_setting_are_changed_where_they_come_from() {
    let values = HashMap::from([("SIGNING_KEYS".to_owned(), "{}".to_owned())]);
    let nothing = || -> Result<Secret, SettingError> { unreachable!("nothing is read") };
    let said = keys::run(&Command::List(here()), &values, &PathBuf::from("/nonexistent"), NOW, nothing).await;
    assert!(said.unwrap_err().to_string().starts_with("SIGNING_KEYS is set"));
}
