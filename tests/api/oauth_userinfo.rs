//! `GET` and `POST /oauth/userinfo`

use client::Kind;
use serde_json::{Value, json};
use tests::{Answer, TestClient, World, database::Wire, oauth::Ask};

const FORM: &str = "application/x-www-form-urlencoded";

async fn get(world: &World, token: &str) -> Answer {
    world.program().bearer("/oauth/userinfo", token).await
}

async fn token_for(world: &World, client: &TestClient, scope: &str, claims: Option<Value>) -> String {
    let person = world.person("ada").await;
    let code = world.fresh_code(client, &person, |code| {
        code.scope = scope.parse().unwrap();
        code.claims = claims.map(|claims| claims.to_string());
    });
    let answer = world.redeeming(client, &code.await).send(world).await.expect(200).json();
    answer["access_token"].as_str().unwrap().to_owned()
}

const PROFILE: &[&str] = &[
    "birthdate",
    "family_name",
    "gender",
    "given_name",
    "locale",
    "middle_name",
    "name",
    "nickname",
    "picture",
    "preferred_username",
    "profile",
    "updated_at",
    "website",
    "zoneinfo",
];

/// A client as it is registered before there were more scopes, or by somebody who knows what it needs.
async fn client_with_less(world: &World) -> TestClient {
    world.client(Kind::Web, |new| new.scope = "openid profile email offline_access".parse().unwrap()).await
}

#[tokio::test]
async fn says_what_the_scopes_give() {
    // OpenID Connect Core §5.4
    let world = World::start().await;
    let client = world.client(Kind::Web, |_| {}).await;
    let email = &["email", "email_verified"][..];
    let phone = &["phone_number", "phone_number_verified"][..];
    for (scope, given) in [
        ("openid", vec![]),
        ("openid profile", vec![PROFILE]),
        ("openid email", vec![email]),
        ("openid address", vec![&["address"]]),
        ("openid phone", vec![phone]),
        ("openid email profile address phone offline_access", vec![PROFILE, email, &["address"], phone]),
    ] {
        let token = token_for(&world, &client, scope, None).await;
        let answer = get(&world, &token).await.expect(200);
        assert_eq!(
            (answer.header("content-type"), answer.header("cache-control")),
            ("application/json", "no-store")
        );
        let said = answer.json();
        let mut names = given.concat();
        names.push("sub");
        names.sort_unstable();
        assert_eq!(
            said.as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>(),
            names,
            "{scope}"
        );
    }
    let token = token_for(&world, &client, "openid profile email address phone", None).await;
    let mut said = get(&world, &token).await.expect(200).json();
    assert_eq!(said["sub"], tests::oauth::claims(&token)["sub"]);
    assert!(said["picture"].as_str().unwrap().ends_with("/stand-in/pictures/ada.svg"));
    for name in ["sub", "picture"] {
        said.as_object_mut().unwrap().remove(name);
    }
    let expected = json!({
        "name": "Ada Lovelace", "given_name": "Ada", "family_name": "Lovelace", "middle_name": "M.", "nickname": "Ada",
        "preferred_username": "ada-lovelace", "profile": "https://people.example/profile", "website": "https://people.example/",
        "gender": "not told", "birthdate": "0000-12-10", "zoneinfo": "Europe/London", "locale": "en-GB", "updated_at": 1_700_000_000,
        "email": "ada@example.com", "email_verified": true, "phone_number": "+44 20 7946 0000", "phone_number_verified": true,
        "address": {
            "formatted": "12 Example Square\nLondon\nUnited Kingdom", "street_address": "12 Example Square", "locality": "London",
            "region": "London", "postal_code": "SW1Y 4JH", "country": "United Kingdom",
        },
    });
    assert_eq!(said, expected);
}

#[tokio::test]
async fn a_client_has_the_scopes_of_address_and_phone_only_if_it_is_registered_with_them() {
    let world = World::start().await;
    let usual = client_with_less(&world).await;
    let token = token_for(&world, &usual, "openid phone address", None).await;
    let said = get(&world, &token).await.expect(200).json();
    assert_eq!((said.get("phone_number"), said.get("address")), (None, None));
    // Nor by the parameter `claims`, where the scope is not the client's.
    let asked = || {
        Some(json!({"userinfo": {"phone_number": null, "address": {"essential": true}, "zoneinfo": null}}))
    };
    let token = token_for(&world, &usual, "openid", asked()).await;
    let said = get(&world, &token).await.expect(200).json();
    assert_eq!(
        (said.get("phone_number"), said.get("address"), &said["zoneinfo"]),
        (None, None, &json!("Europe/London"))
    );
    let everything = world.client(Kind::Web, |_| {}).await;
    let token = token_for(&world, &everything, "openid", asked()).await;
    assert_eq!(get(&world, &token).await.expect(200).json()["phone_number"], "+44 20 7946 0000");
}

#[tokio::test]
async fn a_client_that_wants_it_gets_the_claims_in_the_id_token() {
    let world = World::start().await;
    for (wants, expected) in [(true, json!("+44 20 7946 0000")), (false, Value::Null)] {
        let client = world.client(Kind::Web, |new| new.claims_in_id_token = wants).await;
        let person = world.person("ada").await;
        let code =
            world.fresh_code(&client, &person, |code| code.scope = "openid phone".parse().unwrap()).await;
        let answer = world.redeeming(&client, &code).send(&world).await.expect(200).json();
        let claims = tests::oauth::claims(answer["id_token"].as_str().unwrap());
        assert_eq!((&claims["phone_number"], &claims["given_name"]), (&expected, &Value::Null));
    }
}

#[tokio::test]
async fn gives_single_claims_by_name_to_a_client_that_asks_nobody() {
    // OpenID Connect Core §5.5
    let world = World::start().await;
    let asked = || {
        Some(json!({"userinfo": {"name": {"essential": true}, "unknown": null}, "id_token": {"email": null}}))
    };
    for (consent, expected) in [(false, true), (true, false)] {
        let client = world.client(Kind::Web, |new| new.consent = consent).await;
        let token = token_for(&world, &client, "openid", asked()).await;
        let said = get(&world, &token).await.expect(200).json();
        assert_eq!((said.get("name").is_some(), said.get("email")), (expected, None), "consent: {consent}");
    }
    // Not beyond what the client may ask for.
    let client = world
        .client(Kind::Web, |new| {
            new.scope = "openid".parse().unwrap();
            new.default_scope = "openid".parse().unwrap();
        })
        .await;
    let token = token_for(&world, &client, "openid", asked()).await;
    assert_eq!(get(&world, &token).await.expect(200).json().get("name"), None);
}

#[tokio::test]
async fn the_token_comes_in_the_header_or_in_the_form_and_once() {
    // RFC 6750 §2
    let world = World::start().await;
    let client = world.client(Kind::Web, |_| {}).await;
    let token = token_for(&world, &client, "openid", None).await;
    let program = world.program();
    let post = || program.request("POST", "/oauth/userinfo");
    let form = || post().header("content-type", FORM).body(format!("access_token={token}"));
    program.send(post().bearer_auth(&token)).await.expect(200);
    program.send(form()).await.expect(200);
    let refused = program.send(form().bearer_auth(&token)).await.expect(400);
    assert_eq!(refused.json()["error"], "invalid_request");
    let twice =
        post().header("content-type", FORM).body(format!("access_token={token}&access_token={token}"));
    program.send(twice).await.expect(400);
    // Never in the address, where it would be in logs.
    program.get(&format!("/oauth/userinfo?access_token={token}")).await.expect(401);
    // Nobody says anything: no code. Something wrong: the code.
    let nobody = program.get("/oauth/userinfo").await.expect(401);
    assert_eq!(nobody.header("www-authenticate"), "Bearer");
    for wrong in ["Basic eDp5", "Bearer", "Bearer x", "Bearer a.b.c"] {
        let answer =
            program.send(program.request("GET", "/oauth/userinfo").header("authorization", wrong)).await;
        let challenge = "Bearer error=\"invalid_token\"";
        assert_eq!((answer.status, answer.header("www-authenticate")), (401, challenge), "{wrong}");
    }
}

#[tokio::test]
async fn nothing_but_an_access_token_with_openid_opens_it() {
    // #56
    let world = World::start().await;
    let client = world.client(Kind::Web, |_| {}).await;
    let person = world.person("ada").await;
    let tokens = world.tokens(&client, &person).await;
    for other in ["id_token", "refresh_token"] {
        get(&world, tokens[other].as_str().unwrap()).await.expect(401);
    }
    let code = world.fresh_code(&client, &person, |_| {}).await;
    get(&world, code.expose()).await.expect(401);
    get(&world, &person.browser.cookie("__Host-session").unwrap()).await.expect(401);
    // Our own sign-in's, and a client's without `openid`.
    for token in [world.program().token("ada").await, token_for(&world, &client, "email", None).await] {
        let answer = get(&world, &token).await.expect(403);
        let challenge = "Bearer error=\"insufficient_scope\", scope=\"openid\"";
        assert_eq!(answer.header("www-authenticate"), challenge);
    }
    // And what opens it, or comes along with it, opens nothing of our own API.
    for name in ["access_token", "id_token", "refresh_token"] {
        world.program().bearer("/users/me", tokens[name].as_str().unwrap()).await.expect(403);
    }
    world.program().bearer("/users/me", code.expose()).await.expect(403);
}

#[tokio::test]
async fn says_nothing_of_whoever_is_disabled_or_has_ended_it() {
    // #34, #35
    let world = World::start().await;
    let table = world.table().await;
    for end in ["token revoked", "client", "everywhere", "user"] {
        let client = world.client(Kind::Web, |_| {}).await;
        let person = world.person("ada").await;
        let tokens = world.tokens(&client, &person).await;
        let token = tokens["access_token"].as_str().unwrap();
        get(&world, token).await.expect(200);
        let (id, now) = (&person.session.user_id, world.now());
        match end {
            "token revoked" => {
                drop(Ask::of(&client, "/oauth/revoke", &[("token", token)]).send(&world).await.expect(200))
            }
            "client" => client::disable(&table, &client.id, client::manage::NOTHING, now).await.unwrap(),
            "everywhere" => drop(user::end_everywhere(&table, id, now).await.unwrap()),
            _ => drop(user::disable(&table, id, now).await.unwrap()),
        }
        get(&world, token).await.expect(401);
    }
    let client = world.client(Kind::Web, |_| {}).await;
    let person = world.person("alan").await;
    let token = world.tokens(&client, &person).await["access_token"].as_str().unwrap().to_owned();
    world.pass(600);
    get(&world, &token).await.expect(401);
}

#[tokio::test]
async fn costs_one_call() {
    let wire = Wire::start().await;
    let world = World::with(&[("DYNAMODB_ENDPOINT", wire.endpoint.as_str())]).await;
    let client = world.client(Kind::Web, |_| {}).await;
    let token = token_for(&world, &client, "openid", None).await;
    wire.calls();
    get(&world, &token).await.expect(200);
    let calls = wire.calls();
    let calls: Vec<_> = calls.iter().filter(|call| call.function == "oauth-introspect").collect();
    assert_eq!(calls.len(), 1);
    get(&world, "x").await.expect(401);
    assert!(wire.calls().is_empty(), "a token that is none costs nothing (#105)");
}
