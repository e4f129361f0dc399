//! `POST /users/token`

use tests::World;

#[tokio::test]
async fn gives_the_page_a_fresh_token_that_works() {
    let world = World::start().await;
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    let answer = browser.post("/users/token").await.expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    let answer = answer.json();
    assert_eq!((answer["token_type"].as_str(), answer["expires_in"].as_u64()), (Some("Bearer"), Some(600)));
    world.program().bearer("/users", answer["access_token"].as_str().unwrap()).await.expect(200);
}

#[tokio::test]
async fn without_a_session_there_is_no_token_and_the_old_cookie_is_deleted() {
    // #33, #34
    let world = World::start().await;
    let browser = world.browser();
    browser.post("/users/token").await.expect(401);
    for invented in ["", "x", &"A".repeat(43), &"A".repeat(5000), "é"] {
        browser.set_cookie("__Host-session", invented);
        let refused = browser.post("/users/token").await.expect(401);
        assert_eq!(refused.json()["error"], "login_required");
    }
}

#[tokio::test]
async fn a_session_ends_by_idling_and_by_age() {
    // #34
    let world = World::start().await;
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    world.pass(3601);
    browser.set_cookie("__Host-session", &browser.cookie("__Host-session").unwrap());
    browser.post("/users/token").await.expect(401);

    browser.sign_in("ada").await.expect(303);
    for _ in 0..23 {
        world.pass(1800);
        browser.post("/users/token").await.expect(200);
    }
    world.pass(1801);
    browser.post("/users/token").await.expect(401);
}

#[tokio::test]
async fn pages_of_other_origins_get_no_token() {
    // #27, #30
    let world = World::start().await;
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    let ours = world.cloud.url.clone();
    for (origin, site, status) in [
        ("https://evil.example.com", "cross-site", 403),
        ("null", "cross-site", 403),
        ("null", "same-origin", 200),
        ("null", "same-site", 403),
        ("null", "none", 403),
        (ours.as_str(), "cross-site", 403),
        (ours.as_str(), "same-site", 403),
        ("http://localhost", "none", 403),
        (ours.as_str(), "same-origin", 200),
    ] {
        let request =
            browser.request("POST", "/users/token").header("origin", origin).header("sec-fetch-site", site);
        let answer = browser.send(request).await;
        assert_eq!(answer.status, status, "{origin} {site}");
        assert_eq!(answer.header("access-control-allow-origin"), "", "{origin}");
    }
    let text = browser.request("POST", "/users/token").header("content-type", "text/plain").body("{}");
    browser.send(text).await.expect(415);
    browser.get("/users/token").await.expect(401);
}
