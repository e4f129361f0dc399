//! Mails: how they are handed over, and what arrives.

use mail::{Letter, Mailer, What};
use oauth::Secret;
use setting::{Clock, Env, Settings};
use tests::World;

/// Hands a letter over as a function does.
async fn send(world: &World, to: &str, language: &str, what: What) -> Result<(), mail::Error> {
    static DECLARED: Settings = &[Mailer::SETTINGS];
    let env = Env::new(world.cloud.settings.clone(), Clock::system(), DECLARED);
    let mailer = Mailer::from_env(&env).unwrap().expect("mails are shown at home");
    mailer.send(&Letter { to: to.to_owned(), language: language.to_owned(), what }).await
}

#[tokio::test]
async fn a_letter_arrives_in_the_outbox_of_its_address() {
    let world = World::start().await;
    let link = format!("{}/users/reset/abc", world.cloud.url);
    send(&world, "ada@example.com", "en", What::Reset { link: Secret::new(&*link) }).await.unwrap();
    assert_eq!(world.mail("ada@example.com", 1).await.link(), link);
    send(&world, "ada@example.com", "en", What::SignInCode { code: Secret::new("123456") }).await.unwrap();
    assert_eq!(world.mail("ada@example.com", 2).await.code(), "123456");
    assert!(world.mails("grace@example.com").await.is_empty());
    let page = world.browser().get("/outbox").await.expect(200);
    assert!(page.body.contains(&format!("href=\"{link}\"")), "{page:?}");
}

#[tokio::test]
async fn no_letter_goes_to_what_is_no_address() {
    // F7
    let world = World::start().await;
    for to in ["", "ada", "ada@example.com, eve@evil.example", "ada@example.com\r\nBcc: eve@evil.example"] {
        let sent = send(&world, to, "en", What::Known).await;
        assert!(matches!(sent, Err(mail::Error::Address)), "{to:?}: {sent:?}");
    }
}

#[tokio::test]
async fn without_mail_there_is_no_outbox() {
    let world = World::with(&[("MAIL", "off")]).await;
    for path in ["/outbox", "/outbox.json"] {
        world.program().get(path).await.expect(404);
    }
    assert!(!world.cloud.settings.contains_key("MAIL_QUEUE"));
}

#[tokio::test]
async fn where_others_reach_us_no_mail_is_shown() {
    // #89: whoever reads a mail can use the link in it.
    let public = [
        ("BASE_URL", "https://id.example.com"),
        ("GOOGLE_CLIENT_ID", "id"),
        ("GOOGLE_CLIENT_SECRET", "0123456789abcdef"),
    ];
    let world = World::with(&public).await;
    assert_eq!(world.cloud.settings.get("MAIL"), None);
    let error =
        World::try_with(&[&public[..], &[("MAIL", "outbox")]].concat()).await.err().unwrap().to_string();
    assert!(error.starts_with("MAIL is outbox, and BASE_URL is https://id.example.com"), "{error}");
}
