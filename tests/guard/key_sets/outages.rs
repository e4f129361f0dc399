//! Keys that are unknown, change, or cannot be fetched.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, future::join_all, stream};
use serde_json::json;
use setting::Clock;
use tests::stub::{Mood, Stub, fresh_key, key};

use crate::gate::{AUDIENCE, NOW, QUESTIONS, allows, event, start};

use super::{World, token_of};

const DAY: i64 = 24 * 3600;

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
    assert!(good < unknown && unknown < Duration::from_secs(10), "{good:?} {unknown:?}");
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
        assert!(started.elapsed() < Duration::from_secs(10), "{endpoint} {mood:?}");
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
