//! How an installation looks: by settings, and never as markup.

use tests::World;

const BRAND: [(&str, &str); 8] = [
    ("PROVIDERS", "google,github"),
    ("BRAND_NAME", "Müller <b>& Söhne"),
    ("BRAND_SENTENCE", "Only for <i>our customers</i>."),
    ("BRAND_LOGO", "on"),
    ("BRAND_COLOR", "#7a0019"),
    ("BRAND_COLOR_DARK", "#ffb3c0"),
    ("TERMS_URL", "https://example.com/terms?a=b&c"),
    ("PRIVACY_URL", "https://example.com/privacy"),
];

#[tokio::test]
async fn every_page_shows_the_brand_and_none_of_it_is_markup() {
    // #104
    let world = World::with(&BRAND).await;
    let browser = world.browser();
    for (path, status) in [
        ("/", 200),
        ("/users/login", 200),
        ("/users/login/nobody", 404),
        ("/users/login/google/callback", 400),
        ("/oauth/authorize", 400),
        ("/oauth/logout?id_token_hint=x", 400),
    ] {
        let page = browser.get(path).await.expect(status);
        for shown in [
            "Müller &lt;b&gt;&amp; Söhne",
            "<img src=\"/latchkey.svg\" alt=\"\"",
            "href=\"https://example.com/terms?a=b&amp;c\"",
            "href=\"https://example.com/privacy\"",
            "--accent:#7a0019;--on-accent:#ffffff",
            "--accent:#ffb3c0;--on-accent:#000000",
        ] {
            assert!(page.body.contains(shown), "{path} {shown}: {}", page.body);
        }
        assert!(!page.body.contains("<b>&") && !page.body.contains("<i>our"), "{path}");
        // Both style sheets are allowed by their hashes, and nothing else is.
        let policy = page.header("content-security-policy");
        assert_eq!(policy.matches("'sha256-").count(), 2, "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(page.body.matches("<style>").count(), 2);
    }
    for path in ["/", "/users/login"] {
        let page = browser.get(path).await.expect(200);
        assert!(page.body.contains("Only for &lt;i&gt;our customers&lt;/i&gt;."), "{}", page.body);
    }
}

#[tokio::test]
async fn without_settings_pages_are_latchkeys() {
    let world = World::start().await;
    let page = world.browser().get("/").await.expect(200);
    assert!(page.body.contains("<title>latchkey</title>") && !page.body.contains("class=\"links\""));
    assert_eq!(page.header("content-security-policy").matches("'sha256-").count(), 1);
}

#[tokio::test]
async fn the_mark_runs_nothing_and_loads_nothing() {
    // #104: somebody may open it by itself.
    for settings in [&BRAND[..], &[]] {
        let answer = World::with(settings).await.browser().get("/latchkey.svg").await.expect(200);
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; ") && policy.ends_with("sandbox"), "{policy}");
        assert_eq!(answer.header("content-type"), "image/svg+xml");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
}

#[tokio::test]
async fn a_brand_that_cannot_be_read_or_followed_stops_the_start() {
    for (name, value) in [
        ("BRAND_NAME", "a\u{202e}b"),
        ("BRAND_COLOR", "#5cc9b1"),
        ("BRAND_COLOR", "red"),
        ("BRAND_COLOR_DARK", "#0b5d4e"),
        ("BRAND_LOGO", "logo.svg"),
        ("TERMS_URL", "http://example.com"),
        ("PRIVACY_URL", "javascript:alert(1)"),
    ] {
        let error = World::try_with(&[(name, value)]).await.err();
        let sentence = error.unwrap_or_else(|| panic!("{name}={value} was taken")).to_string();
        assert!(sentence.contains(name), "{name}={value}: {sentence}");
    }
}

#[test]
fn every_function_with_pages_knows_the_brand() {
    let has = |mount: &latchkey::mount::Mount, name: &str| {
        mount.settings.iter().copied().flatten().any(|setting| setting.name == name)
    };
    let with: Vec<_> = latchkey::mount::all().into_iter().filter(|mount| has(mount, "BRAND_NAME")).collect();
    let names: Vec<_> = with.iter().map(|mount| mount.name).collect();
    for page in ["account", "home", "oauth-authorize", "oauth-device", "oauth-logout", "users-login"] {
        assert!(names.contains(&page), "{page}");
    }
    assert!(names.contains(&"users-login-callback") && names.contains(&"users-logout"), "{names:?}");
    assert!(with.iter().all(|mount| has(mount, "PRIVACY_URL") && has(mount, "BRAND_COLOR_DARK")));
}

#[tokio::test]
async fn the_button_that_was_used_last_says_so_in_this_browser_alone() {
    let world = World::with(&[("PROVIDERS", "google,gitlab")]).await;
    let browser = world.browser();
    let note = "<span class=\"last\">Last used</span>";
    let of = |page: &str| {
        page.split("<li>").filter(|part| part.contains(note)).map(str::to_owned).collect::<Vec<_>>()
    };
    assert!(of(&browser.get("/").await.body).is_empty());
    let url = browser.start("/users/login/gitlab").await;
    let back = browser.pick(&url, "ada").await;
    browser.get(&back).await.expect(303);
    // It holds the provider's name and nothing of the person.
    assert_eq!(browser.cookie("__Host-provider").as_deref(), Some("gitlab"));
    browser.form("/users/logout", &[]).await.expect(303);
    for path in ["/", "/?signed_out", "/users/login"] {
        let page = browser.get(path).await.expect(200).body;
        let noted = of(&page);
        assert!(noted.len() == 1 && noted[0].contains("/users/login/gitlab"), "{path}: {page}");
        assert!(of(&world.browser().get(path).await.body).is_empty());
    }
    // What a browser says there is only compared.
    for value in ["nobody", "<b>", "google gitlab", "GITLAB", ""] {
        browser.set_cookie("__Host-provider", value);
        let page = browser.get("/").await.expect(200).body;
        assert!(of(&page).is_empty() && !page.contains("<b>"), "{value}");
    }
}

#[tokio::test]
async fn each_provider_has_its_mark_and_the_text_that_its_rules_allow() {
    let world = World::with(&[("PROVIDERS", "google,entra,apple,github,gitlab")]).await;
    let page = world.browser().get("/").await.expect(200).body;
    for (text, mark) in [
        ("Continue with Google", "#4285f4"),
        ("Sign in with Microsoft", "#f25022"),
        ("Continue with Apple", "M12.152 6.896"),
        ("Continue with GitHub", "M8 0c4.42"),
        ("Continue with GitLab", "M14 3h5v18h-5"),
    ] {
        let part =
            page.split("<li>").find(|part| part.contains(text)).unwrap_or_else(|| panic!("{text}: {page}"));
        assert!(part.contains(mark) && part.contains("aria-hidden=\"true\""), "{text}: {part}");
    }
}
