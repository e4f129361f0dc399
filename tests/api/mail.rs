//! Mails: how they are handed over, what arrives, and what is tried again.

use std::{collections::HashMap, path::PathBuf};

use latchkey::{
    settings::Values,
    users::{self, Command, Users},
};
use mail::{Factor, Letter, Mailer, What};
use oauth::Secret;
use serde_json::json;
use setting::{Clock, Env, Settings};
use tests::{
    World,
    database::Wire,
    mails::{Ses, Smtp, bounce, letter},
};

const ADA: &str = "ada@example.com";

/// Hands a letter over as a function does.
async fn send(world: &World, letter: &Letter) -> Result<(), mail::Error> {
    static DECLARED: Settings = &[Mailer::SETTINGS];
    let env = Env::new(world.cloud.settings.clone(), Clock::system(), DECLARED);
    Mailer::from_env(&env).unwrap().expect("mails are shown at home").send(letter).await
}

fn reset(world: &World, to: &str) -> Letter {
    letter(to, "en", What::Reset { link: Secret::new(format!("{}/users/reset/abc", world.cloud.url)) })
}

/// A world whose mails go to something that answers like SES.
async fn with_ses(ses: &Ses) -> World {
    World::with(&[("MAIL", "ses"), ("MAIL_FROM", "login@example.com"), ("SES_ENDPOINT", &ses.url)]).await
}

/// Everything that the function does with the table.
pub(crate) async fn everything(world: &World) {
    world.deliver(&[reset(world, ADA)]).await;
    world.cloud.invoke("mail-send", &bounce("gone@example.com")).await.unwrap();
}

#[tokio::test]
async fn a_letter_arrives_in_the_outbox_of_its_address() {
    let world = World::start().await;
    send(&world, &reset(&world, ADA)).await.unwrap();
    let mail = world.mail(ADA, 1).await;
    assert_eq!(mail.link(), format!("{}/users/reset/abc", world.cloud.url));
    assert_eq!(
        (&*mail.subject, &*mail.from),
        ("Choose a new password", "\"latchkey\" <latchkey@example.com>")
    );
    // #89: how long it counts, and that whoever did not ask need do nothing.
    assert!(mail.text.contains("30 minutes") && mail.text.contains("you can ignore this mail"), "{mail:?}");
    send(
        &world,
        &letter(
            ADA,
            "de",
            What::SignIn {
                code: Secret::new("123456"),
                link: Secret::new(world.cloud.url.clone() + "/users/x"),
            },
        ),
    )
    .await
    .unwrap();
    let mail = world.mail(ADA, 2).await;
    assert_eq!((mail.code(), &*mail.subject), ("123456", "Ihr Code zum Anmelden"));
    assert!(mail.html.contains("lang=\"de\""));
    assert!(world.mails("grace@example.com").await.is_empty());
}

#[tokio::test]
async fn the_outbox_is_a_page_on_which_nothing_of_a_mail_runs() {
    // #104
    let world = World::with(&[("BRAND_NAME", "<b>Orders</b>")]).await;
    send(
        &world,
        &letter(ADA, "en", What::FactorAdded { what: Factor::Passkey { name: "<script>".to_owned() } }),
    )
    .await
    .unwrap();
    world.mail(ADA, 1).await;
    let page = world.browser().get("/outbox").await.expect(200);
    assert!(page.body.contains(&format!("href=\"{}/account\"", world.cloud.url)), "{page:?}");
    let (_, rest) = page.body.split_once("src=\"/outbox/").unwrap();
    let shown =
        world.browser().get(&format!("/outbox/{}", rest.split('"').next().unwrap())).await.expect(200);
    let policy = shown.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'") && policy.contains("sandbox"), "{policy}");
    assert!(!policy.contains("allow-scripts") && !policy.contains("allow-same-origin"), "{policy}");
    for answer in [page, shown] {
        assert!(!answer.body.contains("<script") && !answer.body.contains("<b>"), "{answer:?}");
    }
    world.browser().get("/outbox/other").await.expect(404);
}

#[tokio::test]
async fn no_letter_goes_to_what_is_no_address() {
    // F7
    let world = World::start().await;
    for to in ["", "ada", "ada@example.com, eve@evil.example", "ada@example.com\r\nBcc: eve@evil.example"] {
        let sent = send(&world, &letter(to, "en", What::Known)).await;
        assert!(matches!(sent, Err(mail::Error::Address)), "{to:?}: {sent:?}");
        // Nor where somebody else hands it over.
        assert!(world.deliver(&[letter(to, "en", What::Known)]).await.is_empty(), "{to:?}");
    }
    assert_eq!(world.program().get("/outbox.json").await.expect(200).json(), json!([]));
}

#[tokio::test]
async fn without_mail_there_is_no_outbox_and_no_function() {
    let world = World::with(&[("MAIL", "off")]).await;
    for path in ["/outbox", "/outbox.json"] {
        world.program().get(path).await.expect(404);
    }
    assert!(!world.cloud.settings.contains_key("MAIL_QUEUE"));
    assert!(world.cloud.invoke("mail-send", &json!({})).await.is_err());
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

#[tokio::test]
async fn a_deployment_takes_no_outbox_and_needs_a_sender() {
    let values = |all: &[(&str, &str)]| -> HashMap<String, String> {
        all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let provider = [("GOOGLE_CLIENT_ID", "id"), ("GOOGLE_CLIENT_SECRET", "0123456789abcdef")];
    for (settings, said) in [
        (&[("MAIL", "outbox")][..], "MAIL is \"outbox\", and a deployment sends mails by ses or smtp"),
        (&[("MAIL", "sendmail")], "MAIL is \"sendmail\""),
        (&[("MAIL", "ses")], "MAIL_FROM is not set"),
        (&[("MAIL", "ses"), ("MAIL_FROM", "Orders <a@example.com>")], "MAIL_FROM must be an address alone"),
    ] {
        let all = values(&[settings, &provider].concat());
        let error = latchkey::template::check(&all, false).await.unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
    for mail in ["ses", "smtp", "off"] {
        let all = values(&[&[("MAIL", mail), ("MAIL_FROM", "login@example.com")][..], &provider].concat());
        latchkey::template::check(&all, false).await.unwrap();
    }
}

#[tokio::test]
async fn what_ses_refuses_for_good_is_dropped_and_the_rest_comes_again() {
    let ses = Ses::start().await;
    let world = with_ses(&ses).await;
    let letters = [reset(&world, ADA), letter("grace@example.com", "en", What::Known)];
    assert!(world.deliver(&letters).await.is_empty());
    let asked = ses.asked();
    assert_eq!(asked.len(), 2);
    let of = asked.iter().find(|asked| asked["Destination"]["ToAddresses"] == json!([ADA])).unwrap();
    assert_eq!(of["FromEmailAddress"], "\"latchkey\" <login@example.com>");
    assert_eq!(of["Content"]["Simple"]["Headers"][0]["Value"], "auto-generated");
    for (status, error, comes_again) in [
        (400, "MessageRejected", false),
        (400, "BadRequestException", false),
        (429, "TooManyRequestsException", true),
        (400, "SendingPausedException", true),
        (400, "MailFromDomainNotVerifiedException", true),
        (403, "AccessDeniedException", true),
        (500, "InternalServiceErrorException", true),
        (503, "", true),
    ] {
        ses.answer(status, error);
        let left = world.deliver(&letters).await;
        assert_eq!(left, if comes_again { vec![0, 1] } else { vec![] }, "{status} {error}");
        // The queue repeats it, and nobody else.
        assert_eq!(ses.asked().len(), 2, "{status} {error}");
    }
}

#[tokio::test]
async fn what_is_wrong_in_one_letter_keeps_no_other() {
    // #2
    let ses = Ses::start().await;
    let world = with_ses(&ses).await;
    let elsewhere = What::Reset { link: Secret::new("https://evil.example/users/reset") };
    let wrong = [letter(ADA, "en", elsewhere), letter("no address", "en", What::Known)];
    let letters = [&wrong[..], &[reset(&world, ADA)]].concat();
    assert!(world.deliver(&letters).await.is_empty());
    assert_eq!(ses.asked().len(), 1);
    let record = json!({"messageId": "m", "receiptHandle": "r", "body": "{}", "attributes": {"ApproximateReceiveCount": "1"}});
    let answer = world.cloud.invoke("mail-send", &json!({"Records": [record]})).await.unwrap();
    assert_eq!(answer, json!({"batchItemFailures": []}));
    assert!(ses.asked().is_empty());
}

#[tokio::test]
async fn an_address_from_which_a_mail_came_back_gets_no_more_for_a_year() {
    let ses = Ses::start().await;
    let world = with_ses(&ses).await;
    let mut transient = bounce(ADA);
    transient["detail"]["bounce"]["bounceType"] = json!("Transient");
    assert_eq!(world.cloud.invoke("mail-send", &transient).await.unwrap()["stopped"], 0);
    assert_eq!((world.deliver(&[reset(&world, ADA)]).await.len(), ses.asked().len()), (0, 1));
    for _ in 0..2 {
        assert_eq!(world.cloud.invoke("mail-send", &bounce("Ada@Example.com")).await.unwrap()["stopped"], 1);
    }
    assert_eq!((world.deliver(&[reset(&world, ADA)]).await.len(), ses.asked().len()), (0, 0));
    assert_eq!((world.deliver(&[reset(&world, "grace@example.com")]).await.len(), ses.asked().len()), (0, 1));
    world.pass(366 * 24 * 3600);
    assert_eq!((world.deliver(&[reset(&world, ADA)]).await.len(), ses.asked().len()), (0, 1));
}

#[tokio::test]
async fn an_operator_lets_an_address_get_mails_again() {
    let (ses, wire) = (Ses::start().await, Wire::start().await);
    let world = World::with(&[
        ("MAIL", "ses"),
        ("MAIL_FROM", "login@example.com"),
        ("SES_ENDPOINT", &ses.url),
        ("DYNAMODB_ENDPOINT", &wire.endpoint),
    ])
    .await;
    let values: Values = ["DYNAMODB_ENDPOINT", "BASE_URL"]
        .map(|name| (name.to_owned(), world.cloud.settings[name].clone()))
        .into();
    let says = async |address: &str| {
        let command = Command::MailAgain { address: address.to_owned() };
        let wanted = Users { command, stack: None, json: false };
        users::run(&wanted, &values, &PathBuf::from("/nowhere"), world.now())
            .await
            .map_err(|error| error.to_string())
    };
    assert_eq!(says(ADA).await.unwrap(), "No mails to ada@example.com were stopped.\n");
    assert!(says("ada").await.unwrap_err().contains("no address"));
    for _ in 0..2 {
        world.cloud.invoke("mail-send", &bounce(ADA)).await.unwrap();
        assert_eq!((world.deliver(&[reset(&world, ADA)]).await.len(), ses.asked().len()), (0, 0));
        assert!(says("Ada@Example.com").await.unwrap().contains("gets mails again"));
        assert_eq!((world.deliver(&[reset(&world, ADA)]).await.len(), ses.asked().len()), (0, 1));
        // What comes back anew stops them anew.
    }
}

#[tokio::test]
async fn a_server_by_smtp_gets_both_forms_and_its_refusal_is_believed() {
    let smtp = Smtp::start().await;
    let settings = [
        ("MAIL", "smtp"),
        ("MAIL_FROM", "login@example.com"),
        ("MAIL_SMTP", &*smtp.url),
        ("BRAND_NAME", "Müller"),
    ];
    let world = World::with(&settings).await;
    let letters = ["ada@example.com", "ada@refused.example", "ada@busy.example"].map(|to| reset(&world, to));
    assert_eq!(world.deliver(&letters).await, [2]);
    let mails = smtp.mails();
    let [mail] = &mails[..] else { panic!("{mails:?}") };
    for line in [
        "MAIL FROM:<login@example.com>",
        "RCPT TO:<ada@example.com>",
        "Auto-Submitted: auto-generated",
        "To: ada@example.com",
        "Subject: Choose a new password",
        "Content-Type: multipart/alternative",
        "Content-Type: text/html; charset=utf-8",
    ] {
        assert!(mail.contains(line), "{line}: {mail}");
    }
    assert!(mail.contains("From: =?utf-8?b?") && mail.contains("<login@example.com>"), "{mail}");
}
