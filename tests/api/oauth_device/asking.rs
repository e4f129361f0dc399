//! The device asks for its codes.

use super::{PENDING, Scene, actions};
use client::Kind;
use http::header;
use oauth::{Secret, server::GrantType};
use serde_json::json;
use session::{UserCode, device};
use std::collections::HashSet;
use tests::{App, AppKey, TestClient, database::Fault, database::Wire, devices::Codes, oauth::Ask};
use web::Sealer;

#[tokio::test]
async fn a_device_gets_two_codes_and_says_where_its_person_goes() {
    // #37, #40: RFC 8628 §3.2
    let wire = Wire::start().await;
    let scene = Scene::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)], |_| ()).await;
    wire.calls();
    let answer = scene.world.asking(&scene.client, &[]).send(&scene.world).await.expect(200);
    assert_eq!(actions(&wire, "oauth-device"), ["GetItem", "UpdateItem", "UpdateItem", "TransactWriteItems"]);
    assert_eq!(
        (answer.header("cache-control"), answer.header("content-type")),
        ("no-store", "application/json")
    );
    let answer = answer.json();
    let codes = Codes::of(&answer);
    let page = format!("{}/device", scene.world.cloud.url);
    let expected = json!({
        "device_code": codes.device, "user_code": codes.user, "verification_uri": page,
        "verification_uri_complete": format!("{page}?user_code={}", codes.user), "expires_in": 600, "interval": 5,
    });
    assert_eq!(answer, expected);
    assert!(Secret::is_random(&codes.device) && UserCode::parse(&codes.user).is_some(), "{answer}");
    // Whoever reads the table has neither.
    let rows = [wire.rows_of("DEVICE").await, wire.rows_of("USERCODE").await];
    assert_eq!([rows[0].len(), rows[1].len()], [1, 1]);
    let stored = json!(rows).to_string();
    let letters = codes.user.replace('-', "");
    assert!([&codes.device, &codes.user, &letters].iter().all(|code| !stored.contains(*code)), "{stored}");
    // Nor can they try codes: there are few enough of them, and this one is filed under a key of the server.
    let key = Secret::new(scene.world.cloud.settings["COOKIE_KEY"].clone());
    let mark = Sealer::new(&key).unwrap().marks(&["user code"], &letters).next().unwrap();
    assert_eq!(rows[1][0]["pk"]["S"], format!("USERCODE#{mark}"));
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_said_and_nothing_is_stored() {
    // #40, #44, #45, #47, #91
    let wire = Wire::start().await;
    let scene = Scene::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)], |_| ()).await;
    let without = scene.world.client(Kind::Native, |_| {}).await;
    let secret = scene.world.client(Kind::Web, |new| new.grants.push(GrantType::DeviceCode)).await;
    let ask = |fields: &[(&str, &str)]| scene.world.asking(&scene.client, fields);
    let cases: Vec<(&str, Ask, u16, &str)> = vec![
        ("JSON", Ask { content_type: Some("application/json"), ..ask(&[]) }, 415, "invalid_request"),
        ("multipart", Ask { content_type: Some("multipart/form-data"), ..ask(&[]) }, 415, "invalid_request"),
        ("no form", Ask { content_type: None, ..ask(&[]) }, 415, "invalid_request"),
        ("too long", ask(&[("x", &"x".repeat(8192))]), 413, "invalid_request"),
        (
            "a query",
            Ask { path: "/oauth/device?scope=openid".to_owned(), ..ask(&[]) },
            400,
            "invalid_request",
        ),
        ("nothing", Ask { body: Some(Vec::new()), ..ask(&[]) }, 401, "invalid_client"),
        ("NUL", Ask { body: Some(b"client_id=x%00".to_vec()), ..ask(&[]) }, 400, "invalid_request"),
        ("no UTF-8", Ask { body: Some(b"client_id=x%ff".to_vec()), ..ask(&[]) }, 400, "invalid_request"),
        ("two scopes", ask(&[("scope", "openid"), ("scope", "openid")]), 400, "invalid_request"),
        ("two clients", ask(&[]).and("client_id", &scene.client.id), 400, "invalid_request"),
        ("an unknown client", ask(&[]).with("client_id", "unknown"), 401, "invalid_client"),
        ("a client that is none", ask(&[]).with("client_id", "a b"), 401, "invalid_client"),
        ("a secret that it has not", ask(&[("client_secret", "x")]), 401, "invalid_client"),
        ("no secret", ask(&[]).with("client_id", &secret.id), 401, "invalid_client"),
        ("a wrong secret", ask(&[]).without("client_id").basic(&secret.id, "x"), 401, "invalid_client"),
        ("a client without the grant", scene.world.asking(&without, &[]), 400, "unauthorized_client"),
        ("a malformed scope", ask(&[("scope", "openid \"")]), 400, "invalid_scope"),
        ("an unknown scope alone", ask(&[("scope", "pets:read")]), 400, "invalid_scope"),
        ("our own API's scope", ask(&[("scope", "users:read users:write")]), 400, "invalid_scope"),
        ("an unknown resource", ask(&[("resource", "https://pets.example.com")]), 400, "invalid_target"),
        ("our own API", ask(&[("resource", &scene.world.cloud.url)]), 400, "invalid_target"),
        (
            "a malformed resource",
            Ask { body: Some(format!("client_id={}&resource=%ff", scene.client.id).into()), ..ask(&[]) },
            400,
            "invalid_target",
        ),
    ];
    for (what, ask, status, error) in cases {
        // A browser's headers make no page of it.
        let program = if what.len() % 2 == 0 { scene.world.program() } else { scene.world.browser() };
        let mut request = program.request("POST", &ask.path).body(ask.raw());
        if let Some(content_type) = ask.content_type {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        if let Some(authorization) = &ask.authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        let answer = program.send(request).await.expect(status);
        assert_eq!(
            (&answer.json()["error"], answer.header("content-type")),
            (&json!(error), "application/json"),
            "{what}"
        );
        let challenge = if status == 401 { "Basic realm=\"latchkey\"" } else { "" };
        assert_eq!(answer.header("www-authenticate"), challenge, "{what}");
    }
    for kind in ["DEVICE", "USERCODE", "DEVICEREQUESTS"] {
        assert_eq!(wire.rows_of(kind).await.len(), 0, "{kind}");
    }
    client::disable(&scene.world.table().await, &scene.client.id, client::manage::NOTHING, scene.world.now())
        .await
        .unwrap();
    assert_eq!(ask(&[]).send(&scene.world).await.expect(401).json()["error"], "invalid_client");
}

#[tokio::test]
async fn what_real_clients_send_is_accepted() {
    // #44, #91
    let scene = Scene::start().await;
    let client = scene.world.client(Kind::Web, |new| new.grants.push(GrantType::DeviceCode)).await;
    let ask = scene.world.asking(&client, &[("scope", "")]);
    for ask in [
        ask.clone(),
        ask.clone().with("client_id", &client.id),
        ask.clone().with("resource", ""),
        ask.clone().with("scope", "openid unknown").and("other", "1").and("other", "2"),
        Ask { content_type: Some("application/x-www-form-urlencoded; charset=utf-8"), ..ask.clone() },
        Ask { authorization: None, ..ask.clone() }
            .with("client_id", &client.id)
            .with("client_secret", &client.secret),
    ] {
        ask.send(&scene.world).await.expect(200);
    }
    let key = AppKey::generate();
    let app = App::with_key_as(&scene.world, &key, |new| new.grants.push(GrantType::DeviceCode)).await;
    let proof = app.assertion(&scene.world, &key, &format!("{}/oauth/device", scene.world.cloud.url));
    let public = TestClient { id: app.id.clone(), secret: String::new() };
    let ask = proof.iter().fold(scene.world.asking(&public, &[]), |ask, (name, value)| ask.with(name, value));
    ask.send(&scene.world).await.expect(200);
    assert_eq!(ask.send(&scene.world).await.expect(401).json()["error"], "invalid_client", "#92: once");
}

#[tokio::test]
async fn requests_of_a_client_are_counted_where_they_come_from() {
    // #40, #105
    let scene = Scene::start().await;
    let mut seen = HashSet::new();
    for _ in 0..60 {
        seen.insert(scene.codes().await.user);
    }
    assert_eq!(seen.len(), 60);
    let refused = scene.world.asking(&scene.client, &[]).send(&scene.world).await.expect(429);
    assert_eq!(
        (refused.header("retry-after"), &refused.json()["error"]),
        ("600", &json!("temporarily_unavailable"))
    );
    // Another client has its own.
    let other = scene.world.device_app(|_| ()).await;
    scene.world.codes(&other, &[]).await;
    scene.world.pass(600);
    scene.codes().await;
}

#[tokio::test]
async fn p4_lost_answers_of_the_table_lose_nothing() {
    // #40, #98, P4
    let wire = Wire::start().await;
    let scene = Scene::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)], |_| ()).await;
    wire.set(Fault::LoseAnswers);
    let codes = scene.codes().await;
    assert_eq!(scene.poll(&codes).await, PENDING);
    scene.browser.allow_device(&codes).await;
    let tokens = scene.tokens(&codes).await;
    assert_eq!(scene.poll(&codes).await, "invalid_grant");
    wire.set(Fault::None);
    scene
        .world
        .program()
        .bearer("/oauth/userinfo", tokens["access_token"].as_str().unwrap())
        .await
        .expect(200);
    let counts = ["DEVICE", "USERCODE", "FAMILY"].map(|kind| wire.rows_of(kind));
    for rows in counts {
        assert_eq!(rows.await.len(), 1);
    }
}

#[tokio::test]
async fn without_the_table_a_device_asks_again_later() {
    // #99
    let wire = Wire::start().await;
    let scene = Scene::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)], |_| ()).await;
    let codes = scene.codes().await;
    scene.browser.allow_device(&codes).await;
    wire.set(Fault::RefuseAll("TransactWriteItems", "TransactionConflict"));
    for ask in [scene.world.asking(&scene.client, &[]), scene.world.polling(&scene.client, &codes)] {
        let refused = ask.send(&scene.world).await.expect(503);
        assert_eq!(
            (refused.header("retry-after"), &refused.json()["error"]),
            ("2", &json!("temporarily_unavailable"))
        );
    }
    wire.set(Fault::None);
    scene.tokens(&codes).await;
}

#[tokio::test]
async fn a_row_that_cannot_be_read_stops_its_own_device() {
    // #78
    let wire = Wire::start().await;
    let scene = Scene::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)], |_| ()).await;
    let [spoiled, good] = [scene.codes().await, scene.codes().await];
    let key = device::key(&Secret::new(&*spoiled.device)).unwrap();
    for row in wire.rows_of("DEVICE").await {
        if row["pk"]["S"] == json!(format!("DEVICE#{key}")) {
            let mut row = row.clone();
            row["progress"] = json!({"S": "unheard of"});
            wire.put("latchkey", &row).await;
        }
    }
    assert_eq!(scene.poll(&spoiled).await, "invalid_grant");
    scene.browser.enter(&spoiled.user).await.expect(400);
    scene.browser.allow_device(&good).await;
    scene.tokens(&good).await;
}
