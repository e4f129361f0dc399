//! `GET` and `POST /oauth/authorize`, `POST /oauth/authorize/decision`

use client::Kind;
use oauth::Digest;
use session::Code;
use tests::{Agent, Answer, App, World, database::Wire, query};

mod pages;

/// Signs somebody in on the way to an app, as far as the redirect after the callback.
async fn through_sign_in(browser: &Agent, answer: &Answer, person: &str) -> Answer {
    assert!(answer.location().starts_with("/users/login?return_to="), "{answer:?}");
    sign_in_at(browser, answer.location(), person).await
}

async fn sign_in_at(browser: &Agent, path: &str, person: &str) -> Answer {
    let url = browser.start(path).await;
    let back = browser.pick(&url, person).await;
    let back = browser.get(&back).await.expect(303);
    assert!(back.location().starts_with("/oauth/authorize?"), "{back:?}");
    browser.get(back.location()).await
}

/// What the code in this answer stands for.
async fn code(world: &World, answer: &Answer) -> Code {
    let code = &query(answer.location())["code"];
    let id = Digest::of(code.as_bytes());
    world.table().await.get::<Code>(id.as_str(), world.now()).await.unwrap().unwrap().into_inner()
}

#[tokio::test]
async fn somebody_who_is_signed_in_comes_back_with_a_code() {
    // #37, #39
    let world = World::start().await;
    let app = App::web(&world).await;
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    let answer = browser.get(&app.path(&[])).await.expect(303);
    let sent = query(answer.location());
    assert!(answer.location().starts_with("https://app.example.com/callback?code="), "{answer:?}");
    assert_eq!((sent["state"].as_str(), sent["iss"].as_str()), ("the state", world.cloud.url.as_str()));
    assert_eq!((sent["code"].len(), sent.len()), (43, 3));
    let code = code(&world, &answer).await;
    assert_eq!((code.client_id, code.redirect_uri), (app.id.clone(), app.redirect_uri.clone()));
    assert_eq!(code.challenge, Some(Digest::of(app.verifier.as_bytes()).to_string()));
    assert_eq!((code.nonce.as_deref(), code.scope.to_string()), (Some("the nonce"), "openid".to_owned()));
    assert_eq!(
        (code.auth_time, code.redeem_until),
        (world.now(), world.now().after(session::code::LIFETIME))
    );
}

#[tokio::test]
async fn a_code_for_somebody_who_is_signed_in_costs_three_calls() {
    // #105: and garbage costs none.
    let wire = Wire::start().await;
    let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let app = App::web(&world).await;
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    wire.calls();
    app.code(&browser).await;
    let calls: Vec<_> = wire.calls().into_iter().map(|call| call.action).collect();
    assert_eq!(calls, ["BatchGetItem", "GetItem", "PutItem"]);
    for garbage in ["", "?client_id=%00", "?client_id=a&client_id=b", "?client_id=%2F%2F", "?state=x"] {
        world.browser().get(&format!("/oauth/authorize{garbage}")).await.expect(400);
    }
    assert!(wire.calls().is_empty());
}

#[tokio::test]
async fn somebody_who_is_not_signs_in_on_the_way() {
    let world = World::start().await;
    let app = App::web(&world).await;
    let browser = world.browser();
    let asked = browser.get(&app.path(&[("login_hint", "ada@example.com")])).await.expect(303);
    assert!(asked.location().ends_with("&login_hint=ada%40example.com"), "{asked:?}");
    let answer = through_sign_in(&browser, &asked, "ada").await.expect(303);
    assert!(answer.location().starts_with("https://app.example.com/callback?code="), "{answer:?}");
    // The next app, without a question.
    App::of(&world, Kind::Web, "https://other.example.com/", |_| ()).await.code(&browser).await;
}

#[tokio::test]
async fn a_request_that_is_too_long_for_the_way_waits_in_the_table() {
    // #36
    let world = World::start().await;
    let app = App::web(&world).await;
    let browser = world.browser();
    let state = "s".repeat(1500);
    let asked = browser.get(&app.path(&[("state", &state)])).await.expect(303);
    assert!(asked.location().len() < 512, "{asked:?}");
    world.pass(300);
    let answer = through_sign_in(&browser, &asked, "ada").await.expect(303);
    assert_eq!(query(answer.location())["state"], state);
    // It is used up with its code; the request itself is not.
    let again = query(asked.location())["return_to"].clone();
    assert_eq!(browser.get(&again).await.expect(400).location(), "");
    browser.get(&app.path(&[("state", &state)])).await.expect(303);
    // And it is too long for the table as well.
    let longer = app.path(&[("state", &"s".repeat(4500))]);
    world.browser().get(&longer).await.expect(413);
}

#[tokio::test]
async fn requests_that_wait_are_counted_for_each_client_and_each_place() {
    // #105: what a stranger can let the table keep is bounded, exactly.
    let wire = Wire::start().await;
    let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let (app, other) = (App::web(&world).await, App::web(&world).await);
    world.pass(60 - world.now().epoch() % 60);
    let long = |app: &App| app.path(&[("state", &"s".repeat(1500))]);
    let (path, stranger) = (long(&app), world.browser());
    for _ in 0..24 {
        stranger.get(&path).await.expect(303);
    }
    wire.calls();
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..60 {
        let (stranger, path) = (stranger.clone(), path.clone());
        running.spawn(async move { stranger.get(&path).await.status });
    }
    let answers = running.join_all().await;
    let let_in = answers.iter().filter(|status| **status == 303).count();
    assert_eq!((let_in, answers.len() - let_in), (36, 24), "60 in a minute");
    let puts = wire.calls().iter().filter(|call| call.action == "PutItem").count();
    assert_eq!(puts, 36, "the others are not stored");
    let refused = stranger.get(&path).await.expect(429);
    assert_eq!((refused.header("retry-after"), refused.location()), ("60", ""));
    assert!(refused.body.contains("Please wait a while"), "{refused:?}");
    let posted =
        stranger.post_from_elsewhere("/oauth/authorize").body(app.encoded(&[("state", &"s".repeat(3500))]));
    stranger.send(posted).await.expect(429);
    // What does not have to wait is not counted, and another client has its own.
    stranger.get(&app.path(&[])).await.expect(303);
    stranger.get(&long(&other)).await.expect(303);
    world.pass(60);
    stranger.get(&path).await.expect(303);
}

#[tokio::test]
async fn what_is_posted_is_asked_again_by_get() {
    let world = World::start().await;
    let app = App::web(&world).await;
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    for state in ["short".to_owned(), "s".repeat(3500)] {
        let body = app.encoded(&[("state", &state)]);
        let posted =
            browser.send(browser.post_from_elsewhere("/oauth/authorize").body(body)).await.expect(303);
        assert!(posted.location().starts_with("/oauth/authorize?client_id="), "{posted:?}");
        let answer = browser.get(posted.location()).await.expect(303);
        let sent = query(answer.location());
        assert!(sent.contains_key("code") && sent["state"] == state, "{answer:?}");
    }
    // What cannot be asked again is answered at once, without anybody being there.
    let twice = format!("{}&nonce=a&nonce=b", app.encoded(&[]));
    let answer = browser.send(browser.post_from_elsewhere("/oauth/authorize").body(twice)).await.expect(303);
    assert_eq!(query(answer.location())["error"], "invalid_request");
    let bad = app.encoded(&[("redirect_uri", "https://evil.example/")]);
    let refused = browser.send(browser.post_from_elsewhere("/oauth/authorize").body(bad)).await.expect(303);
    browser.get(refused.location()).await.expect(400);
    let json = browser.request("POST", "/oauth/authorize").header("content-type", "application/json");
    browser.send(json.body("{}")).await.expect(415);
}

#[tokio::test]
async fn a_request_without_a_client_or_its_redirect_uri_is_a_page() {
    // #23
    let world = World::start().await;
    let app = App::web(&world).await;
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    for wrong in [
        [("client_id", "")],
        [("client_id", "unknown")],
        [("redirect_uri", "https://app.example.com/callback/")],
        [("redirect_uri", "https://evil.example/cb")],
        [("redirect_uri", "https:evil.example")],
        [("redirect_uri", "javascript:alert(1)")],
    ] {
        for other in
            [("response_type", "token"), ("scope", "\""), ("prompt", "none"), ("response_mode", "form_post")]
        {
            let answer = browser.get(&app.path(&[&wrong[..], &[other]].concat())).await.expect(400);
            assert_eq!(answer.location(), "", "{wrong:?} {other:?}");
            assert!(!answer.body.contains("evil.example"), "{answer:?}");
        }
    }
    let refused = world.program().get("/oauth/authorize").await.expect(400).json();
    assert_eq!(refused["error"], "invalid_request");
}

#[tokio::test]
async fn an_error_goes_back_to_the_app() {
    // #38, #39
    let world = World::start().await;
    let app = App::web(&world).await;
    let browser = world.browser();
    for (wrong, error) in [
        (("response_type", "token"), "unsupported_response_type"),
        (("code_challenge", ""), "invalid_request"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (("request", "e30.e30."), "request_not_supported"),
        (("request_uri", "https://app.example.com/r"), "request_uri_not_supported"),
        (("scope", "unknown"), "invalid_scope"),
        (("resource", "https://evil.example"), "invalid_target"),
        (("prompt", "none"), "login_required"),
        (("id_token_hint", "x.y.z"), "invalid_request"),
    ] {
        let answer = browser.get(&app.path(&[wrong])).await.expect(303);
        let sent = query(answer.location());
        assert!(answer.location().starts_with("https://app.example.com/callback?error="), "{answer:?}");
        assert_eq!((sent["error"].as_str(), sent["state"].as_str()), (error, "the state"), "{wrong:?}");
        assert_eq!(sent["iss"], world.cloud.url);
    }
}

#[tokio::test]
async fn a_redirect_uri_with_a_query_keeps_it() {
    let world = World::start().await;
    let app = App::of(&world, Kind::Web, "https://app.example.com/cb?tenant=a%20b", |_| ()).await;
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    let state = format!("{}~-._", "aZ09".repeat(31));
    assert_eq!(state.len(), 128);
    let answer = browser.get(&app.path(&[("state", &state)])).await.expect(303);
    assert!(answer.location().starts_with("https://app.example.com/cb?tenant=a%20b&code="), "{answer:?}");
    assert_eq!(query(answer.location())["state"], state);
    // Without a nonce, which nobody must send with a code.
    browser.get(&app.path(&[("nonce", "")])).await.expect(303);
    assert_eq!(code(&world, &browser.get(&app.path(&[("nonce", "")])).await).await.nonce, None);
}
