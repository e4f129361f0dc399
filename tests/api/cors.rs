//! Pages of other origins: what the gateway says to them, here and in the template.

use latchkey::{cors, template::template};
use serde_json::{Value, json};
use tests::{Agent, World};

const APP: &str = "https://app.example.com";

fn settings(origins: &str) -> std::collections::HashMap<String, String> {
    [("CORS_ORIGINS".to_owned(), origins.to_owned())].into()
}

async fn world() -> World {
    World::with(&[("CORS_ORIGINS", "https://app.example.com, http://localhost:5173")]).await
}

/// What an answer says of CORS, by name.
fn said(answer: &tests::Answer) -> Vec<(String, String)> {
    let names =
        ["allow-origin", "allow-methods", "allow-headers", "allow-credentials", "expose-headers", "max-age"];
    let names = names.map(|name| format!("access-control-{name}"));
    let all = names.into_iter().map(|name| (answer.header(&name).to_owned(), name));
    all.filter(|(value, _)| !value.is_empty()).map(|(value, name)| (name, value)).collect()
}

fn from(agent: &Agent, method: &str, path: &str, origin: &str) -> reqwest::RequestBuilder {
    agent.request(method, path).header("origin", origin)
}

#[tokio::test]
async fn pages_of_listed_origins_may_read_every_answer_and_the_gateways_own() {
    // #30: functions' answers, and the gateway's 401, 403 and 404.
    let world = world().await;
    let program = world.program();
    for origin in [APP, "http://localhost:5173"] {
        for (method, path, token, status) in [
            ("GET", "/.well-known/openid-configuration", "", 200),
            ("GET", "/.well-known/jwks.json", "", 200),
            ("GET", "/users/me", "", 401),
            ("GET", "/users/me", "Bearer nonsense", 403),
            ("GET", "/nothing", "", 404),
        ] {
            let request = from(&program, method, path, origin);
            let request = if token.is_empty() { request } else { request.header("authorization", token) };
            let answer = program.send(request).await.expect(status);
            let expected = [
                ("access-control-allow-origin".to_owned(), origin.to_owned()),
                ("access-control-expose-headers".to_owned(), "etag,retry-after,www-authenticate".to_owned()),
            ];
            assert_eq!(said(&answer), expected, "{method} {path}");
            assert!(answer.header("vary").contains("Origin"), "{path}");
        }
    }
}

#[tokio::test]
async fn every_other_origin_is_told_nothing() {
    // #30: no origin is reflected, and an opaque one is nobody's.
    let world = world().await;
    let program = world.program();
    for origin in [
        "null",
        "https://evil.example.com",
        "https://app.example.com.evil.com",
        "https://app.example.com:8443",
        "http://app.example.com",
        "https://APP.example.com",
        "https://app.example.com/",
        "*",
        "",
        "http://localhost:5174",
        "https://app.example.com, null",
    ] {
        let answer = program.send(from(&program, "GET", "/.well-known/jwks.json", origin)).await.expect(200);
        assert_eq!(said(&answer), [], "{origin}");
        let asked =
            from(&program, "OPTIONS", "/users/me", origin).header("access-control-request-method", "GET");
        assert_eq!(said(&program.send(asked).await.expect(204)), [], "{origin}");
    }
    let twice = from(&program, "GET", "/.well-known/jwks.json", APP).header("origin", "null");
    assert_eq!(said(&program.send(twice).await.expect(200)), []);
}

#[tokio::test]
async fn a_preflight_request_reaches_no_function_and_allows_no_cookies() {
    // #27, #30
    let world = world().await;
    let program = world.program();
    for path in ["/users/me", "/users/token", "/nothing"] {
        let asked = from(&program, "OPTIONS", path, APP).header("access-control-request-method", "POST");
        let asked = asked.header("access-control-request-headers", "authorization");
        let answer = program.send(asked).await.expect(204);
        let said = said(&answer);
        let names: Vec<_> = said.iter().map(|(name, _)| name.trim_start_matches("access-control-")).collect();
        assert_eq!(names, ["allow-origin", "allow-methods", "allow-headers", "max-age"]);
        assert!(said[1].1.split(',').any(|method| method == "POST"), "{}", said[1].1);
        assert_eq!(said[2].1, "authorization,content-type,if-match");
        assert!(answer.body.is_empty());
    }
    // What is no preflight request is no page's either.
    program.send(from(&program, "OPTIONS", "/users/me", APP)).await.expect(404);
    let without = program.request("OPTIONS", "/users/me").header("access-control-request-method", "GET");
    program.send(without).await.expect(404);
}

#[tokio::test]
async fn a_listed_page_still_cannot_act_with_the_persons_cookie() {
    // #27, #28
    let world = world().await;
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    for path in ["/users/token", "/users/logout"] {
        let request =
            browser.request("POST", path).header("origin", APP).header("sec-fetch-site", "cross-site");
        browser.send(request).await.expect(403);
    }
    browser.post("/users/token").await.expect(200);
}

#[tokio::test]
async fn without_the_setting_the_gateway_knows_nothing_of_other_origins() {
    // #30
    let world = World::start().await;
    let program = world.program();
    let answer = program.send(from(&program, "GET", "/.well-known/jwks.json", APP)).await.expect(200);
    assert_eq!(said(&answer), []);
    let asked = from(&program, "OPTIONS", "/users/me", APP).header("access-control-request-method", "GET");
    program.send(asked).await.expect(404);
}

#[tokio::test]
async fn an_origin_that_is_not_exact_stops_the_start() {
    // #30
    for wrong in [
        "*",
        "null",
        "https://*.example.com",
        "app.example.com",
        "http://app.example.com",
        "https://app.example.com/path",
        "https://app.example.com?x",
        "https://user@app.example.com",
        "javascript:alert(1)",
        "file:///",
    ] {
        let error = World::try_with(&[("CORS_ORIGINS", wrong)]).await.err().unwrap().to_string();
        assert!(error.starts_with("CORS_ORIGINS: ") && error.contains("exact origin"), "{wrong}: {error}");
        assert_eq!(template(&settings(wrong)).unwrap_err().to_string(), error, "{wrong}");
    }
}

#[test]
fn the_template_has_the_same_list_and_no_credentials() {
    // #30
    let api = |origins: &str| -> Value {
        let template = template(&settings(origins)).unwrap().to_json();
        template["Resources"]["Api"]["Properties"].clone()
    };
    let configuration = &api("https://app.example.com http://localhost:5173,https://app.example.com:443")["CorsConfiguration"];
    assert_eq!(configuration["AllowOrigins"], json!(["http://localhost:5173", "https://app.example.com"]));
    assert_eq!(configuration["AllowHeaders"], json!(["authorization", "content-type", "if-match"]));
    assert_eq!(configuration["ExposeHeaders"], json!(["etag", "retry-after", "www-authenticate"]));
    assert_eq!(configuration["MaxAge"], 600);
    let methods: Vec<_> =
        configuration["AllowMethods"].as_array().unwrap().iter().map(|m| m.as_str().unwrap()).collect();
    assert!(methods.contains(&"GET") && methods.contains(&"POST") && !methods.contains(&"*"), "{methods:?}");
    assert!(configuration.get("AllowCredentials").is_none());
    assert!(api("").get("CorsConfiguration").is_none());
}

#[test]
fn whoever_registers_an_application_is_told_the_line_to_add() {
    assert_eq!(cors::line_for(&settings(APP), APP).unwrap(), None);
    let line = cors::line_for(&settings(APP), "https://b.example.com").unwrap();
    assert_eq!(line.as_deref(), Some("CORS_ORIGINS=https://app.example.com,https://b.example.com"));
    assert_eq!(
        cors::line_for(&settings(""), APP).unwrap().as_deref(),
        Some("CORS_ORIGINS=https://app.example.com")
    );
}
