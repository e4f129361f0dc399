//! Choosing another password.

use serde_json::json;
use tests::{World, database::Wire};

use super::{GOOD, ask, register, sign_in, world};

const NEW: &str = "another horse that counts";

#[tokio::test]
async fn a_person_changes_theirs_and_stays_signed_in_here_alone() {
    // #34, #87
    let world = world().await;
    register(&world, "grace").await.expect(201);
    let (here, there) = (world.browser(), world.browser());
    let form = [("login", "grace"), ("password", GOOD)];
    for browser in [&here, &there] {
        browser.form("/users/password/login", &form).await.expect(303);
    }
    let page = here.get("/users/password").await.expect(200);
    assert!(page.body.contains("autocomplete=\"current-password\"") && page.body.contains("Change password"));
    let change = async |old: &str, new: &str, again: &str, status: u16| {
        let form = [("password", old), ("new_password", new), ("again", again)];
        here.form("/users/password/change", &form).await.expect(status)
    };
    assert!(change("wrong horse", NEW, NEW, 401).await.body.contains("password is wrong"));
    assert!(change(GOOD, NEW, "other", 400).await.body.contains("not the same"));
    assert!(change(GOOD, "12345678", "12345678", 400).await.body.contains("most common"));
    let done = change(GOOD, NEW, NEW, 303).await;
    assert!(here.get(done.location()).await.expect(200).body.contains("Your password was changed."));
    here.post("/users/token").await.expect(200);
    there.post("/users/token").await.expect(401);
    world.pass(300);
    sign_in(&world.program(), "grace", GOOD).await.expect(401);
    sign_in(&world.program(), "grace", NEW).await.expect(200);
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_asked_to() {
    let world = world().await;
    let browser = world.browser();
    for answer in [
        browser.get("/users/password").await,
        browser.form("/users/password/change", &[("password", "x"), ("new_password", NEW)]).await,
    ] {
        assert_eq!(answer.expect(303).location(), "/users/login?return_to=%2Fusers%2Fpassword");
    }
    // Somebody of a provider has none to change.
    let url = browser.start("/users/login/google").await;
    browser.get(&browser.pick(&url, "ada").await).await.expect(303);
    assert!(browser.get("/users/password").await.expect(200).body.contains("You have no password here."));
    let form = [("password", "x"), ("new_password", NEW)];
    browser.form("/users/password/change", &form).await.expect(401);
}

#[tokio::test]
async fn a_program_changes_one_by_the_one_that_counts() {
    let wire = Wire::start().await;
    let world = World::with(&[("PASSWORDS", "on"), ("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    register(&world, "grace").await.expect(201);
    let of = |old: &str, new: &str| json!({"username": "grace", "password": old, "new_password": new});
    let program = world.program();
    ask(&program, "/users/password", &of("wrong horse", NEW)).await.expect(401);
    ask(&program, "/users/password", &json!({"username": "grace", "password": GOOD})).await.expect(400);
    ask(&program, "/users/password", &of(GOOD, "grace grace")).await.expect(400);
    let answer = ask(&program, "/users/password", &of(GOOD, NEW)).await.expect(200).json();
    assert!(answer["token"].is_string());
    sign_in(&program, "grace", GOOD).await.expect(401);
    sign_in(&program, "grace", NEW).await.expect(200);
    // The trail says that it happened, and nothing about what it is (#103).
    let events = wire.rows_of("AUDIT").await;
    let mut whats: Vec<_> = events.iter().map(|event| event["what"]["S"].as_str().unwrap()).collect();
    whats.sort_unstable();
    assert_eq!(whats, ["password_changed", "person_added"]);
    let all = serde_json::to_string(&wire.rows("latchkey").await).unwrap();
    assert!(!all.contains(NEW) && !all.contains(GOOD));
}
