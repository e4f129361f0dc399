//! What is kept of what happened.

use audit::{Actor, Event, Outcome, Query, What};
use client::Kind;
use tests::{
    World,
    database::{Fault, Wire},
};

async fn trail(world: &World, of: Option<&str>) -> Vec<Event> {
    let table = world.table().await;
    audit::list(&table, &Query { of, ..Query::default() }, 100, None, world.now()).await.unwrap().events
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reuse_of_a_refresh_token_and_of_a_code_is_kept_once_with_the_end_of_the_grant() {
    // #41, #49, #97: in the same transaction, under the function's own role.
    let wire = Wire::start().await;
    let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let client = world.client(Kind::Web, |new| new.grace = 0).await;
    let person = world.person("ada").await;
    let first = world.tokens(&client, &person).await;
    let old = first["refresh_token"].as_str().unwrap();
    world.refreshing(&client, old).send(&world).await.expect(200);
    for _ in 0..3 {
        world.refreshing(&client, old).send(&world).await.expect(400);
    }
    let code = world.fresh_code(&client, &person, |_| {}).await;
    world.redeeming(&client, &code).send(&world).await.expect(200);
    for _ in 0..3 {
        world.redeeming(&client, &code).send(&world).await.expect(400);
    }
    let events = trail(&world, Some(&person.session.user_id)).await;
    let mut kinds: Vec<_> = events.iter().map(|event| event.what.as_str()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["code_reused", "refresh_token_reused"]);
    for event in &events {
        assert_eq!(event.actor, Actor::Service(client.id.clone()));
        assert_eq!((event.client.as_deref(), event.outcome), (Some(&*client.id), Outcome::Refused));
        assert_eq!(event.at, world.now());
        assert!(event.detail.grant.is_some() && event.request_id.is_some(), "{event:?}");
    }
    assert_eq!(trail(&world, None).await.len(), 2, "and nothing else of all this");
    // #103: neither what was reused, nor what it led to, nor who they are in the world.
    let rows = format!("{:?}", wire.rows_of("AUDIT").await);
    let access = first["access_token"].as_str().unwrap();
    for secret in [old, code.expose(), access, &client.secret, "@", "example.com"] {
        assert!(!rows.contains(secret), "{secret}: {rows}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_reuse_cannot_be_kept_nothing_ends() {
    // #99: one write, so there is no grant that ended without a trace.
    let wire = Wire::start().await;
    let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let client = world.client(Kind::Web, |new| new.grace = 0).await;
    let person = world.person("ada").await;
    let first = world.tokens(&client, &person).await;
    let old = first["refresh_token"].as_str().unwrap();
    let second = world.refreshing(&client, old).send(&world).await.expect(200).json();
    wire.set(Fault::CutAfter(2));
    world.refreshing(&client, old).send(&world).await.expect(503);
    wire.set(Fault::None);
    assert_eq!(trail(&world, None).await, []);
    let new = second["refresh_token"].as_str().unwrap();
    world.refreshing(&client, new).send(&world).await.expect(200);
    world.refreshing(&client, old).send(&world).await.expect(400);
    assert_eq!(trail(&world, None).await.len(), 1);
}

#[tokio::test]
async fn signing_in_renewing_and_signing_out_cost_no_row() {
    let wire = Wire::start().await;
    let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let client = world.client(Kind::Web, |_| {}).await;
    let person = world.person("ada").await;
    let tokens = world.tokens(&client, &person).await;
    let token = tokens["refresh_token"].as_str().unwrap();
    world.refreshing(&client, token).send(&world).await.expect(200);
    person.browser.post("/users/logout").await;
    assert_eq!(wire.rows_of("AUDIT").await.len(), 0);
    assert_eq!(trail(&world, None).await, []);
    assert!(What::ALL.iter().any(|what| !what.is_kept()));
}

#[tokio::test]
async fn a_session_shows_browser_and_shortened_address_and_stays_listed_when_it_ended() {
    // #103: nothing of the header but words of ours.
    let world = World::start().await;
    let person = world.person("ada").await;
    let user = &person.session.user_id;
    let table = world.table().await;
    let seen = async || session::list_of(&table, user, world.now()).await.unwrap();
    let [one] = &seen().await[..] else { panic!("one session") };
    assert_eq!((one.session.from.as_deref(), one.ended_at), (Some("127.0.0.0/24"), None));
    person.browser.post("/users/logout").await;
    let [one] = &seen().await[..] else { panic!("one session") };
    assert_eq!(one.ended_at, Some(world.now()));
    world.pass(365 * 24 * 3600);
    assert_eq!(seen().await.len(), 1, "a year after its end");
    world.pass(24 * 3600);
    assert_eq!(seen().await.len(), 0);
}
