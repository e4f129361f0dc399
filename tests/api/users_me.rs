//! `GET /users/me`

use tests::World;

#[tokio::test]
async fn tells_anyone_signed_in_who_they_are() {
    let world = World::start().await;
    let token = world.program().token("alan").await;
    let me = world.program().bearer("/users/me", &token).await.expect(200).json();
    assert_eq!((me["name"].as_str(), me["email"].as_str()), (Some("Alan Turing"), Some("alan@example.com")));
    assert_eq!(me["roles"], serde_json::json!(["member"]));
    for hidden in ["pk", "sk", "version", "gsi", "digest"] {
        assert!(me.get(hidden).is_none(), "{hidden}");
    }
}

#[tokio::test]
async fn headers_that_claim_an_identity_change_nothing() {
    // #80
    let world = World::start().await;
    let token = world.program().token("alan").await;
    let clean = world.program().bearer("/users/me", &token).await.body;
    for (name, value) in [
        ("x-user-id", "1"),
        ("x_user_id", "1"),
        ("x-amzn-oidc-identity", "1"),
        ("user-agent", "ELB-HealthChecker/2.0"),
    ] {
        let request = world.program().request("GET", "/users/me").header(name, value);
        world.program().send(request).await.expect(401);
        let request = world.program().request("GET", "/users/me").header(name, value).bearer_auth(&token);
        assert_eq!(world.program().send(request).await.expect(200).body, clean, "{name}");
    }
}

#[tokio::test]
async fn an_access_token_ends_after_ten_minutes_even_in_the_gateways_cache() {
    // #64, #76
    let world = World::start().await;
    let (program, token) = (world.program(), world.program().token("alan").await);
    world.pass(599);
    program.bearer("/users/me", &token).await.expect(200);
    world.pass(1);
    // The gateway has cached that the authorizer said yes; the function itself compares the expiry.
    let refused = program.bearer("/users/me", &token).await.expect(401);
    assert_eq!(refused.header("www-authenticate"), r#"Bearer error="invalid_token""#);
    world.pass(60);
    program.bearer("/users/me", &token).await.expect(403);
}

#[tokio::test]
async fn malformed_authorization_headers_are_refused() {
    // #67, #78, #79
    let world = World::start().await;
    let (program, token) = (world.program(), world.program().token("alan").await);
    let long = "a".repeat(9_000);
    for header in [
        "Bearer",
        "Bearer ",
        "Basic YTpi",
        &format!("Bearer {token}, Bearer {token}"),
        &format!("bearer  {token}"),
        &format!("Bearer {long}"),
        "Bearer ..",
        "Bearer {}",
        &token,
    ] {
        let request = program.request("GET", "/users/me").header("authorization", header);
        let status = program.send(request).await.status;
        assert!([401, 403].contains(&status), "{status}: {}", &header[..header.len().min(40)]);
    }
    let twice = program
        .request("GET", "/users/me")
        .header("authorization", format!("Bearer {token}"))
        .header("authorization", format!("Bearer {token}"));
    program.send(twice).await.expect(403);
    let lower = program.request("GET", "/users/me").header("AUTHORIZATION", format!("bearer {token}"));
    program.send(lower).await.expect(200);
}
