//! Passkeys: people who add them, sign in with them and remove them, and everybody who tries to.

use serde_json::{Value, json};
use tests::{
    Agent, Answer, World,
    authenticator::{Authenticator, BE, BS},
};

mod adding;
mod entering;
mod managing;

const PAGE: &str = "/users/passkey";
const CHALLENGE: &str = "/users/passkey/challenge";
const LOGIN: &str = "/users/passkey/login";
const NEW: &str = "/users/passkey/new";
const ADD: &str = "/users/passkey/add";

async fn world() -> World {
    World::with(&[("PASSKEYS", "on")]).await
}

/// The script of our page asks.
pub(crate) async fn ask(world: &World, agent: &Agent, path: &str, body: &Value) -> Answer {
    let request = agent.request("POST", path).header("content-type", "application/json");
    let request = request.header("origin", &world.cloud.url).header("sec-fetch-site", "same-origin");
    agent.send(request.header("accept", "application/json").body(body.to_string())).await
}

/// What the browser's API gets for a new passkey of the person in this browser.
async fn wanted(world: &World, browser: &Agent) -> Value {
    let session = world.session(browser).await.id;
    ask(world, browser, NEW, &json!({"session": session})).await.expect(200).json()["publicKey"].clone()
}

/// Signs in at the provider, whose button is on the page of a sign-in beside that of a passkey.
async fn arrive(browser: &Agent, name: &str) {
    let url = browser.start("/users/login/google").await;
    let back = browser.pick(&url, name).await;
    browser.get(&back).await.expect(303);
}

/// Adds a passkey.
pub(crate) async fn add(world: &World, browser: &Agent, passkey: &mut Authenticator) -> Answer {
    let options = wanted(world, browser).await;
    ask(world, browser, ADD, &json!({"credential": passkey.create(&options)})).await
}

/// Somebody with a passkey, in a browser of their own.
pub(crate) async fn somebody(world: &World, name: &str) -> (Agent, Authenticator) {
    let browser = world.browser();
    arrive(&browser, name).await;
    let mut passkey = Authenticator::new(&world.cloud.url);
    add(world, &browser, &mut passkey).await.expect(200);
    (browser, passkey)
}

/// What the browser's API gets for a sign-in.
pub(crate) async fn challenge(world: &World, browser: &Agent) -> Value {
    ask(world, browser, CHALLENGE, &json!({})).await.expect(200).json()["publicKey"].clone()
}

/// Signs in.
pub(crate) async fn enter(world: &World, browser: &Agent, passkey: &Authenticator) -> Answer {
    let options = challenge(world, browser).await;
    ask(world, browser, LOGIN, &json!({"credential": passkey.get(&options)})).await
}

#[tokio::test]
async fn where_passkeys_are_off_there_are_none() {
    let world = World::start().await;
    let browser = world.browser();
    for path in [CHALLENGE, LOGIN, NEW, ADD, PAGE] {
        let status = ask(&world, &browser, path, &json!({})).await.status;
        assert!([401, 404, 405].contains(&status), "{path}: {status}");
    }
    browser.get("/users/login").await.expect(303);
    browser.sign_in("ada").await.expect(303);
    assert!(!browser.get("/account").await.expect(200).body.contains(PAGE));
}

#[tokio::test]
async fn a_person_adds_a_passkey_and_signs_in_with_it_without_a_name() {
    let world = world().await;
    let (browser, mut passkey) = somebody(&world, "ada").await;
    let ada = world.session(&browser).await.user_id;
    assert!(browser.get("/account").await.expect(200).body.contains(PAGE));
    // The user handle says nothing of the person (W3C §14.6.1).
    assert_eq!(String::from_utf8(passkey.handle.clone()).unwrap(), ada);
    for (flags, amr) in [(0, "hwk"), (BE, "swk"), (BE | BS, "swk")] {
        let (elsewhere, mut other) = (world.browser(), Authenticator::new(&world.cloud.url));
        other.flags |= flags;
        add(&world, &browser, &mut other).await.expect(200);
        let options = challenge(&world, &elsewhere).await;
        assert_eq!(options["userVerification"], "required");
        assert_eq!(options["allowCredentials"], json!([]));
        let sent = json!({"credential": other.get(&options), "return_to": "/account?x=1"});
        let answer = ask(&world, &elsewhere, LOGIN, &sent).await.expect(200);
        assert_eq!(answer.json(), json!({"go": "/account?x=1"}));
        let session = world.session(&elsewhere).await;
        assert_eq!(session.user_id, ada);
        assert_eq!(session.amr, [amr, "user", "mfa"]);
        assert_eq!(session.via.as_deref(), Some(user::passkey::key(&ada).as_str()));
        elsewhere.post("/users/token").await.expect(200);
    }
    // What was proven is there for rules (#93).
    let person = user::find(&world.table().await, &ada, world.now()).await.unwrap().unwrap();
    assert_eq!(person.proofs[user::passkey::key(&ada).as_str()].provider, "passkey");
    // It leads to no stranger (#22).
    let elsewhere = world.browser();
    for place in ["https://evil.example.com/", "//evil.example.com", "javascript:alert(1)"] {
        let options = challenge(&world, &elsewhere).await;
        let sent = json!({"credential": passkey.get(&options), "return_to": place});
        assert_eq!(ask(&world, &elsewhere, LOGIN, &sent).await.expect(200).json()["go"], "/", "{place}");
    }
    passkey.counter = 7;
    enter(&world, &elsewhere, &passkey).await.expect(200);
}
