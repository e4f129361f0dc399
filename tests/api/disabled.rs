//! Somebody who is disabled is stopped on every path, at once or when their access token ends.

use latchkey::mount::FUNCTIONS;
use serde_json::json;
use store::{Change, Connection, Table, Updated};
use tests::{Agent, Twin, World, stub::Stub};
use user::{Status, User};
use web::Guard;

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

/// Gives somebody another status, as whoever looks after users would.
async fn set_status(world: &World, id: &str, status: Status) {
    let change = Change::new().set("status", status);
    let updated = table(world).await.update::<User>(id, change, world.now()).await.unwrap();
    assert!(matches!(updated, Updated::Done(user) if user.status == status));
}

async fn table(world: &World) -> Table {
    let endpoint = Some(world.cloud.database.clone());
    Table::open(Connection { table: "latchkey".to_owned(), endpoint }).await
}

#[tokio::test]
async fn whoever_is_disabled_is_stopped_on_every_path() {
    // #35
    let stub = Stub::start().await;
    let mut settings = stub.settings();
    settings.push(("ADMINS", "eve@example.com"));
    let world = World::with(&settings).await;
    let Person { id, browser, program, token, begun } = person(&world, &stub).await;
    browser.post("/users/token").await.expect(200);
    program.bearer("/users/me", &token).await.expect(200);
    set_status(&world, &id, Status::Disabled).await;

    // The login that had begun, and a new one; told to a person and to a program.
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
    // What asks for no row believes the token until it ends: ten minutes at most, the gateway's memory included.
    world.pass(600);
    program.bearer("/users", &token).await.expect(403);
}

/// The routes that ask for no row of the caller's: they believe the access token, for its ten minutes at most.
const BELIEVING: [&str; 3] = ["GET /private", "GET /profile", "GET /users"];

#[tokio::test]
async fn every_other_route_refuses_their_token_at_once() {
    // #35: whoever adds a route decides which it is.
    let stub = Stub::start().await;
    let mut settings = stub.settings();
    settings.push(("ADMINS", "eve@example.com"));
    let world = World::with(&settings).await;
    let Person { id, program, token, .. } = person(&world, &stub).await;
    set_status(&world, &id, Status::Disabled).await;
    let guarded =
        FUNCTIONS.iter().flat_map(|mount| mount.routes).filter(|route| route.guard != Guard::Public);
    for route in guarded {
        let request = program.request(route.method, route.path).bearer_auth(&token);
        let status = program.send(request).await.status;
        let believes = BELIEVING.contains(&route.key().as_str());
        assert_eq!(status, if believes { 200 } else { 401 }, "{}", route.key());
    }
}

#[tokio::test]
async fn the_list_shows_who_is_disabled_and_whoever_is_enabled_comes_in_again() {
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
async fn a_provider_that_was_taken_away_lets_nobody_in() {
    // #35: not even those who are on their way.
    let stub = Stub::start().await;
    let world = World::with(&stub.settings()).await;
    let other =
        [("PROVIDERS", "google"), ("GOOGLE_CLIENT_ID", "x"), ("GOOGLE_CLIENT_SECRET", "0123456789abcdef")];
    let twin = Twin::of(&world, &other).await;
    let browser = world.browser();
    let url = browser.start("/users/login").await;
    let back = stub.agree(&url, json!({}), world.now());
    browser.get(&twin.here(&back)).await.expect(404);
    browser.get(&twin.here("/users/login/evil")).await.expect(404);
    assert_eq!(stub.hits("token"), 0);
}
