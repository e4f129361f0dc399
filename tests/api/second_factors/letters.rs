//! Letters about second factors: to whoever has a proven address, where mails are on, and never in the way of the act.

use super::*;

const ADA: &str = "ada@example.com";

#[tokio::test]
async fn a_person_is_told_what_they_added_and_removed() {
    let world = world().await;
    let (browser, _, codes) = ada(&world).await;
    let mail = world.mail(ADA, 1).await;
    assert_eq!(mail.subject, "A way to sign in was added");
    assert!(mail.text.contains("Codes of an app, and recovery codes"), "{mail:?}");
    // Nothing secret is in it, and its link leads to us.
    assert!(codes.iter().all(|code| !mail.text.contains(code)), "{mail:?}");
    assert_eq!(mail.link(), format!("{}/account", world.cloud.url));
    let form = [("code", &*codes[0])];
    browser.form("/users/factor/remove", &form).await.expect(303);
    let mail = world.mail(ADA, 2).await;
    assert_eq!(mail.subject, "A way to sign in was removed");
    assert!(mail.text.contains("If this was not you"), "{mail:?}");
}

#[tokio::test]
async fn it_is_in_the_language_of_the_page() {
    let world = world().await;
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    let page = browser.get(SETUP).await.expect(200);
    let (device, setup) = (Device::of(&page), page.field("setup"));
    let body = format!("setup={setup}&code={}", device.code(&world, 0));
    let request = browser.request("POST", SETUP).header("accept-language", "fr");
    let request = request.header("origin", &world.cloud.url).header("sec-fetch-site", "same-origin");
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
    browser.send(request).await.expect(200);
    let mail = world.mail(ADA, 1).await;
    assert_eq!(mail.subject, "Un moyen de connexion a été ajouté");
    assert!(mail.text.contains("Codes d’une application"), "{mail:?}");
}

#[tokio::test]
async fn no_letter_goes_to_an_address_before_it_is_proven_and_a_reset_says_what_it_took_away() {
    // #19, #94
    const EVE: &str = "eve@example.com";
    let world = World::with(&[("SECOND_FACTORS", "on"), ("PASSWORDS", "on")]).await;
    let program = world.program();
    let ask = async |path: &str, body: serde_json::Value, status: u16| {
        let request = program.request("POST", path).header("content-type", "application/json");
        program.send(request.body(body.to_string())).await.expect(status)
    };
    let subjects =
        async || -> Vec<_> { world.mails(EVE).await.into_iter().map(|mail| mail.subject).collect() };
    ask("/users/register", json!({"email": EVE, "password": GOOD}), 202).await;
    let form = [("login", EVE), ("password", GOOD), ("return_to", "/account")];
    let browser = world.browser();
    browser.form("/users/password/login", &form).await.expect(303);
    set_up(&world, &browser).await;
    // The next letter comes after this one would.
    ask("/users/password/forgotten", json!({"email": EVE}), 202).await;
    let mail = world.mail(EVE, 2).await;
    assert!(!subjects().await.iter().any(|subject| subject.contains("way to sign in")));
    // The owner of the address comes, and the factor of whoever wrote it down goes.
    let token = mail.link().split_once("token=").unwrap().1.to_owned();
    let reset = json!({"token": token, "new_password": "another horse that counts"});
    ask("/users/password/reset", reset, 200).await;
    world.mail(EVE, 4).await;
    let subjects = subjects().await;
    for subject in ["Your password was changed", "A way to sign in was removed"] {
        assert!(subjects.iter().any(|it| it == subject), "{subjects:?}");
    }
}

#[tokio::test]
async fn where_mails_are_off_or_cannot_be_handed_over_it_is_added_all_the_same() {
    let off = [("SECOND_FACTORS", "on"), ("MAIL", "off")];
    let nowhere = [("SECOND_FACTORS", "on"), ("MAIL_QUEUE", "http://127.0.0.1:9/nowhere/mails")];
    for settings in [off, nowhere] {
        let world = World::with(&settings).await;
        let (browser, device, _) = ada(&world).await;
        let form = [("code", &*device.code(&world, 0))];
        browser.form("/users/factor/remove", &form).await.expect(303);
    }
}
