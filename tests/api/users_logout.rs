//! `POST /users/logout`

use tests::World;

#[tokio::test]
async fn ends_the_session_on_the_server() {
    // #34
    let world = World::start().await;
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    let stolen = browser.cookie("__Host-session").unwrap();
    let answer = browser.form("/users/logout", &[]).await.expect(303);
    assert_eq!(answer.location(), "/");
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
    browser.get("/users/logout").await.expect(404);
    for (name, value) in
        [("origin", "https://evil.example.com"), ("sec-fetch-site", "cross-site"), ("origin", "null")]
    {
        let request = browser.request("POST", "/users/logout").header(name, value);
        browser.send(request).await.expect(403);
    }
    browser.post("/users/token").await.expect(200);
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
