//! The local cloud is closed to the other programs, pages and people of the machine.

use http::HeaderMap;
use latchkey::database::Engine;
use reqwest::{Method, RequestBuilder, Response};
use tests::{World, database::authorization};

const LIST: &str = "DynamoDB_20120810.ListTables";

fn asked(engine: &Engine) -> RequestBuilder {
    let request = reqwest::Client::new().post(&engine.address).body("{}");
    request.header("x-amz-target", LIST).header("content-type", "application/x-amz-json-1.0")
}

/// No page elsewhere may read it.
fn is_closed_to_pages(headers: &HeaderMap) -> bool {
    !headers.keys().any(|name| name.as_str().starts_with("access-control-"))
}

async fn is_refused(answer: Response) -> bool {
    let closed = is_closed_to_pages(answer.headers());
    let refused = answer.status().is_client_error();
    let body = answer.text().await.unwrap();
    // The answer to HEAD has no body.
    let helps = body.is_empty() || body.contains("`cargo run -- database`");
    refused && closed && helps && !body.contains("TableNames") && !body.contains("healthy")
}

#[tokio::test]
async fn the_database_accepts_the_key_of_this_run() {
    // #106, #107
    let (engine, other) = (Engine::start(None).await.unwrap(), Engine::start(None).await.unwrap());
    let key = engine.key.expose();
    assert_eq!(key.len(), 43, "256 bits");
    let good = authorization(key);
    let answer = asked(&engine).header("authorization", &good).header("origin", "http://localhost:3000");
    let answer = answer.send().await.unwrap();
    assert!(answer.status().is_success() && is_closed_to_pages(answer.headers()));
    assert_eq!(answer.text().await.unwrap(), r#"{"TableNames":[]}"#);
    for bad in [
        authorization("local"),
        authorization(""),
        authorization(&key[..42]),
        authorization(&format!("{key}x")),
        authorization(&key.to_ascii_lowercase()),
        authorization(other.key.expose()),
        format!("AWS4-HMAC-SHA256 Credential=local/x, Credential={key}/x"),
        format!("AWS4-HMAC-SHA256 SignedHeaders={key}/x"),
        format!("Bearer {key}"),
        key.to_owned(),
        String::new(),
    ] {
        assert!(
            is_refused(asked(&engine).header("authorization", &bad).send().await.unwrap()).await,
            "{bad}"
        );
    }
    assert!(is_refused(asked(&engine).send().await.unwrap()).await, "nobody");
    let twice = asked(&engine).header("authorization", authorization("local")).header("authorization", &good);
    assert!(is_refused(twice.send().await.unwrap()).await);
    let query = reqwest::Client::new().post(format!("{}/?X-Amz-Credential={key}/x", engine.address));
    assert!(is_refused(query.body("{}").header("x-amz-target", LIST).send().await.unwrap()).await);
}

#[tokio::test]
async fn the_database_answers_no_web_page() {
    // #107: not by a name that a page pointed at this machine, and no browser's question whether it may ask.
    let engine = Engine::start(None).await.unwrap();
    let good = authorization(engine.key.expose());
    for host in ["evil.example", "evil.example:80", "localhost.evil.example", "127.0.0.1.evil.example"] {
        let answer = asked(&engine).header("authorization", &good).header("host", host).send().await.unwrap();
        assert!(is_refused(answer).await, "{host}");
    }
    for host in ["localhost", "localhost:1", "127.0.0.1", "[::1]:8000"] {
        let answer = asked(&engine).header("authorization", &good).header("host", host).send().await.unwrap();
        assert!(answer.status().is_success(), "{host}");
    }
    for method in [Method::GET, Method::HEAD, Method::OPTIONS, Method::PUT, Method::DELETE] {
        let request = reqwest::Client::new().request(method.clone(), &engine.address);
        let request = request.header("origin", "https://evil.example").header("authorization", &good);
        let request = request.header("access-control-request-headers", "authorization");
        assert!(is_refused(request.send().await.unwrap()).await, "{method}");
    }
}

#[tokio::test]
async fn the_local_server_answers_to_its_own_names_only() {
    // #2: a page that pointed a name of its own at this machine could read every answer otherwise.
    let world = World::with(&[]).await;
    let ask = |path: &str, host: &str| {
        let url = format!("http://127.0.0.1:{}{path}", world.cloud.port);
        reqwest::Client::new().get(url).header("host", host).send()
    };
    for path in ["/", "/users/login", "/users", "/stand-in/authorize", "/nothing", "/.well-known/jwks.json"] {
        for host in [
            "evil.example",
            "evil.example:3000",
            "localhost.evil.example",
            "127.0.0.1.evil.example:3000",
            "0.0.0.0",
        ] {
            let answer = ask(path, host).await.unwrap();
            assert_eq!(answer.status(), 421, "{path} {host}");
            assert!(is_closed_to_pages(answer.headers()) && !answer.headers().contains_key("set-cookie"));
            let body = answer.text().await.unwrap();
            assert!(body.contains(&world.cloud.url) && !body.contains("evil"), "{body}");
        }
    }
    // A person reads a page, whatever their browser says of itself.
    for (name, value) in
        [("accept", "text/html"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")]
    {
        let url = format!("http://127.0.0.1:{}/users/login", world.cloud.port);
        let request = reqwest::Client::new().get(url).header("host", "evil.example").header(name, value);
        let answer = request.send().await.unwrap();
        assert_eq!(
            (answer.status(), &answer.headers()["content-type"]),
            (421.try_into().unwrap(), &"text/html; charset=utf-8".parse().unwrap())
        );
        assert!(is_closed_to_pages(answer.headers()) && !answer.headers().contains_key("set-cookie"));
        let body = answer.text().await.unwrap();
        assert!(body.contains("<h1>") && !body.contains("evil"), "{body}");
        assert!(body.contains(&format!("href=\"{}\"", world.cloud.url)), "{body}");
    }
    for host in ["localhost", "localhost:9", "127.0.0.1", "[::1]:3000"] {
        assert_eq!(ask("/.well-known/jwks.json", host).await.unwrap().status(), 200, "{host}");
    }
}

#[tokio::test]
async fn the_local_server_answers_to_its_base_url() {
    // #2: as behind a tunnel.
    let world = World::with(&[
        ("BASE_URL", "https://id.example.com"),
        ("PROVIDERS", "github"),
        ("GITHUB_CLIENT_ID", "Iv1.0123456789"),
        ("GITHUB_CLIENT_SECRET", "0123456789abcdef0123"),
    ])
    .await;
    let ask = |host: &str| {
        let url = format!("http://127.0.0.1:{}/.well-known/jwks.json", world.cloud.port);
        reqwest::Client::new().get(url).header("host", host).send()
    };
    for (host, status) in
        [("id.example.com", 200), ("ID.EXAMPLE.COM:443", 200), ("localhost:3000", 200), ("example.com", 421)]
    {
        assert_eq!(ask(host).await.unwrap().status(), status, "{host}");
    }
}
