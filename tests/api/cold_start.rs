//! A function may wake up anywhere at any time: nothing that matters is stored in a process.

use latchkey::mount::{AUTHORIZER, EVENTS, FUNCTIONS};
use serde_json::json;
use setting::{Clock, Env};
use tests::{Replica, World, database::Wire, stub::Stub};

#[tokio::test]
async fn a_login_that_begins_in_one_process_ends_in_another() {
    // #3, #9, #32
    let (wire, stub) = (Wire::start().await, Stub::start().await);
    let mut settings = stub.settings();
    settings.extend([("DYNAMODB_ENDPOINT", wire.endpoint.as_str()), ("ADMINS", "eve@example.com")]);
    let world = World::with(&settings).await;
    let replica = Replica::of(&world, &[]).await;
    let browser = world.browser();
    let url = browser.start("/users/login").await;
    let back = stub.agree(&url, json!({}), world.now());
    let name = browser.cookie_names().remove(0);
    let cookie = browser.cookie(&name).unwrap();
    browser.get(&replica.here(&back)).await.expect(303);
    // It was used there, so it is used here, and leads to the session of there.
    let again = world.browser();
    again.set_cookie(&name, &cookie);
    again.get(&back).await.expect(303);
    assert_eq!(again.cookie("__Host-session"), browser.cookie("__Host-session"));
    assert_eq!(stub.hits("token"), 1);
    // The session of there is one of here, and so is a token.
    let token =
        browser.post("/users/token").await.expect(200).json()["access_token"].as_str().unwrap().to_owned();
    let program = world.program();
    let page = program.bearer(&replica.here("/users?limit=1"), &token).await.expect(200).json();
    assert_eq!(page["users"][0]["email"], "eve@example.com");
    // A session that ended there has ended here.
    let session = browser.cookie("__Host-session").unwrap();
    browser.post(&replica.here("/users/logout")).await.expect(303);
    browser.set_cookie("__Host-session", &session);
    browser.post("/users/token").await.expect(401);
}

#[tokio::test]
async fn a_cold_start_makes_no_call() {
    // #3, #105: not the database, not a provider; and with the settings that it declares and no others.
    let world = World::with(&[
        ("PROVIDERS", "google,evil"),
        ("GOOGLE_CLIENT_ID", "x"),
        ("GOOGLE_CLIENT_SECRET", "0123456789abcdef"),
        ("EVIL_ISSUER", "http://127.0.0.1:1"),
        ("EVIL_CLIENT_ID", "x"),
        ("EVIL_CLIENT_SECRET", "x"),
    ])
    .await;
    let mut settings = world.cloud.settings.clone();
    settings.insert("DYNAMODB_ENDPOINT".to_owned(), "http://127.0.0.1:1".to_owned());
    for mount in FUNCTIONS.iter().chain(EVENTS).chain([&AUTHORIZER]) {
        let declared =
            |name: &String| mount.settings.iter().copied().flatten().any(|setting| setting.covers(name));
        let own = settings.clone().into_iter().filter(|(name, _)| declared(name)).collect();
        let begun = std::time::Instant::now();
        let started = mount.start(Env::new(own, Clock::system(), mount.settings)).await;
        assert!(started.is_ok(), "{}: {}", mount.name, started.err().unwrap().causes());
        assert!(begun.elapsed() < std::time::Duration::from_secs(10), "{}", mount.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_cold_starts_fetch_once_each() {
    // #73: sixteen first logins in one process ask for metadata once, and for keys once.
    let stub = Stub::start().await;
    let world = World::with(&stub.settings()).await;
    let starts = (0..16).map(|_| {
        let program = world.program();
        async move { program.start("/users/login").await }
    });
    let urls = futures_util::future::join_all(starts).await;
    assert_eq!(stub.hits("discovery"), 1);
    let ends = urls.iter().map(|_| async {
        stub.sign_in(&world.program(), json!({}), world.now()).await.expect(200);
    });
    futures_util::future::join_all(ends).await;
    assert_eq!(stub.hits("jwks"), 1);
}
