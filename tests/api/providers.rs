//! Every provider there is a preset for, and one of one's own, can be played on a laptop.

use latchkey::Who;
use serde_json::json;
use tests::World;
use url::Url;

const PRESETS: [&str; 10] =
    ["google", "microsoft", "apple", "auth0", "okta", "cognito", "gitlab", "keycloak", "github", "my-own"];

#[tokio::test]
async fn the_stand_in_plays_each_of_them() {
    let world = World::with(&[("PROVIDERS", &PRESETS.join(","))]).await;
    assert!(world.cloud.providers.iter().all(|provider| provider.who == Who::StandIn));
    for name in PRESETS {
        let program = world.program();
        let url = program.start(&format!("/users/login/{name}")).await;
        let answer = match name {
            "apple" => program.pick_and_post(&url, "ada").await,
            _ => program.get(&program.pick(&url, "ada").await).await,
        };
        assert_eq!(answer.status, 200, "{name}: {answer:?}");
        let answer = answer.json();
        assert_eq!(answer["user"]["name"], "Ada Lovelace", "{name}");
        assert_eq!(answer["user"]["email"], "ada@example.com", "{name}");
        assert_eq!(answer["user"]["email_verified"], json!(true), "{name}");
    }
}

fn states(world: &World) -> Vec<(&str, Who)> {
    world.cloud.providers.iter().map(|provider| (provider.name.as_str(), provider.who)).collect()
}

#[tokio::test]
async fn beside_a_real_provider_there_is_no_stand_in() {
    // #20: the stand-in lets anybody in as anyone, also as an administrator.
    let world = World::with(&[
        ("PROVIDERS", "google,github,gitlab"),
        ("GITHUB_CLIENT_ID", "Iv1.0123456789"),
        ("GITHUB_CLIENT_SECRET", "0123456789abcdef0123"),
    ])
    .await;
    assert_eq!(states(&world), [("google", Who::Nobody), ("github", Who::Itself), ("gitlab", Who::Nobody)]);
    let browser = world.browser();
    let url = browser.start("/users/login/github").await;
    assert_eq!(Url::parse(&url).unwrap().host_str(), Some("github.com"));
    for path in ["/users/login/google", "/users/login/gitlab", "/stand-in/authorize", "/stand-in/token"] {
        browser.get(path).await.expect(404);
    }
    let home = browser.get("/").await.expect(200).body;
    assert!(home.contains("GitHub") && !home.contains("Google") && !home.contains("GitLab"), "{home}");
    assert_eq!(world.cloud.settings.get("ADMINS"), None, "nor is Ada an administrator");
}

#[tokio::test]
async fn a_half_configured_provider_has_no_stand_in() {
    // Anyone who wrote one of these down means the provider itself, and reads what is missing.
    for (name, value) in [
        ("GOOGLE_CLIENT_SECRET", "0123456789abcdef"),
        ("GOOGLE_ISSUER", "https://accounts.google.com"),
        ("GOOGLE_PRIVATE_KEY", "x"),
    ] {
        let error = World::try_with(&[(name, value)]).await.err().unwrap().to_string();
        assert!(error.contains("GOOGLE_CLIENT_ID"), "{name}: {error}");
    }
    for (provider, name, value, missing) in [
        ("okta", "OKTA_DOMAIN", "dev.okta.com", "OKTA_CLIENT_ID"),
        ("entra", "ENTRA_TENANT", "00000000-0000-4000-8000-000000000000", "ENTRA_CLIENT_ID"),
    ] {
        let error =
            World::try_with(&[("PROVIDERS", provider), (name, value)]).await.err().unwrap().to_string();
        assert!(error.contains(missing), "{name}: {error}");
    }
    for empty in ["", "  "] {
        let world = World::with(&[("GOOGLE_CLIENT_ID", empty)]).await;
        assert_eq!(states(&world), [("google", Who::StandIn)]);
        assert_eq!(world.cloud.settings["ADMINS"], "ada@example.com");
    }
}

#[tokio::test]
async fn there_is_no_stand_in_at_a_public_address() {
    // #2
    for base in ["https://id.example.com", "https://abc.tunnel.example"] {
        let error = World::try_with(&[("BASE_URL", base)]).await.err().unwrap().to_string();
        assert!(["GOOGLE_CLIENT_ID", "BASE_URL", base].iter().all(|word| error.contains(word)), "{error}");
    }
    for base in ["http://localhost:3123", "http://127.0.0.1:3123", "http://[::1]:3123", "https://localhost"] {
        assert_eq!(states(&World::with(&[("BASE_URL", base)]).await), [("google", Who::StandIn)], "{base}");
    }
}

#[tokio::test]
async fn only_a_provider_that_posts_has_a_cookie_that_crosses_sites() {
    // #31
    let world = World::with(&[("PROVIDERS", "google,apple")]).await;
    for (name, same_site) in [("apple", "SameSite=None"), ("google", "SameSite=Lax")] {
        let browser = world.browser();
        let start = browser.get(&format!("/users/login/{name}")).await.expect(303);
        assert!(start.cookies()[0].ends_with(same_site), "{start:?}");
    }
    let browser = world.browser();
    let url = browser.start("/users/login/apple").await;
    let answer = browser.pick_and_post(&url, "ada").await.expect(303);
    let session = answer.cookies().into_iter().find(|cookie| cookie.starts_with("__Host-session=")).unwrap();
    assert!(session.ends_with("SameSite=Lax"), "{session}");
}
