//! Coming by a provider in a browser, what a session is used for, and its end.

use serde_json::json;
use store::{Connection, Table};
use tests::{Agent, App, World, database::Wire, stub::Stub};
use user::Rights;

use super::{apps::tell, note, wait_for};

/// Everything that a sign-in at a provider does.
pub(super) async fn arrive(world: &World, stub: &Stub, browser: &Agent) {
    // Somebody new, then known with a session in this browser, then with another address.
    for email in ["eve@example.com", "eve@example.com", "eve@elsewhere.example"] {
        stub.sign_in(browser, json!({"email": email}), world.now()).await.expect(303);
    }
    let renamed = json!({"email": "eve@elsewhere.example", "name": "Eve Bell"});
    stub.sign_in(browser, renamed, world.now()).await.expect(303);
    // Somebody for whom an account waits.
    wait_for(world, "waited@example.com").await;
    let waited = json!({"sub": "waited", "email": "waited@example.com"});
    stub.sign_in(&world.browser(), waited, world.now()).await.expect(303);
    // Somebody whose session does not count any more, in the same browser.
    let other = world.browser();
    stub.sign_in(&other, json!({"sub": "another"}), world.now()).await.expect(303);
    note(world, &other).await;
    let user = world.session(&other).await.user_id;
    user::end_everywhere(&world.table().await, &user, world.now()).await.unwrap().unwrap();
    stub.sign_in(&other, json!({"sub": "another"}), world.now()).await.expect(303);
    // An answer that comes to nothing, and a repeated callback.
    let repeated = world.browser();
    let url = repeated.start("/users/login").await;
    let back = stub.agree(&url, json!({"nonce": "another"}), world.now());
    let name = repeated.cookie_names().remove(0);
    let cookie = repeated.cookie(&name).unwrap();
    for _ in 0..2 {
        repeated.set_cookie(&name, &cookie);
        repeated.get(&back).await.expect(401);
    }
}

/// Everything that can be done with a session, now and when its idle limit has to be moved.
pub(super) async fn use_the_session(world: &World, browser: &Agent) {
    let program = world.program();
    for _ in 0..2 {
        world.pass(120);
        browser.get("/").await.expect(200);
        world.pass(120);
        let token = browser.post("/users/token").await.expect(200).json();
        let token = token["access_token"].as_str().unwrap();
        program.bearer("/users", token).await.expect(200);
        program.bearer("/users/me", token).await.expect(200);
        program.send(program.request("POST", "/users/verify").bearer_auth(token)).await.expect(200);
    }
}

/// Signing out everywhere, by an app and in this browser.
pub(super) async fn sign_out(world: &World, stub: &Stub, browser: &Agent, everywhere: &Agent) {
    let page = everywhere.get("/account/everywhere").await.expect(200);
    everywhere.form("/account", &[("request", &page.field("request"))]).await.expect(303);
    let signed_out = world.browser();
    stub.sign_in(&signed_out, json!({"email": "eve@elsewhere.example"}), world.now()).await.expect(303);
    note(world, &signed_out).await;
    let app = App::web(world).await;
    let page = signed_out.get(&format!("/oauth/logout?client_id={}", app.id)).await.expect(200);
    signed_out.form("/oauth/logout/decision", &[("request", &page.field("request"))]).await.expect(303);
    let sid = note(world, browser).await;
    browser.post("/users/logout").await.expect(303);
    tell(world, &sid).await;
}

/// Somebody who was invited, and somebody whose row is gone.
pub(super) async fn come_invited(world: &World, wire: &Wire, stub: &Stub) {
    let program = world.program();
    let endpoint = Some(wire.endpoint.clone());
    let table = Table::open(Connection { table: "latchkey".to_owned(), endpoint }).await;
    let rights = Rights::parse("member=get:profile", "", "member").unwrap();
    assert!(
        user::invite(&table, &rights, "ann@example.com", &["member".to_owned()], world.now()).await.unwrap()
    );
    let ann = json!({"sub": "ann", "email": "ann@example.com"});
    stub.sign_in(&program, ann.clone(), world.now()).await.expect(200);
    for row in wire.rows_of("USER").await {
        wire.delete("latchkey", &row).await;
    }
    stub.sign_in(&program, ann, world.now()).await.expect(200);
}
