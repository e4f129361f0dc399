//! What a person agreed to and takes back at `/account`: codes that are under way, and grants that the index does not have yet.

use authorization::Consent;
use client::{Kind, NewClient};
use serde_json::Value;
use tests::{
    Agent, Answer, App, CALLBACK, World,
    database::{Call, Wire},
    oauth::Person,
};

/// An app that asks for consent.
async fn app(world: &World) -> App {
    let wanted = |new: &mut NewClient| {
        new.name = "Orders".to_owned();
        new.consent = true;
        new.scope = "openid profile email offline_access".parse().unwrap();
    };
    App::of(world, Kind::Web, CALLBACK, wanted).await
}

async fn remove(browser: &Agent) -> Answer {
    let page = browser.get("/account").await.expect(200);
    let form = page.field_before("request", "aria-label=\"Remove access of Orders\"");
    browser.form("/account", &[("request", &form)]).await.expect(303)
}

fn is_refused(answer: &Answer) {
    let answer: Value = answer.clone().expect(400).json();
    assert_eq!(answer["error"], "invalid_grant");
}

#[tokio::test]
async fn a_code_does_not_outlive_what_the_person_agreed_to() {
    // #34, #41, #97
    let wire = Wire::start().await;
    let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let app = app(&world).await;
    let Person { browser, .. } = world.person("ada").await;
    let code = app.redeeming(&browser, "openid email").await;
    remove(&browser).await;
    is_refused(&code.send(&world).await);
    // What they agree to afterwards is less than the code is for, and then as much.
    app.redeeming(&browser, "openid").await;
    is_refused(&code.send(&world).await);
    app.redeeming(&browser, "openid email").await;
    wire.calls();
    code.send(&world).await.expect(200);
    // It costs no further call; and the code was not used up before.
    let calls = wire.calls().into_iter().filter(|call| call.function == "oauth-token");
    let actions: Vec<_> = calls.map(|call| call.action).collect();
    assert_eq!(actions, ["BatchGetItem", "BatchGetItem", "TransactWriteItems"]);
    is_refused(&code.send(&world).await);
}

#[tokio::test]
async fn a_grant_that_the_index_does_not_have_yet_is_not_renewed() {
    // #34, #97
    let wire = Wire::start().await;
    let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let app = app(&world).await;
    let Person { browser, session } = world.person("ada").await;
    let code = app.redeeming(&browser, "openid offline_access").await;
    let tokens = code.send(&world).await.expect(200).json();
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let tokens = world.refreshing(&app.client(), refresh).send(&world).await.expect(200).json();
    for mut row in wire.rows_of("FAMILY").await {
        row.as_object_mut().unwrap().remove("belongs_to");
        wire.put("latchkey", &row).await;
    }
    remove(&browser).await;
    let id = Consent::id(&session.user_id, &app.id);
    assert!(world.table().await.get::<Consent>(&id, world.now()).await.unwrap().is_none());
    let refresh = tokens["refresh_token"].as_str().unwrap();
    is_refused(&world.refreshing(&app.client(), refresh).send(&world).await);
}

#[tokio::test]
async fn the_codes_of_our_own_apps_rest_on_nothing_that_could_be_taken_back() {
    let wire = Wire::start().await;
    let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let app = App::web(&world).await;
    let Person { browser, .. } = world.person("ada").await;
    app.redeeming(&browser, "openid").await.send(&world).await.expect(200);
    assert!(wire.rows_of("CODE").await.iter().all(|row| row.get("consented").is_none()));
    let writes = wire.calls().into_iter().filter(|call| call.action == "TransactWriteItems");
    let rows = |call: Call| call.body["TransactItems"].as_array().unwrap().len();
    assert_eq!(writes.map(rows).next_back(), Some(2));
}
