//! Signing in, and what does not let anybody in.

use serde_json::{Value, json};
use tests::authenticator::{Authenticator, BE, BS, UP};

use super::{CHALLENGE, LOGIN, ask, challenge, enter, somebody, world};

type Change = fn(&mut Authenticator);

/// An answer without the id of its request.
fn said(answer: &tests::Answer) -> Value {
    let mut body = answer.json();
    body.as_object_mut().unwrap().remove("request_id");
    body
}

#[tokio::test]
async fn what_is_no_signature_of_the_passkey_lets_nobody_in() {
    // #84: one answer for all of it.
    let world = world().await;
    let (_, good) = somebody(&world, "ada").await;
    let (other, _) = somebody(&world, "alan").await;
    let alan = world.session(&other).await.user_id;
    let unknown =
        said(&enter(&world, &world.browser(), &Authenticator::new(&world.cloud.url)).await.expect(401));
    let wrongs: [(&str, Change); 9] = [
        ("another origin", |it| it.origin = "https://evil.example.com".to_owned()),
        ("another host", |it| it.rp_id = "example.com".to_owned()),
        ("a frame of another site", |it| it.cross_origin = true),
        ("nobody is there", |it| it.flags = 0),
        ("nobody unlocked it", |it| it.flags = UP),
        ("may be copied all at once", |it| it.flags |= BE | BS),
        ("a new passkey in place of it", |it| it.kind = Some("webauthn.create")),
        ("nobody's", |it| it.handle = b"nobody".to_vec()),
        ("of no person", |it| it.handle = Vec::new()),
    ];
    for (what, change) in wrongs {
        let (_, mut passkey) = somebody(&world, "alan").await;
        change(&mut passkey);
        let browser = world.browser();
        let answer = enter(&world, &browser, &passkey).await.expect(401);
        assert_eq!(said(&answer), unknown, "{what}");
        assert!(browser.cookie("__Host-session").is_none(), "{what}");
    }
    // The key of somebody else under this id, and the person of another key.
    let mut forged = Authenticator::new(&world.cloud.url);
    (forged.id, forged.handle) = (good.id.clone(), good.handle.clone());
    assert_eq!(said(&enter(&world, &world.browser(), &forged).await.expect(401)), unknown);
    let (_, mut foreign) = somebody(&world, "ada").await;
    foreign.handle = alan.into_bytes();
    assert_eq!(said(&enter(&world, &world.browser(), &foreign).await.expect(401)), unknown);
    enter(&world, &world.browser(), &good).await.expect(200);
}

#[tokio::test]
async fn what_cannot_be_read_costs_nothing() {
    // #105
    let world = world().await;
    let (_, passkey) = somebody(&world, "ada").await;
    let browser = world.browser();
    let options = challenge(&world, &browser).await;
    let good = passkey.get(&options);
    let changed = |path: &[&str], value: Value| {
        let mut credential = good.clone();
        *path.iter().fold(&mut credential, |at, name| &mut at[*name]) = value;
        json!({"credential": credential})
    };
    for body in [
        json!({}),
        json!({"credential": null}),
        json!({"credential": {}}),
        json!({"credential": good, "admin": true}),
        json!({"credential": good, "return_to": 1}),
        changed(&["rawId"], json!("*")),
        changed(&["rawId"], json!(null)),
        changed(&["response"], json!(null)),
        changed(&["response", "clientDataJSON"], json!("e30")),
        changed(&["response", "clientDataJSON"], json!("AAAA")),
        changed(&["response", "authenticatorData"], json!(1)),
        changed(&["response", "signature"], json!(null)),
        changed(&["response", "userHandle"], json!({})),
    ] {
        ask(&world, &browser, LOGIN, &body).await.expect(400);
    }
    let large = json!({"credential": good, "return_to": "x".repeat(130 * 1024)});
    ask(&world, &browser, LOGIN, &large).await.expect(413);
    // The challenge was not used up by any of them. Now it is, whatever comes of it.
    let cut = changed(&["response", "authenticatorData"], json!("AAAA"));
    ask(&world, &browser, LOGIN, &cut).await.expect(401);
    ask(&world, &browser, LOGIN, &json!({"credential": good})).await.expect(400);
}

#[tokio::test]
async fn a_challenge_lets_in_once_and_only_the_browser_that_has_it() {
    // #9, #25
    let world = world().await;
    let (_, passkey) = somebody(&world, "ada").await;
    let browser = world.browser();
    let options = challenge(&world, &browser).await;
    let body = json!({"credential": passkey.get(&options)});
    ask(&world, &world.browser(), LOGIN, &body).await.expect(400);
    let twins = (0..8).map(|_| ask(&world, &browser, LOGIN, &body));
    let answers = futures_util::future::join_all(twins).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    let options = challenge(&world, &browser).await;
    world.pass(301);
    ask(&world, &browser, LOGIN, &json!({"credential": passkey.get(&options)})).await.expect(400);
    // Each of several tabs has its own, and a browser keeps five.
    let mut tabs = Vec::new();
    for _ in 0..6 {
        tabs.push(challenge(&world, &browser).await);
        world.pass(1);
    }
    let kept = browser.cookie_names().iter().filter(|name| name.contains("passkey-")).count();
    assert_eq!(kept, 5);
    ask(&world, &browser, LOGIN, &json!({"credential": passkey.get(&tabs[0])})).await.expect(400);
    ask(&world, &browser, LOGIN, &json!({"credential": passkey.get(&tabs[1])})).await.expect(200);
}

#[tokio::test]
async fn only_our_own_pages_sign_anybody_in() {
    // #27
    let world = world().await;
    let browser = world.browser();
    for path in [CHALLENGE, LOGIN] {
        let request = browser.request("POST", path).header("content-type", "application/json").body("{}");
        browser.send(request.header("origin", "https://evil.example.com")).await.expect(403);
        let request = browser.request("POST", path).header("content-type", "application/json").body("{}");
        browser.send(request.header("sec-fetch-site", "cross-site")).await.expect(403);
    }
    let text = browser.request("POST", LOGIN).header("content-type", "text/plain").body("{}");
    browser.send(text.header("origin", &world.cloud.url)).await.expect(415);
}

#[tokio::test]
async fn who_is_disabled_or_deleted_comes_in_no_more() {
    // #35, #84
    let world = world().await;
    let unknown =
        said(&enter(&world, &world.browser(), &Authenticator::new(&world.cloud.url)).await.expect(401));
    let table = world.table().await;
    for is_deleted in [false, true] {
        let name = if is_deleted { "alan" } else { "ada" };
        let (browser, passkey) = somebody(&world, name).await;
        let id = world.session(&browser).await.user_id;
        if is_deleted {
            let told = user::manage::NOBODY_TOLD;
            user::manage::delete(&table, &id, None, user::manage::NO_TRAIL, told, world.now()).await.unwrap();
            assert!(user::passkey::of(&table, &id, world.now()).await.unwrap().is_empty());
        } else {
            user::disable(&table, &id, world.now()).await.unwrap();
        }
        let answer = enter(&world, &world.browser(), &passkey).await.expect(401);
        assert_eq!(said(&answer), unknown, "{name}");
    }
}

#[tokio::test]
async fn attempts_are_counted_where_they_come_from_before_they_are_looked_at() {
    // #85
    let world = world().await;
    let (_, passkey) = somebody(&world, "ada").await;
    let browser = world.browser();
    for _ in 0..100 {
        enter(&world, &browser, &Authenticator::new(&world.cloud.url)).await.expect(401);
    }
    let answer = enter(&world, &browser, &passkey).await.expect(429);
    assert!(answer.header("retry-after").parse::<u32>().unwrap() <= 300);
    world.pass(300);
    enter(&world, &browser, &passkey).await.expect(200);
}
