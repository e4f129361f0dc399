//! Clients that prove who they are by keys at an address of theirs (`jwks_uri`).

use client::Kind;
use oauth::server::ClientAuth;
use serde_json::{Value, json};
use tests::{TestClient, World, oauth::Ask, platform::Platform};

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

async fn client(world: &World, keys: &Platform) -> TestClient {
    world
        .client(Kind::Web, |new| {
            new.auth = vec![ClientAuth::PrivateKeyJwt];
            new.jwks_uri = Some(keys.keys());
        })
        .await
}

/// A request for `path` of this client, which signs now.
fn proven(world: &World, client: &TestClient, keys: &Platform, path: &str, fields: &[(&str, &str)]) -> Ask {
    let now = world.now().epoch();
    let claims = json!({
        "iss": client.id, "sub": client.id, "aud": world.cloud.url, "exp": now + 60, "jti": oauth::Secret::random(),
    });
    with(Ask::of(client, path, fields), &keys.token(&claims))
}

fn with(ask: Ask, assertion: &str) -> Ask {
    ask.with("client_assertion_type", TYPE).with("client_assertion", assertion)
}

#[tokio::test]
async fn every_endpoint_fetches_the_keys_and_keeps_them() {
    // #92
    let world = World::start().await;
    let keys = Platform::start().await;
    let client = client(&world, &keys).await;
    let person = world.person("ada").await;
    let code = world.fresh_code(&client, &person, |_| {}).await;
    let redeem = world.redeeming(&client, &code);
    let fields: Vec<_> = redeem.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let ask = proven(&world, &client, &keys, "/oauth/token", &fields).without("client_id");
    let tokens: Value = ask.send(&world).await.expect(200).json();
    let refresh = tokens["refresh_token"].as_str().unwrap();
    for path in ["/oauth/introspect", "/oauth/revoke"] {
        proven(&world, &client, &keys, path, &[("token", refresh)]).send(&world).await.expect(200);
    }
    let request = [
        ("redirect_uri", tests::CALLBACK),
        ("response_type", "code"),
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
        ("code_challenge_method", "S256"),
    ];
    proven(&world, &client, &keys, "/oauth/par", &request).send(&world).await.expect(201);
    // The first that needed them put them into the table, where the others found them.
    assert_eq!(keys.hits("/keys"), 1);
}

#[tokio::test]
async fn a_new_key_is_fetched_once_and_a_flood_of_unknown_ones_is_not() {
    // #73, #74
    let world = World::start().await;
    let keys = Platform::start().await;
    let client = client(&world, &keys).await;
    let ask = || proven(&world, &client, &keys, "/oauth/introspect", &[("token", "x")]);
    ask().send(&world).await.expect(200);
    world.pass(60);
    keys.rotate("k2");
    ask().send(&world).await.expect(200);
    assert_eq!(keys.hits("/keys"), 2);
    // Somebody else's keys: one fetch in ten seconds, and the known ones verify meanwhile.
    world.pass(60);
    let stranger = Platform::start().await;
    let forged = |kid: String| {
        stranger.rotate(&kid);
        proven(&world, &client, &stranger, "/oauth/introspect", &[("token", "x")])
    };
    for number in 0..50 {
        forged(format!("s{number}")).send(&world).await.expect(401);
        ask().send(&world).await.expect(200);
    }
    assert_eq!((keys.hits("/keys"), stranger.hits("/keys")), (3, 0));
    // A key that is gone is refused once the set is read again.
    let old = keys.token(&json!({
        "iss": client.id, "sub": client.id, "aud": world.cloud.url, "exp": world.now().epoch() + 3600, "jti": "late",
    }));
    keys.rotate("k3");
    world.pass(3599);
    ask().send(&world).await.expect(200);
    let ask = with(Ask::of(&client, "/oauth/introspect", &[("token", "x")]), &old);
    assert_eq!(ask.send(&world).await.expect(401).json()["error"], "invalid_client");
}

#[tokio::test]
async fn a_key_set_that_is_none_proves_nobody() {
    // #62, #72, #78
    for keys in [json!({"keys": []}), json!({}), json!({"keys": [{"kty": "oct", "k": "c2VjcmV0"}]})] {
        let world = World::start().await;
        let platform = Platform::start().await;
        let client = client(&world, &platform).await;
        platform.publish(keys.clone());
        let ask = proven(&world, &client, &platform, "/oauth/introspect", &[("token", "x")]);
        assert_eq!(ask.send(&world).await.expect(503).json()["error"], "temporarily_unavailable", "{keys}");
    }
}

#[tokio::test]
async fn an_address_that_may_not_be_called_is_not_registered_and_not_called() {
    // #71
    for uri in [
        "http://app.example.com/keys",
        "https://u:p@app.example.com/keys",
        "https://app.example.com/keys#x",
        "ftp://app.example.com/keys",
        "keys",
        "",
    ] {
        let mut new = client::NewClient::new(Kind::Service, "Importer");
        new.auth = vec![ClientAuth::PrivateKeyJwt];
        new.jwks_uri = Some(uri.to_owned());
        assert!(new.check().is_err(), "{uri}");
    }
    // The address may lead to where nobody but this machine should call.
    let world = World::start().await;
    let keys = Platform::start().await;
    for uri in ["https://169.254.169.254/keys", "https://10.0.0.1/keys", "https://[::1]/keys"] {
        let client = world
            .client(Kind::Web, |new| {
                new.auth = vec![ClientAuth::PrivateKeyJwt];
                new.jwks_uri = Some(uri.to_owned());
            })
            .await;
        let ask = proven(&world, &client, &keys, "/oauth/introspect", &[("token", "x")]);
        ask.send(&world).await.expect(503);
    }
}
