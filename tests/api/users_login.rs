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
async fn no_header_or_parameter_changes_the_redirect() {
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
    // What nobody reads may be there, twice, broken, and in any spelling.
    for extra in [
        "scope=admin",
        "redirect_uri=https://evil.example.com",
        "claims=x",
        "state=x",
        "client_id=x",
        "response_mode=fragment",
        "nonce=x&code_challenge=x&code_challenge_method=plain",
        "utm_source=mail&utm_medium=x",
        "utm_source=a&utm_source=b",
        "fbclid=IwAR0&gclid=x&mc_eid=x",
        "x=%E9",
        "%E9=x",
        "%=%zz&%0d%0a=x",
        "a[]=1&a[]=2",
        "Return_To=https://evil.example.com&RETURN_TO=x&ISS=x",
        "lti_message_hint=x",
        "provider=..%2fx",
        "provider[]=google",
        "&&=&",
    ] {
        for extra in [format!("{extra}&return_to=/x"), format!("return_to=/x&{extra}"), extra.to_owned()] {
            for path in ["/users/login", "/users/login/google"] {
                let url = world.browser().start(&format!("{path}?{extra}")).await;
                assert_eq!(shape(&url), clean, "{extra}");
            }
        }
    }
}

#[tokio::test]
async fn refuses_repeated_and_malformed_parameters() {
    // #4
    let world = World::with(GOOGLE).await;
    for path in [
        "/users/login?return_to=/a&return_to=/b",
        "/users/login?return_to=/a&return%5Fto=/b",
        "/users/login?return_to=%E9",
        "/users/login?return_to=/a%0d%0aX",
        "/users/login?target_link_uri=/a&target_link_uri=/b",
        "/users/login?target_link_uri=%ff",
        "/users/login?iss=https://accounts.google.com&iss=https://accounts.google.com",
        "/users/login?iss=https://accounts.google.com&i%73s=https://accounts.google.com",
        "/users/login?iss=%ff",
        "/users/login?prompt=none&prompt=select_account",
        "/users/login?login_hint=a&login_hint=b",
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
async fn login_hint_is_sent_to_the_provider_and_return_to_is_not() {
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

/// Google and GitHub for real, Okta, and two tenants of Microsoft.
const TILES: &[(&str, &str)] = &[
    ("PROVIDERS", "google,github,okta,microsoft"),
    ("GITHUB_CLIENT_ID", "Iv1.0123456789abcdef"),
    ("GITHUB_CLIENT_SECRET", "0123456789abcdef0123456789abcdef01234567"),
    ("OKTA_CLIENT_ID", "0oa0123456789abcdef"),
    ("OKTA_CLIENT_SECRET", "0123456789abcdef0123456789abcdef01234567"),
    ("OKTA_DOMAIN", "dev.okta.com/oauth2/default"),
    ("MICROSOFT_CLIENT_ID", "8eaef023-2b34-4da1-9baa-8bc8c9d6a490"),
    ("MICROSOFT_CLIENT_SECRET", "0123456789abcdef0123456789abcdef01234567"),
    ("MICROSOFT_TENANTS", "8eaef023-2b34-4da1-9baa-8bc8c9d6a490"),
];

#[tokio::test]
async fn a_dashboard_tile_starts_a_login_with_its_provider() {
    // #2, #5, #14: third-party initiated login (OIDC Core §4).
    let world = World::with(&[GOOGLE, TILES].concat()).await;
    let began = async |path: &str| {
        let answer = world.browser().get(path).await;
        let host = answer.location().split('/').nth(2).unwrap_or_default().to_owned();
        (answer.status, host)
    };
    let tenant = "8eaef023-2b34-4da1-9baa-8bc8c9d6a490";
    for (iss, name, host) in [
        ("https://accounts.google.com", "google", "accounts.google.com"),
        ("https://github.com", "github", "github.com"),
        ("https://github.com/login/oauth", "github", "github.com"),
        ("https://dev.okta.com/oauth2/default", "okta", "dev.okta.com"),
        // Okta's tiles name the organisation, whichever of its servers is meant.
        ("https://dev.okta.com", "okta", "dev.okta.com"),
        (
            &format!("https://login.microsoftonline.com/{tenant}/v2.0"),
            "microsoft",
            "login.microsoftonline.com",
        ),
    ] {
        let encoded: String = url::form_urlencoded::byte_serialize(iss.as_bytes()).collect();
        for iss in [iss, &encoded] {
            let more = "&target_link_uri=https%3A%2F%2Fevil.example.com&login_hint=ada%40example.com&utm_source=tile";
            for path in ["/users/login".to_owned(), format!("/users/login/{name}")] {
                let (status, to) = began(&format!("{path}?iss={iss}{more}")).await;
                assert_eq!((status, to.as_str()), (303, host), "{path} {iss}");
            }
        }
        // One that contradicts the path.
        for other in ["google", "github", "okta", "microsoft"].into_iter().filter(|other| *other != name) {
            assert_eq!(began(&format!("/users/login/{other}?iss={encoded}")).await.0, 400, "{other} {iss}");
        }
    }
    for iss in [
        "https://evil.example.com",
        "https://accounts.google.com/",
        "https://accounts.google.com.evil.example.com",
        "http://accounts.google.com",
        "HTTPS://accounts.google.com",
        "https://Accounts.google.com",
        "https://accounts.google.com:443",
        "https://accounts.google.com%20",
        "https://github.com/login",
        "https://dev.okta.com/",
        "http://dev.okta.com",
        "https://okta.com",
        "https://dev.okta.com/oauth2",
        "https://dev.okta.com/oauth2/other",
        "https://login.microsoftonline.com",
        "https://login.microsoftonline.com/{tenantid}/v2.0",
        "https://login.microsoftonline.com/common/v2.0",
        "https://login.microsoftonline.com/00000000-2b34-4da1-9baa-8bc8c9d6a490/v2.0",
        "google",
        "x",
    ] {
        for path in ["/users/login", "/users/login/google", "/users/login/microsoft"] {
            assert_eq!(began(&format!("{path}?iss={iss}")).await.0, 400, "{path} {iss}");
        }
    }
    assert_eq!(began("/users/login?iss=").await.0, 200, "without a value it is not there");
    // With one provider only, a tile of another is no tile of ours.
    let world = World::with(GOOGLE).await;
    world.browser().get("/users/login?iss=https://accounts.google.com").await.expect(303);
    world.browser().get("/users/login?iss=https://dev.okta.com").await.expect(400);
    // It comes by GET: POST is not taken.
    world.browser().form("/users/login", &[("iss", "https://accounts.google.com")]).await.expect(404);
}

#[tokio::test]
async fn target_link_uri_is_checked_like_return_to() {
    // #22
    let world = World::with(&[("RETURN_TO", "https://app.example.com")]).await;
    for (query, place) in [
        ("target_link_uri=/x", "/x"),
        ("target_link_uri=https://app.example.com/x", "https://app.example.com/x"),
        ("target_link_uri=https://evil.example.com/x", "/"),
        ("target_link_uri=//evil.example.com", "/"),
        ("target_link_uri=/%5cevil.example.com", "/"),
        ("target_link_uri=", "/"),
        ("target_link_uri=/x&return_to=/y", "/y"),
        ("return_to=https://evil.example.com&target_link_uri=/x", "/"),
        ("return_to=&target_link_uri=/x", "/x"),
        ("return_to=/y&target_link_uri=https://evil.example.com", "/y"),
    ] {
        let browser = world.browser();
        let url = browser.start(&format!("/users/login?{query}")).await;
        let answer = browser.get(&browser.pick(&url, "ada").await).await.expect(303);
        assert_eq!(answer.location(), place, "{query}");
    }
    // A choice between providers takes it along.
    let world = World::with(&[("PROVIDERS", "google,gitlab,github")]).await;
    let page = world.browser().get("/users/login?target_link_uri=/x").await.expect(200).body;
    assert!(page.contains("/users/login/gitlab?return_to=%2Fx"), "{page}");
    // Both of these are one issuer, so the person chooses; the third is another.
    let iss = &world.cloud.settings["GOOGLE_ISSUER"];
    let page = world.browser().get(&format!("/users/login?iss={iss}")).await.expect(200).body;
    assert!(page.contains("/users/login/gitlab") && !page.contains("/users/login/github"), "{page}");
}

#[tokio::test]
async fn many_tabs_do_not_fill_the_header() {
    // #36
    let world = World::with(GOOGLE).await;
    let browser = world.browser();
    // Of short ones the five newest stay, of long ones those that fit.
    for (return_to, stay) in [("/", 5), (&*format!("/{}", "x".repeat(500)), 3)] {
        browser.clear();
        let mut names = Vec::new();
        for _ in 0..12 {
            let before: HashSet<_> = browser.cookie_names().into_iter().collect();
            browser.start(&format!("/users/login?return_to={return_to}")).await;
            names.extend(browser.cookie_names().into_iter().filter(|name| !before.contains(name)));
            world.pass(1);
        }
        let mut kept = browser.cookie_names();
        kept.sort();
        let mut newest = names[12 - stay..].to_vec();
        newest.sort();
        assert_eq!(kept, newest, "the newest stay");
        let size = |name: &String| name.len() + browser.cookie(name).unwrap().len() + 3;
        assert!(kept.iter().all(|name| size(name) <= 1229), "{kept:?}");
        assert!(kept.iter().map(size).sum::<usize>() <= 3300, "{kept:?}");
    }
}

#[tokio::test]
async fn select_account_is_sent_where_the_provider_supports_it() {
    // #5: of `prompt`, one value is honoured, and the settings' own are never overridden.
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
        // For a fresh sign-in Google does nothing, so that a choice of accounts is all there is.
        (with(&[]), "/users/login?prompt=login", Some("select_account")),
        (with(&[]), "/users/login?prompt=login+select_account", Some("select_account")),
        (with(&[]), "/users/login?prompt=select_account+login", None),
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
async fn after_sign_out_or_refusal_another_account_can_be_chosen() {
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
