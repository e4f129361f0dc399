//! Where secrets come from: on a laptop from the settings, in a deployed function from Secrets Manager and from nowhere else.

use latchkey::mount::{AUTHORIZER, EVENTS, FUNCTIONS, Mount};
use setting::{Clock, Env};
use tests::World;

fn has_secrets(mount: &Mount) -> bool {
    mount.settings.iter().copied().flatten().any(|setting| setting.secret)
}

#[tokio::test]
async fn no_deployed_function_starts_with_a_secret_in_its_environment() {
    // #106
    let world = World::start().await;
    let mut settings = world.cloud.settings.clone();
    settings.insert("BASE_URL".to_owned(), "https://id.example.com".to_owned());
    for (name, value) in
        [("MAIL", "smtp"), ("MAIL_FROM", "login@example.com"), ("MAIL_SMTP", "smtps://u:canary@127.0.0.1")]
    {
        settings.insert(name.to_owned(), value.to_owned());
    }
    let mut refusing = 0;
    for mount in FUNCTIONS.iter().chain(EVENTS).chain([&AUTHORIZER]) {
        let env = Env::new(settings.clone(), Clock::system(), mount.settings).deployed();
        let Err(error) = mount.start(env).await.map(drop) else {
            assert!(!has_secrets(mount), "{} starts with a secret in its environment", mount.name);
            continue;
        };
        let sentence = error.causes();
        assert!(
            has_secrets(mount) && sentence.contains("must be the ARN of a secret"),
            "{}: {sentence}",
            mount.name
        );
        let secrets = ["COOKIE_KEY", "SIGNING_KEYS", "GOOGLE_CLIENT_SECRET"];
        assert!(
            secrets.iter().all(|name| !sentence.contains(&world.cloud.settings[*name])),
            "{}",
            mount.name
        );
        refusing += 1;
    }
    assert!(refusing >= 16, "{refusing}");
}
