//! The key sets of others: fetched seldom, kept long enough, and no longer.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use latchkey::mount::Running;
use serde_json::{Value, json};
use tests::stub::{Mood, Stub, fresh_key, key};
use web::Clock;

use crate::gate::{AUDIENCE, NOW, allows, event, start};

/// An issuer on this machine, an authorizer that trusts it, and a clock that the test moves.
struct World {
    stub: Stub,
    authorizer: Running,
    clock: Arc<AtomicI64>,
}

impl World {
    async fn with(more: &[(&str, &str)]) -> Self {
        let stub = Stub::start().await;
        let clock = Arc::new(AtomicI64::new(NOW.epoch()));
        let mut values: HashMap<String, String> =
            [("ISSUERS", "house"), ("HOUSE_ISSUER", stub.issuer.as_str()), ("HOUSE_AUDIENCES", AUDIENCE)]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into();
        values.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let time = clock.clone();
        let clock_of_it = Clock::from_fn(move || oauth::Time::from_epoch(time.load(Ordering::SeqCst)));
        Self { authorizer: start(values, clock_of_it).await.unwrap(), stub, clock }
    }

    async fn start() -> Self {
        Self::with(&[]).await
    }

    fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    /// An event with a token of the issuer, good at this moment.
    fn question(&self, kid: &str, key: &EncodingKey) -> Value {
        let now = self.clock.load(Ordering::SeqCst);
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some(kid.to_owned());
        let claims = json!({"iss": self.stub.issuer, "sub": "s", "aud": AUDIENCE, "iat": now, "exp": now + 60, "scope": "a"});
        event("http-2.0", &jsonwebtoken::encode(&header, &claims, key).unwrap())
    }

    /// What the authorizer says to it.
    async fn ask(&self, kid: &str, key: &EncodingKey) -> Result<Value, &'static str> {
        self.authorizer.invoke(&self.question(kid, key)).await
    }

    async fn good(&self) -> bool {
        allows(&self.ask("stub", &key().0).await)
    }

    fn fetches(&self) -> usize {
        self.stub.hits("jwks")
    }
}

const DAY: i64 = 24 * 3600;

#[tokio::test]
async fn any_openid_issuer_is_discovered_once() {
    // #69
    let world = World::start().await;
    for _ in 0..3 {
        assert!(world.good().await);
    }
    assert_eq!((world.stub.hits("discovery"), world.fetches()), (1, 1));
}

#[tokio::test]
async fn rule_69_an_issuer_nobody_trusts_costs_no_network() {
    // #61, #69
    let world = World::start().await;
    for (name, value) in
        [("iss", json!("https://evil.example.com")), ("iss", json!(5)), ("iss", json!([world.stub.issuer]))]
    {
        let mut claims = json!({"iss": world.stub.issuer, "sub": "s", "aud": AUDIENCE, "iat": NOW.epoch(), "exp": NOW.epoch() + 60});
        claims[name] = value;
        let mut header = Header::new(Algorithm::RS256);
        (header.kid, header.jku) =
            (Some("stub".to_owned()), Some(format!("{}/jwks.json", world.stub.issuer)));
        header.jwk = serde_json::from_value(key().1.clone()).ok();
        let token = jsonwebtoken::encode(&header, &claims, &key().0).unwrap();
        assert!(!allows(&world.authorizer.invoke(&event("http-2.0", &token)).await));
    }
    for junk in ["", "x", "..", "a.b.c"] {
        assert!(!allows(&world.authorizer.invoke(&event("http-2.0", junk)).await));
    }
    assert_eq!((world.stub.hits("discovery"), world.fetches(), world.stub.hits("other")), (0, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_73_a_flood_of_unknown_keys_costs_one_fetch_in_ten_seconds() {
    // #73
    let world = World::start().await;
    assert!(world.good().await);
    world.pass(10);
    let before = world.fetches();
    let questions: Vec<_> = (0..1000).map(|n| world.question(&format!("flood-{n}"), &key().0)).collect();
    let flood = join_all(questions.iter().map(|question| world.authorizer.invoke(question)));
    let good = async {
        let started = Instant::now();
        for _ in 0..50 {
            assert!(world.good().await);
        }
        started.elapsed()
    };
    let (answers, elapsed) = futures_util::join!(flood, good);
    assert!(answers.iter().all(|answer| !allows(answer)));
    assert_eq!(world.fetches() - before, 1);
    assert!(elapsed < Duration::from_secs(20), "{elapsed:?}");
    world.pass(9);
    assert!(!allows(&world.ask("another", &key().0).await));
    assert_eq!(world.fetches() - before, 1);
    world.pass(1);
    assert!(!allows(&world.ask("another", &key().0).await));
    assert_eq!(world.fetches() - before, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_73_good_tokens_do_not_wait_for_a_slow_fetch() {
    // #73: the issuer hangs while somebody asks for an unknown key.
    let world = World::start().await;
    assert!(world.good().await);
    world.pass(10);
    world.stub.mood("jwks", Mood::Silent);
    let asked = Instant::now();
    let unknown = async {
        assert!(!allows(&world.ask("unknown", &key().0).await));
        asked.elapsed()
    };
    let good = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        for _ in 0..20 {
            assert!(world.good().await);
        }
        asked.elapsed()
    };
    let (unknown, good) = futures_util::join!(unknown, good);
    assert!(good < unknown && unknown < Duration::from_secs(5), "{good:?} {unknown:?}");
}

#[tokio::test]
async fn rule_74_a_new_key_is_known_after_one_fetch_and_an_old_one_goes() {
    // #74, #62
    let world = World::start().await;
    assert!(world.good().await);
    let (new_key, jwk) = fresh_key("new");
    world.stub.say("jwks", json!({"keys": [jwk]}));
    world.pass(10);
    assert!(allows(&world.ask("new", &new_key).await));
    assert_eq!(world.fetches(), 2);
    // The old one went with the fetch; a set with two keys of one name changes nothing.
    assert!(!world.good().await);
    world.stub.say("jwks", json!({"keys": [jwk, jwk]}));
    world.pass(3600);
    assert!(allows(&world.ask("new", &new_key).await));
}

#[tokio::test]
async fn rule_74_a_removed_key_is_refused_within_the_hour() {
    // #74
    let world = World::start().await;
    assert!(world.good().await);
    world.stub.say("jwks", json!({"keys": []}));
    world.pass(3599);
    assert!(world.good().await);
    world.pass(1);
    assert!(!world.good().await);
}

#[tokio::test]
async fn rule_74_the_last_good_keys_serve_for_a_day_and_no_longer() {
    // #74, #78: whatever the issuer does meanwhile.
    for mood in [
        Mood::Reset,
        Mood::ServerError,
        Mood::Redirect,
        Mood::Html,
        Mood::Truncated,
        Mood::DuplicateKeys,
        Mood::GzipBomb,
    ] {
        let world = World::start().await;
        assert!(world.good().await);
        world.stub.mood("jwks", mood);
        world.pass(3600);
        assert!(world.good().await, "{mood:?}");
        world.pass(DAY - 3600 - 1);
        assert!(world.good().await, "{mood:?}");
        world.pass(1);
        assert_eq!(world.ask("stub", &key().0).await, Err("failed"), "{mood:?}");
        world.stub.mood("jwks", Mood::Good);
        world.pass(10);
        assert!(world.good().await, "{mood:?}");
    }
}

#[tokio::test]
async fn rule_78_without_keys_nothing_is_decided() {
    // #71, #72, #78: not a yes, and no refusal either that a gateway could keep; within the deadline.
    for mood in Mood::BAD.into_iter().filter(|mood| *mood != Mood::Wrong) {
        for endpoint in ["discovery", "jwks"] {
            let world = World::start().await;
            world.stub.mood(endpoint, mood);
            let started = Instant::now();
            assert_eq!(world.ask("stub", &key().0).await, Err("failed"), "{endpoint} {mood:?}");
            assert!(started.elapsed() < Duration::from_secs(4), "{endpoint} {mood:?}");
            // Nobody waits for it again for ten seconds.
            assert_eq!(world.ask("stub", &key().0).await, Err("failed"), "{endpoint} {mood:?}");
            assert_eq!(world.stub.hits("discovery"), 1, "{endpoint} {mood:?}");
        }
    }
    // Metadata of somebody else, and an empty set.
    let world = World::start().await;
    world.stub.mood("discovery", Mood::Wrong);
    assert_eq!(world.ask("stub", &key().0).await, Err("failed"));
    let world = World::start().await;
    world.stub.mood("jwks", Mood::Wrong);
    assert_eq!(world.ask("stub", &key().0).await, Ok(json!({"isAuthorized": false})));
}

#[tokio::test]
async fn keys_in_the_settings_need_no_network() {
    let keys = json!({"keys": [key().1]}).to_string();
    let world = World::with(&[("HOUSE_KEYS", &keys)]).await;
    assert!(world.good().await);
    assert_eq!((world.stub.hits("discovery"), world.fetches()), (0, 0));
    // A key that is not among them is worth a fetch, and what is fetched replaces them (#74).
    let (new_key, jwk) = fresh_key("new");
    world.stub.say("jwks", json!({"keys": [jwk]}));
    assert!(allows(&world.ask("new", &new_key).await));
    assert!(!world.good().await);
    assert_eq!(world.fetches(), 1);
}

#[tokio::test]
async fn keys_in_the_settings_outlive_an_issuer_that_is_gone() {
    // #74: they are the operator's word.
    let keys = json!({"keys": [key().1]}).to_string();
    let world = World::with(&[("HOUSE_KEYS", &keys)]).await;
    world.stub.mood("discovery", Mood::ServerError);
    for _ in 0..3 {
        world.pass(DAY);
        assert!(world.good().await);
    }
    let alone = World::with(&[("HOUSE_KEYS", &keys), ("HOUSE_JWKS_URI", "none")]).await;
    alone.pass(DAY);
    assert!(alone.good().await);
    assert!(!allows(&alone.ask("other", &key().0).await));
    assert_eq!((alone.stub.hits("discovery"), alone.fetches()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn p8_rotation_under_load_refuses_nobody() {
    // P8, #59, #74: the next key is published before it signs, and the one before is kept for a while.
    let world = World::start().await;
    let keys: Vec<_> = (0..6).map(|n| fresh_key(&format!("k{n}"))).collect();
    for round in 1..5 {
        let published: Vec<_> = keys[round - 1..=round + 1].iter().map(|(_, jwk)| jwk.clone()).collect();
        world.stub.say("jwks", json!({"keys": published}));
        for second in 0..20 {
            let answers =
                join_all((0..10).map(|_| world.ask(keys[round].1["kid"].as_str().unwrap(), &keys[round].0)))
                    .await;
            assert!(answers.iter().all(allows), "round {round}, second {second}");
            world.pass(1);
        }
    }
    // Emergency: the key is taken out, and refused within the hour whatever it signs.
    world.stub.say("jwks", json!({"keys": [keys[5].1]}));
    world.pass(3600);
    assert!(!allows(&world.ask("k4", &keys[4].0).await));
}
