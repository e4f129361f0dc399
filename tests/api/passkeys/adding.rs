//! One more passkey, and what is none.

use serde_json::{Value, json};
use tests::authenticator::{Authenticator, BE, BS, UP};

use super::{ADD, CHALLENGE, NEW, add, arrive, ask, challenge, enter, somebody, wanted, world};

type Change = fn(&mut Authenticator);

#[tokio::test]
async fn what_is_no_new_passkey_of_ours_is_refused() {
    let world = world().await;
    let browser = world.browser();
    arrive(&browser, "ada").await;
    let wrongs: [(&str, Change); 10] = [
        ("another origin", |it| it.origin = "https://evil.example.com".to_owned()),
        ("another port", |it| it.origin = "http://localhost:1".to_owned()),
        ("another host", |it| it.rp_id = "example.com".to_owned()),
        ("a frame of another site", |it| it.cross_origin = true),
        ("nobody is there", |it| it.flags = 0),
        ("nobody unlocked it", |it| it.flags = UP),
        ("a copy of what cannot be copied", |it| it.flags |= BS),
        ("a signature in place of it", |it| it.kind = Some("webauthn.get")),
        ("a long id", |it| it.id = vec![7; 1024]),
        ("another challenge", |it| it.challenge = Some("A".repeat(43))),
    ];
    for (what, change) in wrongs {
        let mut passkey = Authenticator::new(&world.cloud.url);
        change(&mut passkey);
        let answer = add(&world, &browser, &mut passkey).await.expect(400);
        assert!(!answer.body.contains("evil"), "{what}");
    }
    // What cannot be read at all.
    let good = Authenticator::new(&world.cloud.url).create(&wanted(&world, &browser).await);
    let changed = |path: &[&str], value: Value| {
        let mut credential = good.clone();
        *path.iter().fold(&mut credential, |at, name| &mut at[*name]) = value;
        json!({"credential": credential})
    };
    for body in [
        json!({}),
        json!({"credential": null}),
        json!({"credential": "x"}),
        json!({"credential": []}),
        json!({"credential": good, "user_id": "x"}),
        changed(&["type"], json!("password")),
        changed(&["rawId"], json!("*")),
        changed(&["response", "clientDataJSON"], json!("e30")),
        changed(&["response", "clientDataJSON"], json!("")),
        changed(&["response", "attestationObject"], json!("")),
        changed(&["response", "attestationObject"], json!("oGRA")),
        changed(&["response", "attestationObject"], json!("____")),
        changed(&["response", "attestationObject"], json!(7)),
    ] {
        ask(&world, &browser, ADD, &body).await.expect(400);
    }
    let large = json!({"credential": good, "name": "x".repeat(130 * 1024)});
    ask(&world, &browser, ADD, &large).await.expect(413);
    let table = world.table().await;
    let ada = world.session(&browser).await.user_id;
    assert!(user::passkey::of(&table, &ada, world.now()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_challenge_is_of_its_browser_for_five_minutes_and_is_answered_once() {
    // #9, #26
    let world = world().await;
    let browser = world.browser();
    arrive(&browser, "ada").await;
    let options = wanted(&world, &browser).await;
    let mut passkey = Authenticator::new(&world.cloud.url);
    let body = json!({"credential": passkey.create(&options)});
    // Not in another browser of the same person.
    let other = world.browser();
    arrive(&other, "ada").await;
    ask(&world, &other, ADD, &body).await.expect(400);
    // Nor as the challenge of a sign-in, nor that as one of a new passkey.
    let sign_in = challenge(&world, &browser).await;
    let mut crossed = Authenticator::new(&world.cloud.url);
    crossed.challenge = Some(sign_in["challenge"].as_str().unwrap().to_owned());
    add(&world, &browser, &mut crossed).await.expect(400);
    // Once, however often it comes at the same moment.
    let twins = (0..8).map(|_| ask(&world, &browser, ADD, &body));
    let answers = futures_util::future::join_all(twins).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.status == 400).count(), 7);
    // And not later than that.
    let options = wanted(&world, &browser).await;
    world.pass(301);
    let late = json!({"credential": Authenticator::new(&world.cloud.url).create(&options)});
    ask(&world, &browser, ADD, &late).await.expect(400);
}

#[tokio::test]
async fn only_who_has_just_shown_who_they_are_adds_one_from_our_own_page() {
    // #26, #27
    let world = world().await;
    let browser = world.browser();
    let nobody = json!({"session": "x"});
    ask(&world, &browser, NEW, &nobody).await.expect(400);
    arrive(&browser, "ada").await;
    let body = json!({"session": world.session(&browser).await.id});
    ask(&world, &browser, NEW, &nobody).await.expect(400);
    for path in [NEW, ADD, CHALLENGE] {
        let elsewhere = browser.request("POST", path).header("content-type", "application/json");
        let elsewhere = elsewhere.header("origin", "https://evil.example.com");
        browser.send(elsewhere.body(body.to_string())).await.expect(403);
        let form = browser.form(path, &[("session", "x")]).await.status;
        assert!([200, 415].contains(&form), "{path}: {form}");
    }
    ask(&world, &browser, NEW, &body).await.expect(200);
    world.pass(301);
    let answer = ask(&world, &browser, NEW, &body).await.expect(401).json();
    assert_eq!(answer["error"], "login_required");
}

#[tokio::test]
async fn a_passkey_is_of_who_asked_for_it_in_the_session_that_still_acts() {
    // #95, #29
    let world = world().await;
    let browser = world.browser();
    arrive(&browser, "ada").await;
    let ada = world.session(&browser).await;
    let options = wanted(&world, &browser).await;
    let body = json!({"credential": Authenticator::new(&world.cloud.url).create(&options)});
    // Somebody else signs in in the same browser, and acts from now on.
    arrive(&browser, "alan").await;
    let alan = world.session(&browser).await;
    assert_ne!(ada.user_id, alan.user_id);
    ask(&world, &browser, ADD, &body).await.expect(400);
    let of_ada = json!({"session": ada.id});
    ask(&world, &browser, NEW, &of_ada).await.expect(400);
    let table = world.table().await;
    for id in [&ada.user_id, &alan.user_id] {
        assert!(user::passkey::of(&table, id, world.now()).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn nobody_gets_a_passkey_that_somebody_has_and_nobody_has_more_than_ten() {
    let world = world().await;
    let (browser, mut passkey) = somebody(&world, "ada").await;
    let known = wanted(&world, &browser).await;
    assert_eq!(known["excludeCredentials"].as_array().unwrap().len(), 1);
    assert_eq!(known["authenticatorSelection"]["residentKey"], "required");
    assert_eq!(known["authenticatorSelection"]["userVerification"], "required");
    assert_eq!((&known["attestation"], &known["timeout"]), (&json!("none"), &json!(300_000)));
    let host = url::Url::parse(&world.cloud.url).unwrap().host_str().unwrap().to_owned();
    assert_eq!(known["rp"]["id"], json!(host));
    add(&world, &browser, &mut passkey).await.expect(400);
    // The same key of the authenticator of somebody else.
    let alan = world.browser();
    arrive(&alan, "alan").await;
    add(&world, &alan, &mut passkey).await.expect(400);
    for _ in 1..10 {
        let mut more = Authenticator::new(&world.cloud.url);
        more.flags |= BE;
        add(&world, &browser, &mut more).await.expect(200);
    }
    let body = json!({"session": world.session(&browser).await.id});
    ask(&world, &browser, NEW, &body).await.expect(409);
}

#[tokio::test]
async fn adding_is_in_the_trail_of_its_person() {
    let world = world().await;
    let (browser, mut passkey) = somebody(&world, "ada").await;
    let trail = browser.get("/account/trail").await.expect(200);
    assert!(trail.body.contains("A passkey was added"), "{}", trail.body);
    // A copy that signs with a counter of before is refused, and its person can read it (W3C §6.1.1).
    passkey.counter = 5;
    enter(&world, &world.browser(), &passkey).await.expect(200);
    for counter in [5, 4, 0] {
        passkey.counter = counter;
        enter(&world, &world.browser(), &passkey).await.expect(401);
    }
    passkey.counter = 6;
    enter(&world, &world.browser(), &passkey).await.expect(200);
    let trail = browser.get("/account/trail").await.expect(200);
    assert_eq!(trail.body.matches("there may be a copy of it").count(), 3, "{}", trail.body);
}

#[tokio::test]
async fn a_synced_key_that_counts_nothing_signs_again_and_again() {
    let world = world().await;
    let (_, passkey) = somebody(&world, "ada").await;
    for _ in 0..3 {
        enter(&world, &world.browser(), &passkey).await.expect(200);
    }
}
