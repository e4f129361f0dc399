//! `POST /oauth/token`: an access token of ours for another one of the same grant (RFC 8693).

use client::{Exchange, Kind, NewClient};
use oauth::server::GrantType;
use serde_json::{Value, json};
use tests::{
    TERMS, TestClient, World,
    database::{Call, Wire},
    oauth::{Ask, Person, claims},
};

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const PETS: &str = "https://pets.example.com";
const FEED: &str = "https://feed.example.com";
const SETTINGS: [(&str, &str); 1] =
    [("ROLES", "admin=get:profile; member=pets:read pets:write feed:read get:profile")];

/// A world with two APIs, an app that people use for both, and a service that speaks for the first.
struct Scene {
    world: World,
    app: TestClient,
    api: TestClient,
    person: Person,
}

impl Scene {
    async fn start() -> Self {
        Self::with(&[]).await
    }

    async fn with(settings: &[(&str, &str)]) -> Self {
        let world = World::with(&[&SETTINGS[..], settings].concat()).await;
        world.api(PETS, &["pets:read", "pets:write"]).await;
        world.api(FEED, &["feed:read"]).await;
        let app = world.client(Kind::Web, |new| exchanging(new, "pets:read pets:write feed:read")).await;
        let api = world
            .client(Kind::Service, |new| {
                exchanging(new, "feed:read pets:read");
                new.default_audience = Some(FEED.to_owned());
                new.exchange = Exchange::read(&[PETS.to_owned()], &[]).unwrap();
            })
            .await;
        let person = world.person("grace").await;
        Self { world, app, api, person }
    }

    /// An access token of the app for one of the APIs.
    async fn token(&self, api: &str) -> String {
        self.token_with(api, "openid profile pets:read pets:write feed:read").await
    }

    /// The same of a grant of this scope.
    async fn token_with(&self, api: &str, scope: &str) -> String {
        let code = self
            .world
            .fresh_code(&self.app, &self.person, |code| {
                code.scope = scope.parse().unwrap();
                code.resources = vec![PETS.to_owned(), FEED.to_owned()];
            })
            .await;
        let ask = self.world.redeeming(&self.app, &code).with("resource", api);
        ask.send(&self.world).await.expect(200).json()["access_token"].as_str().unwrap().to_owned()
    }
}

fn exchanging(new: &mut NewClient, scope: &str) {
    new.grants.push(GrantType::TokenExchange);
    new.audiences = vec![PETS.to_owned(), FEED.to_owned()];
    new.scope.extend(&scope.parse().unwrap());
}

/// The request that exchanges this token.
fn exchange(client: &TestClient, token: &str) -> Ask {
    let fields = [("grant_type", EXCHANGE), ("subject_token", token), ("subject_token_type", ACCESS_TOKEN)];
    Ask::of(client, "/oauth/token", &fields)
}

fn access(answer: &Value) -> Value {
    claims(answer["access_token"].as_str().unwrap())
}

/// What the function asked of the table.
fn actions(calls: &[Call]) -> Vec<&str> {
    let counts = |call: &&Call| call.function == "oauth-token" && !call.is_look_at_rights();
    calls.iter().filter(counts).map(|call| call.action.as_str()).collect()
}

#[tokio::test]
async fn an_app_gets_less_of_its_own_and_nothing_is_written() {
    // #47, #57
    let wire = Wire::start().await;
    let scene = Scene::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let (world, app) = (&scene.world, &scene.app);
    let token = scene.token(PETS).await;
    world.pass(100);
    wire.calls();
    let answer = exchange(app, &token).with("scope", "pets:read").send(world).await.expect(200);
    assert_eq!(actions(&wire.calls()), ["BatchGetItem", "BatchGetItem"]);
    assert_eq!(answer.header("cache-control"), "no-store");
    let answer = answer.json();
    let mut names: Vec<_> = answer.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["access_token", "expires_in", "issued_token_type", "scope", "token_type"]);
    assert_eq!(answer["issued_token_type"], ACCESS_TOKEN);
    assert_eq!((&answer["scope"], &answer["expires_in"]), (&json!("pets:read"), &json!(500)));
    let (before, after) = (claims(&token), access(&answer));
    for same in ["iss", "sub", "client_id", "aud", "sid", "grant_id", "exp", "auth_time", "acr"] {
        assert_eq!(before[same], after[same], "{same}");
    }
    assert!(after.get("act").is_none() && after.get("name").is_none());
    // And nothing that it gave up comes back.
    let less = answer["access_token"].as_str().unwrap();
    for (scope, given) in [("pets:write pets:read", "pets:read"), ("openid pets:read", "pets:read")] {
        let answer = exchange(app, less).with("scope", scope).send(world).await.expect(200).json();
        assert_eq!(answer["scope"], given, "{scope}");
    }
    let answer = exchange(app, less).with("scope", "pets:write").send(world).await.expect(400).json();
    assert_eq!(answer["error"], "invalid_scope");
}

#[tokio::test]
async fn a_service_that_speaks_for_an_api_goes_on_with_the_token_that_was_sent_there() {
    // #57
    let scene = Scene::start().await;
    let (world, api) = (&scene.world, &scene.api);
    let token = scene.token(PETS).await;
    let answer = exchange(api, &token).send(world).await.expect(200).json();
    let (before, after) = (claims(&token), access(&answer));
    assert_eq!((&after["aud"], &after["scope"]), (&json!(FEED), &json!("feed:read")));
    assert_eq!(after["act"], json!({"sub": api.id}));
    for same in ["sub", "client_id", "grant_id", "sid"] {
        assert_eq!(before[same], after[same], "{same}");
    }
    assert!(after["exp"].as_i64() <= before["exp"].as_i64());
    // It is a token of the app's grant: an app that is disabled ends it at once.
    let token = answer["access_token"].as_str().unwrap().to_owned();
    let ask = || Ask::of(api, "/oauth/introspect", &[("token", &token)]);
    assert_eq!(ask().send(world).await.expect(200).json()["active"], true);
    client::disable(&world.table().await, &scene.app.id, client::manage::NOTHING, world.now()).await.unwrap();
    assert_eq!(ask().send(world).await.expect(200).json()["active"], false);
    // The other API's tokens are none of its business, and its own id lets it show nobody else's.
    let scene = Scene::start().await;
    for (client, token) in [(&scene.api, scene.token(FEED).await)] {
        let answer = exchange(client, &token).send(&scene.world).await.expect(400).json();
        assert_eq!(answer["error"], "invalid_request");
    }
}

#[tokio::test]
async fn where_the_token_goes_is_of_the_clients_list() {
    // #47, #57
    let scene = Scene::start().await;
    let (world, app) = (&scene.world, &scene.app);
    let token = scene.token(PETS).await;
    for (name, value, given) in [
        ("audience", FEED, Ok(("feed:read openid profile", FEED))),
        ("resource", FEED, Ok(("feed:read openid profile", FEED))),
        ("audience", "https://pets.example.com/", Ok(("openid pets:read pets:write profile", PETS))),
        ("audience", "", Ok(("openid pets:read pets:write profile", PETS))),
        ("audience", "https://other.example.com", Err("invalid_target")),
        ("resource", "pets", Err("invalid_target")),
        ("audience", &*world.cloud.url, Err("invalid_target")),
    ] {
        let answer = exchange(app, &token).with(name, value).send(world).await;
        match given {
            Ok((scope, audience)) => {
                let answer = answer.expect(200).json();
                assert_eq!((&answer["scope"], &access(&answer)["aud"]), (&json!(scope), &json!(audience)));
            }
            Err(code) => assert_eq!(answer.expect(400).json()["error"], code, "{name} {value}"),
        }
    }
    let both = exchange(app, &token).with("audience", PETS).with("resource", FEED);
    assert_eq!(both.send(world).await.expect(400).json()["error"], "invalid_target");
    client::disable_api(&world.table().await, FEED, client::manage::NOTHING, world.now()).await.unwrap();
    let answer = exchange(app, &token).with("audience", FEED).send(world).await;
    assert_eq!(answer.expect(400).json()["error"], "invalid_target");
}

#[tokio::test]
async fn where_the_app_was_granted_nothing_no_token_goes() {
    // #47: with the scopes of OpenID Connect alone it would still say the person's roles there.
    let scene = Scene::start().await;
    let (world, app) = (&scene.world, &scene.app);
    let token = scene.token_with(PETS, "openid profile pets:read").await;
    for client in [app, &scene.api] {
        let answer = exchange(client, &token).with("audience", FEED).send(world).await;
        assert_eq!(answer.expect(400).json()["error"], "invalid_scope", "{}", client.id);
    }
    // Where it is, it may be for less.
    let less = exchange(app, &token).with("scope", "openid").send(world).await.expect(200).json();
    assert_eq!(less["scope"], "openid");
}

#[tokio::test]
async fn what_cannot_be_exchanged_has_its_code() {
    // #44, #45, #56, #66
    let scene = Scene::start().await;
    let (world, app) = (&scene.world, &scene.app);
    let token = scene.token(PETS).await;
    let good = || exchange(app, &token);
    for (ask, status, code) in [
        (good().without("subject_token"), 400, "invalid_request"),
        (good().without("subject_token_type"), 400, "invalid_request"),
        (good().with("subject_token_type", "access_token"), 400, "invalid_request"),
        (
            good().with("subject_token_type", &ACCESS_TOKEN.replace("access", "refresh")),
            400,
            "invalid_request",
        ),
        (good().with("requested_token_type", &ACCESS_TOKEN.replace("access", "id")), 400, "invalid_request"),
        (good().with("actor_token", &token).with("actor_token_type", ACCESS_TOKEN), 400, "invalid_request"),
        (good().and("subject_token", &token), 400, "invalid_request"),
        (good().with("audience", PETS).and("audience", FEED), 400, "invalid_request"),
        (good().with("subject_token", "x"), 400, "invalid_request"),
        (good().with("subject_token", &token[..token.len() - 4]), 400, "invalid_request"),
        (
            good().with("subject_token_type", &ACCESS_TOKEN.replace("access_token", "id_token")),
            400,
            "invalid_request",
        ),
        (good().with("scope", "pets:read \""), 400, "invalid_scope"),
        (good().with("scope", "unknown"), 400, "invalid_scope"),
        (good().with("requested_token_type", ACCESS_TOKEN), 200, ""),
        (good().basic(&app.id, "wrong"), 401, "invalid_client"),
        (good().with("subject_token", &"x".repeat(150_000)), 413, "invalid_request"),
        (Ask { path: "/oauth/token?scope=x".to_owned(), ..good() }, 400, "invalid_request"),
    ] {
        let fields = format!("{:?}", ask.fields);
        let answer = ask.send(world).await;
        assert_eq!(answer.status, status, "{fields} {answer:?}");
        if !code.is_empty() {
            assert_eq!(answer.json()["error"], code, "{fields}");
        }
    }
    // A form for another grant is as short as before.
    let long = good().with("grant_type", "refresh_token").with("refresh_token", &"x".repeat(9000));
    long.send(world).await.expect(413);
    // Tokens of ours that are no client's access tokens for a person.
    let tokens = world.tokens(app, &scene.person).await;
    let service = world
        .client(Kind::Service, |new| {
            exchanging(new, "pets:read");
            new.default_scope = "pets:read".parse().unwrap();
        })
        .await;
    let itself =
        Ask::of(&service, "/oauth/token", &[("grant_type", "client_credentials"), ("resource", PETS)]);
    let itself = itself.send(world).await.expect(200).json();
    let own_page = scene.person.browser.post("/users/token").await.expect(200).json();
    for (client, token) in [
        (app, &tokens["id_token"]),
        (app, &tokens["refresh_token"]),
        (&service, &itself["access_token"]),
        (app, &own_page["access_token"]),
    ] {
        let answer = exchange(client, token.as_str().unwrap()).send(world).await;
        assert_eq!(answer.expect(400).json()["error"], "invalid_request", "{token}");
    }
}

#[tokio::test]
async fn only_a_client_that_proves_itself_and_has_the_grant_exchanges() {
    // #35, #45
    let scene = Scene::start().await;
    let world = &scene.world;
    let token = scene.token(PETS).await;
    let other = world.client(Kind::Web, |_| {}).await;
    let answer = exchange(&other, &token).send(world).await.expect(400).json();
    assert_eq!(answer["error"], "unauthorized_client");
    let stranger = world.client(Kind::Web, |new| exchanging(new, "pets:read")).await;
    let answer = exchange(&stranger, &token).send(world).await.expect(400).json();
    assert_eq!(answer["error"], "invalid_request", "another client's token");
    let native = world
        .client(Kind::Native, |new| {
            exchanging(new, "pets:read");
            new.exchange = Exchange::read(&[], &["phone=an-app".to_owned()]).unwrap();
        })
        .await;
    let grant = world.grant(&native, &scene.person.browser, &TERMS).await;
    let answer = exchange(&native, &grant.access).send(world).await.expect(400).json();
    assert_eq!(answer["error"], "unauthorized_client", "a client that proves nothing");
    client::disable(&world.table().await, &scene.api.id, client::manage::NOTHING, world.now()).await.unwrap();
    let answer = exchange(&scene.api, &token).send(world).await.expect(401).json();
    assert_eq!(answer["error"], "invalid_client");
    let world = World::with(&[("FOREIGN_TOKENS", "off")]).await;
    let app = world.client(Kind::Web, |new| new.grants.push(GrantType::TokenExchange)).await;
    let answer = exchange(&app, "x").send(&world).await.expect(400).json();
    assert_eq!(answer["error"], "unsupported_grant_type");
}

#[tokio::test]
async fn whatever_ends_the_grant_ends_the_exchange() {
    // #34, #35, #53
    for end in ["sign-out", "disabled", "everywhere", "revoked", "expired"] {
        let scene = Scene::start().await;
        let (world, app) = (&scene.world, &scene.app);
        let token = scene.token(PETS).await;
        let less = exchange(app, &token).send(world).await.expect(200).json();
        let less = less["access_token"].as_str().unwrap();
        let (table, user) = (world.table().await, &scene.person.session.user_id);
        match end {
            "sign-out" => drop(scene.person.browser.post("/users/logout").await.expect(303)),
            "disabled" => drop(user::disable(&table, user, world.now()).await.unwrap()),
            "everywhere" => drop(user::end_everywhere(&table, user, world.now()).await.unwrap()),
            // The other token revokes the grant of both.
            "revoked" => {
                drop(Ask::of(app, "/oauth/revoke", &[("token", less)]).send(world).await.expect(200))
            }
            _ => world.pass(600),
        }
        for token in [&token, less] {
            let answer = exchange(app, token).send(world).await.expect(400).json();
            assert_eq!(answer["error"], "invalid_request", "{end}");
        }
    }
}
