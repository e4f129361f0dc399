//! The page of a person's passkeys, and its forms.

use serde_json::json;
use tests::World;

use super::{PAGE, enter, somebody, world};

#[tokio::test]
async fn a_person_sees_renames_and_removes_their_passkeys() {
    let world = world().await;
    let (browser, passkey) = somebody(&world, "ada").await;
    let session = world.session(&browser).await;
    let page = browser.get(PAGE).await.expect(200);
    assert!(
        page.body.contains("Never used yet.") && page.body.contains("/users/passkey.js"),
        "{}",
        page.body
    );
    assert_eq!(page.header("referrer-policy"), "same-origin");
    enter(&world, &world.browser(), &passkey).await.expect(200);
    let page = browser.get(PAGE).await.expect(200);
    assert!(page.body.contains("Last used"), "{}", page.body);
    let id = page.field_before("id", "aria-label=\"Remove");
    let form = |name: Option<&'static str>| {
        let start = [("session", session.id.as_str()), ("id", id.as_str())];
        start.into_iter().chain(name.map(|name| ("name", name))).collect::<Vec<_>>()
    };
    browser.form(PAGE, &form(Some("  <b>My key</b>"))).await.expect(303);
    let page = browser.get(PAGE).await.expect(200);
    assert!(page.body.contains("&lt;b&gt;My key&lt;/b&gt;"), "{}", page.body);
    assert_eq!(browser.form(PAGE, &form(None)).await.expect(303).location(), "/users/passkey?removed");
    let page = browser.get("/users/passkey?removed").await.expect(200);
    assert!(
        page.body.contains("You have no passkey yet") && page.body.contains("was removed"),
        "{}",
        page.body
    );
    enter(&world, &world.browser(), &passkey).await.expect(401);
    // What it proved is gone with it (#93).
    let person = user::find(&world.table().await, &session.user_id, world.now()).await.unwrap().unwrap();
    assert!(!person.proofs.contains_key(user::passkey::key(&session.user_id).as_str()));
    let trail = browser.get("/account/trail").await.expect(200);
    assert!(trail.body.contains("A passkey was removed"), "{}", trail.body);
    // And it may be added again.
    let mut again = passkey;
    super::add(&world, &browser, &mut again).await.expect(200);
}

#[tokio::test]
async fn nobody_changes_the_passkeys_of_others_or_long_after_they_signed_in() {
    // #26, #27, #29, #81
    let world = world().await;
    let (ada, passkey) = somebody(&world, "ada").await;
    let (alan, _) = somebody(&world, "alan").await;
    let id = ada.get(PAGE).await.expect(200).field_before("id", "aria-label=\"Remove");
    let of_alan = world.session(&alan).await.id;
    let of_ada = world.session(&ada).await.id;
    for name in [None, Some("Mine now")] {
        let named = name.map(|name| ("name", name));
        let form = [("session", of_alan.as_str()), ("id", id.as_str())].into_iter().chain(named);
        alan.form(PAGE, &form.collect::<Vec<_>>()).await.expect(303);
        let form = [("session", of_ada.as_str()), ("id", id.as_str())].into_iter().chain(named);
        alan.form(PAGE, &form.collect::<Vec<_>>()).await.expect(400);
    }
    let form = [("session", of_ada.as_str()), ("id", id.as_str())];
    let elsewhere = ada.post_from_elsewhere(PAGE).body("id=x&session=x");
    ada.send(elsewhere).await.expect(403);
    world.pass(301);
    let stale = ada.get(PAGE).await.expect(200);
    assert!(
        stale.body.contains("sign in again first") && !stale.body.contains("passkey.js"),
        "{}",
        stale.body
    );
    let answer = ada.form(PAGE, &form).await.expect(303);
    assert!(answer.location().starts_with("/users/login?prompt=login"), "{}", answer.location());
    enter(&world, &world.browser(), &passkey).await.expect(200);
    assert!(!ada.get(PAGE).await.expect(200).body.contains("Mine now"));
    // Who is not signed in signs in first.
    let answer = world.browser().get(PAGE).await.expect(303);
    assert_eq!(answer.location(), "/users/login?return_to=%2Fusers%2Fpasskey");
}

#[tokio::test]
async fn a_person_is_told_by_mail_which_passkey_was_added_or_removed() {
    let world = world().await;
    let (browser, _) = somebody(&world, "ada").await;
    let mail = world.mail("ada@example.com", 1).await;
    assert_eq!(mail.subject, "A way to sign in was added");
    assert!(mail.text.lines().any(|line| line.starts_with("The passkey ")), "{mail:?}");
    let (page, session) = (browser.get(PAGE).await.expect(200), world.session(&browser).await.id);
    let id = page.field_before("id", "aria-label=\"Remove");
    let form = [("session", session.as_str()), ("id", id.as_str())];
    browser.form(PAGE, &[&form[..], &[("name", "Blue key")]].concat()).await.expect(303);
    browser.form(PAGE, &form).await.expect(303);
    let mail = world.mail("ada@example.com", 2).await;
    assert_eq!(mail.subject, "A way to sign in was removed");
    assert!(mail.text.contains("The passkey Blue key"), "{mail:?}");
    // Who removes nothing tells nobody.
    browser.form(PAGE, &form).await.expect(303);
    assert_eq!(world.mails("ada@example.com").await.len(), 2);
}

#[tokio::test]
async fn whoever_takes_their_data_along_has_their_passkeys_and_what_their_sign_ins_proved() {
    // #82: what is stored of somebody is theirs to see, and nothing by which anybody comes in.
    let world = World::with(&[("PASSKEYS", "on"), ("SECOND_FACTORS", "on")]).await;
    let (browser, _) = somebody(&world, "ada").await;
    let data = browser.get("/account/data.json").await.expect(200);
    let json = data.json();
    let [key] = &json["passkeys"].as_array().unwrap()[..] else { panic!("{json}") };
    assert!(key["name"].as_str().is_some_and(|name| !name.is_empty()) && key["used_at"].is_null(), "{key}");
    assert_eq!(json["second_factor"], false);
    let [proven] = &json["proven"].as_array().unwrap()[..] else { panic!("{json}") };
    assert_eq!((&proven["provider"], &proven["domain"]), (&json!("google"), &json!("example.com")));
    for hidden in ["credential", "counter", "digest"] {
        assert!(!data.body.contains(hidden), "{hidden}: {data:?}");
    }
}
