//! Somebody who is disabled is stopped on every path, at once or when their access token ends.

use latchkey::mount::{FUNCTIONS, Mount};
use serde_json::{Value, json};
use setting::Action;
use store::{Change, Connection, Table, Updated};
use tests::{Agent, Replica, World, database::Wire, stub::Stub};
use user::{Status, User};

/// A person at every door: with a session, with an access token, and with a login that has begun.
struct Person {
    id: String,
    browser: Agent,
    program: Agent,
    token: String,
    begun: String,
}

async fn person(world: &World, stub: &Stub) -> Person {
    let (browser, program) = (world.browser(), world.program());
    stub.sign_in(&browser, json!({}), world.now()).await.expect(303);
    let answer = stub.sign_in(&program, json!({}), world.now()).await.expect(200).json();
    let [token, id] = [&answer["jwt"], &answer["user"]["id"]].map(|text| text.as_str().unwrap().to_owned());
    let begun = stub.agree(&program.start("/users/login").await, json!({}), world.now());
    Person { id, browser, program, token, begun }
}

/// Gives somebody another status, as anyone who looks after users would.
async fn set_status(world: &World, id: &str, status: Status) {
    let change = Change::new().set(User::STATUS, &status);
    let updated = table(world).await.update::<User>(id, change, world.now()).await.unwrap();
    assert!(matches!(updated, Updated::Done(user) if user.status == status));
}

async fn table(world: &World) -> Table {
    let endpoint = Some(world.cloud.database.clone());
    Table::open(Connection { table: "latchkey".to_owned(), endpoint }).await
}

#[tokio::test]
async fn a_disabled_user_is_refused_on_every_path() {
    // #35
    let stub = Stub::start().await;
    let mut settings = stub.settings();
    settings.push(("ADMINS", "eve@example.com"));
    let world = World::with(&settings).await;
    let Person { id, browser, program, token, begun } = person(&world, &stub).await;
    browser.post("/users/token").await.expect(200);
    program.bearer("/users/me", &token).await.expect(200);
    set_status(&world, &id, Status::Disabled).await;

    // The login that had begun, and a new one, by a person and by a program.
    let refused = program.get(&begun).await.expect(403);
    assert_eq!((refused.json()["error"].as_str(), refused.cookies().len()), (Some("access_denied"), 1));
    let window = world.browser();
    let refused = stub.sign_in(&window, json!({}), world.now()).await.expect(403);
    assert!(
        refused.body.contains("account is disabled") && refused.body.contains("Start again"),
        "{refused:?}"
    );
    assert_eq!(window.cookie("__Host-session"), None);
    // The profile.
    let refused = program.bearer("/users/me", &token).await.expect(401);
    assert_eq!(refused.json()["error"], "invalid_token");
    // The page, which forgets the session.
    let session = browser.cookie("__Host-session").unwrap();
    let page = browser.get("/").await.expect(200);
    assert!(page.body.contains("Continue with Evil") && !page.body.contains("Eve"), "{page:?}");
    assert_eq!(browser.cookie("__Host-session"), None);
    // A fresh token, with the old cookie.
    browser.set_cookie("__Host-session", &session);
    assert_eq!(browser.post("/users/token").await.expect(401).json()["error"], "login_required");
    // The question whether the token is good, which is there for those who cannot wait.
    let request = program.request("POST", "/users/verify").bearer_auth(&token);
    assert_eq!(program.send(request).await.expect(401).json()["reason"], "revoked");
    // What asks for no row accepts the token until it ends: ten minutes at most, the gateway's memory included.
    world.pass(600);
    program.bearer("/users", &token).await.expect(403);
}

/// Whether a function asks for no row of the caller's: it accepts the access token, for its ten minutes at most.
fn accepts(mount: &Mount) -> bool {
    !mount.rows(|_| true).get("USER").is_some_and(|actions| actions.contains(&Action::Get))
}

#[tokio::test]
async fn every_other_route_refuses_their_token_at_once() {
    // #35: what a function may read of the table says which it is.
    let stub = Stub::start().await;
    let mut settings = stub.settings();
    settings.push(("ADMINS", "eve@example.com"));
    let world = World::with(&settings).await;
    let Person { id, program, token, .. } = person(&world, &stub).await;
    set_status(&world, &id, Status::Disabled).await;
    let (mut accepting, mut asking) = (0, 0);
    for mount in FUNCTIONS {
        for route in mount.routes.iter().filter(|route| route.guard.needs_token()) {
            let request = program.request(route.method, route.path).bearer_auth(&token);
            let status = program.send(request).await.status;
            if accepts(mount) {
                accepting += 1;
                assert_ne!(status, 401, "{}", route.key());
            } else {
                asking += 1;
                assert_eq!(status, 401, "{}", route.key());
            }
        }
    }
    assert!(accepting > 0 && asking > 0);
}

#[tokio::test]
async fn the_list_shows_disabled_users_and_an_enabled_user_signs_in_again() {
    // #35
    let stub = Stub::start().await;
    let world = World::with(&stub.settings()).await;
    let Person { id, .. } = person(&world, &stub).await;
    set_status(&world, &id, Status::Disabled).await;
    let people = user::list(&table(&world).await, 10, None).await.unwrap().items;
    assert_eq!((people.len(), people[0].status), (1, Status::Disabled));
    stub.sign_in(&world.browser(), json!({}), world.now()).await.expect(403);
    set_status(&world, &id, Status::Active).await;
    let answer = stub.sign_in(&world.program(), json!({}), world.now()).await.expect(200).json();
    assert_eq!(answer["user"]["id"], id);
}

#[tokio::test]
async fn a_removed_provider_signs_nobody_in() {
    // #35: not even those who are on their way.
    let stub = Stub::start().await;
    let world = World::with(&stub.settings()).await;
    let other =
        [("PROVIDERS", "google"), ("GOOGLE_CLIENT_ID", "x"), ("GOOGLE_CLIENT_SECRET", "0123456789abcdef")];
    let replica = Replica::of(&world, &other).await;
    let browser = world.browser();
    let url = browser.start("/users/login").await;
    let back = stub.agree(&url, json!({}), world.now());
    browser.get(&replica.here(&back)).await.expect(404);
    browser.get(&replica.here("/users/login/evil")).await.expect(404);
    assert_eq!(stub.hits("token"), 0);
}

/// What an operator's hand or a newer version may have left in a row: attribute, value, and whether it is still a row.
fn damaged() -> Vec<(&'static str, Option<Value>, bool)> {
    vec![
        ("status", Some(json!({"S": "Disabled"})), true),
        ("status", Some(json!({"S": "suspended"})), true),
        ("status", Some(json!({"S": ""})), true),
        ("status", Some(json!({"BOOL": true})), true),
        ("status", Some(json!({"NULL": true})), true),
        ("status", Some(json!({"L": [{"S": "active"}]})), true),
        ("status", None, true),
        ("roles", Some(json!({"N": "5"})), false),
        ("created_at", None, false),
    ]
}

#[tokio::test]
async fn a_row_that_cannot_be_read_stops_its_own_person_and_nobody_else() {
    // #35, #78
    let wire = Wire::start().await;
    let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let [ada, alan] = [world.browser(), world.browser()];
    ada.sign_in("ada").await.expect(303);
    world.pass(1);
    alan.sign_in("alan").await.expect(303);
    let token = async |browser: &Agent| {
        let answer = browser.post("/users/token").await.expect(200).json();
        answer["access_token"].as_str().unwrap().to_owned()
    };
    let (hers, his, session) =
        (token(&ada).await, token(&alan).await, alan.cookie("__Host-session").unwrap());
    let row = wire.rows_of("USER").await.into_iter().find(|row| row["name"]["S"] == "Alan Turing").unwrap();
    let verdict = async |token: &str| {
        let request = world.program().request("POST", "/users/verify").bearer_auth(token);
        world.program().send(request).await.status
    };
    for (name, value, listed) in damaged() {
        let mut bad = row.clone();
        match &value {
            Some(value) => bad[name] = value.clone(),
            None => drop(bad.as_object_mut().unwrap().remove(name)),
        }
        wire.put("latchkey", &bad).await;
        let case = format!("{name}: {value:?}");
        // He is stopped.
        assert_eq!(world.program().bearer("/users/me", &his).await.status, 401, "{case}");
        assert_eq!(verdict(&his).await, 401, "{case}");
        alan.set_cookie("__Host-session", &session);
        assert_eq!(alan.post("/users/token").await.status, 401, "{case}");
        alan.set_cookie("__Host-session", &session);
        assert!(alan.get("/").await.expect(200).body.contains("Continue with"), "{case}");
        let refused = world.program().sign_in("alan").await.status;
        assert_eq!(refused, if listed { 403 } else { 500 }, "{case}");
        // She is not, and sees everybody who can be shown.
        assert_eq!((verdict(&hers).await, ada.get("/").await.status), (200, 200), "{case}");
        let page = world.program().bearer("/users", &hers).await.expect(200).json();
        let seen: Vec<_> = page["users"].as_array().unwrap().iter().map(|user| &user["status"]).collect();
        let expected = if listed { vec!["disabled", "active"] } else { vec!["active"] };
        assert_eq!(seen, expected, "{case}");
    }
    wire.put("latchkey", &row).await;
    assert_eq!(verdict(&his).await, 200);
}
