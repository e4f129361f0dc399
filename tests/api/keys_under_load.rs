//! Keys that change while they are used: by people whose tokens must be good everywhere as long as they live.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use jose::{Jws, KeySet};
use latchkey::{
    keys::Command,
    mount::{AUTHORIZER, Running},
};
use oauth::Time;
use serde_json::Value;
use setting::Env;
use tests::{Agent, oauth::claims};
use tokio::{
    sync::Mutex,
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};
use web::CookieMode;

use crate::local_keys::{Local, here, kid};

/// Fifty requests a second, for fourteen seconds.
const PACE: Duration = Duration::from_millis(20);
const REQUESTS: i64 = 700;
/// Seconds of the clock for each: two hours, for which API Gateway's own authorizers use a key set, pass in ten seconds of the load.
const STEP: i64 = 15;
const CACHE: Duration = Duration::from_secs(500 * STEP.unsigned_abs());
/// Another key is asked for each two seconds.
const ROTATION: i64 = 100;

const HALF_AN_HOUR: i64 = 1800;

/// A verifier as API Gateway has one: it fetches the key set when its cache is over, and an unknown key is no reason to ask.
#[derive(Default)]
struct Caching(Mutex<Option<(Time, KeySet)>>);

impl Caching {
    async fn verifies(&self, token: &str, load: &Load) -> bool {
        let mut cached = self.0.lock().await;
        let now = load.local.now();
        if cached.as_ref().is_none_or(|(fetched, _)| now.since(*fetched) >= CACHE) {
            let set = load.local.program.get("/.well-known/jwks.json").await.expect(200);
            *cached = Some((now, KeySet::parse(set.body).unwrap()));
        }
        let (_, keys) = cached.as_ref().unwrap();
        keys.verify(&Jws::parse(token).unwrap(), &token::Keys::ALGORITHMS).is_ok()
    }
}

/// Everybody who verifies while keys change: our own gate, verifiers that cache, and an authorizer in another account.
struct Load {
    local: Local,
    browser: Agent,
    caching: [Caching; 3],
    abroad: Running,
}

impl Load {
    /// Somebody is signed in.
    async fn start() -> Self {
        let local = Local::start().await;
        let browser = Agent::new(&local.cloud.url, true, CookieMode::Plain);
        browser.sign_in("ada").await.expect(303);
        let url = &local.cloud.url;
        let settings = [("ISSUERS", "latchkey"), ("LATCHKEY_ISSUER", url), ("LATCHKEY_AUDIENCES", url)];
        let settings: HashMap<_, _> =
            settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let env = Env::new(settings, local.clock(), AUTHORIZER.settings);
        let abroad = AUTHORIZER.start(env).await.unwrap();
        Self { local, browser, caching: Default::default(), abroad }
    }

    async fn rotate(&self) {
        self.local.keys(Command::Rotate { alg: None, place: here() }).await.unwrap();
    }

    async fn token(&self) -> String {
        let answer = self.browser.post("/users/token").await.expect(200).json();
        answer["access_token"].as_str().unwrap().to_owned()
    }

    /// Our own gate.
    async fn enters(&self, token: &str) -> bool {
        self.local.program.bearer("/users/me", token).await.status == 200
    }

    async fn enters_abroad(&self, token: &str) -> bool {
        let path = format!("{}/events/http-2.0.json", env!("CARGO_MANIFEST_DIR"));
        let event =
            std::fs::read_to_string(path).unwrap().replace("Bearer TOKEN", &format!("Bearer {token}"));
        let answer = self.abroad.invoke(&serde_json::from_str::<Value>(&event).unwrap()).await;
        answer.is_ok_and(|answer| answer["isAuthorized"] == true)
    }

    /// A fresh token, used everywhere: the name of its key, and whether it was still good at the end. Whoever refuses it while it is good
    /// ends the test.
    async fn request(&self) -> (String, bool) {
        let token = self.token().await;
        let (key, ends) = (kid(&token), claims(&token)["exp"].as_i64().unwrap());
        let mut refused = Vec::new();
        if !self.enters(&token).await {
            refused.push("our own gate");
        }
        for caching in &self.caching {
            if !caching.verifies(&token, self).await {
                refused.push("a verifier with a cache");
            }
        }
        if !self.enters_abroad(&token).await {
            refused.push("the authorizer in another account");
        }
        let is_good = self.local.now().epoch() < ends;
        assert!(
            refused.is_empty() || !is_good,
            "{refused:?} refuse a good token of {key} at {}",
            self.local.now()
        );
        (key, is_good)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn p8_keys_that_rotate_under_load_refuse_nobody() {
    // P8, #59, #74
    let load = Arc::new(Load::start().await);
    // A key is on its way, and the caches are of different ages. It signs after a third of the load, and the one before is over before
    // the end.
    load.rotate().await;
    for caching in &load.caching {
        load.local.pass(HALF_AN_HOUR);
        assert!(caching.verifies(&load.token().await, &load).await);
    }
    load.local.pass(HALF_AN_HOUR);
    let mut pace = interval(PACE);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut requests = JoinSet::new();
    for number in 0..REQUESTS {
        pace.tick().await;
        load.local.pass(STEP);
        if number % ROTATION == 0 {
            load.rotate().await;
        }
        let load = load.clone();
        requests.spawn(async move { load.request().await });
    }
    let answers = requests.join_all().await;
    let used: BTreeSet<_> = answers.iter().map(|(key, _)| key.clone()).collect();
    let good = answers.iter().filter(|(_, is_good)| *is_good).count();
    assert!(
        used.len() == 2 && good > answers.len() / 2,
        "{} keys, {good} tokens good to the end",
        used.len()
    );
    in_an_emergency(&load).await;
}

/// What is revoked is refused by our own gate when the decision is over that the gateway remembers, and by others when their caches are.
async fn in_an_emergency(load: &Load) {
    let revoked = load.token().await;
    assert!(load.enters(&revoked).await && load.enters_abroad(&revoked).await);
    load.local.keys(Command::Revoke { kid: kid(&revoked), place: here() }).await.unwrap();
    load.local.pass(60);
    assert!(!load.enters(&revoked).await);
    let fresh = load.token().await;
    assert!(kid(&fresh) != kid(&revoked) && load.enters(&fresh).await);
    load.local.pass(CACHE.as_secs().try_into().unwrap());
    for caching in &load.caching {
        assert!(!caching.verifies(&revoked, load).await && caching.verifies(&fresh, load).await);
    }
}
