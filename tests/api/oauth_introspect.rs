//! `POST /oauth/introspect`

use client::Kind;
use serde_json::{Value, json};
use tests::{
    TestClient, World,
    database::Wire,
    oauth::{Ask, claims},
};

const API: &str = "https://pets.example.com";

async fn about(world: &World, asking: &TestClient, token: &str) -> Value {
    let answer = Ask::of(asking, "/oauth/introspect", &[("token", token)]).send(world).await.expect(200);
    assert_eq!(
        (answer.header("cache-control"), answer.header("content-type")),
        ("no-store", "application/json")
    );
    answer.json()
}

/// An API that asks about its tokens.
async fn api(world: &World, audience: &str, scope: &str) -> TestClient {
    world.api(audience, &[scope]).await;
    world.client(Kind::Api, |new| new.audiences = vec![audience.to_owned()]).await
}

/// A client whose tokens are for an API.
async fn app(world: &World) -> TestClient {
    world
        .client(Kind::Web, |new| {
            new.audiences = vec![API.to_owned()];
            new.default_audience = Some(API.to_owned());
        })
        .await
}

fn text(tokens: &Value, name: &str) -> String {
    tokens[name].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn says_of_an_access_token_what_is_in_it() {
    // #55: RFC 7662 §2.2
    let world = World::start().await;
    let (api, client) = (api(&world, API, "pets:read").await, app(&world).await);
    let tokens = world.tokens(&client, &world.person("ada").await).await;
    let said = about(&world, &api, &text(&tokens, "access_token")).await;
    let token = claims(&text(&tokens, "access_token"));
    assert_eq!((&said["active"], &said["token_type"]), (&json!(true), &json!("Bearer")));
    for name in ["iss", "sub", "aud", "client_id", "scope", "exp", "iat", "jti", "sid"] {
        assert_eq!(said[name], token[name], "{name}");
    }
    assert_eq!(said.as_object().unwrap().len(), 11);
    // And its client may know too.
    assert_eq!(about(&world, &client, &text(&tokens, "access_token")).await["active"], true);
}

#[tokio::test]
async fn says_of_a_refresh_token_whether_it_is_the_one_that_is_good() {
    // #49, #55
    let world = World::start().await;
    world.api(API, &["pets:read"]).await;
    let client = app(&world).await;
    let person = world.person("ada").await;
    let tokens = world.tokens(&client, &person).await;
    let first = text(&tokens, "refresh_token");
    let said = about(&world, &client, &first).await;
    let expected = json!({
        "active": true, "iss": world.cloud.url, "sub": person.session.user_id, "client_id": client.id,
        "scope": "email offline_access openid profile", "iat": world.now(), "sid": person.session.id,
        "exp": world.now().epoch() + 30 * 24 * 3600,
    });
    assert_eq!(said, expected);
    let second = world.refreshing(&client, &first).send(&world).await.expect(200).json();
    assert_eq!(about(&world, &client, &first).await, json!({"active": false}));
    assert_eq!(about(&world, &client, &text(&second, "refresh_token")).await["active"], true);
}

#[tokio::test]
async fn what_is_not_for_whoever_asks_is_inactive_and_nothing_else() {
    // #55, #56
    let world = World::start().await;
    let (client, other) = (app(&world).await, app_without(&world).await);
    let mine = api(&world, API, "pets:read").await;
    let foreign = api(&world, "https://other.example.com", "other:read").await;
    let tokens = world.tokens(&client, &world.person("ada").await).await;
    let (access, refresh, id) =
        (text(&tokens, "access_token"), text(&tokens, "refresh_token"), text(&tokens, "id_token"));
    let session = world.person("alan").await.browser.cookie("__Host-session").unwrap();
    let first_party = world.program().token("grace").await;
    for (asking, token) in [
        (&foreign, access.as_str()),
        (&other, &access),
        (&other, &refresh),
        (&mine, &refresh),
        (&client, &id),
        (&mine, &id),
        (&mine, &session),
        (&mine, &first_party),
        (&mine, "x"),
        (&mine, "a.b.c"),
        (&mine, &access[..access.len() - 1]),
        (&mine, &format!("{access}x")),
    ] {
        assert_eq!(about(&world, asking, token).await, json!({"active": false}), "{token}");
    }
    world.pass(600);
    assert_eq!(about(&world, &mine, &access).await, json!({"active": false}));
}

async fn app_without(world: &World) -> TestClient {
    world.client(Kind::Web, |_| {}).await
}

#[tokio::test]
async fn knows_at_once_what_has_ended() {
    // #34, #35
    let world = World::start().await;
    let (api, table) = (api(&world, API, "pets:read").await, world.table().await);
    for end in ["session", "everywhere", "user", "client"] {
        let spa = world
            .client(Kind::Spa, |new| {
                new.audiences = vec![API.to_owned()];
                new.default_audience = Some(API.to_owned());
            })
            .await;
        let person = world.person("ada").await;
        let token = text(&world.tokens(&spa, &person).await, "access_token");
        assert_eq!(about(&world, &api, &token).await["active"], true, "{end}");
        let (id, now) = (&person.session.user_id, world.now());
        match end {
            "session" => drop(person.browser.post("/users/logout").await.expect(303)),
            "everywhere" => drop(user::end_everywhere(&table, id, now).await.unwrap()),
            "client" => client::disable(&table, &spa.id, client::manage::NOTHING, now).await.unwrap(),
            _ => continue,
        }
        assert_eq!(about(&world, &api, &token).await, json!({"active": false}), "{end}");
    }
    let person = world.person("ada").await;
    let client = app(&world).await;
    let tokens = world.tokens(&client, &person).await;
    user::disable(&table, &person.session.user_id, world.now()).await.unwrap();
    for name in ["access_token", "refresh_token"] {
        assert_eq!(about(&world, &client, &text(&tokens, name)).await, json!({"active": false}), "{name}");
    }
}

#[tokio::test]
async fn only_a_client_that_proves_itself_may_ask() {
    // #55, #91
    let world = World::start().await;
    world.api(API, &["pets:read"]).await;
    let (client, public) = (app(&world).await, world.client(Kind::Spa, |_| {}).await);
    let token = text(&world.tokens(&client, &world.person("ada").await).await, "access_token");
    let refused = Ask::of(&public, "/oauth/introspect", &[("token", &token)]).send(&world).await.expect(400);
    assert_eq!(refused.json()["error"], "unauthorized_client");
    let stranger = TestClient { secret: "x".repeat(43), ..client };
    let refused =
        Ask::of(&stranger, "/oauth/introspect", &[("token", &token)]).send(&world).await.expect(401);
    assert_eq!(refused.header("www-authenticate"), "Basic realm=\"latchkey\"");
}

#[tokio::test]
async fn costs_one_call_for_an_access_token_and_two_for_a_refresh_token() {
    let wire = Wire::start().await;
    let world = World::with(&[("DYNAMODB_ENDPOINT", wire.endpoint.as_str())]).await;
    let (api, client) = (api(&world, API, "pets:read").await, app(&world).await);
    let tokens = world.tokens(&client, &world.person("ada").await).await;
    for (asking, token, calls) in
        [(&api, "access_token", 1), (&client, "access_token", 1), (&client, "refresh_token", 2)]
    {
        wire.calls();
        assert_eq!(about(&world, asking, &text(&tokens, token)).await["active"], true, "{token}");
        let made = wire.calls();
        let made: Vec<_> = made.iter().filter(|call| call.function == "oauth-introspect").collect();
        assert_eq!(made.len(), calls, "{token}");
        assert!(made.iter().all(|call| call.action == "BatchGetItem"));
    }
}
