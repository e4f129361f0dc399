//! A provider that answers by a form the browser posts from its site, as Apple does (OAuth 2.0 Form Post Response Mode).

use forge::Key;
use jose::{Algorithm, Jws, KeySet};
use serde_json::json;
use tests::{
    Agent, Answer, App, World,
    stub::{CLIENT_ID, Stub},
};

const CALLBACK: &str = "/users/login/apple/callback";

/// Apple's preset, played by the stub; and our key, with which we sign what Apple calls a client secret.
async fn apple() -> (World, Stub, Key) {
    let (stub, key) = (Stub::start().await, Key::fresh("ES256"));
    let pem = key.pem().replace('\n', "\\n");
    let world = World::with(&[
        ("PROVIDERS", "apple"),
        ("APPLE_ISSUER", &stub.issuer),
        ("APPLE_CLIENT_ID", CLIENT_ID),
        ("APPLE_TEAM_ID", "TEAM123456"),
        ("APPLE_KEY_ID", "KEY1234567"),
        ("APPLE_PRIVATE_KEY", &pem),
    ])
    .await;
    (world, stub, key)
}

/// The fields of an answer, which the stub puts into an address.
fn fields(back: &str) -> Vec<(String, String)> {
    url::Url::parse(back).unwrap().query_pairs().into_owned().collect()
}

/// Posts the answer as the provider's page lets a browser do it: from another site, whose referrer policy may hide which.
async fn post(agent: &Agent, fields: &[(String, String)], origin: &str) -> Answer {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    agent.send(agent.post_from_elsewhere(CALLBACK).header("origin", origin).body(body)).await
}

#[tokio::test]
async fn the_callback_is_posted_and_the_client_secret_is_signed() {
    // #31, #92
    let (world, stub, key) = apple().await;
    for origin in ["https://appleid.apple.com", "null"] {
        let browser = world.browser();
        let start = browser.get("/users/login?return_to=/users/me").await.expect(303);
        assert!(start.location().contains("response_mode=form_post"), "{start:?}");
        assert!(start.cookies()[0].ends_with("SameSite=None"), "{start:?}");
        let mut fields =
            fields(&stub.agree(start.location(), json!({ "email_verified": "true" }), world.now()));
        fields.push(("user".to_owned(), r#"{"name":{"firstName":"Eve"}}"#.to_owned()));
        let answer = post(&browser, &fields, origin).await.expect(303);
        assert_eq!(answer.location(), "/users/me");
        let session = answer.cookies().into_iter().find(|c| c.starts_with("__Host-session=")).unwrap();
        assert!(session.ends_with("SameSite=Lax"), "{session}");
        assert!(browser.cookie("__Host-session").is_some());
        browser.post("/users/token").await.expect(200);
    }
    let body = stub.bodies("token").remove(0);
    let (_, secret) =
        url::form_urlencoded::parse(body.as_bytes()).find(|(name, _)| name == "client_secret").unwrap();
    let secret = Jws::parse(&secret).unwrap();
    let keys = json!({ "keys": [key.jwk("KEY1234567")] });
    KeySet::parse(keys.to_string().as_bytes()).unwrap().verify(&secret, &[Algorithm::Es256]).unwrap();
    let claims = secret.claims();
    assert_eq!(
        (&claims["iss"], &claims["sub"], &claims["aud"]),
        (&json!("TEAM123456"), &json!(CLIENT_ID), &json!(stub.issuer))
    );
    assert!(claims["exp"].as_i64().unwrap() - world.now().epoch() <= 300);
}

#[tokio::test]
async fn the_name_that_is_sent_once_is_stored() {
    // #19: for somebody new whom the provider does not name, since the browser could have written anything there.
    let (world, stub, _) = apple().await;
    let sign_in = async |sub: &str, name: Option<&str>, user: &str| {
        let browser = world.browser();
        let url = browser.start("/users/login").await;
        let claims = json!({"sub": sub, "name": name});
        let mut fields = fields(&stub.agree(&url, claims, world.now()));
        fields.push(("user".to_owned(), user.to_owned()));
        post(&browser, &fields, "null").await.expect(303);
        let token = browser.post("/users/token").await.expect(200).json();
        let token = token["access_token"].as_str().unwrap().to_owned();
        browser.as_program().bearer("/users/me", &token).await.expect(200).json()["name"].clone()
    };
    let ada = r#"{"name":{"firstName":"Ada","lastName":"Lovelace"},"email":"boss@example.com"}"#;
    assert_eq!(sign_in("ada", None, ada).await, "Ada Lovelace");
    assert_eq!(sign_in("ada", None, r#"{"name":{"firstName":"Eve"}}"#).await, "Ada Lovelace");
    assert_eq!(sign_in("bob", Some("Bob"), ada).await, "Bob");
    assert_eq!(sign_in("nobody", None, "{").await, json!(null), "what cannot be read turns nobody away");
}

#[tokio::test]
async fn a_session_whose_cookie_does_not_come_along_still_ends() {
    // #33: the browser keeps it back, because another site posts.
    let (world, stub, _) = apple().await;
    let (browser, thief) = (world.browser(), world.browser());
    let sign_in = async || {
        let url = browser.start("/users/login").await;
        post(&browser, &fields(&stub.agree(&url, json!({}), world.now())), "null").await
    };
    sign_in().await.expect(303);
    thief.set_cookie("__Host-session", &browser.cookie("__Host-session").unwrap());
    thief.post("/users/token").await.expect(200);
    // A sign-in that comes to nothing ends nothing.
    browser.start("/users/login").await;
    post(&browser, &[("state".to_owned(), "x".to_owned())], "null").await.expect(400);
    thief.post("/users/token").await.expect(200);
    sign_in().await.expect(303);
    thief.post("/users/token").await.expect(401);
    browser.post("/users/token").await.expect(200);
}

#[tokio::test]
async fn a_posted_callback_leaves_the_other_person_signed_in() {
    // #31, #33: the cookies of sessions do not come along, so the first one got one of its own before.
    let (world, stub, _) = apple().await;
    let (app, browser) = (App::web(&world).await, world.browser());
    for sub in ["first", "second"] {
        let url = browser.start("/users/login").await;
        let back = stub.agree(&url, json!({"sub": sub}), world.now());
        post(&browser, &fields(&back), "null").await.expect(303);
        world.pass(1);
    }
    // Each can be chosen, from there and back.
    for choice in [1, 1, 0] {
        let page = browser.get(&app.path(&[("prompt", "select_account")])).await.expect(200);
        let offered: Vec<_> = page.body.split("name=\"account\" value=\"").skip(1).collect();
        assert_eq!(offered.len(), 2, "{page:?}");
        let account = offered[choice].split('"').next().unwrap();
        let fields = [("request", &*page.field("request")), ("account", account)];
        browser.form("/oauth/authorize/decision", &fields).await.expect(303);
        assert_eq!(world.session(&browser).await.id, account);
    }
}

#[tokio::test]
async fn a_posted_callback_is_checked_like_any_other() {
    // #4, #6, #9, #10, #25
    let (world, stub, _) = apple().await;
    let browser = world.browser();
    let url = browser.start("/users/login").await;
    let name = browser.cookie_names().remove(0);
    let cookie = browser.cookie(&name).unwrap();
    let good = fields(&stub.agree(&url, json!({}), world.now()));
    let with = |name: &str, value: &str| {
        let mut fields: Vec<_> = good.iter().filter(|(n, _)| n != name).cloned().collect();
        fields.push((name.to_owned(), value.to_owned()));
        fields
    };
    let twice = [good.clone(), vec![good[0].clone()]].concat();
    let huge = with("user", &"x".repeat(20_000));
    for (fields, status) in [
        (with("state", "x"), 400),
        (with("state", ""), 400),
        (with("code", &"x".repeat(5000)), 400),
        (with("error", "access_denied"), 400),
        (with("iss", "https://evil.example.com"), 400),
        (twice, 400),
        (huge, 413),
    ] {
        browser.set_cookie(&name, &cookie);
        let answer = post(&browser, &fields, "null").await;
        assert_eq!(answer.status, status, "{answer:?}");
        // What is too large would be too large again.
        assert_eq!(answer.body.contains("Start again"), status != 413, "{answer:?}");
    }
    // Another browser, or this one after another site took its cookie away.
    post(&world.browser(), &good, "null").await.expect(400);
    for (kind, body) in [("application/json", "{}"), ("text/plain", "code=x"), ("multipart/form-data", "x")] {
        browser.set_cookie(&name, &cookie);
        browser
            .send(browser.request("POST", CALLBACK).header("content-type", kind).body(body))
            .await
            .expect(415);
    }
    assert_eq!(stub.hits("token"), 0);
    browser.set_cookie(&name, &cookie);
    post(&browser, &good, "null").await.expect(303);
    assert_eq!(stub.hits("token"), 1);
}

#[tokio::test]
async fn a_repeated_posted_callback_leads_to_the_same_session() {
    // #9, #25: the login's cookie comes along with what another site posts, and the session's does not.
    let (world, stub, _) = apple().await;
    let browser = world.browser();
    let url = browser.start("/users/login?return_to=/users/me").await;
    let name = browser.cookie_names().remove(0);
    let cookie = browser.cookie(&name).unwrap();
    let good = fields(&stub.agree(&url, json!({}), world.now()));
    post(&browser, &good, "null").await.expect(303);
    let session = browser.cookie("__Host-session");
    let state: Vec<_> = good.iter().filter(|(name, _)| name == "state").cloned().collect();
    let with = |name: &str, value: &str| [&state[..], &[(name.to_owned(), value.to_owned())]].concat();
    for fields in
        [&good, &fields(&stub.agree(&url, json!({}), world.now())), &with("error", "user_cancelled")]
    {
        // Whether the first answer arrived or not.
        for window in [browser.clone(), world.browser()] {
            window.set_cookie(&name, &cookie);
            let answer = post(&window, fields, "null").await.expect(303);
            assert_eq!((answer.location(), answer.cookies().len()), ("/users/me", 1));
            assert_eq!(window.cookie("__Host-session"), session);
        }
        post(&world.browser(), fields, "null").await.expect(400);
    }
    assert_eq!(stub.hits("token"), 1);
    // Reloading is a GET, which no other site sends: the state is enough.
    let reload = format!("{CALLBACK}?state={}", state[0].1);
    let answer = browser.get(&reload).await.expect(303);
    assert_eq!((answer.location(), browser.cookie("__Host-session")), ("/users/me", session));
    browser.form("/users/logout", &[]).await.expect(303);
    post(&browser, &good, "null").await.expect(400);
    assert_eq!(browser.cookie("__Host-session"), None);
}
