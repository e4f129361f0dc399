//! The key sets of other issuers: fetched seldom, cached long enough, and no longer.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use forge::Key;
use latchkey::mount::Running;
use serde_json::{Value, json};
use setting::Clock;
use tests::stub::{Mood, Stub, fresh_key, key};

use crate::gate::{AUDIENCE, NOW, allows, event, start};

mod outages;

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
