//! `POST /oauth/token` with a refresh token.

use client::Kind;
use serde_json::{Value, json};
use tests::{
    TestClient, World,
    database::{Fault, Wire},
    oauth::{Ask, claims},
};

fn refresh_token(answer: &Value) -> String {
    answer["refresh_token"].as_str().unwrap().to_owned()
}

/// What a refresh is answered, which is refused.
async fn refused(world: &World, ask: &Ask) -> Value {
    ask.send(world).await.expect(400).json()["error"].clone()
}

async fn strict(world: &World) -> TestClient {
    world.client(Kind::Web, |new| new.grace = 0).await
}

#[tokio::test]
async fn a_refresh_token_gives_the_same_grant_anew() {
    // #47, #56
    let world = World::start().await;
    let client = world.client(Kind::Web, |_| {}).await;
    let person = world.person("ada").await;
    let first = world.tokens(&client, &person).await;
    world.pass(600);
    let second = world.refreshing(&client, &refresh_token(&first)).send(&world).await.expect(200).json();
    assert_ne!(refresh_token(&first), refresh_token(&second));
    let changing = ["iat", "exp", "jti", "at_hash", "nonce"];
    for token in ["access_token", "id_token"] {
        let read = |answer: &Value| {
            let mut claims = claims(answer[token].as_str().unwrap());
            claims.as_object_mut().unwrap().retain(|name, _| !changing.contains(&name.as_str()));
            claims
        };
        assert_eq!(read(&first), read(&second), "{token}");
    }
    // OpenID Connect Core §12.2: of the sign-in, not of the refresh; and no nonce.
    let id = claims(second["id_token"].as_str().unwrap());
    assert_eq!((&id["auth_time"], id.get("nonce")), (&json!(person.session.auth_time), None));
    assert_eq!(id["iat"], json!(world.now()));
}

#[tokio::test]
async fn a_refresh_gets_less_and_never_more() {
    // #47
    let world = World::start().await;
    let client = strict(&world).await;
    let person = world.person("ada").await;
    let code = world
        .fresh_code(&client, &person, |code| code.scope = "openid email offline_access".parse().unwrap());
    let answer = world.redeeming(&client, &code.await).send(&world).await.expect(200).json();
    let mut token = refresh_token(&answer);
    for (name, value, error) in [
        ("scope", "openid profile", "invalid_scope"),
        ("scope", "openid users:read", "invalid_scope"),
        ("scope", "openid \"", "invalid_scope"),
        ("resource", "https://api.example.com", "invalid_target"),
        ("resource", "x", "invalid_target"),
    ] {
        let ask = world.refreshing(&client, &token).with(name, value);
        assert_eq!(refused(&world, &ask).await, error, "{name}={value}");
    }
    // After all of that the token is still the one that is good.
    for (scope, given, has_id) in
        [("email", "email", false), ("", "email offline_access openid", true), ("openid", "openid", true)]
    {
        let ask = world.refreshing(&client, &token).with("scope", scope);
        let answer = ask.send(&world).await.expect(200).json();
        assert_eq!((&answer["scope"], answer.get("id_token").is_some()), (&json!(given), has_id));
        token = refresh_token(&answer);
    }
}

#[tokio::test]
async fn of_32_parallel_refreshes_one_wins_and_the_family_ends() {
    // #48, #49, P3
    let world = World::start().await;
    let client = strict(&world).await;
    let tokens = world.tokens(&client, &world.person("ada").await).await;
    let ask = world.refreshing(&client, &refresh_token(&tokens));
    let answers = futures_util::future::join_all((0..32).map(|_| ask.send(&world))).await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
    assert_eq!((won.len(), lost.len()), (1, 31));
    for answer in lost {
        assert_eq!((answer.status, &answer.json()["error"]), (400, &json!("invalid_grant")), "{answer:?}");
    }
    let ask = world.refreshing(&client, &refresh_token(&won[0].json()));
    assert_eq!(refused(&world, &ask).await, "invalid_grant");
}

#[tokio::test]
async fn within_the_grace_everybody_gets_the_same_successor() {
    // #48, #52, P3
    let world = World::start().await;
    let client = world.client(Kind::Web, |_| {}).await;
    let tokens = world.tokens(&client, &world.person("ada").await).await;
    let ask = world.refreshing(&client, &refresh_token(&tokens));
    let answers = futures_util::future::join_all((0..32).map(|_| ask.send(&world))).await;
    let answers: Vec<_> = answers.into_iter().map(|answer| answer.expect(200).json()).collect();
    let successor = refresh_token(&answers[0]);
    assert!(answers.iter().all(|answer| refresh_token(answer) == successor), "one successor");
    let ids: std::collections::HashSet<_> = answers
        .iter()
        .map(|answer| claims(answer["access_token"].as_str().unwrap())["jti"].to_string())
        .collect();
    assert_eq!(ids.len(), 32, "and an access token for each");
    // A lost answer, nine seconds later; and the session lives on after the window.
    world.pass(9);
    assert_eq!(refresh_token(&ask.send(&world).await.expect(200).json()), successor);
    world.pass(60);
    world.refreshing(&client, &successor).send(&world).await.expect(200);
    // Now the first one is stolen goods.
    assert_eq!(refused(&world, &ask).await, "invalid_grant");
}

#[tokio::test]
async fn a_token_that_comes_again_ends_the_family_also_after_a_restart() {
    // #49, #51
    let world = World::start().await;
    let client = strict(&world).await;
    let first = refresh_token(&world.tokens(&client, &world.person("ada").await).await);
    let mut last = first.clone();
    // Within one second.
    for _ in 0..3 {
        last = refresh_token(&world.refreshing(&client, &last).send(&world).await.expect(200).json());
    }
    let replica = tests::Replica::of(&world, &[]).await;
    let ask = world.refreshing(&client, &first);
    let elsewhere = Ask { path: replica.here(&format!("{}/oauth/token", world.cloud.url)), ..ask };
    assert_eq!(refused(&world, &elsewhere).await, "invalid_grant");
    assert_eq!(refused(&world, &world.refreshing(&client, &last)).await, "invalid_grant");
}

#[tokio::test]
async fn another_clients_token_is_nothing_and_stays_alive() {
    // #50
    let world = World::start().await;
    let (client, other) = (strict(&world).await, strict(&world).await);
    let first = refresh_token(&world.tokens(&client, &world.person("ada").await).await);
    let second = refresh_token(&world.refreshing(&client, &first).send(&world).await.expect(200).json());
    for token in [&first, &second] {
        assert_eq!(refused(&world, &world.refreshing(&other, token)).await, "invalid_grant");
    }
    world.refreshing(&client, &second).send(&world).await.expect(200);
}

#[tokio::test]
async fn nobody_ends_a_family_with_a_token_that_was_never_issued() {
    // #49: the family's id is in every access token.
    let world = World::start().await;
    let client = world.client(Kind::Spa, |new| new.grace = 0).await;
    let tokens = world.tokens(&client, &world.person("ada").await).await;
    let token = refresh_token(&tokens);
    let parts: Vec<_> = token.split('.').collect();
    let invented = oauth::Secret::random();
    for forged in [
        format!("{}.{}.0.{}", parts[0], invented.expose(), invented.expose()),
        format!("{}.{}.0.{}", parts[0], invented.expose(), parts[3]),
        format!("{}.{}.00.{}", parts[0], parts[1], parts[3]),
        format!("{}.{}.0", parts[0], parts[1]),
        format!("{token}."),
        format!("{token} "),
        parts[0].to_owned(),
        tokens["access_token"].as_str().unwrap().to_owned(),
        tokens["id_token"].as_str().unwrap().to_owned(),
    ] {
        assert_eq!(refused(&world, &world.refreshing(&client, &forged)).await, "invalid_grant", "{forged}");
    }
    world.refreshing(&client, &token).send(&world).await.expect(200);
}

#[tokio::test]
async fn a_family_ends_by_idling_and_by_age() {
    // #51
    let world = World::start().await;
    let client = world
        .client(Kind::Web, |new| {
            new.refresh_idle = Some(1000);
            new.refresh_absolute = Some(2500);
        })
        .await;
    let person = world.person("ada").await;
    for (pauses, status) in
        [(&[999][..], 200), (&[1000], 400), (&[900, 900, 699], 200), (&[900, 900, 700], 400)]
    {
        let mut token = refresh_token(&world.tokens(&client, &world.person("ada").await).await);
        let (last, before) = pauses.split_last().unwrap();
        for pause in before {
            world.pass(*pause);
            token = refresh_token(&world.refreshing(&client, &token).send(&world).await.expect(200).json());
        }
        world.pass(*last);
        world.refreshing(&client, &token).send(&world).await.expect(status);
    }
    drop(person);
}

#[tokio::test]
async fn what_outlives_a_session_and_what_does_not() {
    // #34
    let world = World::start().await;
    let (web, spa) = (world.client(Kind::Web, |_| {}).await, world.client(Kind::Spa, |_| {}).await);
    let person = world.person("ada").await;
    let of_web = refresh_token(&world.tokens(&web, &person).await);
    let mut of_spa = refresh_token(&world.tokens(&spa, &person).await);
    // A page that renews its tokens uses the session.
    for _ in 0..4 {
        world.pass(1800);
        of_spa = refresh_token(&world.refreshing(&spa, &of_spa).send(&world).await.expect(200).json());
    }
    person.browser.post("/users/logout").await.expect(303);
    assert_eq!(refused(&world, &world.refreshing(&spa, &of_spa)).await, "invalid_grant");
    let of_web = refresh_token(&world.refreshing(&web, &of_web).send(&world).await.expect(200).json());
    user::end_everywhere(&world.table().await, &person.session.user_id, world.now()).await.unwrap();
    assert_eq!(refused(&world, &world.refreshing(&web, &of_web)).await, "invalid_grant");
}

#[tokio::test]
async fn nothing_is_renewed_for_whoever_is_disabled() {
    // #35
    let world = World::start().await;
    let client = world.client(Kind::Web, |_| {}).await;
    let table = world.table().await;
    let person = world.person("ada").await;
    let token = refresh_token(&world.tokens(&client, &person).await);
    client::disable(&table, &client.id, client::manage::NOTHING, world.now()).await.unwrap();
    let ask = world.refreshing(&client, &token);
    assert_eq!(ask.send(&world).await.expect(401).json()["error"], "invalid_client");
    client::enable(&table, &client.id, client::manage::NOTHING, world.now()).await.unwrap();
    assert_eq!(refused(&world, &ask).await, "invalid_grant", "it was ended at once");

    let token = refresh_token(&world.tokens(&client, &person).await);
    user::disable(&table, &person.session.user_id, world.now()).await.unwrap();
    assert_eq!(refused(&world, &world.refreshing(&client, &token)).await, "invalid_grant");
}

#[tokio::test]
async fn our_own_retried_write_is_not_taken_for_theft() {
    // #52, #98, P4
    let wire = Wire::start().await;
    let world = World::with(&[("DYNAMODB_ENDPOINT", wire.endpoint.as_str())]).await;
    let client = strict(&world).await;
    let person = world.person("ada").await;
    let code = world.fresh_code(&client, &person, |_| {}).await;
    wire.set(Fault::LoseAnswers);
    let tokens = world.redeeming(&client, &code).send(&world).await.expect(200).json();
    let tokens = world.refreshing(&client, &refresh_token(&tokens)).send(&world).await.expect(200).json();
    wire.set(Fault::None);
    world.refreshing(&client, &refresh_token(&tokens)).send(&world).await.expect(200);
}

#[tokio::test]
async fn a_table_that_does_not_answer_is_503_in_the_clients_form() {
    // #99
    let wire = Wire::start().await;
    let world = World::with(&[("DYNAMODB_ENDPOINT", wire.endpoint.as_str())]).await;
    let client = strict(&world).await;
    let token = refresh_token(&world.tokens(&client, &world.person("ada").await).await);
    wire.set(Fault::Refuse("ProvisionedThroughputExceededException"));
    let answer = world.refreshing(&client, &token).send(&world).await.expect(503);
    assert_eq!(
        (answer.header("retry-after"), &answer.json()["error"]),
        ("2", &json!("temporarily_unavailable"))
    );
    wire.set(Fault::None);
    world.refreshing(&client, &token).send(&world).await.expect(200);
}
