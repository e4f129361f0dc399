//! `POST /users/logout`

use oauth::{Secret, SessionCookie};
use tests::{World, database::Wire};

#[tokio::test]
async fn ends_the_session_on_the_server() {
    // #34
    let world = World::start().await;
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    let stolen = browser.cookie("__Host-session").unwrap();
    let answer = browser.form("/users/logout", &[]).await.expect(303);
    assert_eq!(answer.location(), "/?signed_out");
    assert_eq!(browser.cookie("__Host-session"), None);
    browser.set_cookie("__Host-session", &stolen);
    browser.post("/users/token").await.expect(401);
}

#[tokio::test]
async fn cannot_be_forced() {
    // #28
    let world = World::start().await;
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    browser.get("/users/logout").await.expect(401);
    for (name, value) in
        [("origin", "https://evil.example.com"), ("sec-fetch-site", "cross-site"), ("origin", "null")]
    {
        let request = browser.request("POST", "/users/logout").header(name, value);
        browser.send(request).await.expect(403);
    }
    browser.post("/users/token").await.expect(200);
}

#[tokio::test]
async fn sign_out_works_without_a_referrer() {
    // #28: where a proxy in front adds `Referrer-Policy: no-referrer`, our own form says `Origin: null`.
    let world = World::start().await;
    for (site, origin, signed_out) in [
        (Some("same-origin"), "null", true),
        (Some("cross-site"), "null", false),
        (Some("same-site"), "null", false),
        (Some("none"), "null", false),
        (None, "null", false),
        (None, world.cloud.url.as_str(), true),
        (Some("cross-site"), world.cloud.url.as_str(), false),
    ] {
        let browser = world.browser();
        browser.sign_in("ada").await.expect(303);
        for path in ["/users/token", "/users/logout"] {
            let mut request = browser.request("POST", path).header("origin", origin);
            if let Some(site) = site {
                request = request.header("sec-fetch-site", site);
            }
            let status = browser.send(request).await.status;
            assert_eq!(status < 400, signed_out, "{path} {site:?} {origin}: {status}");
        }
        assert_eq!(browser.cookie("__Host-session").is_none(), signed_out, "{site:?} {origin}");
    }
}

#[tokio::test]
async fn an_invented_session_costs_one_read() {
    // #105
    let wire = Wire::start().await;
    let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    let actions = || wire.calls().into_iter().map(|call| call.action).collect::<Vec<_>>();
    let cost = async |secret: &str| {
        let browser = world.browser();
        browser.set_cookie("__Host-session", secret);
        actions();
        browser.form("/users/logout", &[]).await.expect(303);
        actions()
    };
    let living = browser.cookie("__Host-session").unwrap();
    let (sid, _) = living.split_once('.').unwrap();
    let invented = |sid: &str| SessionCookie::value(sid, &Secret::random()).expose().to_owned();
    assert!(cost("nonsense").await.is_empty());
    assert_eq!(cost(&invented(Secret::random().expose())).await, ["GetItem"]);
    assert_eq!(cost(&invented(sid)).await, ["GetItem"], "the id of a living session, which tokens have");
    assert_eq!(cost(&living).await, ["GetItem", "UpdateItem"]);
    assert_eq!(cost(&living).await, ["GetItem"], "it has ended");
    // One that has lapsed by itself.
    browser.clear();
    browser.sign_in("ada").await.expect(303);
    let lapsed = browser.cookie("__Host-session").unwrap();
    world.pass(3600);
    assert_eq!(cost(&lapsed).await, ["GetItem"]);
}

#[tokio::test]
async fn twice_or_signed_out_is_fine() {
    let world = World::start().await;
    let program = world.program();
    assert_eq!(program.post("/users/logout").await.expect(200).json()["message"], "Signed out");
    let browser = world.browser();
    browser.set_cookie("__Host-session", "nonsense");
    browser.form("/users/logout", &[]).await.expect(303);
}
