//! Whoever tries to get around it from inside: in a session that has not shown it, by a step that is over, and by what was begun before.

use serde_json::Value;
use tests::authenticator::Authenticator;
use user::{
    Rights,
    rights::{self, Actor, Edit, Rule},
};

use super::{by_passkey, *};
use crate::passkeys::{self, ask};

const ALL: [(&str, &str); 4] =
    [("SECOND_FACTORS", "on"), ("PASSKEYS", "on"), ("PASSWORDS", "on"), ("PROVIDERS", "google,github")];
const PASSWORD: &str = "/users/password";
const NEW: &str = "/users/passkey/new";
const ADD: &str = "/users/passkey/add";
const ADA: &str = "ada@example.com";

/// Signs in at the provider, whose button stands beside other ways: where that leads.
async fn come(browser: &Agent, name: &str) -> String {
    let url = browser.start("/users/login/google").await;
    browser.get(&browser.pick(&url, name).await).await.expect(303).location().to_owned()
}

async fn somebody(world: &World, name: &str) -> Agent {
    let browser = world.browser();
    come(&browser, name).await;
    browser
}

/// A passkey more for whoever is signed in.
async fn with_passkey(world: &World, browser: &Agent) -> Authenticator {
    let mut passkey = Authenticator::new(&world.cloud.url);
    passkeys::add(world, browser, &mut passkey).await.expect(200);
    passkey
}

/// Makes a rule that gives everybody a role at one app alone, and the role demands a second factor.
async fn demand_at(world: &World, app: &App) {
    let (table, now) = (world.table().await, world.now());
    let start = Rights::parse(user::settings::ROLES.default.unwrap_or_default(), "", "member").unwrap();
    let (name, roles, client) = ("staff".to_owned(), vec!["staff".to_owned()], Some(app.id.clone()));
    let role = Edit::SetRole {
        name: name.clone(),
        scope: "get:profile".parse().unwrap(),
        second_factor: Some(true),
    };
    for edit in [role, Edit::SetRule(Box::new(Rule { name, roles, client, ..Rule::default() }))] {
        rights::change(&table, &start, &edit, &Actor::Operator, None, rights::NO_TRAIL, now).await.unwrap();
    }
    world.pass(rights::FRESH.as_secs() as i64);
}

/// What changes how somebody comes in, as their pages have it.
struct Forms {
    /// A new passkey, which answers a challenge.
    passkey: Value,
    session: String,
    /// The passkey that they have, if they have one.
    known: String,
    link: String,
    unlink: String,
    delete: String,
}

impl Forms {
    /// Of somebody with two ways in and no password.
    async fn of(world: &World, browser: &Agent) -> Self {
        let session = world.session(browser).await.id;
        let wanted = ask(world, browser, NEW, &json!({"session": session})).await.expect(200).json();
        let passkey = Authenticator::new(&world.cloud.url).create(&wanted["publicKey"]);
        let page = browser.get("/users/passkey").await.expect(200);
        let known = match page.body.contains("aria-label=\"Remove") {
            true => page.field_before("id", "aria-label=\"Remove"),
            false => "none".to_owned(),
        };
        let page = browser.get("/account").await.expect(200);
        let link = page.field_before("request", ">Link GitHub</button>");
        let unlink = page.field_before("request", "aria-label=\"Remove the sign-in with GitHub\"");
        let page = browser.get("/account/delete").await.expect(200);
        Self { passkey, session, known, link, unlink, delete: page.field("request") }
    }

    /// Sends all of it: the answers, each with what it was.
    async fn send(&self, world: &World, browser: &Agent) -> Vec<(&'static str, Answer)> {
        let passkey = [("session", &*self.session), ("id", &*self.known)];
        let renamed = [&passkey[..], &[("name", "Mine")]].concat();
        let new = [
            ("session", &*self.session),
            ("address", ADA),
            ("new_password", "yet another horse"),
            ("again", "yet another horse"),
        ];
        let change = [("password", GOOD), ("new_password", "yet another horse")];
        let begin = json!({"session": self.session});
        vec![
            ("a challenge", ask(world, browser, NEW, &begin).await),
            ("a passkey", ask(world, browser, ADD, &json!({"credential": self.passkey})).await),
            ("another name", browser.form("/users/passkey", &renamed).await),
            ("a passkey less", browser.form("/users/passkey", &passkey).await),
            ("a password", browser.form("/users/password/add", &new).await),
            ("another password", browser.form("/users/password/change", &change).await),
            ("a way more", browser.form("/account", &[("request", &self.link)]).await),
            ("a way less", browser.form("/account", &[("request", &self.unlink)]).await),
            // Who types something else is asked again.
            ("no account", browser.form("/account", &[("request", &self.delete), ("name", "else")]).await),
        ]
    }
}

/// Somebody with two ways in, who has just signed in.
async fn linked(world: &World) -> Agent {
    let browser = somebody(world, "ada").await;
    let page = browser.get("/account").await.expect(200);
    let form = page.field_before("request", ">Link GitHub</button>");
    let page = browser.form("/account", &[("request", &form)]).await.expect(303);
    let page = browser.get(page.location()).await.expect(200);
    let url = browser.start(&page.link("Go on to GitHub")).await;
    browser.get(&browser.pick(&url, "ada").await).await.expect(303);
    browser
}

#[tokio::test]
async fn who_has_not_shown_it_changes_no_way_in_however_fresh_the_session_is() {
    // #26, #81, #95: pages, forms and scripts alike, and what was begun before.
    for why in ["a role", "a role at one app", "their own", "a passkey and a role"] {
        let world = World::with(&ALL).await;
        let app = App::web(&world).await;
        let browser = linked(&world).await;
        let passkey = match why {
            "a passkey and a role" => Some(with_passkey(&world, &browser).await),
            _ => None,
        };
        let forms = Forms::of(&world, &browser).await;
        let id = world.session(&browser).await.user_id;
        let before = user::find(&world.table().await, &id, world.now()).await.unwrap().unwrap();
        let mut device = None;
        match why {
            "their own" => device = Some(set_up(&world, &somebody(&world, "ada").await).await.0),
            "a role at one app" => demand_at(&world, &app).await,
            _ => world.demand_factor("member", "get:profile", true).await,
        }
        let now = user::find(&world.table().await, &id, world.now()).await.unwrap().unwrap();
        for (what, answer) in forms.send(&world, &browser).await {
            assert_eq!(answer.status, 403, "{why}: {what}: {answer:?}");
            assert!(answer.body.contains("/users/factor?return_to=%2F"), "{why}: {what}: {answer:?}");
        }
        let refused = ask(&world, &browser, NEW, &json!({"session": forms.session})).await.json();
        assert_eq!(refused["error"], "interaction_required", "{why}: {refused}");
        assert!(refused["detail"].as_str().unwrap().contains("in a browser"), "{why}: {refused}");
        for path in ["/users/passkey", PASSWORD] {
            let location = browser.get(path).await.expect(303).location().to_owned();
            let step = format!("/users/factor?return_to={}&session=", path.replace('/', "%2F"));
            assert!(location.starts_with(&step), "{why}: {path}: {location}");
        }
        let after = user::find(&world.table().await, &id, world.now()).await.unwrap().unwrap();
        assert_eq!((&after, &after.identities), (&now, &before.identities), "{why}");
        // Who shows it, or sets it up as the one thing that they may do, goes on in the same session.
        let step = browser.get("/users/passkey").await.expect(303).location().to_owned();
        assert_eq!(browser.get(&step).await.expect(303).location(), STEP, "{why}");
        match (&passkey, &device) {
            (Some(passkey), _) => drop(by_passkey::show(&world, &browser, passkey).await.expect(200)),
            (_, Some(device)) => {
                world.pass(30);
                drop(enter(&browser, &device.code(&world, 0)).await.expect(303));
            }
            _ => {
                let page = browser.get(STEP).await.expect(200);
                let code = Device::of(&page).code(&world, 0);
                browser.form(STEP, &[("setup", &*page.field("setup")), ("code", &*code)]).await.expect(200);
            }
        }
        assert_eq!(world.session(&browser).await.id, forms.session, "{why}");
        browser.get(PASSWORD).await.expect(200);
        for (what, answer) in forms.send(&world, &browser).await {
            // The password of the form is none of theirs.
            let done: &[u16] = if what == "another password" { &[401] } else { &[200, 303] };
            assert!(done.contains(&answer.status), "{why}: {what}: {answer:?}");
        }
        let after = user::find(&world.table().await, &id, world.now()).await.unwrap().unwrap();
        assert_ne!(after.identities, before.identities, "{why}");
    }
}

#[tokio::test]
async fn who_is_asked_for_nothing_changes_what_they_like_and_a_passkey_alone_asks_for_nothing() {
    // Whoever has lost the device with their passkey must be able to remove it.
    let world = World::with(&ALL).await;
    let browser = linked(&world).await;
    with_passkey(&world, &browser).await;
    world.pass(1);
    come(&browser, "ada").await;
    browser.get(SETUP).await.expect(200);
    for (what, answer) in Forms::of(&world, &browser).await.send(&world, &browser).await {
        let done: &[u16] = if what == "another password" { &[401] } else { &[200, 303] };
        assert!(done.contains(&answer.status), "{what}: {answer:?}");
    }
}

#[tokio::test]
async fn whoever_has_a_passkey_shows_it_before_they_set_up_something_beside_it() {
    // #26
    let world = World::with(&ALL).await;
    let browser = somebody(&world, "ada").await;
    let passkey = with_passkey(&world, &browser).await;
    let page = browser.get(SETUP).await.expect(200);
    let (device, sealed) = (Device::of(&page), page.field("setup"));
    world.demand_factor("member", "get:profile", true).await;
    let step = browser.get(SETUP).await.expect(303).location().to_owned();
    assert!(step.starts_with("/users/factor?return_to=%2Fusers%2Ffactor%2Fsetup&session="), "{step}");
    let form = [("setup", &*sealed), ("code", &*device.code(&world, 0))];
    let refused = browser.form(SETUP, &form).await.expect(403);
    assert!(refused.body.contains("show your second factor first"), "{refused:?}");
    assert_eq!(browser.get(&step).await.expect(303).location(), STEP);
    by_passkey::show(&world, &browser, &passkey).await.expect(200);
    let form = [("setup", &*sealed), ("code", &*device.code(&world, 0))];
    browser.form(SETUP, &form).await.expect(200);
}

#[tokio::test]
async fn a_program_changes_no_password_of_whoever_is_asked_for_more() {
    // #81, #87: whoever has stolen a password makes no other of it, and ends nobody's sessions.
    for why in ["a role", "their own"] {
        let world = World::with(&ALL).await;
        let program = world.program();
        let send = async |path: &str, body: Value| {
            let request = program.request("POST", path).header("content-type", "application/json");
            program.send(request.body(body.to_string())).await
        };
        send("/users/register", json!({"username": "grace", "password": GOOD})).await.expect(201);
        let browser = world.browser();
        let form = [("login", "grace"), ("password", GOOD)];
        browser.form("/users/password/login", &form).await.expect(303);
        match why {
            "their own" => drop(set_up(&world, &browser).await),
            _ => world.demand_factor("member", "get:profile", true).await,
        }
        let of = |old: &str| json!({"username": "grace", "password": old, "new_password": "another horse"});
        let refused = send(PASSWORD, of(GOOD)).await.expect(403).json();
        assert_eq!(refused["error"], "interaction_required", "{why}: {refused}");
        assert!(refused["detail"].as_str().unwrap().contains("/users/password in a browser"), "{refused}");
        // Who does not know it hears nothing of that (#84).
        assert_eq!(send(PASSWORD, of("a wrong one")).await.expect(401).json()["error"], "login_required");
        world.session(&browser).await;
        let elsewhere = world.browser();
        let answer = elsewhere.form("/users/password/login", &form).await.expect(303);
        assert_eq!(answer.location(), STEP, "{why}: the old one counts");
    }
}

#[tokio::test]
async fn what_the_step_of_a_session_would_set_up_ends_with_the_session() {
    // #34: the page stays open, and the next one at this computer finds it.
    let world = world().await;
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    world.demand_factor("member", "get:profile", true).await;
    let id = world.session(&browser).await.user_id;
    let step = browser.get("/account").await.expect(303).location().to_owned();
    assert_eq!(browser.get(&step).await.expect(303).location(), STEP);
    let page = browser.get(STEP).await.expect(200);
    browser.form("/users/logout", &[]).await.expect(303);
    let form = [("setup", &*page.field("setup")), ("code", &*Device::of(&page).code(&world, 0))];
    browser.form(STEP, &form).await.expect(401);
    browser.get(STEP).await.expect(401);
    let user = user::find(&world.table().await, &id, world.now()).await.unwrap().unwrap();
    assert_eq!(user.factors, user::Factors::default());
}

#[tokio::test]
async fn the_step_of_a_session_is_of_the_browser_that_has_it() {
    // #25, #29, #34
    let world = world().await;
    let (browser, device, _) = ada(&world).await;
    world.demand_factor("member", "get:profile", true).await;
    let step = browser.get("/account").await.expect(303).location().to_owned();
    browser.get(&step).await.expect(303);
    let name = browser.cookie_names().into_iter().find(|name| name.contains("factor-")).unwrap();
    let cookie = browser.cookie(&name).unwrap();
    let thief = world.browser();
    thief.set_cookie(&name, &cookie);
    enter(&thief, &device.code(&world, 0)).await.expect(401);
    assert!(thief.cookie(SESSION).is_none());
    // Nor in the session of somebody else who is there.
    world.demand_factor("member", "get:profile", false).await;
    let alan = world.browser();
    alan.sign_in("alan").await.expect(303);
    alan.set_cookie(&name, &cookie);
    world.pass(30);
    enter(&alan, &device.code(&world, 0)).await.expect(401);
    assert_eq!(world.session(&alan).await.amr, Vec::<String>::new());
    // And where she has signed out, for nobody.
    browser.form("/users/logout", &[]).await.expect(303);
    browser.set_cookie(&name, &cookie);
    world.pass(30);
    enter(&browser, &device.code(&world, 0)).await.expect(401);
    assert!(browser.cookie(SESSION).is_none());
}

#[tokio::test]
async fn a_step_that_is_over_begins_no_session_again() {
    // #9, #34: with its cookie and another code that is right.
    let world = world().await;
    let (_, device, codes) = ada(&world).await;
    let browser = arrived(&world).await;
    let name = browser.cookie_names().into_iter().find(|name| name.contains("factor-")).unwrap();
    let cookie = browser.cookie(&name).unwrap();
    enter(&browser, &device.code(&world, 0)).await.expect(303);
    browser.form("/users/logout", &[]).await.expect(303);
    for (again, code) in [(&browser, &codes[0]), (&world.browser(), &codes[1])] {
        again.set_cookie(&name, &cookie);
        let answer = enter(again, code).await;
        assert!((400..500).contains(&answer.status), "{answer:?}");
        assert!(again.cookie(SESSION).is_none(), "{answer:?}");
    }
}

#[tokio::test]
async fn whoever_has_something_by_now_sets_up_nothing_at_a_step_from_before() {
    // #26: somebody with her password waits there while she gets a passkey, or an app.
    for what in ["passkey", "app"] {
        let world = World::with(&ALL).await;
        world.demand_factor("member", "get:profile", true).await;
        let waiting = world.browser();
        assert_eq!(come(&waiting, "ada").await, STEP);
        let page = waiting.get(STEP).await.expect(200);
        world.demand_factor("member", "get:profile", false).await;
        let browser = somebody(&world, "ada").await;
        match what {
            "passkey" => drop(with_passkey(&world, &browser).await),
            _ => drop(set_up(&world, &browser).await),
        }
        let id = world.session(&browser).await.user_id;
        let before = user::find(&world.table().await, &id, world.now()).await.unwrap().unwrap().factors;
        let form = [("setup", &*page.field("setup")), ("code", &*Device::of(&page).code(&world, 0))];
        waiting.form(STEP, &form).await.expect(401);
        waiting.get(STEP).await.expect(401);
        assert!(waiting.cookie(SESSION).is_none(), "{what}");
        let after = user::find(&world.table().await, &id, world.now()).await.unwrap().unwrap().factors;
        assert_eq!(after, before, "{what}");
    }
}

#[tokio::test]
async fn nobody_sets_up_anything_while_they_are_signed_out_everywhere() {
    // #34, #97: between the read and the write.
    let wire = Wire::start().await;
    let world = World::with(&[("SECOND_FACTORS", "on"), ("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let table = world.table().await;
    // Who it is, and the try, which is three calls; what comes next writes.
    for (path, reads) in [(SETUP, 2), (STEP, 1)] {
        world.demand_factor("member", "get:profile", false).await;
        let browser = world.browser();
        browser.sign_in("ada").await.expect(303);
        let id = world.session(&browser).await.user_id;
        if path == STEP {
            world.demand_factor("member", "get:profile", true).await;
            browser.form("/users/logout", &[]).await.expect(303);
            assert_eq!(browser.sign_in("ada").await.expect(303).location(), STEP);
        }
        let page = browser.get(path).await.expect(200);
        let form = [("setup", &*page.field("setup")), ("code", &*Device::of(&page).code(&world, 0))];
        let turns = wire.hold(&["users-factor"]);
        let ending = async {
            for _ in 0..reads + 3 {
                turns.next("users-factor").await;
            }
            user::end_everywhere(&table, &id, world.now()).await.unwrap();
            turns.all();
        };
        let (answer, ()) = futures_util::future::join(browser.form(path, &form), ending).await;
        wire.hold(&[]);
        answer.expect(401);
        assert_eq!(wire.rows_of("FACTOR").await, Vec::<Value>::new(), "{path}");
    }
}

#[tokio::test]
async fn a_code_counts_once_whatever_it_is_shown_for() {
    // #85
    let world = world().await;
    let (browser, device, codes) = ada(&world).await;
    world.demand_factor("member", "get:profile", true).await;
    let step = browser.get("/account").await.expect(303).location().to_owned();
    browser.get(&step).await.expect(303);
    let code = device.code(&world, 0);
    enter(&browser, &code).await.expect(303);
    enter(&arrived(&world).await, &code).await.expect(401);
    for path in ["/users/factor/codes", "/users/factor/remove"] {
        browser.form(path, &[("code", &*code)]).await.expect(401);
    }
    let page = browser.form("/users/factor/codes", &[("code", &*codes[0])]).await.expect(200);
    enter(&arrived(&world).await, &codes[0]).await.expect(401);
    // And what confirms that the app has the seed is a code of it.
    let again = super::codes(&page);
    browser.form("/users/factor/remove", &[("code", &*again[0])]).await.expect(303);
    let page = browser.get(SETUP).await.expect(200);
    let code = Device::of(&page).code(&world, 0);
    let form = [("setup", &*page.field("setup")), ("code", &*code)];
    browser.form(SETUP, &form).await.expect(200);
    enter(&arrived(&world).await, &code).await.expect(401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_recovery_code_that_is_shown_in_many_places_at_once_counts_in_one() {
    // #85, #97
    let world = world().await;
    let (browser, _, codes) = ada(&world).await;
    let at_step = join_all((0..4).map(|_| arrived(&world))).await;
    let code = [("code", &*codes[0])];
    let entering = join_all(at_step.iter().map(|it| it.form(STEP, &code)));
    let renewing = join_all((0..4).map(|_| browser.form("/users/factor/codes", &code)));
    let (entered, renewed) = futures_util::future::join(entering, renewing).await;
    let all = entered.iter().chain(&renewed).map(|answer| answer.status).collect::<Vec<_>>();
    assert_eq!(all.iter().filter(|status| **status == 200).count(), 1, "{all:?}");
}

#[tokio::test]
async fn a_challenge_for_a_new_passkey_is_none_for_the_step_and_the_other_way_round() {
    // #9, #29
    let world = World::with(&ALL).await;
    let browser = somebody(&world, "ada").await;
    let passkey = with_passkey(&world, &browser).await;
    let session = world.session(&browser).await.id;
    browser.get("/users/factor?return_to=%2Faccount").await.expect(303);
    let for_new = ask(&world, &browser, NEW, &json!({"session": session})).await.expect(200).json();
    let for_step = ask(&world, &browser, "/users/passkey/step", &json!({})).await.expect(200).json();
    let mut crossed = Authenticator::new(&world.cloud.url);
    crossed.handle = passkey.handle.clone();
    crossed.challenge = Some(for_step["publicKey"]["challenge"].as_str().unwrap().to_owned());
    let body = json!({"credential": crossed.create(&for_new["publicKey"])});
    ask(&world, &browser, ADD, &body).await.expect(400);
    let mut signs = for_step["publicKey"].clone();
    signs["challenge"] = for_new["publicKey"]["challenge"].clone();
    let body = json!({"credential": passkey.get(&signs)});
    ask(&world, &browser, "/users/passkey/factor", &body).await.expect(400);
    assert_eq!(world.session(&browser).await.amr, Vec::<String>::new());
    by_passkey::show(&world, &browser, &passkey).await.expect(200);
}

#[tokio::test]
async fn a_session_says_how_it_was_made_by_the_sign_in_of_last_and_what_was_shown_then() {
    // RFC 8176: the step was begun before that sign-in, and ends after it.
    let world = World::with(&ALL).await;
    let browser = somebody(&world, "ada").await;
    let passkey = with_passkey(&world, &browser).await;
    let session = world.session(&browser).await.id;
    let new = [("session", &*session), ("address", ADA), ("new_password", GOOD), ("again", GOOD)];
    browser.form("/users/password/add", &new).await.expect(303);
    browser.get("/users/factor?return_to=%2Faccount").await.expect(303);
    browser.form("/users/password/login", &[("login", ADA), ("password", GOOD)]).await.expect(303);
    assert_eq!(world.session(&browser).await.amr, ["pwd"]);
    by_passkey::show(&world, &browser, &passkey).await.expect(200);
    let after = world.session(&browser).await;
    assert_eq!((after.id, after.amr), (session, ["pwd", "hwk", "user", "mfa"].map(str::to_owned).into()));
}

#[tokio::test]
async fn a_step_in_a_session_is_no_sign_in_for_an_app_that_wants_one() {
    // OpenID Connect Core §3.1.2.1: `max_age` and `prompt=login`.
    let world = world().await;
    let app = App::web(&world).await;
    let (browser, device, _) = ada(&world).await;
    for wants in [("max_age", "0"), ("prompt", "login"), ("max_age", "30")] {
        let page = browser.get(&app.path(&[wants, ("acr_values", "2")])).await.expect(200);
        assert!(page.body.contains("/users/login?return_to="), "{wants:?}: {page:?}");
    }
    browser.get("/users/factor?return_to=%2Faccount").await.expect(303);
    enter(&browser, &device.code(&world, 0)).await.expect(303);
    for wants in [("max_age", "0"), ("prompt", "login"), ("max_age", "30")] {
        let page = browser.get(&app.path(&[wants, ("acr_values", "2")])).await.expect(200);
        assert!(page.body.contains("/users/login?return_to="), "{wants:?}: {page:?}");
        let silent = browser.get(&app.path(&[("max_age", "30"), ("prompt", "none")])).await.expect(303);
        assert_eq!(tests::query(silent.location())["error"], "login_required");
    }
}
