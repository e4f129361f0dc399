//! A provider in trouble, or up to no good: an answer in time, of a bearable size, with the right status.

use std::{
    pin::Pin,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::support::{
    Begun, NOW, Settings, World, begin,
    keys::{NEXT, OURS},
    options, status,
    stub::{Reply, Stub},
    table,
};

/// A second is patience enough for a test.
fn hasty(stub: &Stub) -> Settings {
    Settings::discovered(stub).set("ACME_TIMEOUT", "1")
}

/// Where somebody comes in although a request is given up when nine tenths of the time are over: the rest must be enough on a busy
/// machine.
fn patient(stub: &Stub) -> Settings {
    Settings::discovered(stub).set("ACME_TIMEOUT", "4")
}

fn gzip() -> Reply {
    let headers =
        vec![("content-type", "application/json".to_owned()), ("content-encoding", "gzip".to_owned())];
    Reply::Answer(200, headers, b"\x1f\x8b\x08\0\0\0\0\0\0\x03".to_vec())
}

/// Everything that can go wrong at any path, and its status.
pub(crate) fn troubles(stub: &Stub) -> Vec<(&'static str, Reply, u16)> {
    vec![
        ("hangs", Reply::Hang, 504),
        ("drips", Reply::Drip, 504),
        ("closes", Reply::Close, 502),
        ("never ends", Reply::Endless, 502),
        ("breaks off", Reply::Truncated, 502),
        ("500", Reply::status(500), 502),
        ("503", Reply::status(503), 502),
        ("404", Reply::status(404), 502),
        ("redirects", Reply::redirect(&stub.url("/canary")), 502),
        ("HTML", Reply::text(200, "text/html", "<html>{}"), 502),
        ("no type", Reply::Answer(200, vec![], b"{}".to_vec()), 502),
        ("gzip", gzip(), 502),
        ("half JSON", Reply::text(200, "application/json", r#"{"access_token":"#), 502),
        ("a member twice", Reply::text(200, "application/json", r#"{"issuer":"a","issuer":"b"}"#), 502),
        ("not an object", Reply::text(200, "application/json", "[]"), 502),
        ("deep", Reply::text(200, "application/json", &"[".repeat(100_000)), 502),
        ("empty", Reply::text(200, "application/json", ""), 502),
    ]
}

/// Does something about every trouble, all at once, each in a world of its own.
async fn each<F: Future<Output = ()> + Send + 'static>(check: impl Fn(World, &'static str, Reply, u16) -> F) {
    each_with(hasty, check).await;
}

/// The same with other settings.
async fn each_with<F: Future<Output = ()> + Send + 'static>(
    settings: fn(&Stub) -> Settings,
    check: impl Fn(World, &'static str, Reply, u16) -> F,
) {
    let canary = Stub::start().await;
    let mut running = Vec::new();
    for (what, reply, expected) in troubles(&canary) {
        let world = World::with(settings).await;
        running.push((what, tokio::spawn(check(world, what, reply, expected))));
    }
    for (what, done) in running {
        assert!(done.await.is_ok(), "{what}");
    }
    assert_eq!(canary.all_hits(), 0);
}

#[tokio::test]
async fn a_failing_token_endpoint_is_called_once() {
    // #11, #101, P10
    each(async |world: World, what, reply, expected| {
        let started = Instant::now();
        assert_eq!(status(&world.sign_in_to(reply).await), expected, "{what}");
        assert!(started.elapsed() < Duration::from_secs(10), "{what}");
        assert_eq!(world.stub.hits("/token").len(), 1, "{what}");
        assert!(world.sign_in(|_| ()).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_refused_code_is_not_sent_again() {
    // #11
    let world = World::known().await;
    for (reply, expected) in [
        (Reply::text(400, "application/json", r#"{"error":"invalid_grant"}"#), 400),
        (Reply::text(401, "application/json", r#"{"error":"invalid_client"}"#), 502),
        (Reply::text(403, "application/json", r#"{"error":"access_denied"}"#), 403),
        (Reply::text(429, "text/plain", "slow down"), 502),
    ] {
        assert_eq!(status(&world.sign_in_to(reply).await), expected);
    }
    assert_eq!(world.stub.hits("/token").len(), 4);
}

#[tokio::test]
async fn a_token_response_without_an_id_token_is_refused() {
    // #13
    let world = World::known().await;
    let reply = Reply::json(&json!({ "access_token": "x", "token_type": "Bearer" }));
    assert_eq!(status(&world.sign_in_to(reply).await), 502);
}

#[tokio::test]
async fn failing_metadata_stops_the_start_of_a_login() {
    // #72, #101, P10
    each(async |world: World, what, reply, expected| {
        world.stub.set("/.well-known/openid-configuration", reply);
        let started = Instant::now();
        assert_eq!(status(&begin(world.provider(), NOW).await), expected, "{what}");
        assert!(started.elapsed() < Duration::from_secs(10), "{what}");
        // The circuit is open for ten seconds: the next ones cost nothing.
        for _ in 0..10 {
            assert_eq!(status(&begin(world.provider(), NOW).await), expected, "{what}");
        }
        assert_eq!(world.stub.all_hits(), 1, "{what}");
    })
    .await;
}

#[tokio::test]
async fn failing_keys_stop_the_callback() {
    // #72, #101, P10
    each(async |world: World, what, reply, expected| {
        world.stub.set("/keys", reply);
        let started = Instant::now();
        assert_eq!(status(&world.sign_in(|_| ()).await), expected, "{what}");
        assert!(started.elapsed() < Duration::from_secs(10), "{what}");
    })
    .await;
}

#[tokio::test]
async fn failing_userinfo_costs_the_address_only() {
    // #18, #101, P10: the ID token has said who it is.
    each_with(patient, async |world: World, what, reply, _| {
        let started = Instant::now();
        for reply in [reply, Reply::status(401), Reply::status(403), Reply::status(429)] {
            world.stub.set("/userinfo", reply);
            let result = world.sign_in(|claims| drop(claims.as_object_mut().unwrap().remove("email"))).await;
            let who = result.unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!((who.subject.as_str(), who.email.as_deref()), ("person-1", None), "{what}");
            assert_eq!(who.name.as_deref(), Some("Ada Lovelace"), "{what}");
        }
        assert!(started.elapsed() < Duration::from_secs(10), "{what}");
        // But it is nobody else: whom it names must be the same person.
        for sub in [json!("somebody-else"), json!(null), json!("")] {
            world.stub.set("/userinfo", Reply::json(&json!({ "sub": sub, "email": "a@b.example" })));
            let result = world.sign_in(|claims| drop(claims.as_object_mut().unwrap().remove("email"))).await;
            assert_eq!(status(&result), 401, "{what} {sub}");
        }
    })
    .await;
}

/// An answer that says it is packed in this way.
fn packed(encoding: &str, content_type: Option<&str>, body: Vec<u8>) -> Reply {
    let mut headers = vec![("content-encoding", encoding.to_owned())];
    headers.extend(content_type.map(|value| ("content-type", value.to_owned())));
    Reply::Answer(200, headers, body)
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn failing_userinfo_stops_the_callback_where_it_is_required() {
    // #18, #20, #101
    for settings in [(|stub| hasty(stub).set("ACME_USERINFO", "always")) as fn(&Stub) -> Settings, |stub| {
        hasty(stub).set("ACME_HOSTED_DOMAIN", "example.com")
    }] {
        each_with(settings, async |world: World, what, reply, expected| {
            world.stub.set("/userinfo", reply);
            let started = Instant::now();
            let result = world.sign_in(|claims| drop(claims.as_object_mut().unwrap().remove("email"))).await;
            assert_eq!(status(&result), expected, "{what}");
            assert!(started.elapsed() < Duration::from_secs(10), "{what}");
        })
        .await;
    }
}

#[tokio::test]
async fn gzip_is_unpacked_although_it_was_not_asked_for() {
    // #72: at each of the endpoints; what is not gzip is not taken, whatever it says.
    let json = Some("application/json");
    for (encoding, squeeze, good) in [
        ("identity", false, true),
        ("gzip", true, true),
        ("x-gzip", true, true),
        ("identity, gzip", true, true),
        ("gzip", false, false),
        ("br", false, false),
        ("br", true, false),
        ("gzip, gzip", true, false),
        ("deflate", true, false),
    ] {
        let squeezed = |body: &serde_json::Value| {
            let bytes = body.to_string().into_bytes();
            packed(encoding, json, if squeeze { gzipped(&bytes) } else { bytes })
        };
        let status_of =
            |result: &Result<_, authenticate::Error>| result.as_ref().err().map(|_| status(result));
        let expected = (!good).then_some(502);
        let world = World::with(|stub| Settings::known(stub).set("ACME_USERINFO", "always")).await;
        let person = json!({ "sub": "person-1" });
        world.stub.set("/userinfo", Reply::json(&person));
        world.stub.set("/keys", squeezed(&json!({ "keys": [OURS.jwk()] })));
        assert_eq!(status_of(&world.sign_in(|_| ()).await), expected, "{encoding} keys");
        world.stub.set("/keys", Reply::json(&json!({ "keys": [OURS.jwk()] })));
        world.stub.set("/userinfo", squeezed(&person));
        assert_eq!(status_of(&world.sign_in(|_| ()).await).is_none(), good, "{encoding} userinfo");
        world.stub.set("/userinfo", Reply::json(&person));
        let begun = world.begin().await;
        let id_token = OURS.token(&world.claims(&begun, NOW));
        let tokens = json!({ "access_token": "a", "token_type": "Bearer", "id_token": id_token });
        world.stub.set("/token", squeezed(&tokens));
        assert_eq!(status_of(&world.finish(&begun).await), expected, "{encoding} tokens");
        // Nor did we ask for it.
        for path in ["/keys", "/token", "/userinfo"] {
            assert!(world.stub.hits(path).iter().all(|hit| hit.headers["accept-encoding"] == "identity"));
        }
    }
}

#[tokio::test]
async fn a_gzip_bomb_is_refused() {
    // #72: 64 MB of blanks in 64 KB, before the honest document.
    let bomb = gzipped(&[&vec![b' '; 64 << 20][..], b"{}"].concat());
    for path in ["/keys", "/token", "/userinfo"] {
        let world = World::with(|stub| Settings::known(stub).set("ACME_USERINFO", "always")).await;
        world.stub.set("/userinfo", Reply::json(&json!({ "sub": "person-1" })));
        assert!(world.sign_in(|_| ()).await.is_ok());
        let begun = world.begin_at(oauth::Time::from_epoch(NOW.epoch() + 3600)).await;
        let now = oauth::Time::from_epoch(NOW.epoch() + 3600);
        world.stub.issue(&OURS.token(&world.claims(&begun, now)));
        world.stub.set(path, packed("gzip", Some("application/json"), bomb.clone()));
        // Of the keys there are older ones.
        let result = world.finish_at(&begun, now).await;
        assert!(if path == "/keys" { result.is_ok() } else { result.is_err() }, "{path}: {result:?}");
    }
}

#[tokio::test]
async fn a_response_without_a_content_type_may_be_json() {
    // #72, #101: a file server calls a key set text or bytes, and some say nothing. A page is a page.
    for (content_type, good) in [
        (Some("application/jwk-set+json"), true),
        (Some("text/plain; charset=utf-8"), true),
        (Some("application/octet-stream"), true),
        (None, true),
        (Some("text/html"), false),
        (Some("application/x-www-form-urlencoded"), false),
        (Some("application/jwt"), false),
    ] {
        let typed =
            |body: &serde_json::Value| packed("identity", content_type, body.to_string().into_bytes());
        let world = World::known().await;
        let begun = world.begin().await;
        let id_token = OURS.token(&world.claims(&begun, NOW));
        world.stub.set("/keys", typed(&json!({ "keys": [OURS.jwk()] })));
        let tokens = json!({ "access_token": "a", "token_type": "Bearer", "id_token": id_token });
        world.stub.set("/token", typed(&tokens));
        let result = world.finish(&begun).await;
        assert_eq!(result.is_ok(), good, "{content_type:?}: {result:?}");
        assert_eq!(
            world.stub.hits("/keys")[0].headers["accept"],
            "application/jwk-set+json, application/json"
        );
        assert_eq!(world.stub.hits("/token")[0].headers["accept"], "application/json");
        // So it is with the metadata.
        let discovered = World::discovered().await;
        discovered.stub.set("/.well-known/openid-configuration", typed(&discovered.stub.metadata()));
        assert_eq!(begin(discovered.provider(), NOW).await.is_ok(), good, "{content_type:?}");
        let asked = discovered.stub.hits("/.well-known/openid-configuration");
        assert_eq!(asked[0].headers["accept"], "application/json");
        // Not so at the UserInfo endpoint, whose answer may be a signed one: it says which (OpenID Connect Core §5.3.2).
        let described = World::with(|stub| Settings::known(stub).set("ACME_USERINFO", "always")).await;
        described.stub.set("/userinfo", typed(&json!({ "sub": "person-1" })));
        let said = content_type.is_some_and(|value| value.ends_with("+json"));
        assert_eq!(described.sign_in(|_| ()).await.is_ok(), said, "{content_type:?}");
        // And nothing but JSON is read of it.
        world
            .stub
            .set("/token", packed("identity", content_type, b"access_token=a&token_type=bearer".to_vec()));
        assert_eq!(status(&world.finish(&world.begin().await).await), 502, "{content_type:?}");
    }
}

#[tokio::test]
async fn all_fetches_of_a_callback_share_one_time_limit() {
    // #72, #73, #101, P10: an unknown key is looked for at the old address, in the metadata, and at the new address.
    // Each of the three may take less than the time there is, and all together may not take more.
    let document = "/.well-known/openid-configuration";
    let late = |reply: Reply| Reply::Late(Duration::from_millis(450), Box::new(reply));
    for hanging in [None, Some("/keys"), Some(document), Some("/keys2")] {
        let world = World::with(hasty).await;
        world.sign_in(|_| ()).await.unwrap();
        let before = ["/token", "/keys", document].map(|path| world.stub.hits(path).len());
        let mut metadata = world.stub.metadata();
        metadata["jwks_uri"] = world.stub.url("/keys2").into();
        let now = oauth::Time::from_epoch(NOW.epoch() + 1);
        let replies = [
            ("/keys", Reply::json(&json!({ "keys": [OURS.jwk()] }))),
            (document, Reply::json(&metadata)),
            ("/keys2", Reply::json(&json!({ "keys": [NEXT.jwk()] }))),
        ];
        for (path, reply) in replies.clone() {
            let slow = if hanging.is_none() { late(reply.clone()) } else { reply };
            world.stub.set(path, if hanging == Some(path) { Reply::Hang } else { slow });
        }
        let started = Instant::now();
        let result = world.sign_in_with(now, |claims| NEXT.token(claims)).await;
        assert_eq!(status(&result), 504, "{hanging:?}");
        assert!(started.elapsed() < Duration::from_secs(10), "{hanging:?}");
        let after = ["/token", "/keys", document].map(|path| world.stub.hits(path).len());
        assert_eq!(after[0] - before[0], 1, "{hanging:?}: the code is sent once");
        assert!((1..3).all(|at| after[at] - before[at] <= 1), "{hanging:?} {before:?} {after:?}");
        assert!(world.stub.hits("/keys2").len() <= 1, "{hanging:?}");
        // It leaves nothing behind that would be in the way once they answer in time.
        for (path, reply) in replies {
            world.stub.set(path, reply);
        }
        let later = world.sign_in_with(now, |claims| NEXT.token(claims)).await;
        assert!(later.is_ok(), "{hanging:?} {later:?}");
    }
}

#[tokio::test]
async fn an_unreachable_provider_is_503() {
    // #101
    let (stub, table) = (Stub::start().await, table().await);
    let settings = Settings::known(&stub).set("ACME_TOKEN_ENDPOINT", "http://127.0.0.1:1/token");
    let world = World { providers: settings.load("acme", None, &table).unwrap(), stub, table };
    assert_eq!(status(&world.sign_in(|_| ()).await), 503);
    let gone = Settings::default()
        .set("ACME_CLIENT_ID", "client")
        .set("ACME_CLIENT_SECRET", "x")
        .set("ACME_ISSUER", "http://127.0.0.1:1");
    let providers = gone.load("acme", None, &world.table).unwrap();
    assert_eq!(status(&begin(providers.only().unwrap(), NOW).await), 503);
}

#[tokio::test]
async fn metadata_must_name_its_issuer_and_its_own_host() {
    // #71, #72
    let canary = Stub::start().await;
    for (member, value) in [
        ("issuer", "https://evil.example".to_owned()),
        ("jwks_uri", canary.url("/keys")),
        ("token_endpoint", canary.url("/token")),
        ("userinfo_endpoint", canary.url("/userinfo")),
        ("authorization_endpoint", canary.url("/authorize")),
        ("jwks_uri", "http://169.254.169.254/latest/meta-data/".to_owned()),
        ("jwks_uri", "http://localhost/keys".to_owned()),
        ("jwks_uri", "http://[::ffff:127.0.0.1]/keys".to_owned()),
        ("jwks_uri", "file:///etc/passwd".to_owned()),
    ] {
        let world = World::discovered().await;
        let mut metadata = world.stub.metadata();
        metadata[member] = value.clone().into();
        world.stub.set("/.well-known/openid-configuration", Reply::json(&metadata));
        assert_eq!(status(&begin(world.provider(), NOW).await), 502, "{member} {value}");
    }
    assert_eq!(canary.all_hits(), 0);
}

#[tokio::test]
async fn a_host_can_be_added() {
    // #71
    let keys = Stub::start().await;
    let host = format!("127.0.0.1:{}", keys.address.port());
    let world = World::with(|stub| Settings::discovered(stub).set("ACME_HOSTS", host)).await;
    let mut metadata = world.stub.metadata();
    metadata["jwks_uri"] = keys.url("/keys").into();
    world.stub.set("/.well-known/openid-configuration", Reply::json(&metadata));
    assert!(world.sign_in(|_| ()).await.is_ok());
    assert_eq!(keys.hits("/keys").len(), 1);
}

#[tokio::test]
async fn private_addresses_are_not_called() {
    // #71: names and addresses that lead home, in settings that would otherwise do.
    let canary = Stub::start().await;
    let port = canary.address.port();
    let table = table().await;
    for issuer in [
        format!("https://localhost:{port}"),
        format!("https://127.0.0.1:{port}"),
        format!("https://[::1]:{port}"),
        format!("https://[::ffff:7f00:1]:{port}"),
        "https://169.254.169.254".to_owned(),
        "https://10.0.0.1".to_owned(),
        format!("https://2130706433:{port}"),
    ] {
        let settings = Settings::default()
            .set("ACME_CLIENT_ID", "client")
            .set("ACME_CLIENT_SECRET", "0123456789abcdef-secret");
        let settings = settings.set("ACME_ISSUER", issuer.clone());
        let providers = settings.load("acme", None, &table).unwrap();
        assert_eq!(status(&begin(providers.only().unwrap(), NOW).await), 503, "{issuer}");
    }
    assert_eq!(canary.all_hits(), 0);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    // #71
    let canary = Stub::start().await;
    for path in ["/.well-known/openid-configuration", "/keys", "/token"] {
        let world = World::discovered().await;
        let begun = world.begin().await;
        world.stub.issue(&OURS.token(&world.claims(&begun, NOW)));
        world.stub.set(path, Reply::redirect(&canary.url(path)));
        let fresh = Settings::discovered(&world.stub).load("acme", None, &world.table).unwrap();
        let result = fresh.only().unwrap().finish(&begun.login, &oauth::Secret::new("the-code"), NOW).await;
        assert_eq!(status(&result), 502, "{path}");
    }
    assert_eq!(canary.all_hits(), 0);
}

#[tokio::test]
async fn a_finish_ends_in_time_however_many_steps_are_slow() {
    // #101: each step is quick enough by itself, and both together are not.
    let late = |reply| Reply::Late(Duration::from_millis(2800), Box::new(reply));
    let world = World::with(|stub| patient(stub).set("ACME_USERINFO", "always")).await;
    world.stub.set("/userinfo", late(Reply::json(&json!({ "sub": "person-1" }))));
    assert!(world.sign_in(|_| ()).await.is_ok());
    let begun = world.begin().await;
    let token = OURS.token(&world.claims(&begun, NOW));
    let tokens = json!({ "access_token": "x", "token_type": "Bearer", "id_token": token });
    world.stub.set("/token", late(Reply::json(&tokens)));
    assert_eq!(status(&world.finish(&begun).await), 504);
    assert_eq!(world.stub.hits("/userinfo").len(), 2);
}

#[tokio::test]
async fn futures_are_send() {
    // As a function of ours awaits it: borrowed, and behind a type that only says `Send`.
    fn ways<'a>(world: &'a World, begun: &'a Begun) -> [Pin<Box<dyn Future<Output = ()> + Send + 'a>>; 3] {
        let code = oauth::Secret::new("x");
        [
            Box::pin(async { drop(world.provider().start(options(), NOW).await) }),
            Box::pin(async { drop(begun.login.claim(&world.table, NOW).await) }),
            Box::pin(async move { drop(world.provider().finish(&begun.login, &code, NOW).await) }),
        ]
    }
    let world = World::known().await;
    let begun = world.begin().await;
    for way in ways(&world, &begun) {
        way.await;
    }
}
