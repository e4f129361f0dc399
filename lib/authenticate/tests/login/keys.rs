//! The provider's keys: cached, renewed when there is reason to, and not too often.

use std::time::Duration;

use forge::Key;
use oauth::Time;
use serde_json::json;
use tokio::time::timeout;

use crate::support::{
    NOW, Settings, World, begin,
    keys::{FOREIGN, NEXT, OURS, Rsa, named},
    status,
    stub::Reply,
};

fn at(seconds: i64) -> Time {
    Time::from_epoch(NOW.epoch() + seconds)
}

fn publish(world: &World, keys: &[serde_json::Value]) {
    world.stub.set("/keys", Reply::json(&json!({ "keys": keys })));
}

fn fetches(world: &World) -> usize {
    world.stub.hits("/keys").len()
}

#[tokio::test]
async fn keys_are_fetched_once_and_shared_through_the_table() {
    // #3
    let world = World::discovered().await;
    for _ in 0..3 {
        world.sign_in(|_| ()).await.unwrap();
    }
    assert_eq!(fetches(&world), 1);
    // A second process, which only finishes, finds the keys in the table, and puts the metadata there.
    let finish = async || {
        let other = Settings::discovered(&world.stub).load("acme", None, &world.table).unwrap();
        let (begun, before) = (world.begin().await, world.stub.all_hits());
        world.stub.issue(&OURS.token(&world.claims(&begun, NOW)));
        other.only().unwrap().finish(&begun.login, &oauth::Secret::new("the-code"), NOW).await.unwrap();
        world.stub.all_hits() - before
    };
    assert_eq!(finish().await, 2);
    // A third one finds everything, and so does a start.
    assert_eq!(finish().await, 1);
    let before = world.stub.all_hits();
    let starter = Settings::discovered(&world.stub).load_without_secrets("acme", &world.table).unwrap();
    begin(starter.only().unwrap(), NOW).await.unwrap();
    assert_eq!(world.stub.all_hits(), before);
}

/// The most fetches of one document that a process makes in a minute, as docs/security.md says.
const MOST: usize = 60;

#[tokio::test]
async fn unknown_keys_cause_at_most_sixty_fetches_a_minute() {
    // #73
    let world = World::known().await;
    world.sign_in(|_| ()).await.unwrap();
    for number in 0..2 * MOST {
        let header = json!({ "alg": "RS256", "kid": format!("unknown-{number}") });
        let result = world.sign_in_with(at(1), |claims| FOREIGN.sign(&header, &claims.to_string())).await;
        assert_eq!(status(&result), 401);
        // Known keys keep verifying meanwhile.
        assert!(number % 10 != 0 || world.sign_in_at(at(1), |_| ()).await.is_ok());
    }
    assert_eq!(fetches(&world), MOST);
    // Wrong signatures under a known name, and no name at all, are no way around it.
    let nameless = json!({ "alg": "RS256" });
    for _ in 0..10 {
        assert_eq!(status(&world.sign_in_with(at(59), |claims| FOREIGN.token(claims)).await), 401);
        let unnamed = |claims: &serde_json::Value| FOREIGN.sign(&nameless, &claims.to_string());
        assert_eq!(status(&world.sign_in_with(at(59), unnamed).await), 401);
    }
    assert_eq!(fetches(&world), MOST);
    // In the next minute one of them may be asked for again, and the first that was published is found.
    publish(&world, &[OURS.jwk(), NEXT.jwk()]);
    world.sign_in_with(at(61), |claims| NEXT.token(claims)).await.unwrap();
    assert_eq!(fetches(&world), MOST + 1);
}

#[tokio::test]
async fn a_token_that_no_key_can_verify_causes_no_fetch() {
    // #13, #60, #73: nor does what the claims alone get wrong.
    let world = World::known().await;
    world.sign_in(|_| ()).await.unwrap();
    for alg in ["none", "HS256", "RS1", "A128KW", "EdDSA"] {
        let header = json!({ "alg": alg, "kid": "key-9" });
        let result = world.sign_in_with(at(1), |claims| FOREIGN.sign(&header, &claims.to_string())).await;
        assert_eq!(status(&result), 401, "{alg}");
    }
    for _ in 0..5 {
        assert_eq!(status(&world.sign_in_at(at(1), |claims| claims["nonce"] = "x".into()).await), 401);
    }
    assert_eq!(fetches(&world), 1);
}

/// Publishes the next key the moment before it signs: while the code is exchanged.
async fn rotate_and_sign_in(world: &World, process: &authenticate::Providers, now: Time, key: &Rsa) {
    let begun = begin(process.only().unwrap(), now).await.unwrap();
    let tokens = json!({
        "access_token": "access", "token_type": "Bearer", "id_token": key.token(&world.claims(&begun, now)),
    });
    let keys = Reply::json(&json!({ "keys": [key.jwk()] }));
    world.stub.set("/token", Reply::Having(vec![("/keys", keys)], Box::new(Reply::json(&tokens))));
    let code = begun.login.accept(process.only().unwrap(), begun.answer(), now).unwrap();
    let finished = process.only().unwrap().finish(&begun.login, &code, now).await;
    assert!(finished.is_ok(), "{:?} {finished:?}", key.kid);
}

#[tokio::test]
async fn a_key_that_is_published_just_before_it_signs_is_found_every_time() {
    // #73, #74: thirty-two times within a second, in two processes in turn, which share what they read by the table; by a
    // new name, by the same name again, and by a name that was another's.
    let world = World::discovered().await;
    let other = Settings::discovered(&world.stub).load("acme", None, &world.table).unwrap();
    for round in 0..8 {
        for (process, key) in
            [(&world.providers, &NEXT), (&other, &FOREIGN), (&other, &NEXT), (&world.providers, &OURS)]
        {
            rotate_and_sign_in(&world, process, at(round / 4), key).await;
        }
    }
    // A process that has just woken up reads the keys while the code is exchanged, be it too early, or in the table.
    for key in [&NEXT, &FOREIGN, &OURS] {
        let cold = Settings::discovered(&world.stub).load("acme", None, &world.table).unwrap();
        rotate_and_sign_in(&world, &cold, at(3), key).await;
        let nothing_known = crate::support::no_table().await;
        let alone = Settings::discovered(&world.stub).load("acme", None, &nothing_known).unwrap();
        rotate_and_sign_in(&world, &alone, at(3), if key.kid == "key-2" { &OURS } else { &NEXT }).await;
    }
}

#[tokio::test]
async fn a_login_that_waits_takes_only_a_fetch_that_began_after_its_token() {
    // #73: anyone who comes while another's fetch is on its way cannot know what that one will have read.
    let world = World::known().await;
    world.sign_in(|_| ()).await.unwrap();
    let late = |keys: serde_json::Value| {
        Box::new(Reply::Late(Duration::from_millis(500), Box::new(Reply::json(&json!({ "keys": keys })))))
    };
    // What is answered was decided when the request came: the second one is answered otherwise.
    let first = late(json!([OURS.jwk()]));
    let second = json!({ "keys": [OURS.jwk(), NEXT.jwk()] });
    world.stub.set("/keys", Reply::Having(vec![("/keys", Reply::json(&second))], first));
    let stranger = json!({ "alg": "RS256", "kid": "stranger" });
    let unknown = world.sign_in_with(at(1), |claims| FOREIGN.sign(&stranger, &claims.to_string()));
    let honest = async {
        for _ in 0..1000 {
            if fetches(&world) == 2 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        world.sign_in_with(at(1), |claims| NEXT.token(claims)).await
    };
    let (unknown, honest) = tokio::join!(unknown, honest);
    assert_eq!(status(&unknown), 401);
    assert!(honest.is_ok(), "{honest:?}");
    assert_eq!(fetches(&world), 3);
}

#[tokio::test]
async fn parallel_unknown_keys_share_one_fetch() {
    // #73
    let world = World::known().await;
    world.sign_in(|_| ()).await.unwrap();
    publish(&world, &[OURS.jwk(), NEXT.jwk()]);
    let begun = world.begin_at(at(11)).await;
    world.stub.issue(&NEXT.token(&world.claims(&begun, at(11))));
    let code = oauth::Secret::new("the-code");
    let finish = || world.provider().finish(&begun.login, &code, at(11));
    let (a, b, c, d) = tokio::join!(finish(), finish(), finish(), finish());
    assert!(a.is_ok() && b.is_ok() && c.is_ok() && d.is_ok());
    assert_eq!(fetches(&world), 2);
}

#[tokio::test]
async fn a_new_key_works_after_one_fetch() {
    // #74
    let world = World::known().await;
    world.sign_in(|_| ()).await.unwrap();
    publish(&world, &[OURS.jwk(), NEXT.jwk()]);
    world.sign_in_with(at(0), |claims| NEXT.token(claims)).await.unwrap();
    assert_eq!(fetches(&world), 2);
    // The same name for another key: the signature fails first, and then the new key is there.
    let renamed = World::known().await;
    renamed.sign_in(|_| ()).await.unwrap();
    publish(&renamed, &[FOREIGN.jwk()]);
    renamed.sign_in_with(at(0), |claims| FOREIGN.token(claims)).await.unwrap();
    // The same name for a key of another type, and no name where there were two keys and now is one.
    let ec = Key::fresh("ES256");
    publish(&renamed, &[ec.jwk("key-1")]);
    renamed.sign_in_with(at(0), |claims| named(&ec, "ES256", "key-1", claims)).await.unwrap();
    publish(&renamed, &[OURS.jwk(), NEXT.jwk()]);
    renamed.sign_in_at(at(0), |_| ()).await.unwrap();
    publish(&renamed, &[OURS.jwk()]);
    let nameless = json!({ "alg": "RS256" });
    renamed.sign_in_with(at(0), |claims| OURS.sign(&nameless, &claims.to_string())).await.unwrap();
}

#[tokio::test]
async fn a_removed_key_is_refused_within_the_hour() {
    // #74
    let world = World::known().await;
    world.sign_in(|_| ()).await.unwrap();
    publish(&world, &[NEXT.jwk()]);
    assert!(world.sign_in_at(at(3599), |_| ()).await.is_ok());
    assert_eq!(status(&world.sign_in_at(at(3600), |_| ()).await), 401);
}

#[tokio::test]
async fn cached_keys_are_used_for_a_day_of_outage() {
    // #74, #101
    let world = World::known().await;
    world.sign_in(|_| ()).await.unwrap();
    for reply in [
        Reply::status(500),
        Reply::Close,
        Reply::text(200, "text/html", "<html>"),
        Reply::json(&json!({ "keys": [] })),
    ] {
        world.stub.set("/keys", reply);
        assert!(world.sign_in_at(at(7200), |_| ()).await.is_ok());
    }
    let day = 24 * 3600;
    assert!(world.sign_in_at(at(day - 1), |_| ()).await.is_ok());
    assert_eq!(status(&world.sign_in_at(at(day + 20), |_| ()).await), 502);
    publish(&world, &[OURS.jwk()]);
    assert!(world.sign_in_at(at(day + 40), |_| ()).await.is_ok());
}

#[tokio::test]
async fn in_an_outage_an_unknown_key_is_not_decided() {
    // #74: a wrong signature is wrong all the same.
    let world = World::known().await;
    world.sign_in(|_| ()).await.unwrap();
    world.stub.set("/keys", Reply::Close);
    assert!(matches!(status(&world.sign_in_with(at(20), |claims| NEXT.token(claims)).await), 502 | 503));
    assert_eq!(status(&world.sign_in_with(at(40), |claims| FOREIGN.token(claims)).await), 401);
}

#[tokio::test]
async fn while_one_fetches_the_others_use_what_there_is() {
    // #73: the keys are stale, and anyone who fetches newer ones hangs.
    let world = World::known().await;
    world.sign_in(|_| ()).await.unwrap();
    world.stub.set("/keys", Reply::Hang);
    let begun = world.begin_at(at(4000)).await;
    world.stub.issue(&OURS.token(&world.claims(&begun, at(4000))));
    let code = oauth::Secret::new("the-code");
    let finish = || world.provider().finish(&begun.login, &code, at(4000));
    let both = async {
        tokio::select! { first = finish() => first, second = finish() => second }
    };
    assert!(timeout(Duration::from_secs(2), both).await.unwrap().is_ok());
}

#[tokio::test]
async fn keys_belong_to_their_issuer() {
    // #13, #70: two issuers, the same name for two keys, one table.
    let world = World::known().await;
    world.sign_in(|_| ()).await.unwrap();
    let other = crate::support::stub::Stub::start().await;
    other.set("/keys", Reply::json(&json!({ "keys": [FOREIGN.jwk()] })));
    let providers = Settings::known(&other).load("acme", None, &world.table).unwrap();
    let begun = begin(providers.only().unwrap(), NOW).await.unwrap();
    let mut claims = world.claims(&begun, NOW);
    claims["iss"] = other.url("").into();
    other.issue(&OURS.token(&claims));
    let result = providers.only().unwrap().finish(&begun.login, &oauth::Secret::new("the-code"), NOW).await;
    assert_eq!(status(&result), 401);
}

#[tokio::test]
async fn keys_of_another_address_are_not_taken_from_the_table() {
    // #70: the setting changed; what the old address said is not asked any more.
    let world = World::known().await;
    world.sign_in(|_| ()).await.unwrap();
    world.stub.set("/keys2", Reply::json(&json!({ "keys": [NEXT.jwk()] })));
    let moved = Settings::known(&world.stub).set("ACME_JWKS_URI", world.stub.url("/keys2"));
    let moved = World {
        stub: world.stub.clone(),
        table: world.table.clone(),
        providers: moved.load("acme", None, &world.table).unwrap(),
    };
    assert_eq!(status(&moved.sign_in(|_| ()).await), 401);
    assert!(moved.sign_in_with(NOW, |claims| NEXT.token(claims)).await.is_ok());
}

/// The keys move to another address, and the metadata says so.
fn move_keys(world: &World, keys: &[serde_json::Value]) {
    let mut metadata = world.stub.metadata();
    metadata["jwks_uri"] = world.stub.url("/keys2").into();
    world.stub.set("/.well-known/openid-configuration", Reply::json(&metadata));
    world.stub.set("/keys2", Reply::json(&json!({ "keys": keys })));
}

#[tokio::test]
async fn keys_are_fetched_again_when_the_metadata_names_another_address() {
    // #70, #74: the keys are fresh, but not where the provider says they are now.
    let world = World::discovered().await;
    world.begin().await;
    world.sign_in_at(at(1800), |_| ()).await.unwrap();
    move_keys(&world, &[NEXT.jwk()]);
    assert_eq!(status(&world.sign_in_at(at(3700), |_| ()).await), 401);
    assert!(world.sign_in_with(at(3700), |claims| NEXT.token(claims)).await.is_ok());
}

#[tokio::test]
async fn moved_keys_are_found_through_fresh_metadata() {
    // #73, #74: the old address shows the old keys, or nothing; the metadata is minutes old, in the process and in the table.
    for gone in
        [None, Some(Reply::status(404)), Some(Reply::Close), Some(Reply::text(200, "text/html", "<html>"))]
    {
        let world = World::discovered().await;
        world.sign_in(|_| ()).await.unwrap();
        move_keys(&world, &[NEXT.jwk()]);
        if let Some(gone) = gone.clone() {
            world.stub.set("/keys", gone);
        }
        let cold = World {
            stub: world.stub.clone(),
            table: world.table.clone(),
            providers: Settings::discovered(&world.stub).load("acme", None, &world.table).unwrap(),
        };
        for process in [&world, &cold] {
            let signed = process.sign_in_with(at(1), |claims| NEXT.token(claims)).await;
            assert!(signed.is_ok(), "{gone:?} {signed:?}");
            assert!(process.sign_in_with(at(2), |claims| NEXT.token(claims)).await.is_ok());
        }
        // The process asked the old address once more, the metadata once more, and the new address once.
        assert_eq!((fetches(&world), world.stub.hits("/keys2").len()), (2, 1), "{gone:?}");
    }
}

#[tokio::test]
async fn a_forged_token_fetches_keys_and_metadata_at_most_once() {
    // #73: each time, up to the most; and metadata that names an address elsewhere is not followed (#71).
    let world = World::discovered().await;
    world.sign_in(|_| ()).await.unwrap();
    let document = "/.well-known/openid-configuration";
    let before = world.stub.hits(document).len();
    let mut metadata = world.stub.metadata();
    metadata["jwks_uri"] = "https://evil.example/keys".into();
    world.stub.set(document, Reply::json(&metadata));
    for asked in 1..=MOST + 5 {
        assert_eq!(status(&world.sign_in_with(at(1), |claims| NEXT.token(claims)).await), 401);
        assert_eq!(fetches(&world), (1 + asked).min(MOST));
        assert_eq!(world.stub.hits(document).len() - before, asked.min(MOST - before));
    }
    assert!(world.sign_in_at(at(1), |_| ()).await.is_ok());
}

#[tokio::test]
async fn unusable_keys_are_skipped_and_unusable_sets_refused() {
    // #62, #68, #72
    let encrypting = {
        let mut key = FOREIGN.jwk();
        (key["use"], key["alg"]) = ("enc".into(), "RSA-OAEP".into());
        key
    };
    let named = |name: &str| json!({ "kty": "oct", "k": "AAAA", "alg": "HS256", "kid": name });
    for (keys, expected) in [
        (json!([{ "kty": "X" }, OURS.jwk()]), None),
        (json!([OURS.jwk(), OURS.jwk()]), None),
        (json!([encrypting, OURS.jwk()]), None),
        (json!([OURS.jwk(), encrypting]), None),
        (json!([named("key-1"), OURS.jwk()]), None),
        (json!([OURS.jwk(), named("other")]), None),
        (json!([OURS.jwk(), NEXT.jwk(), NEXT.jwk()]), None),
        // Two keys by one name could both have signed, so neither did.
        (json!([OURS.jwk(), FOREIGN.jwk()]), Some(401)),
        (json!([FOREIGN.jwk(), OURS.jwk()]), Some(401)),
        (json!([named("key-1")]), Some(502)),
        (json!([]), Some(502)),
        (json!(vec![json!({ "kty": "X" }); 101]), Some(502)),
    ] {
        let world = World::known().await;
        world.stub.set("/keys", Reply::json(&json!({ "keys": keys })));
        let result = world.sign_in(|_| ()).await;
        assert_eq!(result.is_err().then(|| status(&result)), expected, "{keys}");
    }
}

#[tokio::test]
async fn a_published_symmetric_key_verifies_nothing() {
    // #60, #62: anyone who reads the key set can make this token.
    let world = World::known().await;
    let secret = json!({ "kty": "oct", "k": "c2VjcmV0", "alg": "HS256", "kid": "shared" });
    world.stub.set("/keys", Reply::json(&json!({ "keys": [OURS.jwk(), secret] })));
    let header = json!({ "alg": "HS256", "kid": "shared" });
    let forged = |claims: &serde_json::Value| crate::support::keys::hs256("secret", &header, claims);
    assert_eq!(status(&world.sign_in_with(NOW, forged).await), 401);
    assert!(world.sign_in(|_| ()).await.is_ok());
}

#[tokio::test]
async fn without_the_table_documents_are_fetched() {
    // #99
    let stub = crate::support::stub::Stub::start().await;
    let providers = Settings::known(&stub).load("acme", None, &crate::support::no_table().await).unwrap();
    let world = World { stub, table: crate::support::table().await, providers };
    assert!(world.sign_in(|_| ()).await.is_ok());
}
