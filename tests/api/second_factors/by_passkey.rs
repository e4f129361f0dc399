//! A passkey in place of a code: whose it is, what it is asked, and everybody who tries to get around it.

use serde_json::Value;
use tests::authenticator::{Authenticator, BE, UP};

use super::*;
use crate::passkeys::{self, ask};

const CHALLENGE: &str = "/users/passkey/step";
const FACTOR: &str = "/users/passkey/factor";
const SIGN_IN: &str = "/users/passkey/login";
const PASSWORD: &str = "/users/password/login";
const BUTTON: &str = "id=\"passkey-step\"";

type Change = fn(&mut Authenticator);

async fn world() -> World {
    World::with(&[("SECOND_FACTORS", "on"), ("PASSKEYS", "on")]).await
}

/// Comes back from the provider, on the way to somewhere.
async fn come(browser: &Agent, name: &str, to: &str) -> Answer {
    let url = browser.start(&format!("/users/login/google?return_to={to}")).await;
    let back = browser.pick(&url, name).await;
    browser.get(&back).await.expect(303)
}

/// Somebody with a second factor and a passkey: a browser in which they have signed in and shown it, their device and the passkey.
async fn somebody(world: &World, name: &str) -> (Agent, Device, Authenticator) {
    let (browser, passkey) = passkeys::somebody(world, name).await;
    let (device, _) = set_up(world, &browser).await;
    world.pass(60);
    browser.get("/users/factor?return_to=%2F").await.expect(303);
    enter(&browser, &device.code(world, 0)).await.expect(303);
    world.pass(60);
    (browser, device, passkey)
}

/// A browser in which they have come back from the provider, and owe their second factor.
pub(crate) async fn at_step(world: &World, name: &str) -> Agent {
    let browser = world.browser();
    assert_eq!(come(&browser, name, "/account").await.location(), STEP);
    browser
}

/// What the browser's API gets.
async fn asked(world: &World, browser: &Agent) -> Value {
    ask(world, browser, CHALLENGE, &json!({})).await.expect(200).json()["publicKey"].clone()
}

/// Shows a passkey at the step.
pub(crate) async fn show(world: &World, browser: &Agent, passkey: &Authenticator) -> Answer {
    let options = asked(world, browser).await;
    ask(world, browser, FACTOR, &json!({"credential": passkey.get(&options)})).await
}

#[tokio::test]
async fn a_passkey_takes_the_place_of_the_code() {
    let world = world().await;
    let (first, _, passkey) = somebody(&world, "ada").await;
    let ada = world.session(&first).await.user_id;
    let browser = world.browser();
    assert_eq!(come(&browser, "ada", "/account%3Fx%3D1").await.location(), STEP);
    let page = browser.get(STEP).await.expect(200);
    for text in [BUTTON, "Use a passkey", "/users/passkey.js", "one-time-code", "Recovery code"] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    nothing_yet(&browser).await;
    let options = asked(&world, &browser).await;
    assert_eq!(options["userVerification"], "required");
    let answer = ask(&world, &browser, FACTOR, &json!({"credential": passkey.get(&options)})).await;
    assert_eq!(answer.expect(200).json(), json!({"go": "/account?x=1"}));
    let session = world.session(&browser).await;
    assert_eq!((&session.user_id, &session.amr[..]), (&ada, &["hwk", "user", "mfa"].map(str::to_owned)[..]));
    // They have come by their provider, and that is what they prove (#93).
    assert_ne!(session.via.as_deref(), Some(user::passkey::key(&ada).as_str()));
    let person = user::find(&world.table().await, &ada, world.now()).await.unwrap().unwrap();
    assert!(!person.proofs.contains_key(user::passkey::key(&ada).as_str()));
    browser.post("/users/token").await.expect(200);
    // The step is over in this browser.
    ask(&world, &browser, CHALLENGE, &json!({})).await.expect(401);
    // The page of passkeys knows of it.
    let page = first.get("/users/passkey").await.expect(200);
    assert!(page.body.contains("Last used"), "{}", page.body);
}

#[tokio::test]
async fn only_their_own_passkeys_are_asked_for_and_a_synced_one_says_so() {
    let world = world().await;
    somebody(&world, "alan").await;
    let (browser, _, first) = somebody(&world, "ada").await;
    let mut second = Authenticator::new(&world.cloud.url);
    second.flags |= BE;
    passkeys::add(&world, &browser, &mut second).await.expect(200);
    let browser = at_step(&world, "ada").await;
    let options = asked(&world, &browser).await;
    let named: Vec<_> = options["allowCredentials"].as_array().unwrap().iter().map(|it| &it["id"]).collect();
    let made: Vec<_> = [&first, &second].map(|it| it.get(&options)["id"].clone()).into();
    assert_eq!(named, made.iter().collect::<Vec<_>>());
    show(&world, &browser, &second).await.expect(200);
    assert_eq!(world.session(&browser).await.amr, ["swk", "user", "mfa"]);
}

#[tokio::test]
async fn after_a_password_too() {
    let world = World::with(&[("SECOND_FACTORS", "on"), ("PASSKEYS", "on"), ("PASSWORDS", "on")]).await;
    let program = world.program();
    let body = json!({"username": "grace", "password": GOOD}).to_string();
    let request = program.request("POST", "/users/register").header("content-type", "application/json");
    program.send(request.body(body)).await.expect(201);
    let form = [("login", "grace"), ("password", GOOD), ("return_to", "/account")];
    let browser = world.browser();
    browser.form(PASSWORD, &form).await.expect(303);
    let mut passkey = Authenticator::new(&world.cloud.url);
    passkeys::add(&world, &browser, &mut passkey).await.expect(200);
    // A passkey alone asks for nothing.
    browser.form(PASSWORD, &form).await.expect(303);
    assert_eq!(world.session(&browser).await.amr, ["pwd"]);
    set_up(&world, &browser).await;
    let browser = world.browser();
    assert_eq!(browser.form(PASSWORD, &form).await.expect(303).location(), STEP);
    assert_eq!(show(&world, &browser, &passkey).await.expect(200).json(), json!({"go": "/account"}));
    assert_eq!(world.session(&browser).await.amr, ["pwd", "hwk", "user", "mfa"]);
}

#[tokio::test]
async fn who_signs_in_with_a_passkey_is_asked_for_nothing_more() {
    // It is two factors: the key, and what unlocks it.
    let world = world().await;
    let (_, _, passkey) = somebody(&world, "ada").await;
    let browser = world.browser();
    let answer = passkeys::enter(&world, &browser, &passkey).await.expect(200);
    assert_eq!(answer.json(), json!({"go": "/"}));
    assert_eq!(world.session(&browser).await.amr, ["hwk", "user", "mfa"]);
}

#[tokio::test]
async fn where_there_is_no_passkey_none_is_offered() {
    let without = async |world: &World, browser: &Agent| {
        let page = browser.get(STEP).await.expect(200);
        assert!(!page.body.contains(BUTTON) && page.body.contains("one-time-code"), "{}", page.body);
        let answer = ask(world, browser, CHALLENGE, &json!({})).await;
        assert!([401, 404, 405].contains(&answer.status), "{answer:?}");
    };
    // Theirs are gone.
    let world = world().await;
    let (browser, device, passkey) = somebody(&world, "ada").await;
    let page = browser.get("/users/passkey").await.expect(200);
    let id = page.field_before("id", "aria-label=\"Remove");
    let session = world.session(&browser).await.id;
    let at = at_step(&world, "ada").await;
    let options = asked(&world, &at).await;
    browser.form("/users/passkey", &[("session", &*session), ("id", &*id)]).await.expect(303);
    let body = json!({"credential": passkey.get(&options)});
    ask(&world, &at, FACTOR, &body).await.expect(401);
    ask(&world, &at, CHALLENGE, &json!({})).await.expect(401);
    without(&world, &at_step(&world, "ada").await).await;
    // Theirs are there, and passkeys are off, or second factors are.
    enter(&at, &device.code(&world, 0)).await.expect(303);
    let world = super::world().await;
    super::ada(&world).await;
    without(&world, &arrived(&world).await).await;
    let world = World::with(&[("PASSKEYS", "on")]).await;
    let (browser, _) = passkeys::somebody(&world, "ada").await;
    ask(&world, &browser, CHALLENGE, &json!({})).await.expect(401);
}

#[tokio::test]
async fn what_is_no_passkey_of_theirs_lets_nobody_in() {
    // #84: one answer for all of it.
    let world = world().await;
    let wrongs: [(&str, Change); 7] = [
        ("another origin", |it| it.origin = "https://evil.example.com".to_owned()),
        ("another host", |it| it.rp_id = "example.com".to_owned()),
        ("a frame of another site", |it| it.cross_origin = true),
        ("nobody is there", |it| it.flags = 0),
        ("nobody unlocked it", |it| it.flags = UP),
        ("a new passkey in place of it", |it| it.kind = Some("webauthn.create")),
        ("of somebody else, as it says", |it| it.handle = b"somebody".to_vec()),
    ];
    let (_, _, mut alans) = somebody(&world, "alan").await;
    let (first, _, good) = somebody(&world, "ada").await;
    let mut theirs = Vec::new();
    for (what, change) in wrongs {
        let mut passkey = Authenticator::new(&world.cloud.url);
        passkeys::add(&world, &first, &mut passkey).await.expect(200);
        change(&mut passkey);
        theirs.push((what, passkey));
    }
    let browser = at_step(&world, "ada").await;
    let said = async |passkey: &Authenticator| {
        let mut body = show(&world, &browser, passkey).await.expect(401).json();
        body.as_object_mut().unwrap().remove("request_id");
        body
    };
    let unknown = said(&Authenticator::new(&world.cloud.url)).await;
    assert_eq!(unknown["error"], "login_required");
    for (what, passkey) in &theirs {
        assert_eq!(said(passkey).await, unknown, "{what}");
    }
    world.pass(301);
    // Somebody else's, also one that says that it is hers; and a key of nobody's under the id of hers.
    assert_eq!(said(&alans).await, unknown);
    alans.handle = good.handle.clone();
    assert_eq!(said(&alans).await, unknown);
    let mut forged = Authenticator::new(&world.cloud.url);
    (forged.id, forged.handle) = (good.id.clone(), good.handle.clone());
    assert_eq!(said(&forged).await, unknown);
    nothing_yet(&browser).await;
    show(&world, &browser, &good).await.expect(200);
}

#[tokio::test]
async fn who_has_not_arrived_gets_no_challenge_and_costs_nothing() {
    // #105, #27
    let wire = Wire::start().await;
    let settings = [("SECOND_FACTORS", "on"), ("PASSKEYS", "on"), ("DYNAMODB_ENDPOINT", &*wire.endpoint)];
    let world = World::with(&settings).await;
    let (first, _, passkey) = somebody(&world, "ada").await;
    let at = at_step(&world, "ada").await;
    let options = asked(&world, &at).await;
    let good = json!({"credential": passkey.get(&options)});
    wire.calls();
    for browser in [&first, &world.browser()] {
        ask(&world, browser, CHALLENGE, &json!({})).await.expect(401);
        ask(&world, browser, FACTOR, &good).await.expect(401);
    }
    for body in [json!({}), json!({"credential": null}), json!({"credential": good["credential"], "to": "/"})]
    {
        ask(&world, &at, FACTOR, &body).await.expect(400);
    }
    for path in [CHALLENGE, FACTOR] {
        let request = at.request("POST", path).header("content-type", "application/json");
        at.send(request.header("origin", "https://evil.example.com").body(good.to_string()))
            .await
            .expect(403);
    }
    assert_eq!(wire.calls().len(), 0);
    ask(&world, &at, FACTOR, &good).await.expect(200);
}

#[tokio::test]
async fn a_challenge_is_of_one_step_and_is_answered_once() {
    // #9, #25: not of a sign-in, of another browser, or of the same person when they arrive again.
    let world = world().await;
    let (_, _, passkey) = somebody(&world, "ada").await;
    let browser = at_step(&world, "ada").await;
    let of_sign_in = passkeys::challenge(&world, &browser).await;
    let body = json!({"credential": passkey.get(&of_sign_in)});
    ask(&world, &browser, FACTOR, &body).await.expect(400);
    let options = asked(&world, &browser).await;
    let body = json!({"credential": passkey.get(&options)});
    ask(&world, &browser, SIGN_IN, &body).await.expect(400);
    ask(&world, &at_step(&world, "ada").await, FACTOR, &body).await.expect(400);
    come(&browser, "ada", "/").await;
    ask(&world, &browser, FACTOR, &body).await.expect(400);
    nothing_yet(&browser).await;
    let options = asked(&world, &browser).await;
    world.pass(301);
    ask(&world, &browser, FACTOR, &json!({"credential": passkey.get(&options)})).await.expect(400);
    // Once, however often it comes at the same moment.
    let options = asked(&world, &browser).await;
    let body = json!({"credential": passkey.get(&options)});
    let answers = join_all((0..8).map(|_| ask(&world, &browser, FACTOR, &body))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert_eq!(world.session(&browser).await.amr, ["hwk", "user", "mfa"]);
}

#[tokio::test]
async fn attempts_count_with_those_of_codes() {
    // #85: also in many browsers; and what is right does not help then.
    let world = world().await;
    let (_, device, passkey) = somebody(&world, "ada").await;
    world.pass(300);
    for _ in 0..5 {
        enter(&at_step(&world, "ada").await, "000000").await.expect(401);
        let nobodys = Authenticator::new(&world.cloud.url);
        show(&world, &at_step(&world, "ada").await, &nobodys).await.expect(401);
    }
    let browser = at_step(&world, "ada").await;
    let refused = show(&world, &browser, &passkey).await.expect(429);
    assert!(refused.header("retry-after").parse::<u32>().unwrap() <= 300);
    enter(&browser, &device.code(&world, 0)).await.expect(429);
    // A sign-in by passkey is another way, which a stranger at the step cannot shut.
    passkeys::enter(&world, &world.browser(), &passkey).await.expect(200);
    world.pass(300);
    show(&world, &browser, &passkey).await.expect(200);
}

#[tokio::test]
async fn who_may_not_come_in_any_more_does_not_by_a_passkey_either() {
    // #34, #35
    let world = world().await;
    let (first, _, passkey) = somebody(&world, "ada").await;
    let (id, table) = (world.session(&first).await.user_id, world.table().await);
    let waiting = at_step(&world, "ada").await;
    user::end_everywhere(&table, &id, world.now()).await.unwrap();
    show(&world, &waiting, &passkey).await.expect(401);
    assert!(waiting.cookie(SESSION).is_none());
    let waiting = at_step(&world, "ada").await;
    user::disable(&table, &id, world.now()).await.unwrap();
    show(&world, &waiting, &passkey).await.expect(401);
    assert!(waiting.cookie(SESSION).is_none());
}

#[tokio::test]
async fn a_key_whose_counter_does_not_grow_is_refused_and_its_person_can_read_it() {
    // W3C §6.1.1
    let world = world().await;
    let (first, _, mut passkey) = somebody(&world, "ada").await;
    passkey.counter = 5;
    show(&world, &at_step(&world, "ada").await, &passkey).await.expect(200);
    show(&world, &at_step(&world, "ada").await, &passkey).await.expect(401);
    passkey.counter = 6;
    show(&world, &at_step(&world, "ada").await, &passkey).await.expect(200);
    let trail = first.get("/account/trail").await.expect(200);
    assert_eq!(trail.body.matches("there may be a copy of it").count(), 1, "{}", trail.body);
}

#[tokio::test]
async fn a_step_by_passkey_costs_so_many_calls() {
    let wire = Wire::start().await;
    let settings = [("SECOND_FACTORS", "on"), ("PASSKEYS", "on"), ("DYNAMODB_ENDPOINT", &*wire.endpoint)];
    let world = World::with(&settings).await;
    let (_, _, passkey) = somebody(&world, "ada").await;
    let browser = at_step(&world, "ada").await;
    let calls = || wire.calls().into_iter().map(|call| call.action).collect::<Vec<_>>();
    calls();
    browser.get(STEP).await.expect(200);
    assert_eq!(calls(), [""; 0]);
    let options = asked(&world, &browser).await;
    assert_eq!(calls(), ["GetItem", "BatchGetItem"]);
    let body = json!({"credential": passkey.get(&options)});
    ask(&world, &browser, FACTOR, &body).await.expect(200);
    let counted = ["UpdateItem", "GetItem", "PutItem"];
    let shown = ["PutItem", "BatchGetItem", "UpdateItem"];
    // And the session.
    assert_eq!(calls(), [&counted[..], &shown, &["PutItem"]].concat());
}

#[tokio::test]
async fn whoever_must_show_something_and_has_a_passkey_alone_shows_that_and_sets_up_nothing() {
    // #26
    let world = world().await;
    let (first, passkey) = passkeys::somebody(&world, "ada").await;
    world.demand_factor("member", "get:profile", true).await;
    let browser = at_step(&world, "ada").await;
    let page = browser.get(STEP).await.expect(200);
    for text in [BUTTON, "Second factor", "A passkey needs JavaScript"] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    for text in ["one-time-code", "<svg viewBox", "Recovery code"] {
        assert!(!page.body.contains(text), "{text}: {}", page.body);
    }
    enter(&browser, "000000").await.expect(401);
    nothing_yet(&browser).await;
    show(&world, &browser, &passkey).await.expect(200);
    browser.post("/users/token").await.expect(200);
    // In a session from before they show it too, and stay in that.
    let before = world.session(&first).await;
    first.post("/users/token").await.expect(403);
    let step = first.get("/account").await.expect(303).location().to_owned();
    assert_eq!(first.get(&step).await.expect(303).location(), STEP);
    assert_eq!(show(&world, &first, &passkey).await.expect(200).json(), json!({"go": "/account"}));
    let after = world.session(&first).await;
    assert_eq!((&after.id, after.auth_time), (&before.id, before.auth_time));
    let mut amr = after.amr;
    amr.sort();
    assert_eq!(amr, ["hwk", "mfa", "user"]);
    first.get("/account").await.expect(200);
}

#[tokio::test]
async fn where_passkeys_are_turned_off_whoever_has_one_alone_sets_up_something_else() {
    let world = super::world().await;
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    let id = world.session(&browser).await.user_id;
    let has = store::Change::new().set(user::User::FACTORS, &user::Factors { totp: false, passkeys: 1 });
    world.table().await.update(&id, has, world.now()).await.unwrap();
    world.demand_factor("member", "get:profile", true).await;
    let page = arrived(&world).await.get(STEP).await.expect(200);
    assert!(page.body.contains("<svg viewBox") && !page.body.contains(BUTTON), "{}", page.body);
}
