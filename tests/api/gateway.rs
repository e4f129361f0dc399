//! What the front door itself says, as API Gateway says it, and what it hands on.

use tests::World;

#[tokio::test]
async fn says_what_the_gateway_says() {
    let world = World::start().await;
    let program = world.program();
    for (method, path, status, body) in [
        ("GET", "/nothing", 404, r#"{"message":"Not Found"}"#),
        ("DELETE", "/users", 404, r#"{"message":"Not Found"}"#),
        ("HEAD", "/users", 404, ""),
        ("OPTIONS", "/users/token", 404, r#"{"message":"Not Found"}"#),
        ("GET", "/users/", 404, r#"{"message":"Not Found"}"#),
        ("GET", "//users", 404, r#"{"message":"Not Found"}"#),
        ("GET", "/users;x=1", 404, r#"{"message":"Not Found"}"#),
        ("GET", "/users%2fme", 401, r#"{"message":"Unauthorized"}"#),
        ("GET", "/users", 401, r#"{"message":"Unauthorized"}"#),
    ] {
        let answer = program.send(program.request(method, path)).await.expect(status);
        assert_eq!(answer.body, body, "{method} {path}");
        assert!(!answer.header("apigw-requestid").is_empty());
    }
}

#[tokio::test]
async fn a_person_who_types_the_number_is_brought_to_the_name() {
    let world = World::start().await;
    let by_number = world.cloud.url.replace("localhost", "127.0.0.1");
    let answer = world.browser().get(&format!("{by_number}/users/login?return_to=/x")).await.expect(307);
    assert_eq!(answer.location(), format!("{}/users/login?return_to=/x", world.cloud.url));
    world.program().get(&format!("{by_number}/users/login")).await.expect(200);
}

#[tokio::test]
async fn a_body_or_a_header_can_be_too_large() {
    // #105
    let world = World::start().await;
    let program = world.program();
    let large = program.request("POST", "/users/token").body(vec![b'x'; 10 * 1024 * 1024 + 1]);
    assert_eq!(program.send(large).await.expect(413).body, r#"{"message":"Request Entity Too Large"}"#);
    let long = program.request("GET", "/").header("x-long", "x".repeat(10_240));
    program.send(long).await.expect(431);
}

#[tokio::test]
async fn malformed_requests_of_any_size_are_refused_and_never_a_fault() {
    // G1, G2
    let world = World::start().await;
    let noise = [
        "",
        "%",
        "%00",
        "%ff%fe",
        "..",
        "../..",
        "a=b&a=b",
        "\u{1F600}",
        "' OR 1=1",
        "{}",
        "[]",
        "null",
        "-1",
        "1e309",
        "<script>",
        &"a".repeat(7000),
    ];
    let paths = [
        "/",
        "/users",
        "/users/me",
        "/users/login",
        "/users/login/google",
        "/users/login/google/callback",
        "/users/token",
        "/users/logout",
        "/.well-known/jwks.json",
    ];
    let program = world.program();
    for path in paths {
        for text in noise {
            let encoded: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
            for address in [
                format!("{path}?{encoded}"),
                format!("{path}?state={encoded}&code={encoded}"),
                format!("{path}/{encoded}"),
                format!(
                    "{path}?{}",
                    text.replace(|c: char| !c.is_ascii_graphic() || "<>#\"{}".contains(c), "")
                ),
            ] {
                for method in ["GET", "POST"] {
                    let request = program
                        .request(method, &address)
                        .header(
                            "cookie",
                            format!("__Host-session={encoded}; __Host-login-{encoded}={encoded}"),
                        )
                        .header("authorization", format!("Bearer {encoded}"))
                        .header("content-type", "application/x-www-form-urlencoded")
                        .body(if method == "POST" { text.to_owned() } else { String::new() });
                    let answer = program.send(request).await;
                    assert!(answer.status < 500, "{method} {address}: {answer:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_decision_about_one_route_is_not_kept_for_another() {
    // #75
    let world = World::start().await;
    let (program, member) = (world.program(), world.program().token("alan").await);
    for _ in 0..2 {
        program.bearer("/users", &member).await.expect(403);
        program.bearer("/users/me", &member).await.expect(200);
    }
}
