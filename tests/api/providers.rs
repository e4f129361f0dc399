//! Every provider there is a preset for, and one of one's own, can be played on a laptop.

use serde_json::json;
use tests::World;
use url::Url;

const PRESETS: [&str; 10] =
    ["google", "microsoft", "apple", "auth0", "okta", "cognito", "gitlab", "keycloak", "github", "my-own"];

#[tokio::test]
async fn the_stand_in_plays_each_of_them() {
    let world = World::with(&[("PROVIDERS", &PRESETS.join(","))]).await;
    assert!(world.cloud.providers.iter().all(|provider| provider.stand_in));
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

#[tokio::test]
async fn one_with_a_client_id_is_real_and_the_others_are_played() {
    let world = World::with(&[
        ("PROVIDERS", "google,github"),
        ("GITHUB_CLIENT_ID", "Iv1.0123456789"),
        ("GITHUB_CLIENT_SECRET", "0123456789abcdef0123"),
    ])
    .await;
    let url = world.browser().start("/users/login/github").await;
    assert_eq!(Url::parse(&url).unwrap().host_str(), Some("github.com"));
    let url = world.browser().start("/users/login/google").await;
    assert!(url.starts_with(&world.cloud.url));
    let states: Vec<_> = world.cloud.providers.iter().map(|p| (p.name.as_str(), p.stand_in)).collect();
    assert_eq!(states, [("google", true), ("github", false)]);
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
