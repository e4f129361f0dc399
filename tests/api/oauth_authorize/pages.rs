//! What a person is asked between an app and its code.

use client::{Api, ApiScope, Kind, NewApi, NewClient};
use oauth::Scope;
use tests::{Agent, App, CALLBACK, World, query};

use super::{code, sign_in_at};

#[tokio::test]
async fn a_fresh_sign_in_is_asked_for_on_our_own_page_and_moves_auth_time() {
    let world = World::start().await;
    let app = App::web(&world).await;
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    let (began, first) = (world.now(), code(&world, &browser.get(&app.path(&[])).await).await);
    assert_eq!(first.auth_time, began);
    for fresh in [("prompt", "login"), ("max_age", "1"), ("max_age", "0")] {
        world.pass(10);
        let page = browser.get(&app.path(&[fresh])).await.expect(200);
        assert!(page.body.contains("Please sign in again"), "{page:?}");
        let again = page.link("Sign in");
        world.pass(5);
        let answer = sign_in_at(&browser, &again, "ada").await.expect(303);
        let second = code(&world, &answer).await;
        assert_eq!((second.auth_time, second.sid.as_str()), (world.now(), first.sid.as_str()), "{fresh:?}");
        // However long the way back takes.
        world.pass(30);
        let back = query(&again)["return_to"].clone();
        assert!(query(browser.get(&back).await.expect(303).location()).contains_key("code"));
    }
    // Nobody else can say when it was asked.
    let forged = format!("{}&asked_at=0", app.path(&[("prompt", "login")]));
    browser.get(&forged).await.expect(200);
    let elsewhere =
        query(&browser.get(&app.path(&[("max_age", "1")])).await.link("Sign in"))["return_to"].clone();
    let sealed = query(&elsewhere)["asked_at"].clone();
    browser.get(&format!("{}&asked_at={sealed}", app.path(&[("prompt", "login")]))).await.expect(200);
    // A session that is recent enough is not asked.
    browser.get(&app.path(&[("max_age", "31")])).await.expect(303);
}

#[tokio::test]
async fn a_fresh_sign_in_is_passed_on_and_begins_at_a_page_of_ours() {
    // A provider that knows the person may send the browser straight back: somebody has done something all the same.
    let world = World::with(&[("STAND_IN_LIKE", "okta")]).await;
    let app = App::web(&world).await;
    let browser = world.browser();
    for (asked, words) in [
        (("prompt", "login"), "login"),
        (("max_age", "60"), "login"),
        (("prompt", "login select_account"), "login select_account"),
    ] {
        let page = browser.get(&app.path(&[asked])).await.expect(200);
        assert!(page.body.contains("Please sign in"), "{page:?}");
        let link = page.link("Sign in");
        assert_eq!(query(&link)["prompt"], words, "{asked:?}");
        let sent = query(&browser.start(&link.replace("/users/login?", "/users/login/okta?")).await);
        assert_eq!((sent["prompt"].as_str(), sent["max_age"].as_str()), ("login", "0"), "{asked:?}");
    }
    // Where nothing of that kind is asked, nothing is shown.
    let sent = browser.get(&app.path(&[])).await.expect(303);
    assert!(!query(sent.location()).contains_key("prompt"));
    let start = sent.location().replace("/users/login?", "/users/login/okta?");
    assert!(!query(&browser.start(&start).await).contains_key("max_age"));
    // The way through, at a provider that says when it was.
    let page = browser.get(&app.path(&[("prompt", "login")])).await.expect(200);
    let link = page.link("Sign in").replace("/users/login?", "/users/login/okta?");
    world.pass(90);
    let answer = sign_in_at(&browser, &link, "ada").await.expect(303);
    assert_eq!(code(&world, &answer).await.auth_time, world.now());
}

#[tokio::test]
async fn a_person_can_use_another_account() {
    let world = World::start().await;
    let app = App::web(&world).await;
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    let page = browser.get(&app.path(&[("prompt", "select_account")])).await.expect(200);
    assert!(page.body.contains("Choose an account") && page.body.contains("Ada"), "{page:?}");
    let answer = browser.choose(&page, "Ada").await.expect(303);
    let ada = code(&world, &answer).await.user_id;
    let answer = sign_in_at(&browser, &page.link("Use another account"), "alan").await.expect(303);
    assert_ne!(code(&world, &answer).await.user_id, ada);
}

#[tokio::test]
async fn a_native_app_is_confirmed_each_time() {
    // #24
    let world = World::start().await;
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    for (registered, asked, source) in [
        ("http://localhost/cb", "http://localhost:50123/cb", "http://localhost:50123"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:50123/cb", "http://127.0.0.1:50123"),
        ("com.example.app:/cb", "com.example.app:/cb", "com.example.app:"),
    ] {
        let app = App::of(&world, Kind::Native, registered, |_| ()).await;
        let uri = ("redirect_uri", asked);
        for _ in 0..2 {
            let page = browser.get(&app.path(&[uri])).await.expect(200);
            assert!(page.body.contains("Continue to Orders?"), "{page:?}");
            let policy = page.header("content-security-policy");
            assert!(policy.contains(&format!("form-action 'self' {source};")), "{policy}");
            let answer = browser.decide(&page, "allow").await.expect(303);
            assert!(answer.location().starts_with(&format!("{asked}?code=")), "{answer:?}");
        }
        let silent = browser.get(&app.path(&[uri, ("prompt", "none")])).await.expect(303);
        assert_eq!(query(silent.location())["error"], "interaction_required");
    }
}

#[tokio::test]
async fn consent_is_asked_for_once_and_remembered() {
    let world = World::start().await;
    let app = App::of(&world, Kind::Web, CALLBACK, |new| new.consent = true).await;
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    let silent = |scope| [("scope", scope), ("prompt", "none")];
    let refused = browser.get(&app.path(&silent("openid email"))).await.expect(303);
    assert_eq!(query(refused.location())["error"], "consent_required");
    let page = browser.get(&app.path(&[("scope", "openid email")])).await.expect(200);
    assert!(
        page.body.contains("Orders asks for access") && page.body.contains("app.example.com"),
        "{page:?}"
    );
    let no = browser.decide(&page, "deny").await.expect(303);
    assert_eq!(query(no.location())["error"], "access_denied");
    browser.get(&app.path(&[("scope", "openid email")])).await.expect(200);
    let yes = browser.decide(&page, "allow").await.expect(303);
    assert_eq!(code(&world, &yes).await.scope.to_string(), "email openid");
    // As much, and less, but not more; and the rest stays when more is agreed to.
    for scope in ["openid email", "openid"] {
        assert!(
            query(browser.get(&app.path(&silent(scope))).await.location()).contains_key("code"),
            "{scope}"
        );
    }
    let more = browser.get(&app.path(&[("scope", "openid offline_access")])).await.expect(200);
    browser.decide(&more, "allow").await.expect(303);
    let all = browser.get(&app.path(&silent("openid email offline_access"))).await.expect(303);
    assert!(query(all.location()).contains_key("code"), "{all:?}");
    // Somebody else agreed to nothing, and an app may want its person to be asked again.
    let other = world.browser();
    other.sign_in("alan").await.expect(303);
    other.get(&app.path(&[("scope", "openid email")])).await.expect(200);
    browser.get(&app.path(&[("prompt", "consent")])).await.expect(200);
}

#[tokio::test]
async fn a_page_counts_only_in_the_session_that_it_was_made_for() {
    // #27, #29
    let world = World::start().await;
    let app = App::of(&world, Kind::Native, "http://localhost/cb", |_| ()).await;
    let (browser, other, nobody) = (world.browser(), world.browser(), world.browser());
    browser.sign_in("ada").await.expect(303);
    other.sign_in("ada").await.expect(303);
    let page = browser.get(&app.path(&[])).await.expect(200);
    for stranger in [&other, &nobody] {
        for decision in ["allow", "deny"] {
            let refused = stranger.decide(&page, decision).await.expect(400);
            assert_eq!(refused.location(), "", "{refused:?}");
        }
    }
    let request = page.field("request");
    let fields = [("request", request.as_str()), ("decision", "allow")];
    let foreign = browser.request("POST", "/oauth/authorize/decision").header("sec-fetch-site", "cross-site");
    browser.send(foreign.form(&fields)).await.expect(403);
    browser
        .form("/oauth/authorize/decision", &[("request", &request[1..]), ("decision", "allow")])
        .await
        .expect(400);
    browser.form("/oauth/authorize/decision", &[("decision", "allow")]).await.expect(400);
    browser.decide(&page, "allow").await.expect(303);
    // A page that was open for too long asks once more.
    let page = browser.get(&app.path(&[])).await.expect(200);
    for _ in 0..2 {
        world.pass(1801);
        browser.post("/users/token").await.expect(200);
    }
    let again = browser.decide(&page, "allow").await.expect(200);
    browser.decide(&again, "allow").await.expect(303);
}

#[tokio::test]
async fn a_disabled_client_gets_nothing_from_an_open_page() {
    // #35, #23
    let world = World::start().await;
    let app = App::of(&world, Kind::Native, "http://localhost/cb", |_| ()).await;
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    let page = browser.get(&app.path(&[])).await.expect(200);
    client::disable(&world.table().await, &app.id, client::manage::NOTHING, world.now()).await.unwrap();
    assert_eq!(browser.decide(&page, "allow").await.expect(400).location(), "");
    assert_eq!(browser.get(&app.path(&[])).await.expect(400).location(), "");
}

#[tokio::test]
async fn an_answer_can_be_posted_with_and_without_a_script() {
    let world = World::start().await;
    let app = App::web(&world).await;
    let browser = world.browser();
    let mode = ("response_mode", "form_post");
    let error = browser.get(&app.path(&[mode, ("prompt", "none")])).await.expect(200);
    assert_eq!(
        (error.field("error").as_str(), error.field("state").as_str()),
        ("login_required", "the state")
    );
    browser.sign_in("ada").await.expect(303);
    let state = "\"><script>alert(1)</script>&'";
    let page = browser.get(&app.path(&[mode, ("state", state)])).await.expect(200);
    assert_eq!((page.field("state").as_str(), page.field("iss").as_str()), (state, world.cloud.url.as_str()));
    assert_eq!(page.field("code").len(), 43);
    assert!(
        page.body
            .contains("<form class=\"actions\" method=\"post\" action=\"https://app.example.com/callback\">")
    );
    assert!(page.header("content-security-policy").contains("form-action 'self' https://app.example.com;"));
    assert!(!page.body.contains("<script>alert"), "{page:?}");
    browser.get("/oauth/form_post.js").await.expect(200);
}

#[tokio::test]
async fn a_request_that_only_looks_issues_no_code() {
    let world = World::start().await;
    let app = App::web(&world).await;
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    let head = browser.send(browser.request("HEAD", &app.path(&[]))).await.expect(200);
    assert_eq!(head.location(), "");
    let ahead = browser.request("GET", &app.path(&[])).header("sec-purpose", "prefetch");
    browser.send(ahead).await.expect(503);
}

/// The ID token of the person in this browser.
async fn id_token(world: &World, app: &App, browser: &Agent) -> String {
    let code = app.code(browser).await;
    let request = world.program().request("POST", "/oauth/token").basic_auth(&app.id, Some(&app.secret));
    let request = request.form(&[
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", &app.redirect_uri),
        ("code_verifier", &app.verifier),
    ]);
    let answer = world.program().send(request).await.expect(200).json();
    answer["id_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_hint_says_for_whom_the_app_asks_also_after_it_has_expired() {
    let world = World::start().await;
    let (app, other_app) = (App::web(&world).await, App::web(&world).await);
    let (ada, alan) = (world.browser(), world.browser());
    ada.sign_in("ada").await.expect(303);
    alan.sign_in("alan").await.expect(303);
    let hint = id_token(&world, &app, &ada).await;
    world.pass(1200);
    let asked = [("id_token_hint", hint.as_str())];
    let silent = [&asked[..], &[("prompt", "none")]].concat();
    app.code_of(&ada, &asked).await;
    app.code_of(&ada, &silent).await;
    let page = alan.get(&app.path(&asked)).await.expect(200);
    assert!(page.body.contains("Another account is needed"), "{page:?}");
    let refused = alan.get(&app.path(&silent)).await.expect(303);
    assert_eq!(query(refused.location())["error"], "login_required");
    let answer = sign_in_at(&alan, &page.link("Sign in"), "ada").await.expect(303);
    assert!(query(answer.location()).contains_key("code"), "{answer:?}");
    // Another app's, and what is no ID token of ours.
    for (app, hint) in [(&other_app, hint.as_str()), (&app, &hint[..hint.len() - 4]), (&app, "x")] {
        let refused = ada.get(&app.path(&[("id_token_hint", hint)])).await.expect(303);
        assert_eq!(query(refused.location())["error"], "invalid_request");
    }
}

#[tokio::test]
async fn a_session_that_was_ended_everywhere_is_none() {
    // #34
    let world = World::start().await;
    let app = App::web(&world).await;
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    let user = code(&world, &browser.get(&app.path(&[])).await).await.user_id;
    user::end_everywhere(&world.table().await, &user, world.now()).await.unwrap();
    let asked = browser.get(&app.path(&[])).await.expect(303);
    assert!(asked.location().starts_with("/users/login?"), "{asked:?}");
}

#[tokio::test]
async fn a_scope_of_an_api_that_needs_consent_is_asked_for_by_any_app() {
    let world = World::start().await;
    let new = NewApi {
        audience: "https://pets.example.com".to_owned(),
        name: "Pets".to_owned(),
        scopes: [("pets:read", false), ("pets:delete", true)]
            .map(|(name, consent)| ApiScope { name: name.to_owned(), consent })
            .to_vec(),
        access_token_alg: jose::Algorithm::Rs256,
    };
    let own = Api::own("", &Scope::default());
    client::add_api(&world.table().await, &new, &own, client::manage::NOTHING, world.now()).await.unwrap();
    let wanted = |client: &mut NewClient| {
        client.audiences = vec![new.audience.clone()];
        client.scope = "openid pets:read pets:delete".parse().unwrap();
        client.default_scope = "openid".parse().unwrap();
    };
    let app = App::of(&world, Kind::Web, CALLBACK, wanted).await;
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    app.code_of(&browser, &[("scope", "openid pets:read")]).await;
    let both = [("scope", "openid pets:read pets:delete")];
    let page = browser.get(&app.path(&both)).await.expect(200);
    assert!(page.body.contains("<code>pets:delete</code> at Pets"), "{page:?}");
    browser.decide(&page, "allow").await.expect(303);
    app.code_of(&browser, &both).await;
}

#[tokio::test]
async fn the_order_of_parameters_and_scopes_does_not_matter() {
    // RFC 6749 §3.3; OpenID Connect Core §2: the key of the ID token is named
    let world = World::start().await;
    let app = App::web(&world).await;
    let person = world.person("ada").await;
    let mut parameters = app.parameters(&[("scope", "email profile openid")]);
    parameters.sort();
    parameters.reverse();
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    let answer = person.browser.get(&format!("/oauth/authorize?{query}")).await.expect(303);
    let code = tests::query(answer.location())["code"].clone();
    let fields = [
        ("code_verifier", &*app.verifier),
        ("redirect_uri", &*app.redirect_uri),
        ("grant_type", "authorization_code"),
        ("code", &*code),
    ];
    let ask = tests::oauth::Ask::of(&app.client(), "/oauth/token", &fields);
    let tokens = ask.send(&world).await.expect(200).json();
    assert_eq!(tokens["scope"], "email openid profile");
    let token = jose::Jws::parse(tokens["id_token"].as_str().unwrap()).unwrap();
    let keys = world.program().get("/.well-known/jwks.json").await.expect(200).json();
    let named = |key: &&serde_json::Value| key["kid"] == token.header()["kid"] && key["alg"] == "RS256";
    assert_eq!(keys["keys"].as_array().unwrap().iter().filter(named).count(), 1);
}
