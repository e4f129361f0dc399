//! `GET /`

use tests::{App, World};

#[tokio::test]
async fn offers_the_providers_to_a_stranger() {
    let world = World::with(&[("PROVIDERS", "google,gitlab")]).await;
    let page = world.browser().get("/").await.expect(200);
    for (name, label) in [("google", "Google"), ("gitlab", "GitLab")] {
        assert!(page.body.contains(&format!("href=\"/users/login/{name}\"")), "{}", page.body);
        assert!(page.body.contains(&format!("Continue with {label}")));
    }
}

#[tokio::test]
async fn shows_a_signed_in_person_themselves_and_only_what_they_may_see() {
    let world = World::start().await;
    let (ada, alan) = (world.browser(), world.browser());
    ada.sign_in("ada").await.expect(303);
    alan.sign_in("alan").await.expect(303);
    let page = ada.get("/").await.expect(200).body;
    for shown in ["Ada Lovelace", "users:read", "Alan Turing", "Sign out", "Copy curl command"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    // From here an administrator comes to everybody, and nobody else is shown the way.
    let console = ["href=\"/admin\"", "href=\"/admin/people/"];
    assert!(console.iter().all(|link| page.contains(link)), "{page}");
    let page = alan.get("/").await.expect(200).body;
    assert!(
        page.contains("Alan Turing") && !page.contains("Ada Lovelace") && !page.contains("users:read"),
        "{page}"
    );
    assert!(!page.contains("/admin"), "{page}");
}

#[tokio::test]
async fn no_page_holds_a_token() {
    // #103
    let world = World::start().await;
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    let page = browser.get("/").await.expect(200).body;
    assert!(!page.contains("eyJ") && !page.contains(&browser.cookie("__Host-session").unwrap()), "{page}");
}

#[tokio::test]
async fn an_old_cookie_is_forgotten_on_the_sign_in_page() {
    // #34
    let world = World::start().await;
    let browser = world.browser();
    browser.set_cookie("__Host-session", "old");
    let page = browser.get("/").await.expect(200);
    assert!(page.cookies()[0].starts_with("__Host-session=;"), "{page:?}");
    assert!(page.body.contains("Continue with Google"));
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    // #12, #104
    let world = World::start().await;
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    let (program, token) = (world.program(), world.program().token("ada").await);
    let mut answers = Vec::new();
    for path in [
        "/",
        "/latchkey.js",
        "/users/login",
        "/users/login/nobody",
        "/users/login/google/callback",
        "/.well-known/jwks.json",
    ] {
        answers.push(browser.get(path).await);
        answers.push(program.get(path).await);
    }
    answers.push(program.bearer("/users", &token).await.expect(200));
    answers.push(program.bearer("/users?limit=0", &token).await.expect(400));
    answers.push(browser.post("/users/token").await.expect(200));
    answers.push(program.post("/users/token").await.expect(401));
    for answer in answers {
        assert!(
            answer.header("strict-transport-security").starts_with("max-age=63072000; includeSubDomains"),
            "{answer:?}"
        );
        let policy = answer.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{answer:?}"
        );
        assert!(!policy.contains("unsafe"), "{answer:?}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{answer:?}");
        // Only the signed-in front page, whose address says nothing, tells our own origin where a form comes from.
        let wanted = if answer.body.contains("Sign out") { "same-origin" } else { "no-referrer" };
        assert_eq!(answer.header("referrer-policy"), wanted, "{answer:?}");
        assert!(["no-store", "public, max-age=300"].contains(&answer.header("cache-control")), "{answer:?}");
        assert!(
            !answer.body.contains("<script>")
                && !answer.body.contains("javascript:")
                && !answer.body.contains(" onclick")
        );
    }
}

#[tokio::test]
async fn only_the_pages_between_an_app_and_its_code_stay_with_the_page_that_opened_them() {
    // #104: redirects and errors too, because one answer that is cut off ends the connection.
    let world = World::start().await;
    let browser = world.browser();
    for path in ["/", "/account", "/latchkey.js", "/users/me", "/device", "/nothing"] {
        let answer = browser.get(path).await;
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}: {answer:?}");
    }
    let app = App::web(&world).await;
    let asked = app.path(&[]);
    for path in [&*asked, "/oauth/authorize", "/users/login", "/users/login/google/callback", "/oauth/logout"]
    {
        let answer = browser.get(path).await;
        assert_eq!(answer.header("cross-origin-opener-policy"), "unsafe-none", "{path}: {answer:?}");
    }
}
