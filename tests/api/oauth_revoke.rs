//! `POST /oauth/revoke`

use client::Kind;
use serde_json::Value;
use tests::{
    Answer, TestClient, World,
    database::{Fault, Wire},
    oauth::Ask,
};

async fn revoke(world: &World, client: &TestClient, token: &str) -> Answer {
    Ask::of(client, "/oauth/revoke", &[("token", token), ("token_type_hint", "access_token")])
        .send(world)
        .await
}

fn text(tokens: &Value, name: &str) -> String {
    tokens[name].as_str().unwrap().to_owned()
}

/// Whether the grant still gives anything: a fresh token, and what is known of the person.
async fn lives(world: &World, client: &TestClient, tokens: &Value) -> bool {
    let userinfo = world.program().bearer("/oauth/userinfo", &text(tokens, "access_token")).await.status;
    let refreshed = world.refreshing(client, &text(tokens, "refresh_token")).send(world).await.status;
    assert_eq!(userinfo == 200, refreshed == 200, "{userinfo} {refreshed}");
    userinfo == 200
}

#[tokio::test]
async fn ends_the_whole_grant_by_any_of_its_tokens() {
    // #53, #54: RFC 7009 §2.1
    let world = World::start().await;
    let person = world.person("ada").await;
    for kind in [Kind::Web, Kind::Spa] {
        let client = world.client(kind, |_| {}).await;
        for name in ["access_token", "refresh_token"] {
            let tokens = world.tokens(&client, &person).await;
            let other = world.tokens(&client, &person).await;
            let answer = revoke(&world, &client, &text(&tokens, name)).await.expect(200);
            assert_eq!((answer.body.as_str(), answer.header("cache-control")), ("{}", "no-store"));
            assert_eq!(answer.header("content-type"), "application/json", "some libraries take nothing else");
            assert!(!lives(&world, &client, &tokens).await, "{name}");
            assert!(lives(&world, &client, &other).await, "another grant of the same client and person");
            // Once more is as good.
            revoke(&world, &client, &text(&tokens, name)).await.expect(200);
        }
    }
    // A token that was renewed long ago was issued all the same.
    let client = world.client(Kind::Web, |_| {}).await;
    let first = world.tokens(&client, &person).await;
    let second =
        world.refreshing(&client, &text(&first, "refresh_token")).send(&world).await.expect(200).json();
    revoke(&world, &client, &text(&first, "refresh_token")).await.expect(200);
    assert!(!lives(&world, &client, &second).await);
}

#[tokio::test]
async fn what_is_not_the_clients_has_no_effect_and_the_same_answer() {
    // #54, #56
    let world = World::start().await;
    let (client, other) = (world.client(Kind::Web, |_| {}).await, world.client(Kind::Spa, |_| {}).await);
    let person = world.person("ada").await;
    let tokens = world.tokens(&client, &person).await;
    let refresh = text(&tokens, "refresh_token");
    let parts: Vec<_> = refresh.split('.').collect();
    let invented = oauth::Secret::random();
    let forged = format!("{}.{}.0.{}", parts[0], invented.expose(), invented.expose());
    let session = person.browser.cookie("__Host-session").unwrap();
    for (by, token) in [
        (&other, refresh.as_str()),
        (&other, &text(&tokens, "access_token")),
        (&client, &forged),
        (&client, &text(&tokens, "id_token")),
        (&client, parts[0]),
        (&client, &session),
        (&client, "x"),
    ] {
        assert_eq!(revoke(&world, by, token).await.expect(200).body, "{}", "{token}");
    }
    assert!(lives(&world, &client, &tokens).await);
    person.browser.post("/users/token").await.expect(200);
}

#[tokio::test]
async fn a_services_own_token_cannot_be_taken_back_and_it_is_told() {
    // RFC 7009 §2.2.1
    let world = World::start().await;
    let client = world.service_of_ours("users:read").await;
    let ask = Ask::of(&client, "/oauth/token", &[("grant_type", "client_credentials")]);
    let token = text(&ask.send(&world).await.expect(200).json(), "access_token");
    assert_eq!(revoke(&world, &client, &token).await.expect(400).json()["error"], "unsupported_token_type");
}

#[tokio::test]
async fn costs_two_calls_and_an_outage_is_none_of_success() {
    // #54, #99
    let wire = Wire::start().await;
    let world = World::with(&[("DYNAMODB_ENDPOINT", wire.endpoint.as_str())]).await;
    let client = world.client(Kind::Web, |_| {}).await;
    let tokens = world.tokens(&client, &world.person("ada").await).await;
    let refresh = text(&tokens, "refresh_token");
    for fault in [Fault::CutAfter(0), Fault::CutAfter(1)] {
        wire.set(fault);
        let answer = revoke(&world, &client, &refresh).await.expect(503);
        assert_eq!(answer.json()["error"], "temporarily_unavailable");
    }
    wire.set(Fault::None);
    wire.calls();
    revoke(&world, &client, &refresh).await.expect(200);
    let calls = wire.calls();
    let actions: Vec<_> = calls
        .iter()
        .filter(|call| call.function == "oauth-revoke")
        .map(|call| call.action.as_str())
        .collect();
    assert_eq!(actions, ["BatchGetItem", "UpdateItem"]);
}

#[tokio::test]
async fn a_revocation_beats_the_refreshes_beside_it() {
    // #53, P6
    let world = World::start().await;
    let client = world.client(Kind::Web, |_| {}).await;
    let person = world.person("ada").await;
    for _ in 0..10 {
        let tokens = world.tokens(&client, &person).await;
        let refresh = text(&tokens, "refresh_token");
        let ask = world.refreshing(&client, &refresh);
        let refreshes = futures_util::future::join_all((0..4).map(|_| ask.send(&world)));
        let (answers, revoked) = futures_util::join!(refreshes, revoke(&world, &client, &refresh));
        revoked.expect(200);
        for answer in answers.into_iter().filter(|answer| answer.status == 200) {
            assert!(!lives(&world, &client, &answer.json()).await);
        }
    }
}
