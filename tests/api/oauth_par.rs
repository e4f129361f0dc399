//! `POST /oauth/par`

use client::Kind;
use http::header;
use oauth::server::ClientAuth;
use serde_json::Value;
use tests::{Agent, Answer, App, AppKey, CALLBACK, World, query};

/// Pushes the app's request as the app does it.
async fn push(program: &Agent, app: &App, others: &[(&str, &str)]) -> Answer {
    let request = program.request("POST", "/oauth/par").basic_auth(&app.id, Some(&app.secret));
    let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    program.send(request.body(app.encoded(others))).await
}

fn uri(pushed: &Answer) -> String {
    pushed.json()["request_uri"].as_str().unwrap().to_owned()
}

fn asked(app: &App, uri: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("client_id", &app.id).append_pair("request_uri", uri);
    format!("/oauth/authorize?{}", query.finish())
}

#[tokio::test]
async fn a_pushed_request_is_asked_for_by_its_uri() {
    // #40
    let world = World::start().await;
    let app = App::web(&world).await;
    let (program, browser) = (world.program(), world.browser());
    let pushed = push(&program, &app, &[("state", "pushed")]).await.expect(201);
    let answer: Value = pushed.json();
    assert_eq!(answer["expires_in"], 90);
    assert_eq!(answer.as_object().unwrap().len(), 2);
    assert!(uri(&pushed).starts_with("urn:ietf:params:oauth:request_uri:"), "{answer}");
    browser.sign_in("ada").await.expect(303);
    // What the address says besides has no effect.
    let path = format!("{}&state=other&redirect_uri=https%3A%2F%2Fevil.example", asked(&app, &uri(&pushed)));
    let back = browser.get(&path).await.expect(303);
    assert!(back.location().starts_with(CALLBACK), "{back:?}");
    assert_eq!(query(back.location())["state"], "pushed");
    // Once: the code is issued.
    assert_eq!(browser.get(&path).await.expect(400).location(), "");
}

#[tokio::test]
async fn a_pushed_request_goes_through_a_sign_in_and_can_be_looked_at_again() {
    // #40
    let world = World::start().await;
    let app = App::web(&world).await;
    let browser = world.browser();
    let path = asked(&app, &uri(&push(&world.program(), &app, &[]).await.expect(201)));
    world.pass(89);
    browser.get(&path).await.expect(303);
    let asked = browser.get(&path).await.expect(303);
    // By then nobody may begin with it any more, and the person who began goes on.
    world.pass(300);
    assert_eq!(world.browser().get(&path).await.expect(400).location(), "");
    let url = browser.start(asked.location()).await;
    let back = browser.get(&browser.pick(&url, "ada").await).await.expect(303);
    let answer = browser.get(back.location()).await.expect(303);
    assert!(query(answer.location()).contains_key("code"), "{answer:?}");
}

#[tokio::test]
async fn a_request_uri_belongs_to_its_client_and_lives_for_ninety_seconds() {
    // #40
    let world = World::start().await;
    let (app, other) = (App::web(&world).await, App::web(&world).await);
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    let uri = uri(&push(&world.program(), &app, &[]).await.expect(201));
    let mut changed = uri.clone();
    let last = if changed.pop() == Some('A') { 'B' } else { 'A' };
    changed.push(last);
    for wrong in [
        asked(&other, &uri),
        asked(&app, &changed),
        asked(&app, &format!("{uri}x")),
        asked(&app, &uri[..uri.len() - 43]),
    ] {
        assert_eq!(browser.get(&wrong).await.expect(400).location(), "", "{wrong}");
    }
    world.pass(90);
    browser.get(&asked(&app, &uri)).await.expect(400);
}

#[tokio::test]
async fn what_is_wrong_is_told_at_once_and_nothing_is_stored() {
    // #23, #40, #45
    let world = World::start().await;
    let app = App::web(&world).await;
    let program = world.program();
    for (wrong, status, error) in [
        (("redirect_uri", "https://evil.example/"), 400, "invalid_request"),
        (("redirect_uri", ""), 400, "invalid_request"),
        (("response_type", "token"), 400, "unsupported_response_type"),
        (("code_challenge_method", "plain"), 400, "invalid_request"),
        (("scope", "unknown"), 400, "invalid_scope"),
        (("resource", "https://evil.example"), 400, "invalid_target"),
        (("request_uri", "urn:ietf:params:oauth:request_uri:x"), 400, "invalid_request"),
        (("request", "e30.e30."), 400, "request_not_supported"),
        (("client_id", "other"), 400, "invalid_request"),
        (("client_secret", "another-secret-of-thirty-two-bytes-0"), 400, "invalid_request"),
        (("state", &"s".repeat(4200)), 413, "invalid_request"),
    ] {
        let refused = push(&program, &app, &[wrong]).await.expect(status);
        assert_eq!(refused.json()["error"], error, "{wrong:?}");
        assert_eq!(refused.header("content-type"), "application/json");
    }
}

#[tokio::test]
async fn only_the_client_itself_pushes() {
    // #40, #91
    let world = World::start().await;
    let app = App::web(&world).await;
    let program = world.program();
    let push = |form: String| {
        program
            .request("POST", "/oauth/par")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form)
    };
    program.send(push(app.encoded(&[]))).await.expect(401);
    let wrong = App { secret: "x".repeat(43), ..App::web(&world).await };
    let request = push(wrong.encoded(&[])).basic_auth(&wrong.id, Some(&wrong.secret));
    assert_eq!(program.send(request).await.expect(401).json()["error"], "invalid_client");
    program.send(push(app.encoded(&[("client_secret", &app.secret)]))).await.expect(201);
    // Without the parameter: Basic has said it.
    let request = push(app.encoded(&[("client_id", "")])).basic_auth(&app.id, Some(&app.secret));
    program.send(request).await.expect(201);
    // A public client proves nothing, and its request is stored for it alone.
    let public = App::of(&world, Kind::Spa, CALLBACK, |new| assert_eq!(new.auth, [ClientAuth::None])).await;
    program.send(push(public.encoded(&[]))).await.expect(201);
    let json =
        program.request("POST", "/oauth/par").header(header::CONTENT_TYPE, "application/json").body("{}");
    assert_eq!(program.send(json).await.expect(415).json()["error"], "invalid_request");
}

#[tokio::test]
async fn an_assertion_works_once_and_for_this_server() {
    // #92
    let world = World::start().await;
    let key = AppKey::generate();
    let app = App::with_key(&world, &key).await;
    let (program, url) = (world.program(), &world.cloud.url);
    let push = |proof: &[(&str, String)]| {
        let proof: Vec<_> = proof.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let request = program.request("POST", "/oauth/par").body(app.encoded(&proof));
        program.send(request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded"))
    };
    for audience in [url.clone(), format!("{url}/oauth/token"), format!("{url}/oauth/par")] {
        let proof = app.assertion(&world, &key, &audience);
        push(&proof).await.expect(201);
        assert_eq!(push(&proof).await.expect(401).json()["error"], "invalid_client", "{audience}");
    }
    for audience in ["https://other.example.com", &format!("{url}/oauth/revoke"), &format!("{url}/")] {
        push(&app.assertion(&world, &key, audience)).await.expect(401);
    }
    push(&app.assertion(&world, &AppKey::generate(), url)).await.expect(401);
}

#[tokio::test]
async fn what_a_public_client_pushes_is_counted_where_it_comes_from() {
    // #40, #105: one that has proven nothing. A client with a secret is not counted, and costs two calls.
    let world = World::start().await;
    let page = "https://app.example.com/callback";
    let spa = App::of(&world, Kind::Spa, page, |_| {}).await;
    let web = App::web(&world).await;
    let program = world.program();
    world.pass(60 - world.now().epoch() % 60);
    let pushed = async || {
        let request = program.request("POST", "/oauth/par");
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        program.send(request.body(spa.encoded(&[]))).await
    };
    for _ in 0..60 {
        pushed().await.expect(201);
        push(&program, &web, &[]).await.expect(201);
    }
    let refused = pushed().await.expect(429);
    assert_eq!(
        (refused.header("retry-after"), &refused.json()["error"]),
        ("60", &"temporarily_unavailable".into())
    );
    push(&program, &web, &[]).await.expect(201);
    world.pass(60);
    pushed().await.expect(201);
}
