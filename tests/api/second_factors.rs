//! Second factors: setting one up, the step in each way in, and everybody who tries to get around it.

use std::collections::BTreeSet;

use aws_lc_rs::hmac;
use futures_util::future::join_all;
use serde_json::json;
use tests::{
    Agent, Answer, App, TestClient, World,
    database::Wire,
    oauth::{Ask, claims},
    stub::Stub,
};

mod around;
pub(crate) mod by_passkey;
mod by_role;
mod guessing;
mod letters;
mod setup;
mod taken;

const STEP: &str = "/users/factor";
const SETUP: &str = "/users/factor/setup";
const SESSION: &str = "__Host-session";
const GOOD: &str = "a horse that counts";

/// The device of somebody: the seed that they scanned.
pub(crate) struct Device(Vec<u8>);

impl Device {
    /// Reads the key on the page (base32).
    pub(crate) fn of(page: &Answer) -> Self {
        let (_, rest) = page.body.split_once("<code>").unwrap();
        let (key, _) = rest.split_once("</code>").unwrap();
        let letters = key.bytes().filter(u8::is_ascii_alphanumeric).map(|letter| match letter {
            b'A'..=b'Z' => u64::from(letter - b'A'),
            _ => u64::from(letter - b'2') + 26,
        });
        let letters: Vec<_> = letters.collect();
        assert_eq!(letters.len(), 32);
        let group = |eight: &[u64]| eight.iter().fold(0u64, |bits, letter| bits << 5 | letter);
        Self(letters.chunks(8).flat_map(|eight| group(eight).to_be_bytes()[3..].to_vec()).collect())
    }

    /// The code that it shows at this moment, and so many steps later.
    pub(crate) fn code(&self, world: &World, later: i64) -> String {
        let step = (world.now().epoch() / 30 + later) as u64;
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let at = usize::from(tag.as_ref()[19] & 15);
        let bytes: [u8; 4] = tag.as_ref()[at..at + 4].try_into().unwrap();
        format!("{:06}", (u32::from_be_bytes(bytes) & 0x7fff_ffff) % 1_000_000)
    }
}

async fn world() -> World {
    World::with(&[("SECOND_FACTORS", "on")]).await
}

/// Sets one up for whoever is signed in: their device, and their recovery codes.
pub(crate) async fn set_up(world: &World, browser: &Agent) -> (Device, Vec<String>) {
    let page = browser.get(SETUP).await.expect(200);
    let device = Device::of(&page);
    let form = [("setup", &*page.field("setup")), ("code", &*device.code(world, 0))];
    let page = browser.form(SETUP, &form).await.expect(200);
    (device, codes(&page))
}

/// The recovery codes on the page that shows them.
pub(crate) fn codes(page: &Answer) -> Vec<String> {
    let parts = page.body.split("<li><code>").skip(1);
    let codes: Vec<_> = parts.map(|part| part.split("</code>").next().unwrap().to_owned()).collect();
    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), 10, "{}", page.body);
    codes
}

/// Ada with a second factor, and a browser in which she is signed in.
async fn ada(world: &World) -> (Agent, Device, Vec<String>) {
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    let (device, codes) = set_up(world, &browser).await;
    world.pass(60);
    (browser, device, codes)
}

/// A browser in which Ada has come back from her provider, and owes her second factor.
async fn arrived(world: &World) -> Agent {
    let browser = world.browser();
    let answer = browser.sign_in("ada").await.expect(303);
    assert_eq!(answer.location(), STEP);
    assert!(browser.cookie(SESSION).is_none());
    browser
}

async fn enter(browser: &Agent, code: &str) -> Answer {
    browser.form(STEP, &[("code", code)]).await
}

/// What nobody may have before the step.
async fn nothing_yet(browser: &Agent) {
    assert!(browser.cookie(SESSION).is_none());
    browser.post("/users/token").await.expect(401);
    assert!(browser.get("/account").await.expect(303).location().starts_with("/users/login"));
    assert!(browser.get(SETUP).await.expect(303).location().starts_with("/users/login"));
}

#[tokio::test]
async fn where_they_are_off_there_are_none() {
    let world = World::start().await;
    for (method, path) in [("GET", STEP), ("POST", STEP), ("GET", SETUP), ("POST", "/users/factor/remove")] {
        let answer = world.program().send(world.program().request(method, path)).await;
        assert!([401, 404, 405].contains(&answer.status), "{method} {path}: {answer:?}");
    }
    world.browser().sign_in("ada").await.expect(303);
}

#[tokio::test]
async fn a_person_who_comes_from_a_provider_shows_their_code_before_there_is_a_session() {
    // #84: nothing of a session, a code or a token before; #33 after.
    let world = world().await;
    let (_, device, _) = ada(&world).await;
    let browser = arrived(&world).await;
    let page = browser.get(STEP).await.expect(200);
    for text in ["autocomplete=\"one-time-code\"", "inputmode=\"numeric\"", "Recovery code"] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    nothing_yet(&browser).await;
    let answer = enter(&browser, &device.code(&world, 0)).await;
    assert!([200, 303].contains(&answer.status), "{answer:?}");
    let session = world.session(&browser).await;
    assert_eq!(session.amr, ["otp", "mfa"]);
    browser.post("/users/token").await.expect(200);
    // The step is over in this browser.
    enter(&browser, &device.code(&world, 1)).await.expect(401);
}

#[tokio::test]
async fn a_person_with_a_password_shows_their_code_too_and_a_program_gets_no_token() {
    let world = World::with(&[("SECOND_FACTORS", "on"), ("PASSWORDS", "on")]).await;
    let program = world.program();
    let ask = async |path: &str, status: u16| {
        let body = json!({"username": "grace", "password": GOOD}).to_string();
        let request = program.request("POST", path).header("content-type", "application/json").body(body);
        program.send(request).await.expect(status)
    };
    ask("/users/register", 201).await;
    let form = [("login", "grace"), ("password", GOOD), ("return_to", "/account")];
    let browser = world.browser();
    browser.form("/users/password/login", &form).await.expect(303);
    let (device, _) = set_up(&world, &browser).await;
    world.pass(60);
    let refused = ask("/users/login", 403).await.json();
    assert_eq!(refused["error"], "interaction_required");
    assert!(refused["detail"].as_str().unwrap().contains("/users/login in a browser"), "{refused}");
    assert!(refused.get("token").is_none());
    let browser = world.browser();
    let answer = browser.form("/users/password/login", &form).await.expect(303);
    assert_eq!(answer.location(), STEP);
    nothing_yet(&browser).await;
    let answer = enter(&browser, &device.code(&world, 0)).await.expect(303);
    assert_eq!(answer.location(), "/account");
    assert_eq!(world.session(&browser).await.amr, ["pwd", "otp", "mfa"]);
    // An app is told of both (OpenID Connect Core §2).
    let app = App::web(&world).await;
    let code = app.code(&browser).await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", &app.redirect_uri),
        ("code_verifier", &app.verifier),
    ];
    let client = TestClient { id: app.id.clone(), secret: app.secret.clone() };
    let tokens = Ask::of(&client, "/oauth/token", &fields).send(&world).await.expect(200).json();
    assert_eq!(claims(tokens["id_token"].as_str().unwrap())["amr"], json!(["pwd", "otp", "mfa"]));
}

#[tokio::test]
async fn a_program_that_comes_from_a_provider_gets_no_token() {
    let world = world().await;
    ada(&world).await;
    let refused = world.program().sign_in("ada").await.expect(403).json();
    assert_eq!(refused["error"], "interaction_required");
}

#[tokio::test]
async fn a_recovery_code_lets_in_once_and_says_how_many_are_left() {
    let world = world().await;
    let (_, _, codes) = ada(&world).await;
    let browser = arrived(&world).await;
    let page = enter(&browser, &codes[3].to_uppercase().replace('-', " ")).await.expect(200);
    assert!(page.body.contains("Recovery codes that are left: 9."), "{}", page.body);
    assert_eq!(world.session(&browser).await.amr, ["mfa"]);
    let browser = arrived(&world).await;
    enter(&browser, &codes[3]).await.expect(401);
    enter(&browser, &codes[4]).await.expect(200);
}

#[tokio::test]
async fn a_repeated_callback_shows_the_step_again() {
    // #9, #25
    let (wire, stub) = (Wire::start().await, Stub::start().await);
    let mut settings = stub.settings();
    settings.extend([("DYNAMODB_ENDPOINT", wire.endpoint.as_str()), ("SECOND_FACTORS", "on")]);
    let world = World::with(&settings).await;
    let browser = world.browser();
    stub.sign_in(&browser, json!({"sub": "ada"}), world.now()).await.expect(303);
    let (device, _) = set_up(&world, &browser).await;
    world.pass(60);
    let browser = world.browser();
    let url = browser.start("/users/login?return_to=/account").await;
    let back = stub.agree(&url, json!({"sub": "ada"}), world.now());
    for _ in 0..3 {
        assert_eq!(browser.get(&back).await.expect(303).location(), STEP);
    }
    enter(&browser, &device.code(&world, 0)).await.expect(303);
    let session = world.session(&browser).await;
    // And afterwards it shows the session.
    assert_eq!(browser.get(&back).await.expect(303).location(), "/account");
    assert_eq!(world.session(&browser).await.id, session.id);
}

#[tokio::test]
async fn a_person_without_one_is_asked_for_nothing_and_it_costs_nothing() {
    let wire = Wire::start().await;
    let calls = async |world: World| {
        world.browser().sign_in("ada").await.expect(303);
        world.pass(60);
        wire.calls();
        world.browser().sign_in("ada").await.expect(303);
        wire.calls().into_iter().map(|call| (call.function, call.action)).collect::<Vec<_>>()
    };
    let with =
        calls(World::with(&[("SECOND_FACTORS", "on"), ("DYNAMODB_ENDPOINT", &wire.endpoint)]).await).await;
    let without = calls(World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await).await;
    assert_eq!(with, without);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_sixteen_who_show_one_code_at_once_one_comes_in() {
    let world = world().await;
    let (_, device, codes) = ada(&world).await;
    for code in [device.code(&world, 0), codes[0].clone()] {
        // Of so many tries, ten are looked at.
        let browsers = join_all((0..16).map(|_| arrived(&world))).await;
        let answers = join_all(browsers.iter().map(|browser| enter(browser, &code))).await;
        let entered = browsers.iter().filter(|browser| browser.cookie(SESSION).is_some()).count();
        assert_eq!(entered, 1, "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
        world.pass(3600);
    }
}
