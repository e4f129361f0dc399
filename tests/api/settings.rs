//! Settings: the document is complete, and a wrong one stops the start with a sentence.

use tests::World;

#[test]
fn the_reference_is_current() {
    let (file, current) =
        (concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/settings.md"), latchkey::reference::settings());
    if setting::process_environment().contains_key("UPDATE_DOCS") {
        std::fs::write(file, current).unwrap();
    } else {
        let document = std::fs::read_to_string(file).unwrap();
        assert!(document == current, "run: cargo run -- settings > docs/settings.md");
    }
}

#[test]
fn the_settings_of_the_repository_are_settings_and_none_is_a_secret() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../.env")).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with("# ") && !line.is_empty() && *line != "#");
    for name in lines.map(|line| line.trim_start_matches(['#', ' ']).split('=').next().unwrap()) {
        let setting = latchkey::settings::all().find(|setting| setting.covers(name));
        assert!(setting.is_some_and(|setting| !setting.secret), "{name}");
    }
}

#[tokio::test]
async fn a_dangerous_setting_stops_the_start_and_is_named() {
    // #24, #106
    for (name, value) in [
        ("BASE_URL", "http://id.example.com"),
        ("BASE_URL", "https://*.example.com"),
        ("BASE_URL", "nonsense"),
        ("RETURN_TO", "https://*.example.com"),
        ("RETURN_TO", "http://app.example.com"),
        ("COOKIE_KEY", "changeme"),
        ("COOKIE_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
        ("SIGNING_KEYS", "{}"),
        ("PUBLIC_KEYS", "{\"keys\":5}"),
        ("DEFAULT_ROLES", "nobody-knows-this-role"),
        ("ROLES", "admin"),
        ("ADMINS", "not an address"),
        ("PROVIDERS", " , "),
        ("CA_FILE", "/nonexistent/ca.pem"),
    ] {
        let error = World::try_with(&[(name, value)]).await.err();
        let sentence = error.unwrap_or_else(|| panic!("{name}={value} was taken")).to_string();
        assert!(sentence.contains(name), "{name}={value}: {sentence}");
        assert!(!sentence.contains('\n') && sentence.len() < 400, "{sentence}");
    }
}

#[tokio::test]
async fn a_taken_port_stops_the_start_and_says_what_to_do() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let options = latchkey::Options {
        settings: latchkey::settings::Values::new(),
        home: None,
        port: taken.local_addr().unwrap().port(),
        clock: setting::Clock::system(),
    };
    let sentence = latchkey::Cloud::start(options).await.err().unwrap().to_string();
    assert!(sentence.contains("is taken; choose another with --port"), "{sentence}");
}
