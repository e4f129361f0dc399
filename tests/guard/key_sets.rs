//! The key sets of other issuers: fetched seldom, cached long enough, and no longer.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use forge::Key;
use futures_util::{StreamExt, future::join_all, stream};
use latchkey::mount::Running;
use serde_json::{Value, json};
use setting::Clock;
use tests::stub::{Mood, Stub, fresh_key, key};

use crate::gate::{AUDIENCE, NOW, QUESTIONS, allows, event, start};

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

    /// Another authorizer for the same issuer, whose metadata is there.
    async fn again(&self, metadata: &str) -> Running {
        let settings = [
            ("ISSUERS", "house"),
            ("HOUSE_ISSUER", &self.stub.issuer),
            ("HOUSE_AUDIENCES", AUDIENCE),
            ("HOUSE_METADATA_URL", metadata),
        ];
        let values = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let time = self.clock.clone();
        let clock = Clock::from_fn(move || oauth::Time::from_epoch(time.load(Ordering::SeqCst)));
        start(values, clock).await.unwrap()
    }

    fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    /// An event with a token of the issuer, good at this moment.
    fn question(&self, kid: &str, key: &Key) -> Value {
        event("http-2.0", &token_of(&self.stub, &json!({"kid": kid}), key, self.clock.load(Ordering::SeqCst)))
    }

    /// Whether a token with these members in its header, signed by this key, is accepted.
    async fn takes(&self, header: &Value, key: &Key) -> bool {
        let token = token_of(&self.stub, header, key, self.clock.load(Ordering::SeqCst));
        allows(&self.authorizer.invoke(&event("http-2.0", &token)).await)
    }

    /// What the authorizer says to it.
    async fn ask(&self, kid: &str, key: &Key) -> Result<Value, &'static str> {
        self.authorizer.invoke(&self.question(kid, key)).await
    }

    async fn good(&self) -> bool {
        allows(&self.ask("stub", &key().0).await)
    }

    fn fetches(&self) -> usize {
        self.stub.hits("jwks")
    }
}

/// A token of this issuer, with these members in its header, signed by this key.
fn token_of(stub: &Stub, members: &Value, key: &Key, now: i64) -> String {
    let mut header = json!({"alg": "RS256"});
    header.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    let claims =
        json!({"iss": stub.issuer, "sub": "s", "aud": AUDIENCE, "iat": now, "exp": now + 60, "scope": "a"});
    key.token(&header, &claims)
}

const DAY: i64 = 24 * 3600;

/// Headers that bring a key along or say where one is.
fn pointers(canary: &str, jwk: &Value) -> Vec<(&'static str, Value)> {
    vec![
        ("jwk", jwk.clone()),
        ("jku", format!("{canary}/jwks.json").into()),
        ("x5u", format!("{canary}/chain.pem").into()),
        ("x5c", json!(["MIIB", format!("{canary}/")])),
        ("x5t", "AAAA".into()),
        ("x5t#S256", "AAAA".into()),
    ]
}

#[tokio::test]
async fn rule_61_no_header_supplies_a_key_or_causes_a_fetch() {
    // #61: CVE-2018-0114. The issuer is trusted, the key is the attacker's, and the canary would say so.
    let (world, canary) = (World::start().await, Stub::start().await);
    canary.say("jwks", json!({"keys": [fresh_key("stub").1]}));
    let (attacker, jwk) = fresh_key("stub");
    for warm in [false, true] {
        for (name, value) in pointers(&canary.issuer, &jwk) {
            for kid in [json!("stub"), json!("other"), json!(format!("{}/jwks.json", canary.issuer))] {
                let header = json!({"kid": kid, name: value});
                assert!(!world.takes(&header, &attacker).await, "{name} {kid} warm: {warm}");
                world.pass(10);
            }
            assert!(!world.takes(&json!({name: value}), &attacker).await, "{name} without kid");
            // Properly signed, and only carrying it: it is not looked at.
            assert!(!warm || world.takes(&json!({"kid": "stub", name: value}), &key().0).await, "{name}");
        }
        assert!(world.good().await);
    }
    let canary = ["discovery", "jwks", "other", "token", "userinfo"].map(|endpoint| canary.hits(endpoint));
    assert_eq!((canary, world.stub.hits("other")), ([0; 5], 0));
}

#[tokio::test]
async fn rule_62_a_key_is_found_by_its_kid_only() {
    // #62: every one of these would do if a name were more or less than a name. Among two keys, any could be tried; of one
    // alone it could be said that it must be meant.
    let (second, jwk) = fresh_key("second");
    // A key whose own name is no name: it is passed over.
    let named = |kid: Value| {
        let mut jwk = key().1.clone();
        jwk["kid"] = kid;
        jwk
    };
    let both = World::start().await;
    both.stub.say("jwks", json!({"keys": [key().1, jwk]}));
    assert!(both.good().await && allows(&both.ask("second", &second).await));
    let alone = World::start().await;
    assert!(alone.good().await && alone.takes(&json!({}), &key().0).await, "one fits");
    assert!(!both.takes(&json!({}), &key().0).await, "two fit, and the token names none");
    // A key that has no name is meant by no name.
    let unnamed = World::start().await;
    let mut bare = key().1.clone();
    bare.as_object_mut().unwrap().remove("kid");
    unnamed.stub.say("jwks", json!({"keys": [bare]}));
    assert!(unnamed.takes(&json!({}), &key().0).await && !unnamed.good().await);
    for kid in [
        json!("../../stub"),
        json!("/dev/null"),
        json!("' OR 1=1 --"),
        json!("stub\0"),
        json!("stub "),
        json!("STUB"),
        json!(""),
        json!("*"),
        json!("second"),
        json!("s".repeat(257)),
        json!("stub".repeat(1500)),
        json!(1),
        json!(0),
        json!(["stub"]),
        json!({"kid": "stub"}),
        json!(null),
        json!(true),
    ] {
        for world in [&both, &alone, &unnamed] {
            world.pass(10);
            assert!(!world.takes(&json!({"kid": kid}), &key().0).await, "{kid}");
        }
        // Nor does it help if the issuer gives a key such a name, or the number that the token names.
        if !kid.is_string() || kid.as_str().is_some_and(|kid| kid.len() > 256) {
            let odd = World::start().await;
            odd.stub.say("jwks", json!({"keys": [named(kid.clone()), jwk]}));
            assert!(!odd.takes(&json!({"kid": kid}), &key().0).await, "{kid} of both");
        }
    }
    // The longest name there is, exactly and no further.
    let longest = World::start().await;
    longest.stub.say("jwks", json!({"keys": [named("s".repeat(256).into()), jwk]}));
    assert!(longest.takes(&json!({"kid": "s".repeat(256)}), &key().0).await);
    for kid in ["s".repeat(255), format!("{}S", "s".repeat(255)), "s".repeat(257)] {
        assert!(!longest.takes(&json!({"kid": kid}), &key().0).await, "{} bytes", kid.len());
    }
}

#[tokio::test]
async fn rule_62_a_kid_that_two_keys_share_verifies_nothing() {
    // #62: not the set is refused, but what names the two; which is no reason to try either.
    let (second, other) = fresh_key("stub");
    let (third, beside) = fresh_key("third");
    let (encrypting, mut unused) = fresh_key("stub");
    (unused["use"], unused["alg"]) = (json!("enc"), json!("RSA-OAEP"));
    let secret = json!({"kty": "oct", "k": "AQAB", "kid": "stub", "alg": "HS256"});
    for (keys, good) in [
        (json!([key().1, other, beside]), false),
        (json!([other, beside, key().1]), false),
        (json!([key().1, key().1, beside]), true),
        (json!([unused, key().1, beside]), true),
        (json!([key().1, unused, beside]), true),
        (json!([secret, beside, key().1]), true),
    ] {
        let world = World::start().await;
        world.stub.say("jwks", json!({"keys": keys}));
        assert_eq!(world.good().await, good, "{keys}");
        assert!(!allows(&world.ask("stub", &second).await), "{keys}");
        assert!(!allows(&world.ask("stub", &encrypting).await), "{keys}");
        assert!(allows(&world.ask("third", &third).await), "{keys}");
    }
}

#[tokio::test]
async fn rule_72_a_malformed_key_set_is_refused() {
    // #72, #78: cold, nobody can say; warm, the last good one serves.
    let good = &key().1;
    let secret = json!({"kty": "oct", "k": "AQAB", "kid": "stub"});
    let many: Vec<_> = (0..101).map(|n| json!({"kty": "PQ", "kid": n.to_string()})).collect();
    for keys in
        [json!([secret]), json!(many), json!({"stub": good}), json!("stub"), json!([good, 5]), json!(null)]
    {
        let cold = World::start().await;
        cold.stub.say("jwks", json!({"keys": keys}));
        assert_eq!(cold.ask("stub", &key().0).await, Err("failed"), "{keys}");
        let warm = World::start().await;
        assert!(warm.good().await);
        warm.stub.say("jwks", json!({"keys": keys}));
        warm.pass(3600);
        assert!(warm.good().await, "{keys}");
        assert_eq!(warm.fetches(), 2);
    }
}

#[tokio::test]
async fn rule_70_one_kid_in_two_fetched_sets_is_two_keys() {
    // #70: CVE-2026-33496. Both warm, asked in turn, and neither verifies for the other.
    let second = Stub::start().await;
    let (theirs, jwk) = fresh_key("stub");
    second.say("jwks", json!({"keys": [jwk]}));
    let more =
        [("ISSUERS", "house,second"), ("SECOND_ISSUER", &second.issuer), ("SECOND_AUDIENCES", AUDIENCE)];
    let world = World::with(&more).await;
    let now = NOW.epoch();
    for _ in 0..3 {
        for (stub, signer, good) in [
            (&world.stub, &key().0, true),
            (&second, &theirs, true),
            (&world.stub, &theirs, false),
            (&second, &key().0, false),
        ] {
            let token = token_of(stub, &json!({"kid": "stub"}), signer, now);
            let answer = world.authorizer.invoke(&event("http-2.0", &token)).await;
            assert_eq!(allows(&answer), good, "{}", stub.issuer);
        }
    }
    assert_eq!((world.fetches(), second.hits("jwks")), (1, 1));
}

#[tokio::test]
async fn rule_70_cached_keys_remember_nothing_of_a_token() {
    // #70, #76: the same warm authorizer, the same key, and everything about the token is checked again.
    let world = World::start().await;
    let question = world.question("stub", &key().0);
    assert!(allows(&world.authorizer.invoke(&question).await));
    world.pass(59);
    assert!(allows(&world.authorizer.invoke(&question).await));
    world.pass(1);
    assert!(!allows(&world.authorizer.invoke(&question).await));
    assert_eq!(world.fetches(), 1);
}

#[tokio::test]
async fn a_key_set_need_not_say_that_it_is_json_and_may_be_gzip() {
    // #69, #72: the same of the metadata. What says that it is something else is not read, and so it is with what says that
    // it is gzip and is not.
    for (mood, good) in [
        (Mood::Gzip, true),
        (Mood::Typed(Some("application/jwk-set+json")), true),
        (Mood::Typed(Some("text/plain; charset=utf-8")), true),
        (Mood::Typed(Some("application/octet-stream")), true),
        (Mood::Typed(None), true),
        (Mood::Typed(Some("text/html")), false),
        (Mood::Typed(Some("application/x-www-form-urlencoded")), false),
        (Mood::Typed(Some("application/jwt")), false),
        (Mood::GzipBomb, false),
    ] {
        for endpoint in ["discovery", "jwks"] {
            let world = World::start().await;
            world.stub.mood(endpoint, mood);
            assert_eq!(world.good().await, good, "{endpoint} {mood:?}");
            assert_eq!(world.stub.accepts("discovery"), ["application/json"], "{endpoint} {mood:?}");
            if good || endpoint == "jwks" {
                let accepted = ["application/jwk-set+json, application/json"];
                assert_eq!(world.stub.accepts("jwks"), accepted, "{endpoint} {mood:?}");
            }
        }
    }
}

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
async fn rule_69_an_untrusted_issuer_causes_no_fetch() {
    // #61, #69
    let (world, stranger) = (World::start().await, Stub::start().await);
    for (name, value) in [
        ("iss", json!(stranger.issuer)),
        ("iss", json!(format!("{}/jwks.json", stranger.issuer))),
        ("iss", json!("https://evil.example.com")),
        ("iss", json!(5)),
        ("iss", json!([world.stub.issuer])),
    ] {
        let mut claims = json!({"iss": world.stub.issuer, "sub": "s", "aud": AUDIENCE, "iat": NOW.epoch(), "exp": NOW.epoch() + 60});
        claims[name] = value;
        let jku = format!("{}/jwks.json", world.stub.issuer);
        let header = json!({"alg": "RS256", "typ": "JWT", "kid": "stub", "jku": jku, "jwk": key().1});
        let token = key().0.token(&header, &claims);
        assert!(!allows(&world.authorizer.invoke(&event("http-2.0", &token)).await));
    }
    for junk in ["", "x", "..", "a.b.c"] {
        assert!(!allows(&world.authorizer.invoke(&event("http-2.0", junk)).await));
    }
    for stub in [&world.stub, &stranger] {
        let hits = ["discovery", "jwks", "other", "token", "userinfo"].map(|endpoint| stub.hits(endpoint));
        assert_eq!(hits, [0; 5]);
    }
}

#[tokio::test]
async fn rule_69_an_untrusted_issuers_addresses_are_never_called() {
    // #61, #69: whatever the token says of where its keys are, and however much its issuer looks like one that is trusted.
    let (world, stranger) = (World::start().await, Stub::start().await);
    let (ours, theirs) = (&world.stub.issuer, &stranger.issuer);
    for issuer in [
        theirs.clone(),
        format!("{theirs}/"),
        format!("{theirs}/jwks.json"),
        format!("{theirs}/.well-known/openid-configuration"),
        format!("{ours}/"),
        format!("{ours}/jwks.json"),
        format!("{ours}.example.com"),
        format!("{ours}@{}", theirs.trim_start_matches("http://")),
        ours.replace("http://", "HTTP://"),
        ours.replace("http://", "https://"),
    ] {
        let keys = format!("{theirs}/jwks.json");
        let header = json!({"alg": "RS256", "kid": keys, "jku": keys, "x5u": keys});
        let now = NOW.epoch();
        let claims =
            json!({"iss": issuer, "sub": "s", "aud": [AUDIENCE, theirs], "iat": now, "exp": now + 60});
        let token = key().0.token(&header, &claims);
        let answer = world.authorizer.invoke(&event("http-2.0", &token)).await;
        assert_eq!(answer, Ok(json!({"isAuthorized": false})), "{issuer}");
    }
    // A call that nobody waits for would be made by now.
    tokio::time::sleep(Duration::from_millis(200)).await;
    for stub in [&world.stub, &stranger] {
        let hits = ["discovery", "jwks", "other", "token", "userinfo"].map(|endpoint| stub.hits(endpoint));
        assert_eq!(hits, [0; 5]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_73_unknown_keys_cause_one_fetch_in_ten_seconds() {
    // #73
    let world = World::start().await;
    assert!(world.good().await);
    world.pass(10);
    let before = world.fetches();
    let questions: Vec<_> = (0..1000).map(|n| world.question(&format!("flood-{n}"), &key().0)).collect();
    let flood = join_all(questions.iter().map(|question| world.authorizer.invoke(question)));
    let good = async {
        for _ in 0..50 {
            assert!(world.good().await);
        }
    };
    let (answers, ()) = futures_util::join!(flood, good);
    // Nobody's, and not undecided: the one fetch has shown that there is no such key.
    assert!(answers.iter().all(|answer| *answer == Ok(json!({"isAuthorized": false}))));
    assert_eq!(world.fetches() - before, 1);
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
    // The old one went with the fetch; a set that is none changes nothing.
    assert!(!world.good().await);
    world.stub.say("jwks", json!({"keys": [jwk, 5]}));
    world.pass(3600);
    assert!(allows(&world.ask("new", &new_key).await));
}

#[tokio::test]
async fn rule_74_a_removed_key_is_refused_within_the_hour() {
    // #74
    let world = World::start().await;
    assert!(world.good().await);
    world.stub.say("jwks", json!({"keys": [fresh_key("new").1]}));
    world.pass(3599);
    assert!(world.good().await);
    world.pass(1);
    assert_eq!(world.ask("stub", &key().0).await, Ok(json!({"isAuthorized": false})));
}

#[tokio::test]
async fn rule_74_a_key_set_without_usable_keys_is_refused() {
    // #74, #78: a mistake of the issuer's takes no key back, and a cold start with it decides nothing.
    let (weak, mut private) =
        (json!({"kty": "RSA", "kid": "stub", "n": "AQAB", "e": "AQAB"}), key().1.clone());
    private["d"] = json!("AQAB");
    for keys in
        [json!([]), json!([{}]), json!([weak]), json!([private]), json!([{"kty": "PQ", "kid": "stub"}])]
    {
        let world = World::start().await;
        assert!(world.good().await);
        world.stub.say("jwks", json!({"keys": keys}));
        world.pass(3600);
        assert!(world.good().await, "{keys}");
        world.pass(DAY - 3600);
        assert_eq!(world.ask("stub", &key().0).await, Err("failed"), "{keys}");
        let cold = World::start().await;
        cold.stub.say("jwks", json!({"keys": keys}));
        assert_eq!(cold.ask("stub", &key().0).await, Err("failed"), "{keys}");
    }
}

#[tokio::test]
async fn rule_78_an_unknown_key_is_undecided_while_the_issuer_is_unreachable() {
    // #73, #74, #78: it may be its new one, so a refusal would be a lie that a gateway keeps. Known ones go on.
    for mood in [Mood::Reset, Mood::ServerError, Mood::Html] {
        let world = World::start().await;
        assert!(world.good().await);
        let (new_key, jwk) = fresh_key("new");
        // The keys were looked at moments ago: what is not among them is nobody's.
        assert_eq!(world.ask("new", &new_key).await, Ok(json!({"isAuthorized": false})), "{mood:?}");
        world.pass(10);
        world.stub.mood("jwks", mood);
        for asked in 0..3 {
            assert_eq!(world.ask("new", &new_key).await, Err("failed"), "{mood:?} {asked}");
            assert!(world.good().await, "{mood:?} {asked}");
        }
        assert_eq!(world.fetches(), 2, "{mood:?}");
        // A known name with another key's signature is a forgery, even while the issuer is unreachable.
        assert_eq!(world.ask("stub", &new_key).await, Ok(json!({"isAuthorized": false})), "{mood:?}");
        world.stub.mood("jwks", Mood::Good);
        world.stub.say("jwks", json!({"keys": [key().1, jwk]}));
        world.pass(10);
        assert!(allows(&world.ask("new", &new_key).await), "{mood:?}");
    }
}

#[tokio::test]
async fn invalid_keys_in_the_settings_stop_the_start() {
    // #58, #62
    let mut private = key().1.clone();
    private["d"] = json!("AQAB");
    let weak = json!({"kty": "RSA", "kid": "stub", "n": "AQAB", "e": "AQAB"});
    for keys in [json!([]), json!([weak]), json!([private]), json!([key().1, private]), json!("x")] {
        let set = json!({"keys": keys}).to_string();
        for (name, more) in [
            ("PUBLIC_KEYS", [("BASE_URL", "https://id.example.com"), ("PUBLIC_KEYS", &set)]),
            ("HOUSE_KEYS", [("ISSUERS", "house"), ("HOUSE_KEYS", &set)]),
        ] {
            let house = [("HOUSE_ISSUER", "https://house.example.com"), ("HOUSE_AUDIENCES", AUDIENCE)];
            let values =
                house.into_iter().chain(more).map(|(name, value)| (name.to_owned(), value.to_owned()));
            let error = start(values.collect(), Clock::from_fn(|| NOW)).await.err().unwrap();
            assert!(error.starts_with(name) && !error.contains("AQAB"), "{keys}: {error}");
        }
    }
}

#[tokio::test]
async fn rule_74_the_last_good_keys_are_used_for_a_day_and_no_longer() {
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
    let moods = Mood::BAD.into_iter().filter(|mood| *mood != Mood::Wrong);
    let all = stream::iter(moods.flat_map(|mood| ["discovery", "jwks"].map(|endpoint| (mood, endpoint))));
    let check = async |(mood, endpoint)| {
        let world = World::start().await;
        world.stub.mood(endpoint, mood);
        let started = Instant::now();
        assert_eq!(world.ask("stub", &key().0).await, Err("failed"), "{endpoint} {mood:?}");
        assert!(started.elapsed() < Duration::from_secs(4), "{endpoint} {mood:?}");
        // Nobody waits for it again for ten seconds.
        assert_eq!(world.ask("stub", &key().0).await, Err("failed"), "{endpoint} {mood:?}");
        assert_eq!(world.stub.hits("discovery"), 1, "{endpoint} {mood:?}");
    };
    // Some at a time, because with a few of them it takes three seconds.
    all.map(check).buffer_unordered(5).collect::<()>().await;
    // Metadata of somebody else, and an empty set.
    let world = World::start().await;
    world.stub.mood("discovery", Mood::Wrong);
    assert_eq!(world.ask("stub", &key().0).await, Err("failed"));
    let world = World::start().await;
    world.stub.mood("jwks", Mood::Wrong);
    assert_eq!(world.ask("stub", &key().0).await, Err("failed"));
}

#[tokio::test]
async fn rule_78_without_keys_no_gateway_gets_an_answer() {
    // #78: neither a yes nor a no that a gateway could keep, in the words of any.
    for form in ["simple", "policy"] {
        let world = World::with(&[("AUTHORIZER_ANSWER", form)]).await;
        world.stub.mood("jwks", Mood::ServerError);
        let token = token_of(&world.stub, &json!({"kid": "stub"}), &key().0, NOW.epoch());
        for name in QUESTIONS {
            let answer = world.authorizer.invoke(&event(name, &token)).await;
            assert_eq!(answer, Err("failed"), "{form} {name}");
        }
    }
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
    // P8, #59, #74: the next key is published before it signs, and the one before is published for a while.
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

#[tokio::test]
async fn keys_and_metadata_may_have_an_address_with_a_query() {
    // #69, #71: Entra's `?appid=`, the metadata of a policy of Azure AD B2C; and that names its issuer all the same.
    let there = Stub::start().await;
    let keys = format!("{}/jwks.json?appid=1", there.issuer);
    let world = World::with(&[("HOUSE_JWKS_URI", &keys)]).await;
    assert!(world.good().await);
    assert_eq!((world.fetches(), world.stub.hits("discovery")), (0, 0));
    let metadata = format!("{}/.well-known/openid-configuration?p=policy", there.issuer);
    let world = World::with(&[("HOUSE_METADATA_URL", &metadata)]).await;
    assert_eq!(world.ask("stub", &key().0).await, Err("failed"), "it is another issuer's");
    there.say(
        "discovery",
        json!({"issuer": world.stub.issuer, "jwks_uri": format!("{}/jwks.json", world.stub.issuer)}),
    );
    let world = World { authorizer: world.again(&metadata).await, ..world };
    assert!(world.good().await);
    assert_eq!(world.stub.hits("discovery"), 0);
}
