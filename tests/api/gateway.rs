//! What the front door itself says, as API Gateway says it, and what it hands on.

use tests::World;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

#[tokio::test]
async fn the_local_gateway_answers_as_api_gateway_does() {
    let world = World::start().await;
    let program = world.program();
    for (method, path, status, body) in [
        ("GET", "/nothing", 404, r#"{"message":"Not Found"}"#),
        ("DELETE", "/users", 404, r#"{"message":"Not Found"}"#),
        ("HEAD", "/users/token", 401, ""),
        ("HEAD", "/nothing", 404, ""),
        ("HEAD", "/users", 401, ""),
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
async fn a_browser_gets_a_page_where_a_program_gets_json() {
    // #10, #104
    let world = World::start().await;
    let (browser, program) = (world.browser(), world.program());
    let too_much = vec![b'x'; 10 * 1024 * 1024 + 1];
    for (method, path, header, heading, status) in [
        ("GET", "/nothing", None, "There is nothing here", 404),
        ("GET", "/%3Cscript%3Ealert(1)%3C/script%3E", None, "There is nothing here", 404),
        ("DELETE", "/users", None, "There is nothing here", 404),
        ("GET", "/users", None, "Please sign in", 401),
        ("GET", "/private", None, "Please sign in", 401),
        (
            "GET",
            "/users/me",
            Some(("authorization", "Bearer nonsense".to_owned())),
            "This is not allowed",
            403,
        ),
        ("POST", "/users/token", None, "This did not work", 413),
        ("GET", "/", Some(("x-long", "x".repeat(10_240))), "This did not work", 431),
        ("POST", "/users/login/google/callback", None, "This did not work", 405),
    ] {
        let ask = |agent: &tests::Agent| {
            let request =
                header.iter().fold(agent.request(method, path), |it, (name, value)| it.header(*name, value));
            if status == 413 { request.body(too_much.clone()) } else { request }
        };
        let page = browser.send(ask(&browser)).await.expect(status);
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8", "{method} {path}");
        assert!(page.body.contains(&format!("<h1>{heading}</h1>")), "{method} {path}: {}", page.body);
        assert!(page.body.contains(page.header("apigw-requestid")) && page.body.contains("href=\"/\""));
        assert!(!page.body.contains("<script"), "{}", page.body);
        let json = program.send(ask(&program)).await.expect(status);
        assert!(json.header("content-type").ends_with("json"), "{json:?}");
    }
}

#[tokio::test]
async fn every_answer_of_the_local_server_has_the_security_headers() {
    // #104
    let world = World::start().await;
    let (browser, program) = (world.browser(), world.program());
    let by_number = world.cloud.url.replace("localhost", "127.0.0.1");
    let mut answers = vec![browser.get(&format!("{by_number}/users")).await.expect(307)];
    for path in
        ["/nothing", "/users", "/stand-in/nothing", "/stand-in/jwks.json", "/stand-in/pictures/ada.svg"]
    {
        answers.push(browser.get(path).await);
        answers.push(program.get(path).await);
    }
    answers.push(program.bearer("/users", "nonsense").await.expect(403));
    let elsewhere = format!("{by_number}/users");
    for agent in [&browser, &program] {
        let long = agent.request("GET", "/").header("x-long", "x".repeat(10_240));
        answers.push(agent.send(long).await.expect(431));
        let large = agent.request("POST", "/users/token").body(vec![b'x'; 10 * 1024 * 1024 + 1]);
        answers.push(agent.send(large).await.expect(413));
        let misdirected = agent.request("GET", &elsewhere).header("host", "evil.example");
        answers.push(agent.send(misdirected).await.expect(421));
    }
    answers.push(browser.send(browser.request("DELETE", "/stand-in/authorize")).await.expect(405));
    answers.push(browser.get(&browser.start("/users/login").await).await.expect(200));
    for answer in answers {
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'"), "{answer:?}");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{answer:?}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(answer.header(name), value, "{answer:?}");
        }
        assert!(answer.header("strict-transport-security").starts_with("max-age=63072000"), "{answer:?}");
        assert!(["no-referrer", "same-origin"].contains(&answer.header("referrer-policy")), "{answer:?}");
    }
}

#[tokio::test]
async fn a_person_who_opens_127_0_0_1_is_redirected_to_localhost() {
    let world = World::start().await;
    let by_number = world.cloud.url.replace("localhost", "127.0.0.1");
    let answer = world.browser().get(&format!("{by_number}/users/login?return_to=/x")).await.expect(307);
    assert_eq!(answer.location(), format!("{}/users/login?return_to=/x", world.cloud.url));
    world.program().get(&format!("{by_number}/users/login")).await.expect(200);
    // Nor does a browser need to say that it takes HTML, if it navigates.
    let request =
        world.program().request("GET", &format!("{by_number}/users")).header("sec-fetch-mode", "navigate");
    assert_eq!(request.send().await.unwrap().status(), 307);
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

/// The status of a request that is sent as it stands.
async fn status_of(port: u16, request: &str) -> u16 {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn request_line_and_headers_are_accepted_up_to_the_limit() {
    // #105: as the gateway counts them, which is the line with its end, and of the headers the values.
    let world = World::start().await;
    let port = url::Url::parse(&world.cloud.url).unwrap().port().unwrap();
    let host = format!("localhost:{port}");
    let limit = oauth::limits::HEADERS;
    for (size, status) in [(limit - 1, 200), (limit, 200), (limit + 1, 431)] {
        let rest = "GET /? HTTP/1.1\r\n".len() + host.len() + "close".len();
        let long = "x".repeat(size - rest - 2);
        for (what, query, header) in [
            ("a header", "ab", long.as_str()),
            ("many headers", "ab", &format!("{}\r\nx-more: {}", &long[..5000], &long[5000..])),
            ("the address", long.as_str(), "ab"),
        ] {
            let request = format!(
                "GET /?{query} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\nx-long: {header}\r\n\r\n"
            );
            assert_eq!(status_of(port, &request).await, status, "{what}: {size}");
        }
    }
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
async fn a_decision_about_one_route_is_not_cached_for_another() {
    // #75
    let world = World::start().await;
    let (program, member) = (world.program(), world.program().token("alan").await);
    for _ in 0..2 {
        program.bearer("/users", &member).await.expect(403);
        program.bearer("/users/me", &member).await.expect(200);
    }
}
