//! What apps and services do, and what people do with their apps.

use client::{Kind, NewClient};
use oauth::server::GrantType;
use serde_json::json;
use tests::{
    Agent, App, AppKey, CALLBACK, TERMS, TestClient, World, devices::Codes, oauth::Ask, platform::Platform,
    query,
};

/// Pushes the request of an app with a key of its own.
async fn push(world: &World) {
    let key = AppKey::generate();
    let app = App::with_key(world, &key).await;
    let proof = app.assertion(world, &key, &world.cloud.url);
    let proof: Vec<_> = proof.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let pushed = world.program().request("POST", "/oauth/par").body(app.encoded(&proof));
    let pushed = pushed.header("content-type", "application/x-www-form-urlencoded");
    world.program().send(pushed).await.expect(201);
    // A public client has proven nothing, and is counted.
    let spa = App::of(world, Kind::Spa, tests::CALLBACK, |_| ()).await;
    let pushed = world.program().request("POST", "/oauth/par").body(spa.encoded(&[]));
    let pushed = pushed.header("content-type", "application/x-www-form-urlencoded");
    world.program().send(pushed).await.expect(201);
}

/// Everything that the authorization endpoint does: a request that waits in the table, for a session whose idle limit has to be
/// moved, and an app that asks for consent, and gets its tokens.
pub(super) async fn ask_for_a_code(world: &World, browser: &Agent) {
    let api = world.api("https://orders.example.com", &["orders:read"]).await;
    let wanted = |new: &mut NewClient| (new.consent, new.audiences) = (true, vec![api.audience]);
    let app = App::of(world, Kind::Web, CALLBACK, wanted).await;
    push(world).await;
    world.pass(120);
    let page = browser.get(&app.path(&[("state", &"s".repeat(2000))])).await.expect(200);
    let waits = query(&page.link("Use another account"))["return_to"].clone();
    let page = browser.get(&waits).await.expect(200);
    let answer = browser.decide(&page, "allow").await.expect(303);
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &*query(answer.location())["code"]),
        ("redirect_uri", CALLBACK),
        ("code_verifier", &app.verifier),
    ];
    let client = TestClient { id: app.id.clone(), secret: app.secret.clone() };
    Ask::of(&client, "/oauth/token", &fields).send(world).await.expect(200);
    browser.get(&app.path(&[("prompt", "select_account")])).await.expect(200);
    browser.get("/oauth/logout").await.expect(200);
}

/// Everything that the function does that tells apps: one that does not listen, and what was not handed over.
pub(super) async fn tell(world: &World, sid: &str) {
    let record = json!({
        "messageId": "m", "receiptHandle": "r", "body": json!({"sid": sid}).to_string(),
        "attributes": {"ApproximateReceiveCount": "1"},
    });
    for event in [json!({"Records": [record]}), json!({})] {
        world.cloud.invoke("logout-notify", &event).await.unwrap();
    }
}

/// Everything that the endpoints for clients do: a server that proves itself by a key, a page in a browser that uses its session, and a
/// service.
pub(super) async fn exchange(world: &World, browser: &Agent) {
    let person = world.person_in(browser).await;
    let key = AppKey::generate();
    let app = App::with_key(world, &key).await;
    let server = TestClient { id: app.id.clone(), secret: String::new() };
    let proven = |ask: Ask| {
        let proof = app.assertion(world, &key, &world.cloud.url);
        proof.iter().fold(ask, |ask, (name, value)| ask.with(name, value))
    };
    let code = world.fresh_code(&server, &person, |_| {}).await;
    let tokens = proven(world.redeeming(&server, &code)).send(world).await.expect(200).json();
    let refresh = tokens["refresh_token"].as_str().unwrap();
    world.program().bearer("/oauth/userinfo", tokens["access_token"].as_str().unwrap()).await.expect(200);
    for endpoint in ["/oauth/introspect", "/oauth/revoke"] {
        proven(Ask::of(&server, endpoint, &[("token", refresh)])).send(world).await.expect(200);
    }
    let television = App::with_key_as(world, &key, |new| {
        new.grants.push(GrantType::DeviceCode);
        new.backchannel_logout_uri = Some("http://127.0.0.1:9/".to_owned());
        new.audiences = vec!["https://orders.example.com".to_owned()];
        new.scope.extend(&"orders:read".parse().unwrap());
    });
    let television = television.await;
    let device = TestClient { id: television.id.clone(), secret: String::new() };
    let proven_too = |ask: Ask| {
        let proof = television.assertion(world, &key, &world.cloud.url);
        proof.iter().fold(ask, |ask, (name, value)| ask.with(name, value))
    };
    let asked = proven_too(world.asking(&device, &[("scope", "openid orders:read")])).send(world).await;
    let codes = Codes::of(&asked.expect(200).json());
    world.pass(120);
    browser.allow_device(&codes).await;
    proven_too(world.polling(&device, &codes)).send(world).await.expect(200);
    let page = world.client(Kind::Spa, |_| {}).await;
    let tokens = world.tokens(&page, &person).await;
    world.pass(120);
    let refresh = tokens["refresh_token"].as_str().unwrap();
    world.refreshing(&page, refresh).send(world).await.expect(200);
    // It comes again, so its grant ends, and the trail says so.
    world.pass(120);
    world.refreshing(&page, refresh).send(world).await.expect(400);
    let wanted = |new: &mut NewClient| {
        new.audiences = vec!["https://orders.example.com".to_owned()];
        new.default_audience = Some("https://orders.example.com".to_owned());
        new.scope = "orders:read".parse().unwrap();
        new.default_scope = "orders:read".parse().unwrap();
    };
    let service = world.client(Kind::Service, wanted).await;
    let ask = Ask::of(&service, "/oauth/token", &[("grant_type", "client_credentials")]);
    ask.send(world).await.expect(200);
}

/// Clients whose keys are somewhere else, each at one endpoint, where nobody has fetched them before.
pub(super) async fn fetch_keys(world: &World) {
    for path in ["/oauth/token", "/oauth/introspect", "/oauth/revoke", "/oauth/par", "/oauth/device"] {
        let keys = Platform::start().await;
        let wanted = |new: &mut NewClient| {
            new.auth = vec![oauth::server::ClientAuth::PrivateKeyJwt];
            new.jwks_uri = Some(keys.keys());
        };
        let client = world.client(Kind::Web, wanted).await;
        let now = world.now().epoch();
        let claims = json!({
            "iss": client.id, "sub": client.id, "aud": world.cloud.url, "exp": now + 60, "jti": "a-jti",
        });
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        let proof = [("client_assertion_type", kind), ("client_assertion", &keys.token(&claims))];
        let other = [("grant_type", "authorization_code"), ("code", "x"), ("token", "x")];
        Ask::of(&client, path, &[&proof[..], &other].concat()).send(world).await;
        assert_eq!(keys.hits("/keys"), 1, "{path}");
    }
}

/// An app to which the person in this browser agrees, with a scope of an API.
pub(super) async fn agree(world: &World, browser: &Agent) {
    let wanted = |new: &mut NewClient| {
        (new.name, new.consent) = ("Pets".to_owned(), true);
        new.audiences = vec!["https://orders.example.com".to_owned()];
        new.scope = "openid profile email orders:read".parse().unwrap();
    };
    let pets = App::of(world, Kind::Web, CALLBACK, wanted).await;
    let page = browser.get(&pets.path(&[("scope", "openid orders:read")])).await.expect(200);
    browser.decide(&page, "allow").await.expect(303);
}

/// Everything that a person does with their apps: one that has a grant loses it, and one has consent to a scope of an API.
pub(super) async fn look_at_apps(world: &World, browser: &Agent) {
    agree(world, browser).await;
    world.pass(120);
    let page = browser.get("/account").await.expect(200);
    for app in ["Pets", "Test web"] {
        let remove = page.field_before("request", &format!("Remove access of {app}"));
        browser.form("/account", &[("request", &remove)]).await.expect(303);
    }
}

/// The person in this browser agrees to an app and lets it have a grant.
pub(super) async fn have_an_app(world: &World, browser: &Agent, name: &str) {
    let wanted = |new: &mut NewClient| {
        (new.name, new.consent) = (name.to_owned(), true);
        new.audiences = vec!["https://orders.example.com".to_owned()];
        new.scope = "openid profile email orders:read".parse().unwrap();
    };
    let app = App::of(world, Kind::Web, CALLBACK, wanted).await;
    let page = browser.get(&app.path(&[("scope", "openid orders:read")])).await.expect(200);
    browser.decide(&page, "allow").await.expect(303);
    let client = world.client(Kind::Web, |new| new.name = format!("{name}, granted")).await;
    world.grant(&client, browser, &TERMS).await;
}
