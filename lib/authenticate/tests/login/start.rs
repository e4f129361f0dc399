//! The start: fresh secrets, the right address, and nothing else.

use std::collections::HashSet;

use authenticate::{Start, StartOptions};
use oauth::{Digest, ReturnTo};
use serde_json::{Value, json};

use crate::support::{
    NOW, Settings, World, begin, no_table, options, params, place, secrets, status,
    stub::{Reply, Stub},
    table,
};

fn login(start: &Start) -> Value {
    serde_json::to_value(&start.login).unwrap()
}

fn google() -> Settings {
    Settings::default()
        .set("GOOGLE_CLIENT_ID", "client")
        .set("GOOGLE_CLIENT_SECRET", "GOCSPX-0123456789abcdef")
}

#[tokio::test]
async fn every_secret_is_fresh_and_pkce_is_s256() {
    // #1
    let providers = google().load("google", None, &no_table().await).unwrap();
    let mut seen = HashSet::new();
    for _ in 0..1000 {
        let start = providers.only().unwrap().start(options(), NOW).await.unwrap();
        let (login, params) = (login(&start), params(&start.url));
        let seed = login["seed"].as_str().unwrap();
        let session = start.login.session_secret();
        for secret in [seed, &params["state"], &params["nonce"], &params["code_challenge"], session.expose()]
        {
            assert!(secret.len() == 43 && seen.insert(secret.to_owned()));
        }
        assert_eq!(params["code_challenge_method"], "S256");
        let [_, _, verifier, _, _] = &secrets(&start.login);
        assert_eq!(params["code_challenge"], Digest::of(verifier.as_bytes()).as_str());
        // The provider sees neither the seed nor the session's secret.
        for kept in [seed, session.expose(), verifier] {
            assert!(!start.url.contains(kept));
        }
    }
}

#[tokio::test]
async fn the_address_is_made_of_settings_and_fresh_secrets_alone() {
    // #2, #5: there is no way for a request to reach it but login_hint.
    let providers = google().load("google", None, &no_table().await).unwrap();
    let start = providers.get("google").unwrap().start(options(), NOW).await.unwrap();
    assert!(start.url.starts_with("https://accounts.google.com/o/oauth2/v2/auth?"));
    let mut params = params(&start.url);
    for fresh in ["state", "nonce", "code_challenge"] {
        params.remove(fresh);
    }
    let rest = json!({
        "response_type": "code", "client_id": "client", "code_challenge_method": "S256", "scope": "openid email profile",
        "redirect_uri": "https://id.example.com/users/login/google/callback",
    });
    assert_eq!(serde_json::to_value(params).unwrap(), rest);
}

#[tokio::test]
async fn a_hint_is_passed_on_if_it_is_harmless() {
    // #5
    let providers = google().load("google", None, &no_table().await).unwrap();
    let google = providers.only().unwrap();
    let start = async |hint: &str| {
        google.start(StartOptions { login_hint: Some(hint.to_owned()), ..options() }, NOW).await
    };
    let url = start("ada@example.com&scope=admin#").await.unwrap().url;
    assert_eq!(params(&url)["login_hint"], "ada@example.com&scope=admin#");
    assert_eq!(params(&url)["scope"], "openid email profile");
    assert!(!params(&start("").await.unwrap().url).contains_key("login_hint"));
    for bad in ["a\nb", "a\0", &"x".repeat(255)] {
        assert_eq!(status(&start(bad).await), 400, "{bad:?}");
    }
}

#[tokio::test]
async fn each_provider_gets_only_parameters_that_it_knows() {
    // #5: a choice of accounts and a hint reach those that act on them.
    let table = no_table().await;
    for (name, more, prompt, hinted) in [
        ("google", &[][..], Some("select_account"), true),
        ("microsoft", &[("TENANT", "8eaef023-2b34-4da1-9baa-8bc8c9d6a490")], Some("select_account"), true),
        ("apple", &[], None, false),
        ("auth0", &[("DOMAIN", "a.example")], None, true),
        ("okta", &[("DOMAIN", "a.example")], None, true),
        (
            "cognito",
            &[("DOMAIN", "a.example"), ("ISSUER", "https://b.example/p")],
            Some("select_account"),
            true,
        ),
        ("gitlab", &[], None, true),
        ("keycloak", &[("DOMAIN", "a.example/realms/x")], None, true),
        ("github", &[], Some("select_account"), false),
    ] {
        let prefix = name.to_uppercase();
        let settings = Settings::default().set(&format!("{prefix}_CLIENT_ID"), "client");
        let set = |settings: Settings, (option, value): &(&str, &str)| {
            settings.set(&format!("{prefix}_{option}"), *value)
        };
        let settings = more.iter().fold(settings, set);
        let providers = settings.load_without_secrets(name, &table).unwrap();
        let options = StartOptions {
            choose_account: true,
            login_hint: Some("ada@example.com".to_owned()),
            ..options()
        };
        let sent = params(&providers.only().unwrap().start(options, NOW).await.unwrap().url);
        assert_eq!(sent.get("prompt").map(String::as_str), prompt, "{name}");
        assert_eq!(sent.contains_key("login_hint"), hinted, "{name}");
    }
}

#[tokio::test]
async fn a_fresh_sign_in_is_asked_for_as_each_provider_can() {
    // #5: what none of them can is at least a choice of accounts.
    let table = no_table().await;
    let entra = [("TENANT", "8eaef023-2b34-4da1-9baa-8bc8c9d6a490")];
    let cognito = [("DOMAIN", "a.example"), ("ISSUER", "https://b.example/p")];
    for (name, more, prompt, max_age) in [
        ("google", &[][..], Some("select_account"), None),
        ("entra", &entra, Some("login"), None),
        ("apple", &[], None, None),
        ("auth0", &[("DOMAIN", "a.example")], Some("login"), Some("0")),
        ("okta", &[("DOMAIN", "a.example")], Some("login"), Some("0")),
        ("cognito", &cognito, Some("login"), None),
        ("gitlab", &[], Some("login"), None),
        ("keycloak", &[("DOMAIN", "a.example/realms/x")], Some("login"), Some("0")),
        ("github", &[], Some("select_account"), None),
        // What is set counts before what is known.
        ("okta", &[("DOMAIN", "a.example"), ("FRESH_SIGN_IN", "none")], None, None),
        ("entra", &[entra[0], ("FRESH_SIGN_IN", "max_age")], Some("login"), Some("0")),
    ] {
        let prefix = name.to_uppercase();
        let settings = Settings::default().set(&format!("{prefix}_CLIENT_ID"), "client");
        let set = |settings: Settings, (option, value): &(&str, &str)| {
            settings.set(&format!("{prefix}_{option}"), *value)
        };
        let providers = more.iter().fold(settings, set).load_without_secrets(name, &table).unwrap();
        let provider = providers.only().unwrap();
        let sent = async |fresh| {
            let url = provider.start(StartOptions { fresh, ..options() }, NOW).await.unwrap().url;
            let sent = params(&url);
            (sent.get("prompt").cloned(), sent.get("max_age").cloned())
        };
        assert_eq!(
            sent(true).await,
            (prompt.map(str::to_owned), max_age.map(str::to_owned)),
            "{name} {more:?}"
        );
        assert_eq!(sent(false).await, (None, None), "{name}");
    }
}

#[tokio::test]
async fn a_discovered_provider_says_whether_it_asks_again() {
    for (values, set, prompt, max_age) in [
        (json!(["login", "select_account"]), None, Some("login"), None),
        (json!(["select_account"]), None, Some("select_account"), None),
        (json!(null), None, None, None),
        (json!(null), Some("prompt"), Some("login"), None),
        (json!(["login"]), Some("none"), None, None),
        (json!(null), Some("max_age"), Some("login"), Some("0")),
    ] {
        let world = World::with(|stub| match set {
            Some(word) => Settings::discovered(stub).set("ACME_FRESH_SIGN_IN", word),
            None => Settings::discovered(stub),
        });
        let world = world.await;
        let mut metadata = world.stub.metadata();
        metadata["prompt_values_supported"] = values.clone();
        world.stub.set("/.well-known/openid-configuration", Reply::json(&metadata));
        let options = StartOptions { fresh: true, ..options() };
        let sent = params(&world.provider().start(options, NOW).await.unwrap().url);
        let of = |name: &str| sent.get(name).map(String::as_str);
        assert_eq!((of("prompt"), of("max_age")), (prompt, max_age), "{values} {set:?}");
    }
}

#[tokio::test]
async fn a_discovered_provider_says_whether_an_account_can_be_chosen() {
    // #5
    for (values, prompt) in
        [(json!(["login", "select_account"]), true), (json!(["login"]), false), (json!(null), false)]
    {
        let world = World::discovered().await;
        let mut metadata = world.stub.metadata();
        metadata["prompt_values_supported"] = values.clone();
        world.stub.set("/.well-known/openid-configuration", Reply::json(&metadata));
        let options = StartOptions { choose_account: true, ..options() };
        let sent = params(&world.provider().start(options, NOW).await.unwrap().url);
        assert_eq!(sent.get("prompt").is_some_and(|sent| sent == "select_account"), prompt, "{values}");
    }
}

#[tokio::test]
async fn scopes_come_from_the_settings() {
    // #5
    let providers =
        google().set("GOOGLE_SCOPES", "email, calendar openid").load("google", None, &no_table().await);
    let start = providers.unwrap().only().unwrap().start(options(), NOW).await.unwrap();
    assert_eq!(params(&start.url)["scope"], "openid email calendar");
}

#[tokio::test]
async fn a_hosted_domain_is_suggested_to_google() {
    // #20: what counts is checked at the end.
    for (domains, suggested) in [("company.com", Some("company.com")), ("company.com, other.com", None)] {
        let providers =
            google().set("GOOGLE_HOSTED_DOMAIN", domains).load("google", None, &no_table().await).unwrap();
        let start = providers.only().unwrap().start(options(), NOW).await.unwrap();
        assert_eq!(params(&start.url).get("hd").map(String::as_str), suggested);
    }
}

#[tokio::test]
async fn a_known_provider_needs_neither_network_nor_table() {
    // #3: the table is not there, and nothing listens at the provider's addresses.
    let world = World::known().await;
    for _ in 0..1000 {
        world.begin().await;
    }
    assert_eq!(world.stub.all_hits(), 0);
    let secretless = google().load_without_secrets("google", &no_table().await).unwrap();
    assert!(begin(secretless.only().unwrap(), NOW).await.is_ok());
}

#[tokio::test]
async fn metadata_is_fetched_once_and_not_written() {
    // #3
    let stub = Stub::start().await;
    let table = table().await;
    let providers = Settings::discovered(&stub).load("acme", None, &table).unwrap();
    let starts: Vec<_> = (0..50).map(|_| begin(providers.only().unwrap(), NOW)).collect();
    for start in starts {
        start.await.unwrap();
    }
    assert_eq!(stub.all_hits(), 1);
    assert_eq!(stub.hits("/.well-known/openid-configuration").len(), 1);
    // Another process finds nothing in the table: the first one wrote nothing.
    let other = Settings::discovered(&stub).load("acme", None, &table).unwrap();
    begin(other.only().unwrap(), NOW).await.unwrap();
    assert_eq!(stub.all_hits(), 2);
}

#[tokio::test]
async fn a_login_fits_into_a_cookie_with_the_longest_return_to() {
    // #36: five of them, sealed, fit into the gateway's 10,240 bytes.
    let providers = google().load("google", None, &no_table().await).unwrap();
    let start = async |path: String| {
        let options = StartOptions { return_to: place(&path), ..options() };
        providers.only().unwrap().start(options, NOW).await.unwrap()
    };
    let short = start("/a?b=c".to_owned()).await;
    assert_eq!(short.login.return_to(), "/a?b=c");
    assert!(serde_json::to_string(&short.login).unwrap().len() < 450);
    let long = start(format!("/{}", "x".repeat(1000))).await;
    assert_eq!(long.login.return_to(), ReturnTo::home().as_str());
    let longest = start(format!("/{}", "x".repeat(500))).await;
    assert!(serde_json::to_string(&longest.login).unwrap().len() <= 900);
    assert_eq!(longest.login.return_to().len(), 501);
}

#[tokio::test]
async fn only_apple_uses_form_post() {
    let key = rcgen::KeyPair::generate().unwrap().serialize_pem();
    let settings = google()
        .set("APPLE_CLIENT_ID", "client")
        .set("APPLE_TEAM_ID", "team")
        .set("APPLE_KEY_ID", "key")
        .set("APPLE_PRIVATE_KEY", key.replace('\n', "\\n"));
    let providers = settings.load("apple,google", None, &no_table().await).unwrap();
    assert!(providers.only().is_none() && providers.iter().count() == 2);
    let [apple, google] = ["apple", "google"].map(|name| providers.get(name).unwrap());
    assert!(apple.answers_by_post() && !google.answers_by_post());
    let url = apple.start(options(), NOW).await.unwrap().url;
    assert_eq!(params(&url)["response_mode"], "form_post");
    assert_eq!(params(&url)["scope"], "openid email name");
    let url = google.start(options(), NOW).await.unwrap().url;
    assert!(!params(&url).contains_key("response_mode"));
}

#[tokio::test]
async fn a_login_survives_serialization_and_is_redacted() {
    // #103
    let world = World::known().await;
    let start = world.provider().start(options(), NOW).await.unwrap();
    let json = serde_json::to_string(&start.login).unwrap();
    let back: authenticate::Login = serde_json::from_str(&json).unwrap();
    assert_eq!(serde_json::to_string(&back).unwrap(), json);
    let shown = format!("{start:?} {:?}", start.login);
    for secret in secrets(&start.login) {
        assert!(!shown.contains(&secret), "{shown}");
    }
}
