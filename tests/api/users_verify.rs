//! `POST /users/verify`

use serde_json::json;
use tests::{Agent, Answer, World, database::Wire};

async fn verify(program: &Agent, header: Option<&str>) -> Answer {
    let request = program.request("POST", "/users/verify");
    program
        .send(match header {
            Some(header) => request.header("authorization", header),
            None => request,
        })
        .await
}

async fn reason(world: &World, token: &str) -> String {
    let answer = verify(&world.program(), Some(&format!("Bearer {token}"))).await.expect(401);
    assert_eq!(answer.header("www-authenticate"), r#"Bearer error="invalid_token""#);
    answer.json()["reason"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_good_token_is_valid() {
    let world = World::start().await;
    let token = world.program().token("alan").await;
    let answer = verify(&world.program(), Some(&format!("Bearer {token}"))).await.expect(200);
    assert_eq!(answer.body, r#"{"status":"valid"}"#);
}

#[tokio::test]
async fn each_invalid_token_has_its_reason() {
    // #60, #64, #67
    let world = World::start().await;
    let other = World::start().await;
    let token = world.program().token("alan").await;
    let (front, signature) = token.rsplit_once('.').unwrap();
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    assert_eq!(reason(&world, &format!("{front}.{flipped}{}", &signature[1..])).await, "signature");
    assert_eq!(reason(&world, &other.program().token("alan").await).await, "key");
    assert_eq!(reason(&world, "x").await, "malformed");
    assert_eq!(reason(&world, &format!("{token}=")).await, "malformed");
    let missing = verify(&world.program(), None).await.expect(401);
    assert_eq!(
        (missing.header("www-authenticate"), missing.json()["reason"].as_str()),
        ("Bearer", Some("missing"))
    );
    assert_eq!(verify(&world.program(), Some("Basic YTpi")).await.expect(401).json()["reason"], "missing");
    world.pass(600);
    assert_eq!(reason(&world, &token).await, "expired");
}

#[tokio::test]
async fn a_token_for_another_api_has_the_wrong_audience() {
    // #57, #64
    let world = World::start().await;
    let token = world.program().token("alan").await;
    let mount = latchkey::mount::FUNCTIONS.iter().find(|mount| mount.name == "users-verify").unwrap();
    for (audience, expected) in
        [(&world.cloud.url, "valid"), (&"https://other.example.com".to_owned(), "audience")]
    {
        let mut settings = world.cloud.settings.clone();
        settings.insert("AUDIENCE".to_owned(), audience.clone());
        let now = world.now();
        let env = setting::Env::new(settings, setting::Clock::from_fn(move || now), mount.settings);
        let event = json!({
            "rawPath": "/users/verify", "headers": {"authorization": format!("Bearer {token}")},
            "requestContext": {"http": {"method": "POST"}},
        });
        let answer = mount.start(env).await.unwrap().invoke(&event).await.unwrap();
        assert!(answer["body"].as_str().unwrap().contains(expected), "{answer}");
    }
}

#[tokio::test]
async fn a_token_of_an_ended_session_is_revoked() {
    // #34
    let world = World::start().await;
    let browser = world.browser();
    browser.sign_in("alan").await.expect(303);
    let renewed =
        browser.send(browser.request("POST", "/users/token").header("origin", &world.cloud.url)).await;
    let token = renewed.expect(200).json()["access_token"].as_str().unwrap().to_owned();
    verify(&world.program(), Some(&format!("Bearer {token}"))).await.expect(200);
    browser
        .send(browser.request("POST", "/users/logout").header("origin", &world.cloud.url))
        .await
        .expect(303);
    assert_eq!(reason(&world, &token).await, "revoked");
}

#[tokio::test]
async fn tokens_of_a_disabled_client_are_revoked_at_once() {
    // #76, #97: by one consistent request for three rows.
    let wire = Wire::start().await;
    let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let token = world.program().token("alan").await;
    wire.calls();
    verify(&world.program(), Some(&format!("Bearer {token}"))).await.expect(200);
    let calls = wire.calls();
    let [call] = calls.as_slice() else { panic!("{calls:?}") };
    assert_eq!(
        (call.action.as_str(), &call.body["RequestItems"]["latchkey"]["ConsistentRead"]),
        ("BatchGetItem", &json!(true))
    );
    let row = json!({"pk": {"S": "CLIENT#latchkey"}, "sk": {"S": "CLIENT"}, "status": {"S": "disabled"}});
    wire.put("latchkey", &row).await;
    assert_eq!(reason(&world, &token).await, "revoked");
    wire.delete("latchkey", &row).await;
    verify(&world.program(), Some(&format!("Bearer {token}"))).await.expect(200);
}

#[tokio::test]
async fn a_token_that_a_gateway_lets_through_is_not_too_long() {
    // #67: 10,240 bytes are the request line and all headers. It is a service's own, of whom there is no row.
    let world = World::start().await;
    let mount = latchkey::mount::FUNCTIONS.iter().find(|mount| mount.name == "users-verify").unwrap();
    let (key, jwk) = tests::stub::fresh_key("k");
    let mut settings = world.cloud.settings.clone();
    settings.insert("PUBLIC_KEYS".to_owned(), json!({"keys": [jwk]}).to_string());
    let now = world.now();
    let clock = setting::Clock::from_fn(move || now);
    let verify = mount.start(setting::Env::new(settings, clock, mount.settings)).await.unwrap();
    let url = &world.cloud.url;
    let token = |fill: usize| {
        let claims = json!({
            "iss": url, "aud": url, "sub": "job", "client_id": "job", "jti": "j", "scope": "", "x": "x".repeat(fill),
            "iat": now.epoch(), "exp": now.epoch() + 60,
        });
        key.token(&json!({"alg": "RS256", "typ": "at+jwt", "kid": "k"}), &claims)
    };
    let base = token(0).len();
    let near = (10_240 - base) * 3 / 4;
    let mut seen = Vec::new();
    for token in (near - 4..near + 5).map(token) {
        let event = json!({
            "rawPath": "/users/verify", "headers": {"authorization": format!("Bearer {token}")},
            "requestContext": {"http": {"method": "POST"}},
        });
        let answer = verify.invoke(&event).await.unwrap();
        let body: serde_json::Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
        let said = body.get("reason").unwrap_or(&body["status"]);
        assert_eq!(said, if token.len() <= 10_240 { "valid" } else { "malformed" }, "{}", token.len());
        seen.push(token.len());
    }
    // A length of base64url in four is none.
    assert!(seen.iter().any(|len| (10_239..=10_240).contains(len)), "{seen:?}");
    assert!(seen.iter().any(|len| (10_241..=10_242).contains(len)), "{seen:?}");
}
