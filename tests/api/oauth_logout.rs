//! `GET` and `POST /oauth/logout`, `POST /oauth/logout/decision`

use client::Kind;
use jose::SigningKey;
use oauth::Digest;
use serde_json::{Value, json};
use session::Code;
use tests::{Agent, Answer, App, CALLBACK, World};
use url::form_urlencoded::Serializer;

const BYE: &str = "https://app.example.com/bye";

async fn app(world: &World) -> App {
    App::of(world, Kind::Web, CALLBACK, |new| new.post_logout_redirect_uris = vec![BYE.to_owned()]).await
}

/// The code that the app gets for the person in this browser, as the table has it.
async fn code(world: &World, app: &App, browser: &Agent) -> Code {
    let id = Digest::of(app.code(browser).await.as_bytes());
    world.table().await.get::<Code>(id.as_str(), world.now()).await.unwrap().unwrap().into_inner()
}

/// An ID token as this world signs it, with other claims in place of its own.
fn id_token(world: &World, code: &Code, typ: &str, but: Value) -> String {
    let now = world.now().epoch();
    let mut claims = json!({
        "iss": world.cloud.url, "aud": code.client_id, "sub": code.user_id, "sid": code.sid, "iat": now, "exp": now + 600,
    });
    claims.as_object_mut().unwrap().extend(but.as_object().unwrap().clone());
    sign(world, typ, &claims)
}

fn sign(world: &World, typ: &str, claims: &Value) -> String {
    let set: Value = serde_json::from_str(&world.cloud.settings["SIGNING_KEYS"]).unwrap();
    let keys = set["keys"].as_array().unwrap();
    let jwk = keys[0].as_object().unwrap();
    let key = SigningKey::from_jwk(jwk).unwrap();
    key.compact(typ, jwk.get("kid").and_then(Value::as_str), claims.to_string()).unwrap()
}

fn path(parameters: &[(&str, &str)]) -> String {
    format!("/oauth/logout?{}", Serializer::new(String::new()).extend_pairs(parameters).finish())
}

async fn is_signed_in(browser: &Agent) -> bool {
    browser.post("/users/token").await.status == 200
}

async fn confirm(browser: &Agent, page: &Answer) -> Answer {
    browser.form("/oauth/logout/decision", &[("request", &page.field("request"))]).await
}

#[tokio::test]
async fn an_id_token_of_this_session_signs_out_and_leads_back() {
    // #28
    let world = World::start().await;
    let app = app(&world).await;
    let browser = world.browser();
    for posted in [false, true] {
        browser.sign_in("ada").await.expect(303);
        let hint = id_token(&world, &code(&world, &app, &browser).await, "JWT", json!({}));
        // It has expired by then.
        world.pass(1200);
        let parameters =
            [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE), ("state", "a b&c")];
        let mut there = path(&parameters);
        if posted {
            let body = Serializer::new(String::new()).extend_pairs(parameters).finish();
            let answer =
                browser.send(browser.post_from_elsewhere("/oauth/logout").body(body)).await.expect(303);
            there = answer.location().to_owned();
        }
        let answer = browser.get(&there).await.expect(303);
        assert_eq!(answer.location(), "https://app.example.com/bye?state=a%20b%26c");
        assert_eq!(browser.cookie("__Host-session"), None);
        assert!(!is_signed_in(&browser).await);
        // Who is signed out already goes the same way.
        assert_eq!(browser.get(&there).await.expect(303).location(), answer.location());
    }
}

#[tokio::test]
async fn an_app_may_leave_out_the_state_and_the_way_back() {
    // #28: RP-Initiated Logout §2, §3
    let world = World::start().await;
    let app = app(&world).await;
    let browser = world.browser();
    for (others, then) in [
        (vec![("post_logout_redirect_uri", BYE)], BYE),
        (vec![], "/?signed_out"),
        (vec![("state", "s")], "/?signed_out"),
    ] {
        browser.sign_in("ada").await.expect(303);
        let hint = id_token(&world, &code(&world, &app, &browser).await, "JWT", json!({}));
        let parameters = [&[("id_token_hint", hint.as_str())][..], &others].concat();
        let answer = browser.get(&path(&parameters)).await.expect(303);
        assert_eq!(answer.location(), then, "{others:?}");
        assert!(!is_signed_in(&browser).await, "{others:?}");
        // Then nobody is there for an app that asks without showing anything.
        let answer = browser.get(&app.path(&[("prompt", "none")])).await.expect(303);
        assert_eq!(tests::query(answer.location())["error"], "login_required");
    }
}

#[tokio::test]
async fn without_an_id_token_of_this_session_the_person_is_asked() {
    // #28
    let world = World::start().await;
    let app = app(&world).await;
    let (browser, other) = (world.browser(), world.browser());
    browser.sign_in("ada").await.expect(303);
    other.sign_in("ada").await.expect(303);
    let of_the_other = id_token(&world, &code(&world, &app, &other).await, "JWT", json!({}));
    let code = code(&world, &app, &browser).await;
    let without_sid = id_token(&world, &code, "JWT", json!({"sid": null}));
    for (parameters, then) in [
        (vec![], "/?signed_out"),
        (vec![("state", "s")], "/?signed_out"),
        (vec![("client_id", app.id.as_str())], "/?signed_out"),
        (vec![("client_id", app.id.as_str()), ("post_logout_redirect_uri", BYE)], BYE),
        (vec![("id_token_hint", of_the_other.as_str()), ("post_logout_redirect_uri", BYE)], BYE),
        (vec![("id_token_hint", without_sid.as_str())], "/?signed_out"),
    ] {
        browser.sign_in("ada").await.expect(303);
        let page = browser.get(&path(&parameters)).await.expect(200);
        assert!(page.body.contains("Sign out?") && page.body.contains("Ada"), "{page:?}");
        assert!(is_signed_in(&browser).await, "{parameters:?}");
        assert_eq!(confirm(&browser, &page).await.expect(303).location(), then);
        assert!(!is_signed_in(&browser).await, "{parameters:?}");
    }
    assert!(is_signed_in(&other).await);
}

#[tokio::test]
async fn a_wrong_request_is_a_page_and_ends_nothing() {
    // #28
    let world = World::start().await;
    let (app, other) = (app(&world).await, App::web(&world).await);
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    let code = code(&world, &app, &browser).await;
    let hint = |but| id_token(&world, &code, "JWT", but);
    let good = hint(json!({}));
    let tampered = format!("{}x", &good[..good.len() - 1]);
    let foreign = hint(json!({"iss": "https://evil.example"}));
    let access_token = id_token(&world, &code, "at+jwt", json!({}));
    let logout_token = id_token(&world, &code, "logout+jwt", json!({}));
    for wrong in [
        vec![("id_token_hint", tampered.as_str())],
        vec![("id_token_hint", foreign.as_str())],
        vec![("id_token_hint", access_token.as_str())],
        vec![("id_token_hint", logout_token.as_str())],
        vec![("id_token_hint", "x")],
        vec![("id_token_hint", good.as_str()), ("client_id", other.id.as_str())],
        vec![("id_token_hint", good.as_str()), ("id_token_hint", good.as_str())],
        vec![("post_logout_redirect_uri", BYE)],
        vec![("client_id", other.id.as_str()), ("post_logout_redirect_uri", BYE)],
        vec![("id_token_hint", good.as_str()), ("post_logout_redirect_uri", "https://app.example.com/bye/")],
        vec![
            ("id_token_hint", good.as_str()),
            ("post_logout_redirect_uri", "https://app.example.com/bye?x=1"),
        ],
        vec![("id_token_hint", good.as_str()), ("post_logout_redirect_uri", "https://evil.example/")],
    ] {
        let answer = browser.get(&path(&wrong)).await.expect(400);
        assert_eq!(answer.location(), "", "{wrong:?}");
        assert!(is_signed_in(&browser).await, "{wrong:?}");
    }
    // Without either, it is not known whose the address is.
    let page = browser.get(&path(&[("post_logout_redirect_uri", BYE), ("state", "s")])).await.expect(400);
    assert!(page.body.contains("needs id_token_hint or client_id"), "{page:?}");
}

#[tokio::test]
async fn the_page_counts_only_in_its_session_and_from_our_own_site() {
    // #27, #28, #29
    let world = World::start().await;
    let (browser, other) = (world.browser(), world.browser());
    browser.sign_in("ada").await.expect(303);
    other.sign_in("alan").await.expect(303);
    let page = browser.get("/oauth/logout").await.expect(200);
    confirm(&other, &page).await.expect(400);
    assert!(is_signed_in(&other).await);
    let request = browser.request("POST", "/oauth/logout/decision").header("sec-fetch-site", "cross-site");
    browser.send(request.form(&[("request", page.field("request"))])).await.expect(403);
    browser.form("/oauth/logout/decision", &[]).await.expect(400);
    assert!(is_signed_in(&browser).await);
    browser.send(browser.request("HEAD", "/oauth/logout")).await.expect(200);
    confirm(&browser, &page).await.expect(303);
    assert!(!is_signed_in(&browser).await);
}

#[tokio::test]
async fn nobody_is_signed_in_and_nothing_is_asked() {
    let world = World::start().await;
    let app = app(&world).await;
    let browser = world.browser();
    assert_eq!(browser.get("/oauth/logout").await.expect(303).location(), "/?signed_out");
    let parameters = [("client_id", app.id.as_str()), ("post_logout_redirect_uri", BYE)];
    assert_eq!(browser.get(&path(&parameters)).await.expect(303).location(), BYE);
}
