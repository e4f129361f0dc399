//! How a client proves who it is, at each endpoint that asks (RFC 6749 §2.3, RFC 7523).

use base64::{Engine, engine::general_purpose::STANDARD};
use client::Kind;
use forge::Key;
use oauth::server::{ClientAuth, GrantType};
use serde_json::{Value, json};
use tests::{Answer, CALLBACK, TestClient, World};

const API: &str = "https://api.example.com";
const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// An endpoint, what else a request to it needs, and the status of the answer then.
type Place = (&'static str, &'static [(&'static str, &'static str)], u16);

const ENDPOINTS: &[Place] = &[
    ("/oauth/token", &[("grant_type", "client_credentials")], 200),
    ("/oauth/introspect", &[("token", "unknown")], 200),
    ("/oauth/revoke", &[("token", "unknown")], 200),
    ("/oauth/par", PUSHED, 201),
];

/// A header and a form; the status of the answer (200: whatever the endpoint answers then), and the code of the refusal.
type Case<'a> = (Option<String>, &'a [(&'a str, &'a str)], u16, &'a str);

const PUSHED: &[(&str, &str)] = &[
    ("response_type", "code"),
    ("redirect_uri", CALLBACK),
    ("scope", "openid"),
    ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
    ("code_challenge_method", "S256"),
];

/// A server that signs people in and acts for itself, and proves itself in this way: by default, by its secret.
async fn server(world: &World, auth: Option<ClientAuth>, jwks: Option<String>) -> TestClient {
    world
        .client(Kind::Web, |new| {
            new.grants.push(GrantType::ClientCredentials);
            new.audiences = vec![API.to_owned()];
            new.default_audience = Some(API.to_owned());
            new.scope.extend(&"api:read".parse().unwrap());
            new.default_scope = new.scope.clone();
            new.jwks = jwks;
            if let Some(auth) = auth {
                new.auth = vec![auth];
            }
        })
        .await
}

async fn world() -> World {
    let world = World::start().await;
    world.api(API, &["api:read"]).await;
    world
}

async fn ask(
    world: &World,
    (path, more, _): Place,
    authorization: Option<&str>,
    form: &[(&str, &str)],
) -> Answer {
    let body =
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(more).extend_pairs(form).finish();
    let program = world.program();
    let mut request =
        program.request("POST", path).header("content-type", "application/x-www-form-urlencoded");
    if let Some(value) = authorization {
        request = request.header("authorization", value);
    }
    program.send(request.body(body)).await
}

/// The code of a refusal; a revocation succeeds without a body (RFC 7009 §2.2).
fn error(answer: &Answer) -> String {
    if answer.status < 300 { String::new() } else { answer.json()["error"].as_str().unwrap().to_owned() }
}

fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

#[tokio::test]
async fn a_secret_comes_in_basic_or_in_the_form_and_once() {
    // #45, #91
    let world = world().await;
    let TestClient { id, secret } = server(&world, None, None).await;
    let good = basic(&id, &secret);
    let (id, secret) = (id.as_str(), secret.as_str());
    let wrong = "x".repeat(43);
    let cases: &[Case<'_>] = &[
        (Some(good.clone()), &[], 200, ""),
        (Some(good.clone()), &[("client_id", id)], 200, ""),
        (Some(good.clone()), &[("client_id", id), ("client_secret", "")], 200, ""),
        (None, &[("client_id", id), ("client_secret", secret)], 200, ""),
        (Some(good.clone()), &[("client_secret", secret)], 400, "invalid_request"),
        (Some(good.clone()), &[("client_id", id), ("client_secret", secret)], 400, "invalid_request"),
        (Some(good.clone()), &[("client_id", "other")], 400, "invalid_request"),
        (
            Some(good.clone()),
            &[("client_assertion", "a.b.c"), ("client_assertion_type", TYPE)],
            400,
            "invalid_request",
        ),
        (None, &[("client_id", id), ("client_id", id), ("client_secret", secret)], 400, "invalid_request"),
        (
            None,
            &[("client_id", id), ("client_secret", secret), ("client_secret", secret)],
            400,
            "invalid_request",
        ),
        (Some(basic(id, &wrong)), &[], 401, "invalid_client"),
        (Some(basic(id, "%zz")), &[], 401, "invalid_client"),
        (Some(basic(id, "")), &[], 401, "invalid_client"),
        (Some(basic("nobody", secret)), &[], 401, "invalid_client"),
        (Some(format!("Basic {}", STANDARD.encode(id))), &[], 401, "invalid_client"),
        (Some(format!("Basic {}=", good.trim_start_matches("Basic "))), &[], 401, "invalid_client"),
        (Some(format!("{good}, {good}")), &[], 401, "invalid_client"),
        (Some(format!("Bearer {secret}")), &[], 401, "invalid_client"),
        (Some("Basic".to_owned()), &[("client_id", id), ("client_secret", secret)], 401, "invalid_client"),
        (None, &[("client_id", id), ("client_secret", &wrong)], 401, "invalid_client"),
        (None, &[("client_id", id)], 401, "invalid_client"),
        (None, &[("client_secret", secret)], 401, "invalid_client"),
        (None, &[("client_id", "nobody"), ("client_secret", secret)], 401, "invalid_client"),
        (None, &[("client_id", "a b"), ("client_secret", secret)], 401, "invalid_client"),
        (None, &[("client_id", "a\0b"), ("client_secret", secret)], 400, "invalid_request"),
        (None, &[], 401, "invalid_client"),
    ];
    for endpoint in ENDPOINTS {
        for (authorization, form, status, code) in cases {
            let status = if *status == 200 { &endpoint.2 } else { status };
            let answer = ask(&world, *endpoint, authorization.as_deref(), form).await;
            let asked = format!("{endpoint:?} {authorization:?} {form:?}: {}", answer.body);
            assert_eq!((answer.status, error(&answer).as_str()), (*status, *code), "{asked}");
            let challenged = answer.headers.get("www-authenticate").is_some();
            assert_eq!(challenged, *status == 401, "{asked}");
            assert_eq!(answer.header("cache-control"), "no-store", "{asked}");
            assert!(!answer.body.contains(secret) && !answer.body.contains(&wrong), "{asked}");
        }
    }
}

#[tokio::test]
async fn an_unknown_a_disabled_and_a_removed_client_get_the_answer_of_a_wrong_secret() {
    // #35, #91
    let world = world().await;
    let (table, now) = (world.table().await, world.now());
    let [wrong, disabled, removed] = [
        server(&world, None, None).await,
        server(&world, None, None).await,
        server(&world, None, None).await,
    ];
    client::disable(&table, &disabled.id, client::manage::NOTHING, now).await.unwrap();
    client::remove(&table, &removed.id, client::manage::NOTHING, now).await.unwrap();
    for endpoint in ENDPOINTS {
        let expected =
            ask(&world, *endpoint, Some(&basic(&wrong.id, &disabled.secret)), &[]).await.expect(401).json();
        for client in
            [&disabled, &removed, &TestClient { id: "nobody".to_owned(), secret: wrong.secret.clone() }]
        {
            let answer = ask(&world, *endpoint, Some(&basic(&client.id, &client.secret)), &[]).await;
            assert_eq!(answer.expect(401).json(), expected, "{}", client.id);
        }
    }
}

#[tokio::test]
async fn both_secrets_work_during_a_rotation() {
    // #91
    let world = world().await;
    let client = server(&world, None, None).await;
    let (table, now) = (world.table().await, world.now());
    let second = client::rotate_secret(&table, &client.id, false, client::manage::NOTHING, now)
        .await
        .unwrap()
        .unwrap();
    let by =
        async |secret: &str| ask(&world, ENDPOINTS[0], Some(&basic(&client.id, secret)), &[]).await.status;
    assert_eq!((by(&client.secret).await, by(second.expose()).await), (ENDPOINTS[0].2, ENDPOINTS[0].2));
    client::rotate_secret(&table, &client.id, true, client::manage::NOTHING, now).await.unwrap();
    assert_eq!((by(&client.secret).await, by(second.expose()).await), (401, ENDPOINTS[0].2));
}

#[tokio::test]
async fn a_signed_assertion_proves_its_client_once() {
    // #92
    let world = world().await;
    let key = Key::fresh("ES256");
    let jwks = json!({"keys": [key.jwk("k")]}).to_string();
    let client = server(&world, Some(ClientAuth::PrivateKeyJwt), Some(jwks)).await;
    let (url, now) = (world.cloud.url.clone(), world.now().epoch());
    let mut serial = 0;
    let mut assertion = |changes: Value| {
        serial += 1;
        let mut claims = json!({
            "iss": client.id, "sub": client.id, "aud": url, "exp": now + 60, "jti": serial.to_string(),
        });
        claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        key.token(&json!({"alg": "ES256"}), &claims)
    };
    let ask = async |endpoint: &Place, jwt: &str| {
        let form = [("client_assertion", jwt), ("client_assertion_type", TYPE)];
        let answer = ask(&world, *endpoint, None, &form).await;
        (answer.status, error(&answer))
    };
    for endpoint in ENDPOINTS {
        for audience in [url.clone(), format!("{url}/oauth/token"), format!("{url}{}", endpoint.0)] {
            let jwt = assertion(json!({"aud": audience}));
            assert_eq!(ask(endpoint, &jwt).await, (endpoint.2, String::new()), "{audience}");
            assert_eq!(ask(endpoint, &jwt).await, (401, "invalid_client".to_owned()), "a replay");
        }
        for changes in [
            json!({"aud": [url]}),
            json!({"aud": "https://other.example.com/oauth/token"}),
            json!({"exp": now}),
            json!({"exp": now + 7200}),
            json!({"jti": null}),
            json!({"sub": "other"}),
        ] {
            let refused = ask(endpoint, &assertion(changes.clone())).await;
            assert_eq!(refused, (401, "invalid_client".to_owned()), "{changes}");
        }
    }
}
