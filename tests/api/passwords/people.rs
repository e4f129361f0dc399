//! People with a browser.

use super::{GOOD, register, world};

const LOGIN: &str = "/users/password/login";

#[tokio::test]
async fn a_person_signs_in_with_the_form_and_has_a_session() {
    let world = world().await;
    register(&world, "grace").await.expect(201);
    let browser = world.browser();
    let page = browser.get("/users/login?return_to=%2Faccount&login_hint=grace").await.expect(200);
    for text in [
        "Continue with Google",
        "action=\"/users/password/login\"",
        "value=\"/account\"",
        "value=\"grace\"",
        "autocomplete=\"username webauthn\"",
        "autocomplete=\"current-password\"",
        "/users/register?return_to=%2Faccount",
    ] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    assert_eq!(page.header("referrer-policy"), "same-origin");
    let form = [("login", "Grace"), ("password", GOOD), ("return_to", "/account")];
    let answer = browser.form(LOGIN, &form).await.expect(303);
    assert_eq!(answer.location(), "/account");
    browser.get("/account").await.expect(200);
    browser.post("/users/token").await.expect(200);
    let session = world.session(&browser).await;
    assert_eq!(session.amr, ["pwd"]);
    // Signing in again is the same session under another secret (#33).
    let before = browser.cookie("__Host-session").unwrap();
    browser.form(LOGIN, &form).await.expect(303);
    assert_ne!(browser.cookie("__Host-session").unwrap(), before);
    assert_eq!(world.session(&browser).await.id, session.id);
}

#[tokio::test]
async fn a_wrong_password_shows_the_form_again_without_it() {
    // #84, #103
    let world = world().await;
    register(&world, "grace").await.expect(201);
    let browser = world.browser();
    let form = [("login", "<b>grace</b>"), ("password", GOOD), ("return_to", "/account")];
    browser.form(LOGIN, &form).await.expect(400);
    let form = [("login", "grace"), ("password", "canary horse"), ("return_to", "/account")];
    let page = browser.form(LOGIN, &form).await.expect(401);
    assert!(
        page.body.contains("The name or the password is wrong.") && page.body.contains("value=\"grace\"")
    );
    assert!(page.body.contains("value=\"/account\"") && !page.body.contains("canary"));
    assert!(browser.cookie("__Host-session").is_none());
    let german = browser.request("POST", LOGIN).header("accept-language", "de");
    let german = german.header("sec-fetch-site", "same-origin");
    let german = german.header("content-type", "application/x-www-form-urlencoded");
    let page = browser.send(german.body("login=grace&password=x")).await.expect(401);
    assert!(
        page.body.contains("lang=\"de\"") && page.body.contains("Der Name oder das Passwort ist falsch.")
    );
}

#[tokio::test]
async fn a_person_registers_on_a_page() {
    let world = world().await;
    let browser = world.browser();
    let page = browser.get("/users/register?return_to=%2Faccount").await.expect(200);
    assert!(page.body.contains("autocomplete=\"new-password\"") && page.body.contains("value=\"/account\""));
    let path = "/users/password/register";
    let of = |login: &'static str, password: &'static str| {
        [("login", login), ("password", password), ("name", "Grace Hopper"), ("return_to", "/account")]
    };
    let weak = browser.form(path, &of("grace", "password")).await.expect(400);
    assert!(weak.body.contains("one of the most common") && weak.body.contains("value=\"Grace Hopper\""));
    assert_eq!(browser.form(path, &of("grace", GOOD)).await.expect(303).location(), "/account");
    assert!(browser.get("/account").await.expect(200).body.contains("Grace Hopper"));
    world.browser().form(path, &of("grace", GOOD)).await.expect(409);
    // With an address, the page is the same for one that is known (#84).
    let pages = [(); 2].map(|()| world.browser());
    let one = pages[0].form(path, &of("ann@example.com", GOOD)).await.expect(200).body;
    let other = pages[1].form(path, &of("ann@example.com", GOOD)).await.expect(200).body;
    assert!(one == other && one.contains("You can sign in now"));
}

#[tokio::test]
async fn a_sign_in_in_the_middle_of_an_app_goes_on_there() {
    // A browser follows a form's redirect only to places that the page's policy names, and no page of ours names an app here.
    let world = world().await;
    register(&world, "grace").await.expect(201);
    let app = world.client(client::Kind::Web, |_| {}).await;
    let browser = world.browser();
    let path = format!("/oauth/authorize?client_id={}", app.id);
    let form = [("login", "grace"), ("password", GOOD), ("return_to", path.as_str())];
    let page = browser.form(LOGIN, &form).await.expect(200);
    assert_eq!(page.header("refresh"), format!("0; url={path}"));
    assert!(page.body.contains(&format!("href=\"{path}\"")));
    // Nor does it lead to a stranger (#22).
    for place in
        ["https://evil.example.com/", "//evil.example.com", "/\\evil.example.com", "javascript:alert(1)"]
    {
        let form = [("login", "grace"), ("password", GOOD), ("return_to", place)];
        let answer = browser.form(LOGIN, &form).await.expect(303);
        assert_eq!(answer.location(), "/", "{place}");
        world.pass(300);
    }
}
