//! `POST /oauth/token`: codes, and clients for themselves.

use client::{Api, ApiScope, Kind, NewApi};
use jose::Algorithm;
use oauth::{Scope, Secret, server::GrantType};
use serde_json::json;
use tests::{
    CALLBACK, World,
    database::{Call, Wire},
    oauth::{Ask, VERIFIER, claims},
};

const API: &str = "https://pets.example.com";

/// A service that may do some things at an API.
async fn service(world: &World) -> tests::TestClient {
    world.api(API, &["pets:read", "pets:write", "pets:feed"]).await;
    world
        .client(Kind::Service, |new| {
            new.audiences = vec![API.to_owned()];
            new.default_audience = Some(API.to_owned());
            new.scope = "pets:read pets:write".parse().unwrap();
            new.default_scope = "pets:read".parse().unwrap();
        })
        .await
}

fn for_itself(client: &tests::TestClient) -> Ask {
    Ask::of(client, "/oauth/token", &[("grant_type", "client_credentials")])
}

/// What the function asked of the table.
fn actions(calls: &[Call]) -> Vec<&str> {
    let counts = |call: &&Call| call.function == "oauth-token" && !call.is_look_at_rights();
    calls.iter().filter(counts).map(|call| call.action.as_str()).collect()
}

#[tokio::test]
async fn an_api_gets_its_tokens_signed_as_it_asks() {
    // #60: by the key of that algorithm, which whoever asks here knows too.
    let world = World::start().await;
    let table = world.table().await;
    for (name, alg) in [("a", Algorithm::Rs256), ("b", Algorithm::Es256)] {
        let audience = format!("https://{name}.example.com");
        let scope = format!("{name}:read");
        let scopes = vec![ApiScope { name: scope.clone(), consent: false }];
        let new = NewApi { audience: audience.clone(), name: name.to_owned(), scopes, access_token_alg: alg };
        client::add_api(&table, &new, &Api::own("", &Scope::default()), client::manage::NOTHING, world.now())
            .await
            .unwrap();
        let client = world.client(Kind::Service, |new| {
            new.audiences = vec![audience.clone()];
            new.default_audience = Some(audience.clone());
            new.scope = scope.parse().unwrap();
            new.default_scope = scope.parse().unwrap();
        });
        let client = client.await;
        let answer = for_itself(&client).send(&world).await.expect(200).json();
        let token = answer["access_token"].as_str().unwrap();
        assert_eq!(header(token)["alg"], alg.as_str());
        let asked = Ask::of(&client, "/oauth/introspect", &[("token", token)]).send(&world).await.expect(200);
        assert_eq!((&asked.json()["active"], &asked.json()["aud"]), (&json!(true), &json!(audience)));
        let verified = world.program().request("POST", "/users/verify").bearer_auth(token);
        assert_eq!(world.program().send(verified).await.json()["reason"], "audience", "of another API");
    }
}

/// The header of a token, read without our code.
fn header(token: &str) -> serde_json::Value {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap()).unwrap()
}

#[tokio::test]
async fn a_service_gets_a_token_of_its_own_for_its_api() {
    // #46, #56, #57
    let world = World::start().await;
    let client = service(&world).await;
    let answer = for_itself(&client).send(&world).await.expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("content-type"), "application/json");
    let answer = answer.json();
    let mut names: Vec<_> = answer.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["access_token", "expires_in", "scope", "token_type"], "neither refresh nor ID token");
    assert_eq!((&answer["token_type"], &answer["expires_in"]), (&json!("Bearer"), &json!(600)));
    assert_eq!(answer["scope"], "pets:read", "its default, and never all");
    let mut claims = claims(answer["access_token"].as_str().unwrap());
    claims.as_object_mut().unwrap().remove("jti").unwrap();
    let now = world.now().epoch();
    let expected = json!({
        "iss": world.cloud.url, "sub": client.id, "client_id": client.id, "aud": API, "scope": "pets:read",
        "roles": [], "iat": now, "exp": now + 600,
    });
    assert_eq!(claims, expected);
}

#[tokio::test]
async fn a_service_gets_what_it_asks_for_as_far_as_it_may() {
    // #45, #47
    let world = World::start().await;
    let client = service(&world).await;
    for (scope, resource, outcome) in [
        ("pets:write pets:read", API, Ok("pets:read pets:write")),
        ("pets:write", "https://pets.example.com/", Ok("pets:write")),
        ("pets:write unknown openid offline_access", API, Ok("pets:write")),
        ("", "", Ok("pets:read")),
        ("pets:feed", API, Err("invalid_scope")),
        ("openid", API, Err("invalid_scope")),
        ("pets:read \"", API, Err("invalid_scope")),
        ("pets:read", "https://other.example.com", Err("invalid_target")),
        ("pets:read", "https://pets.example.com/v1", Err("invalid_target")),
        ("pets:read", "pets", Err("invalid_target")),
        ("users:read", &world.cloud.url, Err("invalid_target")),
    ] {
        let answer = for_itself(&client).with("scope", scope).with("resource", resource).send(&world).await;
        match outcome {
            Ok(given) => assert_eq!(answer.expect(200).json()["scope"], given, "{scope} {resource}"),
            Err(code) => assert_eq!(answer.expect(400).json()["error"], code, "{scope} {resource}"),
        }
    }
    // An API that is switched off gets no more tokens.
    client::disable_api(&world.table().await, API, client::manage::NOTHING, world.now()).await.unwrap();
    assert_eq!(for_itself(&client).send(&world).await.expect(400).json()["error"], "invalid_target");
}

#[tokio::test]
async fn a_service_that_names_no_scope_and_has_no_default_is_told_so() {
    let world = World::start().await;
    world.api(API, &["pets:read"]).await;
    let client = world
        .client(Kind::Service, |new| {
            new.audiences = vec![API.to_owned()];
            new.default_audience = Some(API.to_owned());
            new.scope = "pets:read".parse().unwrap();
        })
        .await;
    let answer = for_itself(&client).send(&world).await.expect(400).json();
    assert_eq!(answer["error"], "invalid_scope");
    let why = "the request names no scope, and the client is registered without a default one";
    assert_eq!(answer["error_description"], why);
}

#[tokio::test]
async fn our_own_api_is_one_that_a_service_may_be_registered_for() {
    // #57
    let world = World::start().await;
    let client = world.service_of_ours("users:read").await;
    let token = for_itself(&client).send(&world).await.expect(200).json();
    world.program().bearer("/users", token["access_token"].as_str().unwrap()).await.expect(200);
}

#[tokio::test]
async fn nobody_but_a_client_that_proves_itself_acts_for_itself() {
    // #46
    let world = World::start().await;
    let row = async |id: &str, auth: serde_json::Value| {
        let table = world.table().await;
        let mut client = client::find(&table, id, world.now()).await.unwrap().unwrap();
        client.auth = serde_json::from_value(auth).unwrap();
        client.grants = vec![GrantType::ClientCredentials];
        client
    };
    // Whatever the row of a public client says.
    let public = world.client(Kind::Spa, |_| {}).await;
    let table = world.table().await;
    let spoiled = row(&public.id, json!(["none"])).await;
    let read = table.get::<client::Client>(&public.id, world.now()).await.unwrap().unwrap();
    assert!(table.replace(&public.id, &read, &spoiled, world.now()).await.unwrap());
    let refused = for_itself(&public).send(&world).await.expect(400).json();
    assert_eq!(refused["error"], "unauthorized_client");
    // Nor one that is called like a person: no such row is a client.
    let person = world.person("ada").await;
    let (id, secret) = (person.session.user_id.clone(), "s".repeat(43));
    let other = service(&world).await;
    let read = table.get::<client::Client>(&other.id, world.now()).await.unwrap().unwrap();
    let mut named = read.clone().into_inner();
    named.id.clone_from(&id);
    named.secrets[0].digest = Secret::new(secret.clone()).digest();
    assert!(table.create(&id, &named, world.now()).await.unwrap());
    let named = tests::TestClient { id, secret };
    let refused = for_itself(&named).send(&world).await.expect(401).json();
    assert_eq!(refused["error"], "invalid_client");
}

#[tokio::test]
async fn a_code_gives_the_tokens_of_openid_connect() {
    // #37, #56, #57
    let world = World::start().await;
    let client = world.client(Kind::Web, |_| {}).await;
    let person = world.person("ada").await;
    let code = world.fresh_code(&client, &person, |_| {}).await;
    let answer = world.redeeming(&client, &code).send(&world).await.expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    let answer = answer.json();
    assert_eq!((&answer["token_type"], &answer["expires_in"]), (&json!("Bearer"), &json!(600)));
    assert_eq!(answer["scope"], "email offline_access openid profile");
    assert!(answer["refresh_token"].is_string());
    let text = |name: &str| answer[name].as_str().unwrap().to_owned();
    let (now, session) = (world.now().epoch(), &person.session);
    let mut access = claims(&text("access_token"));
    for name in ["jti", "grant_id"] {
        assert!(access.as_object_mut().unwrap().remove(name).unwrap().is_string(), "{name}");
    }
    let expected = json!({
        "iss": world.cloud.url, "sub": session.user_id, "client_id": client.id, "iat": now, "exp": now + 600,
        "aud": format!("{}/oauth/userinfo", world.cloud.url), "scope": "email offline_access openid profile",
        "roles": [], "sid": session.id, "auth_time": session.auth_time, "acr": "1",
        "name": "Ada Lovelace", "email": "ada@example.com", "email_verified": true,
    });
    assert_eq!(access, expected);
    let mut id = claims(&text("id_token"));
    assert!(id.as_object_mut().unwrap().remove("at_hash").unwrap().is_string());
    let expected = json!({
        "iss": world.cloud.url, "sub": session.user_id, "aud": client.id, "iat": now, "exp": now + 600,
        "auth_time": session.auth_time, "nonce": "a-nonce", "acr": "1", "sid": session.id,
    });
    assert_eq!(id, expected, "claims of scopes come from userinfo");
}

#[tokio::test]
async fn what_is_in_the_answer_follows_from_what_was_granted() {
    // #37, #57
    let world = World::start().await;
    let person = world.person("ada").await;
    let client = world
        .client(Kind::Web, |new| {
            new.claims_in_id_token = true;
            new.id_token_alg = jose::Algorithm::Es256;
            new.access_token_lifetime = Some(60);
        })
        .await;
    let code = world.fresh_code(&client, &person, |code| {
        code.scope = "openid email".parse().unwrap();
        code.nonce = None;
    });
    let answer = world.redeeming(&client, &code.await).send(&world).await.expect(200).json();
    assert_eq!((answer.get("refresh_token"), &answer["expires_in"]), (None, &json!(60)));
    let id_token = answer["id_token"].as_str().unwrap();
    let id = claims(id_token);
    assert_eq!((id.get("nonce"), id.get("name"), &id["email"]), (None, None, &json!("ada@example.com")));
    assert_eq!(claims(answer["access_token"].as_str().unwrap()).get("name"), None);
    assert_eq!(jose::Jws::parse(id_token).unwrap().alg(), "ES256");
    // Without `openid`, there is no ID token.
    let code =
        world.fresh_code(&client, &person, |code| code.scope = "profile offline_access".parse().unwrap());
    let answer = world.redeeming(&client, &code.await).send(&world).await.expect(200).json();
    assert_eq!((answer.get("id_token"), answer["refresh_token"].is_string()), (None, true));
}

#[tokio::test]
async fn a_token_is_for_one_of_the_apis_that_were_granted() {
    // #47, #57
    let world = World::with(&[
        ("ADMINS", "ada@example.com"),
        ("ROLES", "admin=users:read pets:read; member=get:profile"),
    ])
    .await;
    world.api(API, &["pets:read"]).await;
    world.api("https://other.example.com", &["other:read"]).await;
    let own = world.cloud.url.clone();
    let client = world
        .client(Kind::Web, |new| {
            new.audiences = vec![API.to_owned(), own.clone(), "https://other.example.com".to_owned()];
            new.scope = "openid pets:read users:read other:read get:profile".parse().unwrap();
            new.default_scope = "openid".parse().unwrap();
        })
        .await;
    let person = world.person("ada").await;
    let all = "openid pets:read users:read other:read get:profile";
    for (granted, requested, outcome) in [
        (vec![API], "", Ok((API, "openid pets:read", json!(["admin"])))),
        (vec![API, &own], "https://pets.example.com/", Ok((API, "openid pets:read", json!(["admin"])))),
        (
            vec![API, &own],
            &own,
            Ok((&own, "get:profile openid pets:read users:read", json!(["admin", "member"]))),
        ),
        // The person has no role that allows it.
        (vec!["https://other.example.com"], "", Ok(("https://other.example.com", "openid", json!([])))),
        (vec![API, &own], "", Err("invalid_target")),
        (vec![API], &own, Err("invalid_target")),
        (vec![], API, Err("invalid_target")),
        (vec!["https://gone.example.com"], "", Err("invalid_target")),
    ] {
        let code = world.fresh_code(&client, &person, |code| {
            code.scope = all.parse().unwrap();
            code.resources = granted.iter().map(|one| (*one).to_owned()).collect();
        });
        let ask = world.redeeming(&client, &code.await).with("resource", requested);
        let answer = ask.send(&world).await;
        match outcome {
            Ok((audience, scope, roles)) => {
                let token = claims(answer.expect(200).json()["access_token"].as_str().unwrap());
                let said = (
                    token["aud"].as_str().unwrap(),
                    token["scope"].as_str().unwrap(),
                    token["roles"].clone(),
                );
                assert_eq!(said, (audience, scope, roles), "{granted:?}");
            }
            Err(code) => assert_eq!(answer.expect(400).json()["error"], code, "{granted:?} {requested}"),
        }
    }
}

#[tokio::test]
async fn a_wrong_request_neither_uses_a_code_up_nor_ends_what_it_gave() {
    // #42, #43
    let world = World::start().await;
    let client = world.client(Kind::Web, |_| {}).await;
    let other = world.client(Kind::Web, |_| {}).await;
    let person = world.person("ada").await;
    let code = world.fresh_code(&client, &person, |_| {}).await;
    let right = || world.redeeming(&client, &code);
    let long = "a".repeat(129);
    let wrong = |name: &str, value: &str| right().with(name, value);
    let requests = [
        (world.redeeming(&other, &code), "invalid_grant"),
        (wrong("redirect_uri", "https://app.example.com/callback/"), "invalid_grant"),
        (wrong("redirect_uri", "https://app.example.com/Callback"), "invalid_grant"),
        (right().without("redirect_uri"), "invalid_grant"),
        (wrong("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl"), "invalid_grant"),
        (right().without("code_verifier"), "invalid_grant"),
        (wrong("code_verifier", "abcd"), "invalid_request"),
        (wrong("code_verifier", &long), "invalid_request"),
        (wrong("code_verifier", &"é".repeat(50)), "invalid_request"),
        (wrong("code_verifier", &"\0".repeat(50)), "invalid_request"),
        (wrong("resource", API), "invalid_target"),
    ];
    for (ask, code) in requests.clone() {
        assert_eq!(ask.send(&world).await.expect(400).json()["error"], code, "{ask:?}");
    }
    let tokens = right().send(&world).await.expect(200).json();
    for (ask, _) in requests {
        ask.send(&world).await.expect(400);
    }
    world.refreshing(&client, tokens["refresh_token"].as_str().unwrap()).send(&world).await.expect(200);
    // A verifier where there was no challenge is a downgrade (RFC 9700 §4.8.2).
    let code = world.fresh_code(&client, &person, |code| code.challenge = None).await;
    let refused = world.redeeming(&client, &code).send(&world).await.expect(400).json();
    assert_eq!(refused["error"], "invalid_grant");
    world.redeeming(&client, &code).without("code_verifier").send(&world).await.expect(200);
}

#[tokio::test]
async fn a_code_that_comes_twice_ends_what_it_gave() {
    // #41
    let world = World::start().await;
    let client = world.client(Kind::Web, |_| {}).await;
    let person = world.person("ada").await;
    // Also when its minute is over.
    for later in [0, 61] {
        let code = world.fresh_code(&client, &person, |_| {}).await;
        let tokens = world.redeeming(&client, &code).send(&world).await.expect(200).json();
        world.pass(later);
        let again = world.redeeming(&client, &code).send(&world).await.expect(400).json();
        assert_eq!(again["error"], "invalid_grant");
        let ask = world.refreshing(&client, tokens["refresh_token"].as_str().unwrap());
        assert_eq!(ask.send(&world).await.expect(400).json()["error"], "invalid_grant");
    }
}

#[tokio::test]
async fn of_32_parallel_requests_with_one_code_one_gets_tokens_and_none_keeps_them() {
    // #41
    let world = World::start().await;
    let client = world.client(Kind::Web, |_| {}).await;
    let person = world.person("ada").await;
    let code = world.fresh_code(&client, &person, |_| {}).await;
    let ask = world.redeeming(&client, &code);
    let answers = futures_util::future::join_all((0..32).map(|_| ask.send(&world))).await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
    assert_eq!((won.len(), lost.len()), (1, 31));
    for answer in lost {
        assert_eq!((answer.status, &answer.json()["error"]), (400, &json!("invalid_grant")));
    }
    let token = won[0].json()["refresh_token"].as_str().unwrap().to_owned();
    world.refreshing(&client, &token).send(&world).await.expect(400);
}

#[tokio::test]
async fn a_code_lives_for_a_minute() {
    // #37
    let world = World::start().await;
    let client = world.client(Kind::Web, |_| {}).await;
    let person = world.person("ada").await;
    for (seconds, status) in [(59, 200), (60, 400), (61, 400)] {
        let code = world.fresh_code(&client, &person, |_| {}).await;
        world.pass(seconds);
        world.redeeming(&client, &code).send(&world).await.expect(status);
    }
    let other = "x".repeat(43);
    for unknown in [Secret::random().expose(), other.as_str(), "x", "%20", VERIFIER, CALLBACK] {
        let refused = world.redeeming(&client, &Secret::new(unknown)).send(&world).await.expect(400);
        assert_eq!(refused.json()["error"], "invalid_grant", "{unknown}");
    }
}

#[tokio::test]
async fn a_code_ends_with_its_session_its_person_and_its_client() {
    // #34, #35
    let world = World::start().await;
    let client = world.client(Kind::Web, |_| {}).await;
    let table = world.table().await;
    let now = world.now();
    let person = world.person("ada").await;
    let code = world.fresh_code(&client, &person, |_| {}).await;
    person.browser.post("/users/logout").await.expect(303);
    world.redeeming(&client, &code).send(&world).await.expect(400);

    let person = world.person("ada").await;
    let code = world.fresh_code(&client, &person, |_| {}).await;
    user::end_everywhere(&table, &person.session.user_id, now).await.unwrap();
    world.redeeming(&client, &code).send(&world).await.expect(400);

    let person = world.person("ada").await;
    let code = world.fresh_code(&client, &person, |_| {}).await;
    user::disable(&table, &person.session.user_id, now).await.unwrap();
    let refused = world.redeeming(&client, &code).send(&world).await.expect(400).json();
    assert_eq!(refused["error"], "invalid_grant");

    let person = world.person("grace").await;
    let code = world.fresh_code(&client, &person, |_| {}).await;
    client::disable(&table, &client.id, client::manage::NOTHING, now).await.unwrap();
    let refused = world.redeeming(&client, &code).send(&world).await.expect(401).json();
    assert_eq!(refused["error"], "invalid_client");
    // What it had before stays dead when it is enabled again.
    client::enable(&table, &client.id, client::manage::NOTHING, now).await.unwrap();
    world.redeeming(&client, &code).send(&world).await.expect(400);
}

#[tokio::test]
async fn each_grant_costs_as_many_calls_as_it_says() {
    // #48, #105
    let wire = Wire::start().await;
    let world = World::with(&[("DYNAMODB_ENDPOINT", wire.endpoint.as_str())]).await;
    let service = service(&world).await;
    let client = world.client(Kind::Web, |_| {}).await;
    let person = world.person("ada").await;
    let code = world.fresh_code(&client, &person, |_| {}).await;
    wire.calls();

    for_itself(&service).send(&world).await.expect(200);
    assert_eq!(actions(&wire.calls()), ["BatchGetItem", "BatchGetItem"]);

    let tokens = world.redeeming(&client, &code).send(&world).await.expect(200).json();
    assert_eq!(actions(&wire.calls()), ["BatchGetItem", "BatchGetItem", "TransactWriteItems"]);

    let refresh = world.refreshing(&client, tokens["refresh_token"].as_str().unwrap());
    refresh.send(&world).await.expect(200);
    let calls = wire.calls();
    assert_eq!(actions(&calls), ["BatchGetItem", "BatchGetItem", "UpdateItem"]);
    // Of at most 1 KB: the row is a write unit.
    let row = wire.rows_of("FAMILY").await.remove(0);
    assert!(row.to_string().len() < 1536, "{} bytes of JSON", row.to_string().len());

    // Nothing is read before the form is right, and nothing but the client before it has proven itself.
    Ask::of(&client, "/oauth/token", &[]).send(&world).await.expect(400);
    assert!(actions(&wire.calls()).is_empty());
    let stranger = tests::TestClient { id: client.id.clone(), secret: "x".repeat(43) };
    for_itself(&stranger).send(&world).await.expect(401);
    assert_eq!(actions(&wire.calls()), ["BatchGetItem"]);
}
