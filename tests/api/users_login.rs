//! `GET /users/login` and `GET /users/login/{provider}`

use std::collections::{HashMap, HashSet};

use tests::{World, database::Wire};
use url::Url;

fn query(url: &str) -> HashMap<String, String> {
    Url::parse(url).unwrap().query_pairs().into_owned().collect()
}

/// Google for real: its endpoints are data, so nothing of this leaves the machine.
const GOOGLE: &[(&str, &str)] = &[
    ("GOOGLE_CLIENT_ID", "id.apps.googleusercontent.com"),
    ("GOOGLE_CLIENT_SECRET", "GOCSPX-0123456789abcdef"),
];

#[tokio::test]
async fn sends_a_browser_to_the_provider() {
    // #1, #12
    let world = World::with(GOOGLE).await;
    let answer = world.browser().get("/users/login").await.expect(303);
    assert!(answer.location().starts_with("https://accounts.google.com/o/oauth2/v2/auth?"), "{answer:?}");
    let sent = query(answer.location());
    assert_eq!(sent["response_type"], "code");
    assert_eq!(sent["code_challenge_method"], "S256");
    assert_eq!(sent["client_id"], "id.apps.googleusercontent.com");
    assert_eq!(sent["redirect_uri"], format!("{}/users/login/google/callback", world.cloud.url));
    assert_eq!(sent["scope"], "openid email profile");
    for fresh in ["state", "nonce", "code_challenge"] {
        assert!(sent[fresh].len() >= 22, "{fresh}");
    }
}

#[tokio::test]
async fn tells_a_program_where_a_person_must_go() {
    let world = World::with(GOOGLE).await;
    let answer = world.program().get("/users/login").await.expect(200).json();
    assert_eq!(answer["message"], "Authorization from Google required");
    assert!(answer["url"].as_str().unwrap().starts_with("https://accounts.google.com/"));
}

#[tokio::test]
async fn a_thousand_logins_share_nothing() {
    // #1
    let world = World::with(GOOGLE).await;
    let mut seen = HashSet::new();
    for _ in 0..1000 {
        let program = world.program();
        let sent = query(&program.start("/users/login").await);
        for fresh in ["state", "nonce", "code_challenge"] {
            assert!(seen.insert(sent[fresh].clone()), "{fresh} came twice");
        }
    }
}

#[tokio::test]
async fn writes_nothing_and_fetches_nothing() {
    // #3, #105
    let wire = Wire::start().await;
    let mut settings = GOOGLE.to_vec();
    settings.push(("DYNAMODB_ENDPOINT", &wire.endpoint));
    let world = World::with(&settings).await;
    wire.calls();
    for _ in 0..100 {
        world.browser().start("/users/login").await;
        world.browser().start("/users/login/google?return_to=/x&login_hint=a@example.com").await;
    }
    assert!(wire.calls().is_empty());
}

#[tokio::test]
async fn no_header_and_no_parameter_changes_where_it_goes() {
    // #2, #5
    let world = World::with(GOOGLE).await;
    let shape = |url: &str| {
        let mut sent = query(url);
        for fresh in ["state", "nonce", "code_challenge"] {
            sent.remove(fresh);
        }
        (url.split('?').next().unwrap().to_owned(), sent)
    };
    let clean = shape(&world.browser().start("/users/login").await);
    for (name, value) in [
        ("host", "localhost:9"),
        ("x-forwarded-host", "evil.example.com"),
        ("x-forwarded-proto", "http"),
        ("forwarded", "host=evil.example.com;proto=http"),
    ] {
        let request = world.browser().request("GET", "/users/login").header(name, value);
        let answer = world.browser().send(request).await.expect(303);
        assert_eq!(shape(answer.location()), clean, "{name}");
    }
    for extra in
        ["scope=admin", "redirect_uri=https://evil.example.com", "claims=x", "state=x", "client_id=x"]
    {
        world.browser().get(&format!("/users/login?{extra}")).await.expect(400);
    }
}

#[tokio::test]
async fn refuses_the_doubled_and_the_odd() {
    // #4
    let world = World::with(GOOGLE).await;
    for path in [
        "/users/login?return_to=/a&return_to=/b",
        "/users/login?return_to=/a&return%5Fto=/b",
        "/users/login?provider=..%2fx",
        "/users/login?provider[]=google",
        "/users/login?login_hint=%ff",
        "/users/login?login_hint=%0d%0aX",
        "/users/login?login_hint=%",
    ] {
        let refused = world.program().get(path).await.expect(400);
        assert_eq!(refused.json()["error"], "invalid_request", "{path}");
    }
    for path in [
        "/users/login/nobody",
        "/users/login/Google",
        "/users/login/..",
        "/users/login/%2e%2e%2fx",
        "/users/login/",
        "/users/login/google/",
    ] {
        assert_eq!(world.program().get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_hint_is_passed_on_and_a_place_to_return_to_is_not() {
    // #5, #22
    let world = World::with(GOOGLE).await;
    let sent =
        query(&world.browser().start("/users/login?login_hint=ada%40example.com&return_to=%2Fx").await);
    assert_eq!(sent["login_hint"], "ada@example.com");
    assert!(!sent.values().any(|value| value == "/x"));
}

#[tokio::test]
async fn several_providers_are_a_choice() {
    let world = World::with(&[("PROVIDERS", "google,gitlab")]).await;
    let page = world.browser().get("/users/login?return_to=/x").await.expect(200);
    for name in ["google", "gitlab"] {
        assert!(page.body.contains(&format!("/users/login/{name}?return_to=%2Fx")), "{}", page.body);
    }
    let list = world.program().get("/users/login").await.expect(200).json();
    assert_eq!(list["providers"][1]["label"], "GitLab");
}

#[tokio::test]
async fn many_tabs_do_not_fill_the_header() {
    // #36
    let world = World::with(GOOGLE).await;
    let browser = world.browser();
    let mut names = Vec::new();
    for _ in 0..12 {
        let before: HashSet<_> = browser.cookie_names().into_iter().collect();
        browser.start(&format!("/users/login?return_to=/{}", "x".repeat(500))).await;
        names.extend(browser.cookie_names().into_iter().filter(|name| !before.contains(name)));
        world.pass(1);
    }
    let mut kept = browser.cookie_names();
    kept.sort();
    let mut newest = names[7..].to_vec();
    newest.sort();
    assert_eq!(kept, newest, "the five newest stay");
    let size: usize = kept.iter().map(|name| name.len() + browser.cookie(name).unwrap().len() + 3).sum();
    assert!(size < 8 * 1024, "{size}");
}

#[tokio::test]
async fn an_account_is_chosen_where_the_provider_knows_how() {
    // #5: of `prompt`, one value is honoured, and the settings' own are never taken back.
    let sent = async |settings: &[(&str, &str)], path: &str| {
        let world = World::with(settings).await;
        query(&world.browser().start(path).await).remove("prompt")
    };
    let with = |more: &[(&'static str, &'static str)]| [GOOGLE, more].concat();
    for (settings, path, prompt) in [
        (with(&[]), "/users/login", None),
        (with(&[]), "/users/login?prompt=select_account", Some("select_account")),
        (with(&[]), "/users/login/google?prompt=select_account&return_to=/x", Some("select_account")),
        (with(&[("GOOGLE_PROMPT", "consent")]), "/users/login", Some("consent")),
        (
            with(&[("GOOGLE_PROMPT", "consent")]),
            "/users/login?prompt=select_account",
            Some("consent select_account"),
        ),
        (with(&[("GOOGLE_PROMPT", "consent")]), "/users/login?prompt=none", Some("consent")),
        (with(&[]), "/users/login?prompt=none", None),
        (with(&[]), "/users/login?prompt=consent", None),
        (with(&[]), "/users/login?prompt=login+select_account", None),
        (with(&[]), "/users/login?prompt=SELECT_ACCOUNT", None),
        (with(&[]), "/users/login?prompt=select_account%20", None),
    ] {
        assert_eq!(sent(&settings, path).await.as_deref(), prompt, "{path} {settings:?}");
    }
    // One that knows no prompt, and one that takes one value alone.
    for (name, client, prompt) in
        [("github", "Iv1.0123456789", Some("select_account")), ("gitlab", "0123456789", None)]
    {
        let (id, secret) =
            (format!("{name}_CLIENT_ID").to_uppercase(), format!("{name}_CLIENT_SECRET").to_uppercase());
        let settings =
            [("PROVIDERS", name), (id.as_str(), client), (secret.as_str(), "0123456789abcdef0123")];
        assert_eq!(sent(&settings, "/users/login?prompt=select_account").await.as_deref(), prompt, "{name}");
    }
}

#[tokio::test]
async fn whoever_may_want_another_account_is_offered_the_choice() {
    // #5: after a refused account and after a sign-out, by our own pages.
    let world = World::with(&[("GOOGLE_HOSTED_DOMAIN", "example.com")]).await;
    let browser = world.browser();
    let url = browser.start("/users/login?return_to=/users/me").await;
    let refused = browser.pick(&url, "grace").await;
    let page = browser.get(&refused).await.expect(403).body;
    let link = "/users/login/google?prompt=select_account&amp;return_to=%2Fusers%2Fme";
    assert!(page.contains(&format!("href=\"{link}\"")), "{page}");
    let again = browser.start(&link.replace("&amp;", "&")).await;
    assert_eq!(query(&again)["prompt"], "select_account");
    // A failure that another account would not help says nothing of accounts.
    let page = browser.get("/users/login/google/callback?state=x").await.expect(400).body;
    assert!(page.contains("href=\"/users/login\"") && !page.contains("select_account"), "{page}");

    let world = World::start().await;
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    let home = browser.form("/users/logout", &[]).await.expect(303);
    let page = browser.get(home.location()).await.expect(200).body;
    assert!(page.contains("You are signed out"), "{page}");
    assert!(page.contains("href=\"/users/login/google?prompt=select_account\""), "{page}");
    let page = browser.get("/").await.expect(200).body;
    assert!(page.contains("href=\"/users/login/google\""), "{page}");
    // Of several, the choice is kept until one is picked.
    let world = World::with(&[("PROVIDERS", "google,gitlab")]).await;
    let page = world.browser().get("/users/login?prompt=select_account").await.expect(200).body;
    assert!(page.contains("href=\"/users/login/gitlab?prompt=select_account\""), "{page}");
    let page = world.browser().get("/users/login?prompt=none").await.expect(200).body;
    assert!(page.contains("href=\"/users/login/gitlab\""), "{page}");
}
