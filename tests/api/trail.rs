//! What is kept of what happened.

use audit::{Actor, Event, Outcome, Query, What};
use client::Kind;
use serde_json::json;
use tests::{
    World,
    database::{Fault, Wire},
    stub::Stub,
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
    let person = world.person("grace").await;
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
    let person = world.person("grace").await;
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
    let person = world.person("grace").await;
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
    let person = world.person("grace").await;
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

/// What is kept of somebody: what happened, who did it, and the roles before and after it.
async fn roles_of(world: &World, id: &str) -> Vec<(String, Actor, Vec<String>, Vec<String>)> {
    let events = trail(world, Some(id)).await.into_iter().filter(|event| event.what == What::RolesChanged);
    let roles = |roles: Option<Vec<String>>| roles.unwrap_or_default();
    let kept = |event: Event| {
        (
            event.detail.provider.unwrap(),
            event.actor,
            roles(event.detail.roles_before),
            roles(event.detail.roles),
        )
    };
    events.map(kept).collect()
}

#[tokio::test]
async fn roles_that_waited_for_somebody_are_kept_when_they_come_and_once() {
    // #81, #99: else nobody could say who became an administrator by an invitation, and when.
    for events in ["off", "on"] {
        let stub = Stub::start().await;
        let more = [("EVENTS", events), ("ADMINS", "boss@gmail.com"), ("DEFAULT_ROLES", "member")];
        let world = World::with(&[&stub.settings()[..], &more].concat()).await;
        let rights = user::Rights::parse("admin=; member=; staff=", "", "member").unwrap();
        let roles = ["staff".to_owned()];
        user::invite(&world.table().await, &rights, "invited@gmail.com", &roles, world.now()).await.unwrap();
        let come = async |sub: &str, email: &str| {
            let browser = world.browser();
            stub.sign_in(&browser, json!({"sub": sub, "email": email}), world.now()).await.expect(303);
            let id = world.session(&browser).await.user_id;
            world.pass(1);
            roles_of(&world, &id).await
        };
        let kept = |before: &[&str], after: &[&str]| {
            let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
            ("evil".to_owned(), Actor::Latchkey, names(before), names(after))
        };
        assert_eq!(come("1", "somebody@gmail.com").await, [], "what everybody gets");
        assert_eq!(come("2", "invited@gmail.com").await, [kept(&[], &["member", "staff"])], "{events}");
        let boss = [kept(&[], &["admin", "member"])];
        assert_eq!(come("3", "boss@gmail.com").await, boss, "{events}");
        assert_eq!(come("3", "boss@gmail.com").await, boss, "{events}: and nothing when they come again");
        // Somebody who was there before, whose address is that of an administrator since.
        user::invite(&world.table().await, &rights, "later@gmail.com", &roles, world.now()).await.unwrap();
        let later = come("1", "later@gmail.com").await;
        assert_eq!(later, [kept(&["member"], &["member", "staff"])], "{events}");
    }
}

#[tokio::test]
async fn roles_that_waited_for_an_address_are_kept_when_a_mail_proves_it() {
    // #81, #89, #99
    const ANN: &str = "ann@example.com";
    const GOOD: &str = "a horse that counts";
    let world = World::with(&[("PASSWORDS", "on"), ("MAILED_SIGN_IN", "on")]).await;
    let rights = user::Rights::parse("member=; staff=", "", "member").unwrap();
    let program = world.program();
    let send = async |path: &str, body: serde_json::Value, status: u16| {
        let request = program.request("POST", path).header("content-type", "application/json");
        program.send(request.body(body.to_string())).await.expect(status)
    };
    send("/users/register", json!({"email": ANN, "password": GOOD}), 202).await;
    let id = async || user::holder_of(&world.table().await, ANN, world.now()).await.unwrap();
    let token = world.mail(ANN, 1).await.link().split_once("token=").unwrap().1.to_owned();
    user::invite(&world.table().await, &rights, ANN, &["staff".to_owned()], world.now()).await.unwrap();
    send("/users/password/prove", json!({"token": token, "password": GOOD}), 200).await;
    let kept = roles_of(&world, &id().await.unwrap()).await;
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    assert_eq!(
        kept,
        [("password".to_owned(), Actor::Latchkey, names(&["member"]), names(&["member", "staff"]))]
    );

    user::invite(&world.table().await, &rights, "bob@example.com", &["staff".to_owned()], world.now())
        .await
        .unwrap();
    send("/users/mailed", json!({"email": "bob@example.com"}), 202).await;
    let code = world.mail("bob@example.com", 1).await.code().to_owned();
    let bob = send("/users/mailed/code", json!({"code": code}), 200).await.json();
    let kept = roles_of(&world, bob["user"]["id"].as_str().unwrap()).await;
    assert_eq!(kept, [("mail".to_owned(), Actor::Latchkey, Vec::new(), names(&["member", "staff"]))]);
}
