//! Several people in one browser: which account a request is for, and who signs out.

use client::{Kind, NewClient};
use serde_json::json;
use session::{Code, Session};
use tests::{Agent, Answer, App, CALLBACK, World, database::Wire, query, stub::Stub};

/// A browser in which these people are signed in, the last one of whom acts.
async fn browser(world: &World, people: &[&str]) -> Agent {
    let browser = world.browser();
    for person in people {
        browser.sign_in(person).await.expect(303);
        world.pass(1);
    }
    browser
}

/// The cookies of sessions that a browser has.
fn cookies(browser: &Agent) -> Vec<String> {
    let names = browser.cookie_names().into_iter();
    names.filter(|name| name.starts_with("__Host-session")).collect()
}

/// The session in which the app got its code.
async fn session_of(world: &World, answer: &Answer) -> Session {
    let code = oauth::Digest::of(query(answer.location())["code"].as_bytes());
    let table = world.table().await;
    let code = table.get::<Code>(code.as_str(), world.now()).await.unwrap().unwrap();
    table.get::<Session>(&code.sid, world.now()).await.unwrap().unwrap().into_inner()
}

async fn name(world: &World, session: &Session) -> String {
    let user = user::find(&world.table().await, &session.user_id, world.now()).await.unwrap();
    user.unwrap().name.unwrap()
}

/// Who acts in a browser.
async fn acting(world: &World, browser: &Agent) -> String {
    name(world, &world.session(browser).await).await
}

const CHOOSE: (&str, &str) = ("prompt", "select_account");

#[tokio::test]
async fn the_person_chooses_among_those_who_are_signed_in() {
    let world = World::start().await;
    let app = App::web(&world).await;
    let browser = browser(&world, &["ada", "alan"]).await;
    let page = browser.get(&app.path(&[CHOOSE])).await.expect(200);
    assert!(page.body.contains("Choose an account") && page.body.contains("Orders"), "{page:?}");
    assert!(page.body.contains("Ada Lovelace") && page.body.contains("ada@example.com"), "{page:?}");
    // Nobody is asked again for the same thing.
    let answer = browser.choose(&page, "Ada Lovelace").await.expect(303);
    let session = session_of(&world, &answer).await;
    assert_eq!(name(&world, &session).await, "Ada Lovelace");
    // Whoever was chosen acts from now on, and the other is still there.
    assert_eq!(acting(&world, &browser).await, "Ada Lovelace");
    assert_eq!(session_of(&world, &browser.get(&app.path(&[])).await.expect(303)).await.id, session.id);
    let page = browser.get(&app.path(&[CHOOSE])).await.expect(200);
    let answer = browser.choose(&page, "Alan").await.expect(303);
    assert!(name(&world, &session_of(&world, &answer).await).await.starts_with("Alan"));
    // Or nobody: the app learns that.
    let request = page.field("request");
    let answer =
        browser.form("/oauth/authorize/decision", &[("request", &request), ("decision", "deny")]).await;
    assert_eq!(query(answer.expect(303).location())["error"], "access_denied");
}

#[tokio::test]
async fn choosing_costs_as_many_calls_as_a_code() {
    let wire = Wire::start().await;
    let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let app = App::web(&world).await;
    let browser = browser(&world, &["ada", "alan", "grace"]).await;
    let calls = || {
        let calls = wire.calls().into_iter().filter(|call| call.function == "oauth-authorize");
        calls.map(|call| call.action).collect::<Vec<_>>()
    };
    calls();
    browser.get(&app.path(&[])).await.expect(303);
    assert_eq!(calls(), ["BatchGetItem", "GetItem", "PutItem"], "only the one that acts is read");
    let page = browser.get(&app.path(&[CHOOSE])).await.expect(200);
    assert_eq!(calls(), ["BatchGetItem", "GetItem", "BatchGetItem"]);
    browser.choose(&page, "Ada").await.expect(303);
    assert_eq!(calls(), ["BatchGetItem", "GetItem", "PutItem"]);
    browser.get(&app.path(&[("login_hint", "alan@example.com")])).await.expect(303);
    assert_eq!(calls(), ["BatchGetItem", "BatchGetItem", "PutItem"]);
}

#[tokio::test]
async fn a_hint_selects_the_account_that_it_names_and_changes_nothing_else() {
    let world = World::start().await;
    let app = App::web(&world).await;
    let browser = browser(&world, &["ada", "alan"]).await;
    for (hint, who) in [
        ("ada@example.com", "Ada Lovelace"),
        ("ADA@example.com", "Ada Lovelace"),
        ("alan@example.com", "Alan Turing"),
        // Somebody who is not signed in here: as without a hint.
        ("grace@example.com", "Alan Turing"),
        ("ada", "Alan Turing"),
    ] {
        let path = app.path(&[("login_hint", hint), ("prompt", "none")]);
        let answer = browser.get(&path).await.expect(303);
        assert_eq!(name(&world, &session_of(&world, &answer).await).await, who, "{hint}");
        assert_eq!(acting(&world, &browser).await, "Alan Turing");
    }
    // The account is chosen by the person where the app wants that.
    browser.get(&app.path(&[("login_hint", "ada@example.com"), CHOOSE])).await.expect(200);
}

#[tokio::test]
async fn an_id_token_selects_its_own_session() {
    let world = World::start().await;
    let app = App::web(&world).await;
    let browser = browser(&world, &["ada", "alan"]).await;
    let page = browser.get(&app.path(&[CHOOSE])).await.expect(200);
    let code = query(browser.choose(&page, "Ada").await.expect(303).location())["code"].clone();
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", &app.redirect_uri),
        ("code_verifier", &app.verifier),
        ("client_id", &app.id),
        ("client_secret", &app.secret),
    ];
    let tokens = world.program().form("/oauth/token", &fields).await.expect(200).json();
    let id_token = tokens["id_token"].as_str().unwrap().to_owned();
    let page = browser.get(&app.path(&[CHOOSE])).await.expect(200);
    browser.choose(&page, "Alan").await.expect(303);
    let ada = world.session(&self::browser(&world, &["ada"]).await).await.user_id;
    let path = app.path(&[("id_token_hint", &id_token), ("prompt", "none")]);
    let session = session_of(&world, &browser.get(&path).await.expect(303)).await;
    assert_eq!((acting(&world, &browser).await.as_str(), session.user_id), ("Alan Turing", ada));
    // Signed out, she is not signed in by a hint, and the app does not get somebody else.
    browser.form("/users/logout", &[("session", &session.id)]).await.expect(303);
    assert_eq!(query(browser.get(&path).await.expect(303).location())["error"], "login_required");
    assert_eq!(acting(&world, &browser).await, "Alan Turing");
}

#[tokio::test]
async fn claims_that_name_a_person_get_nobody_else() {
    // OpenID Connect Core §3.1.2.2
    let world = World::start().await;
    let app = App::web(&world).await;
    let browser = browser(&world, &["ada", "alan"]).await;
    let ada = world.session(&self::browser(&world, &["ada"]).await).await.user_id;
    let claims = |id: &str| json!({"id_token": {"sub": {"value": id, "essential": true}}}).to_string();
    let session =
        session_of(&world, &browser.get(&app.path(&[("claims", &claims(&ada))])).await.expect(303)).await;
    assert_eq!((session.user_id.as_str(), acting(&world, &browser).await.as_str()), (&*ada, "Alan Turing"));
    // Nobody here is meant: the person is asked to sign in as another, and an app that may not ask gets nobody.
    let nobody = claims("01900000-0000-7000-8000-000000000000");
    let page = browser.get(&app.path(&[("claims", &nobody)])).await.expect(200);
    assert!(page.body.contains("another account"), "{page:?}");
    let silent = browser.get(&app.path(&[("claims", &nobody), ("prompt", "none")])).await.expect(303);
    assert_eq!(query(silent.location())["error"], "login_required");
}

#[tokio::test]
async fn a_form_acts_in_the_session_that_it_was_made_for() {
    // #29: in two tabs, each with its own account.
    let world = World::start().await;
    let wanted = |new: &mut NewClient| new.consent = true;
    let app = App::of(&world, Kind::Web, CALLBACK, wanted).await;
    let browser = browser(&world, &["ada"]).await;
    let of_ada = browser.get(&app.path(&[])).await.expect(200);
    browser.sign_in("alan").await.expect(303);
    let of_alan = browser.get(&app.path(&[])).await.expect(200);
    assert!(of_ada.body.contains("Ada") && of_alan.body.contains("Alan"));
    for (page, who) in [(&of_ada, "Ada Lovelace"), (&of_alan, "Alan Turing")] {
        let answer = browser.decide(page, "allow").await.expect(303);
        assert_eq!(name(&world, &session_of(&world, &answer).await).await, who);
        // What a form says does not change who acts.
        assert_eq!(acting(&world, &browser).await, "Alan Turing");
    }
    // Where that session is gone, it acts in no other.
    let page = browser.get(&app.path(&[("prompt", "consent")])).await.expect(200);
    let alan = world.session(&browser).await.id;
    browser.form("/users/logout", &[("session", &alan)]).await.expect(303);
    let answer = browser.decide(&page, "allow").await.expect(400);
    assert!(answer.body.contains("another sign-in"), "{answer:?}");
    // Nor does one that was made in another browser (#29).
    let other = self::browser(&world, &["ada"]).await;
    other.decide(&of_ada, "allow").await.expect(400);
    let page = other.get(&app.path(&[CHOOSE])).await.expect(200);
    browser.choose(&page, "Ada").await.expect(400);
    let request = page.field("request");
    for account in ["", "x", &alan] {
        let fields = [("request", &*request), ("account", account)];
        other.form("/oauth/authorize/decision", &fields).await.expect(400);
    }
}

#[tokio::test]
async fn signing_out_ends_every_session_of_the_browser_or_the_one_that_is_named() {
    // #34: on a shared computer one button is enough.
    let world = World::start().await;
    let browser = browser(&world, &["ada", "alan", "grace"]).await;
    let values: Vec<_> = cookies(&browser).iter().map(|name| browser.cookie(name).unwrap()).collect();
    let grace = world.session(&browser).await.id;
    let lives = async |cookie: &str| {
        let thief = world.browser();
        thief.set_cookie("__Host-session", cookie);
        thief.post("/users/token").await.status == 200
    };
    // One: the others stay, and nobody acts who was not chosen.
    let answer = browser.form("/users/logout", &[("session", &grace)]).await.expect(303);
    assert_eq!((answer.location(), browser.cookie("__Host-session")), ("/account", None));
    browser.post("/users/token").await.expect(401);
    let mut alive = 0;
    for cookie in &values {
        alive += usize::from(lives(cookie).await);
    }
    assert_eq!(alive, 2, "of three, one of whom had two cookies");
    // One that is not of this browser ends nothing (#81).
    let victim = self::browser(&world, &["ada"]).await;
    let sid = world.session(&victim).await.id;
    browser.form("/users/logout", &[("session", &sid)]).await.expect(303);
    victim.post("/users/token").await.expect(200);
    // All.
    let answer = browser.form("/users/logout", &[]).await.expect(303);
    assert_eq!((answer.location(), cookies(&browser)), ("/?signed_out", vec![]));
    for cookie in &values {
        assert!(!lives(cookie).await);
    }
    victim.post("/users/token").await.expect(200);
}

#[tokio::test]
async fn an_app_signs_out_its_own_account_only() {
    // #28
    let world = World::start().await;
    let app = App::web(&world).await;
    let browser = browser(&world, &["ada", "alan"]).await;
    let page = browser.get("/oauth/logout").await.expect(200);
    assert!(page.body.contains("Alan") && page.body.contains("2 accounts"), "{page:?}");
    // Where another account acts by then, the page still signs out the one that it named.
    let chooser = browser.get(&app.path(&[CHOOSE])).await.expect(200);
    browser.choose(&chooser, "Ada").await.expect(303);
    browser.form("/oauth/logout/decision", &[("request", &page.field("request"))]).await.expect(303);
    assert_eq!(acting(&world, &browser).await, "Ada Lovelace");
    assert!(!browser.get(&app.path(&[CHOOSE])).await.expect(200).body.contains("Alan"));
    browser.form("/oauth/logout/decision", &[("request", &page.field("request"))]).await.expect(400);
    // Or all of them.
    browser.sign_in("alan").await.expect(303);
    let page = browser.get("/oauth/logout").await.expect(200);
    let fields = [("request", &*page.field("request")), ("all", "all")];
    browser.form("/oauth/logout/decision", &fields).await.expect(303);
    assert_eq!(cookies(&browser), Vec::<String>::new());
    assert!(browser.get(&app.path(&[])).await.expect(303).location().starts_with("/users/login?"));
}

#[tokio::test]
async fn where_nobody_acts_the_person_chooses_and_an_app_that_may_not_ask_gets_nobody() {
    let world = World::start().await;
    let app = App::web(&world).await;
    let browser = browser(&world, &["ada", "alan"]).await;
    let alan = world.session(&browser).await.id;
    browser.form("/users/logout", &[("session", &alan)]).await.expect(303);
    let silent = browser.get(&app.path(&[("prompt", "none")])).await.expect(303);
    assert_eq!(query(silent.location())["error"], "login_required");
    let page = browser.get(&app.path(&[])).await.expect(200);
    let answer = browser.choose(&page, "Ada").await.expect(303);
    assert_eq!(name(&world, &session_of(&world, &answer).await).await, "Ada Lovelace");
    // Somebody who is signed out everywhere is offered to nobody, and without anybody the way is the usual one (#34).
    let user_id = world.session(&browser).await.user_id;
    user::end_everywhere(&world.table().await, &user_id, world.now()).await.unwrap().unwrap();
    for others in [&[][..], &[CHOOSE]] {
        let answer = browser.get(&app.path(others)).await.expect(303);
        assert!(answer.location().starts_with("/users/login?"), "{answer:?}");
    }
}

#[tokio::test]
async fn the_sixth_sign_in_ends_the_oldest_session() {
    // #36
    let stub = Stub::start().await;
    let world = World::with(&stub.settings()).await;
    let (app, browser) = (App::web(&world).await, world.browser());
    let mut first = None;
    for sub in ["a", "b", "c", "d", "e", "f"] {
        stub.sign_in(&browser, json!({"sub": sub}), world.now()).await.expect(303);
        first = first.or(browser.cookie("__Host-session"));
        world.pass(1);
    }
    let page = browser.get(&app.path(&[CHOOSE])).await.expect(200);
    assert_eq!(page.body.matches("name=\"account\"").count(), 5, "{page:?}");
    // Five, and the one that says who acts.
    assert_eq!(cookies(&browser).len(), 6, "{:?}", browser.cookie_names());
    let thief = world.browser();
    thief.set_cookie("__Host-session", &first.unwrap());
    thief.post("/users/token").await.expect(401);
}
