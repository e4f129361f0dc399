//! Sessions, and what ends with them.

use client::Kind;
use serde_json::{Value, json};
use session::{Session, family::Terms};
use tests::{Agent, TERMS, World, stub::Stub};

/// Why `POST /users/verify` refuses a token, or `valid`.
async fn verdict(world: &World, token: &str) -> Value {
    let program = world.program();
    let answer = program.send(program.request("POST", "/users/verify").bearer_auth(token)).await.json();
    answer.get("reason").unwrap_or(&answer["status"]).clone()
}

async fn own_token(browser: &Agent) -> String {
    let answer = browser.post("/users/token").await.expect(200).json();
    answer["access_token"].as_str().unwrap().to_owned()
}

async fn ada(world: &World) -> (Agent, Session) {
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    let session = world.session(&browser).await;
    (browser, session)
}

#[tokio::test]
async fn signing_in_again_keeps_the_session_and_what_it_granted() {
    // #33: the secret is another, `sid` and grants stay, and `auth_time` moves.
    let world = World::start().await;
    let (browser, before) = ada(&world).await;
    let client = world.client(Kind::Spa, |_| {}).await;
    let grant = world.grant(&client, &browser, &Terms { offline: false, ..TERMS }).await;
    let (old, token) = (browser.cookie("__Host-session").unwrap(), own_token(&browser).await);
    world.pass(300);
    browser.sign_in("ada").await.expect(303);
    let after = world.session(&browser).await;
    assert_eq!((&after.id, after.started_at), (&before.id, before.started_at));
    assert_eq!(after.auth_time, world.now());
    assert_ne!(browser.cookie("__Host-session").unwrap(), old);
    for token in [&token, &grant.access] {
        assert_eq!(verdict(&world, token).await, "valid");
    }
    // The cookie from before is nobody's.
    let thief = world.browser();
    thief.set_cookie("__Host-session", &old);
    thief.post("/users/token").await.expect(401);
    browser.post("/users/token").await.expect(200);
    // Somebody else in the same browser begins a session of their own, and ends nobody's.
    browser.sign_in("alan").await.expect(303);
    assert_ne!(world.session(&browser).await.id, before.id);
    for token in [&token, &grant.access] {
        assert_eq!(verdict(&world, token).await, "valid");
    }
}

#[tokio::test]
async fn the_id_of_a_session_opens_and_ends_nothing() {
    // #32, #33: an API knows it from tokens, and somebody there has a browser too.
    let stub = Stub::start().await;
    let world = World::with(&stub.settings()).await;
    let victim = world.browser();
    stub.sign_in(&victim, json!({"sub": "victim"}), world.now()).await.expect(303);
    let sid = world.session(&victim).await.id;
    for secret in [oauth::Secret::random().expose(), &sid, ""] {
        for sub in ["attacker", "victim"] {
            let attacker = world.browser();
            attacker.set_cookie("__Host-session", &format!("{sid}.{secret}"));
            attacker.form("/users/logout", &[]).await.expect(303);
            attacker.set_cookie("__Host-session", &format!("{sid}.{secret}"));
            stub.sign_in(&attacker, json!({"sub": sub}), world.now()).await.expect(303);
            assert_ne!(world.session(&attacker).await.id, sid);
            victim.post("/users/token").await.expect(200);
        }
    }
}

#[tokio::test]
async fn signing_out_ends_the_grants_that_are_not_offline() {
    // #34
    let world = World::start().await;
    let (browser, _) = ada(&world).await;
    let client = world.client(Kind::Web, |_| {}).await;
    let within = world.grant(&client, &browser, &Terms { offline: false, ..TERMS }).await;
    let offline = world.grant(&client, &browser, &TERMS).await;
    for grant in [&within, &offline] {
        assert_eq!(verdict(&world, &grant.access).await, "valid");
    }
    browser.form("/users/logout", &[]).await.expect(303);
    assert_eq!(verdict(&world, &within.access).await, "revoked");
    assert_eq!(verdict(&world, &offline.access).await, "valid");
    // The same where the session ends by itself.
    let (browser, _) = ada(&world).await;
    let within =
        world.grant(&client, &browser, &Terms { offline: false, idle: TERMS.absolute, ..TERMS }).await;
    world.pass(3600);
    let token = world.access_token(&within.family);
    assert_eq!(verdict(&world, &token).await, "revoked");
}

#[tokio::test]
async fn signing_out_everywhere_ends_everything_at_once() {
    // #34, #35
    let world = World::start().await;
    let client = world.client(Kind::Web, |_| {}).await;
    for disable in [false, true] {
        let [(here, session), (there, _)] = [ada(&world).await, ada(&world).await];
        let grants = [world.grant(&client, &here, &TERMS).await, world.grant(&client, &there, &TERMS).await];
        let own = [own_token(&here).await, own_token(&there).await];
        let code = world.code(&client, &here).await;
        let cookies = [&here, &there].map(|browser| browser.cookie("__Host-session").unwrap());
        let (table, now) = (world.table().await, world.now());
        let end = if disable {
            user::disable(&table, &session.user_id, now).await
        } else {
            user::end_everywhere(&table, &session.user_id, now).await
        };
        let user = end.unwrap().unwrap();
        assert!(user.epoch > session.epoch && user.is_active() != disable);
        for token in own.iter().chain(grants.iter().map(|grant| &grant.access)) {
            assert_eq!(verdict(&world, token).await, "revoked");
        }
        assert!(!code.stands(Some(&session), user.epoch, code.client_epoch, now));
        for (browser, cookie) in [&here, &there].into_iter().zip(&cookies) {
            assert!(browser.get("/").await.expect(200).body.contains("Continue with"));
            assert_eq!(browser.cookie("__Host-session"), None);
            browser.set_cookie("__Host-session", cookie);
            browser.post("/users/token").await.expect(401);
        }
    }
    // Nobody comes back by being enabled again; they sign in, if they may.
    assert_eq!(ada_again(&world).await, 403);
}

async fn ada_again(world: &World) -> u16 {
    world.browser().sign_in("ada").await.status
}

#[tokio::test]
async fn a_person_who_was_signed_out_everywhere_begins_anew() {
    // #33, #34: the browser still has the cookie of a session from before.
    let world = World::start().await;
    let (browser, before) = ada(&world).await;
    let (table, now) = (world.table().await, world.now());
    user::end_everywhere(&table, &before.user_id, now).await.unwrap().unwrap();
    browser.sign_in("ada").await.expect(303);
    let after = world.session(&browser).await;
    assert_ne!((&after.id, after.epoch), (&before.id, before.epoch));
    assert_eq!(verdict(&world, &own_token(&browser).await).await, "valid");
    assert!(user::end_everywhere(&table, "nobody", now).await.unwrap().is_none());
}
