//! The person enters the code, and decides.

use super::{PENDING, Scene, actions};
use client::{Kind, NewClient};
use oauth::server::GrantType;
use serde_json::json;
use session::UserCode;
use tests::{World, database::Wire, oauth::claims};

#[tokio::test]
async fn a_person_agrees_on_another_device_and_the_device_gets_its_tokens_once() {
    // #40, #41: RFC 8628 §3.3 to §3.5
    let wire = Wire::start().await;
    let scene = Scene::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)], |_| ()).await;
    let codes = scene.codes().await;
    wire.calls();
    assert_eq!(scene.poll(&codes).await, PENDING);
    assert_eq!(actions(&wire, "oauth-token"), ["BatchGetItem", "UpdateItem"]);
    let page = scene.browser.enter(&codes.user).await.expect(200);
    for said in [
        "Television",
        &codes.user,
        "less than a minute ago",
        "this machine",
        "Ada",
        "See your profile",
        "until it is revoked",
    ] {
        assert!(page.body.contains(said), "{said}: {}", page.body);
    }
    assert!(page.header("content-security-policy").contains("form-action 'self' ;"), "{page:?}");
    assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"), "{page:?}");
    assert_eq!(page.header("cross-origin-opener-policy"), "same-origin");
    assert_eq!(scene.poll(&codes).await, "slow_down", "to look at the page is to allow nothing");
    let done = scene.browser.decide_device(&page, "allow").await.expect(200);
    assert!(done.body.contains("Your device is connected"), "{}", done.body);
    wire.calls();
    // Whoever agreed already is not asked to be patient.
    let tokens = scene.tokens(&codes).await;
    assert_eq!(actions(&wire, "oauth-token"), ["BatchGetItem", "BatchGetItem", "TransactWriteItems"]);
    assert_eq!(tokens["scope"], "offline_access openid profile");
    let session = scene.world.session(&scene.browser).await;
    let id_token = claims(tokens["id_token"].as_str().unwrap());
    assert_eq!((&id_token["sub"], &id_token["aud"]), (&json!(session.user_id), &json!(scene.client.id)));
    assert_eq!((&id_token["sid"], &id_token["auth_time"]), (&json!(session.id), &json!(session.auth_time)));
    assert_eq!(id_token.get("nonce"), None);
    let token = tokens["access_token"].as_str().unwrap();
    scene.world.program().bearer("/oauth/userinfo", token).await.expect(200);
    for _ in 0..2 {
        assert_eq!(scene.poll(&codes).await, "invalid_grant");
    }
    // A poll that was repeated is no theft.
    let refresh = tokens["refresh_token"].as_str().unwrap();
    scene.world.refreshing(&scene.client, refresh).send(&scene.world).await.expect(200);
    let family = wire.rows_of("FAMILY").await;
    assert_eq!(family.len(), 1);
}

#[tokio::test]
async fn of_decisions_at_once_one_counts() {
    // #29, #40
    for _ in 0..4 {
        let scene = Scene::start().await;
        let codes = scene.codes().await;
        let page = scene.browser.enter(&codes.user).await.expect(200);
        let say = |at: usize| {
            let (browser, page) = (&scene.browser, &page);
            async move { (at, browser.decide_device(page, ["allow", "deny"][at % 2]).await) }
        };
        let said = futures_util::future::join_all((0..16).map(say)).await;
        let (done, over): (Vec<_>, Vec<_>) = said.iter().partition(|(_, answer)| answer.status == 200);
        assert_eq!((done.len(), over.len()), (8, 8), "one answer counts, for all who gave it");
        assert!(done.iter().all(|(at, _)| at % 2 == done[0].0 % 2));
        let expected = if done[0].0 % 2 == 0 { 200 } else { 400 };
        scene.world.polling(&scene.client, &codes).send(&scene.world).await.expect(expected);
    }
}

#[tokio::test]
async fn a_client_that_is_to_be_told_of_the_end_of_the_session_is_noted_in_it() {
    // OpenID Connect Back-Channel Logout §2.3
    let scene = Scene::start().await;
    let wanted = |new: &mut NewClient| {
        new.grants.push(GrantType::DeviceCode);
        new.backchannel_logout_uri = Some("https://tv.example.com/ended".to_owned());
    };
    let told = scene.world.client(Kind::Web, wanted).await;
    for _ in 0..2 {
        let page = scene.browser.enter(&scene.world.codes(&told, &[]).await.user).await.expect(200);
        scene.browser.decide_device(&page, "deny").await.expect(200);
        assert!(scene.world.session(&scene.browser).await.clients().is_empty());
    }
    for _ in 0..2 {
        let codes = scene.world.codes(&told, &[]).await;
        scene.browser.allow_device(&codes).await;
        scene.browser.allow_device(&scene.codes().await).await;
        assert_eq!(
            scene.world.session(&scene.browser).await.clients(),
            std::slice::from_ref(&told.id),
            "once, and no other"
        );
        scene.world.polling(&told, &codes).send(&scene.world).await.expect(200);
    }
}

#[tokio::test]
async fn the_api_of_latchkey_is_for_devices_whose_client_lists_it() {
    // #40, #57, #81
    let scene = Scene::start().await;
    let codes = scene.world.codes(&scene.client, &[("scope", "openid users:read users:write")]).await;
    let page = scene.browser.enter(&codes.user).await.expect(200);
    assert!(!page.body.contains("users:"), "{}", page.body);
    scene.browser.decide_device(&page, "allow").await.expect(200);
    let tokens = scene.tokens(&codes).await;
    assert_eq!(tokens["scope"], "openid", "what the client does not list is left out");
    scene.world.program().bearer("/users", tokens["access_token"].as_str().unwrap()).await.expect(403);
    let listed = scene
        .world
        .device_app(|new| {
            new.audiences = vec![scene.world.cloud.url.clone()];
            new.scope = "openid users:read".parse().unwrap();
            new.default_scope = "openid".parse().unwrap();
        })
        .await;
    let fields = [("scope", "openid users:read users:write"), ("resource", &*scene.world.cloud.url)];
    let codes = scene.world.codes(&listed, &fields).await;
    let page = scene.browser.enter(&codes.user).await.expect(200);
    assert!(page.body.contains("<code>users:read</code>"), "{}", page.body);
    scene.browser.decide_device(&page, "allow").await.expect(200);
    let tokens = scene.world.polling(&listed, &codes).send(&scene.world).await.expect(200).json();
    assert_eq!(tokens["scope"], "openid users:read");
    scene.world.program().bearer("/users", tokens["access_token"].as_str().unwrap()).await.expect(200);
}

#[tokio::test]
async fn what_a_device_asks_for_at_an_api_is_said_in_its_words() {
    // #40
    let world = World::start().await;
    let api = world.api("https://orders.example.com", &["get:profile"]).await;
    let client = world
        .device_app(|new| {
            new.audiences = vec![api.audience.clone()];
            new.default_audience = Some(api.audience.clone());
            new.scope.extend(&"get:profile".parse().unwrap());
        })
        .await;
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    let fields = [("scope", "openid get:profile"), ("resource", "https://orders.example.com/")];
    let codes = world.codes(&client, &fields).await;
    world.pass(185);
    let page = browser.enter(&codes.user).await.expect(200);
    assert!(page.body.contains("<code>get:profile</code> at Test API"), "{}", page.body);
    assert!(page.body.contains("3 minutes ago"), "{}", page.body);
    browser.decide_device(&page, "allow").await.expect(200);
    let tokens = world.polling(&client, &codes).send(&world).await.expect(200).json();
    assert_eq!(claims(tokens["access_token"].as_str().unwrap())["aud"], "https://orders.example.com");
}

#[tokio::test]
async fn nobody_decides_without_signing_in_and_everybody_comes_back_with_the_code() {
    // #40
    let world = World::start().await;
    let client = world.device_app(|_| ()).await;
    let codes = world.codes(&client, &[]).await;
    let browser = world.browser();
    for (path, return_to) in [
        ("/device".to_owned(), "/device".to_owned()),
        (format!("/device?user_code={}", codes.user), format!("/device?user_code={}", codes.user)),
        (
            format!("/device?user_code={}", codes.user.to_lowercase().replace('-', "+")),
            format!("/device?user_code={}", codes.user),
        ),
        ("/device?user_code=%3Cscript%3E".to_owned(), "/device".to_owned()),
        ("/device?user_code=A&user_code=B".to_owned(), "/device".to_owned()),
    ] {
        let asked = browser.get(&path).await.expect(303);
        assert_eq!(tests::query(asked.location())["return_to"], return_to);
        assert!(asked.location().starts_with("/users/login?"), "{asked:?}");
    }
    let refused = browser.enter(&codes.user).await.expect(401);
    let again = tests::query(&refused.link("Start again"))["return_to"].clone();
    let url = browser.start(&refused.link("Start again")).await;
    let back = browser.get(&browser.pick(&url, "ada").await).await.expect(303);
    assert_eq!(back.location(), again);
    let page = browser.get(back.location()).await.expect(200);
    assert!(page.body.contains(&format!("value=\"{}\"", codes.user)), "filled in: {}", page.body);
    assert!(!page.body.contains("decision"), "also a code in the address is confirmed: {}", page.body);
    let page = browser.enter(&codes.user).await.expect(200);
    browser.decide_device(&page, "allow").await.expect(200);
    // To look at the page, or to prefetch it, is nothing.
    let head = browser.request("HEAD", "/device").header("sec-fetch-mode", "navigate");
    browser.send(head).await.expect(200);
    browser.send(browser.request("GET", "/device").header("sec-purpose", "prefetch")).await.expect(503);
}

#[tokio::test]
async fn a_code_is_accepted_as_people_type_it() {
    // #40
    let scene = Scene::start().await;
    let codes = scene.codes().await;
    let plain = codes.user.replace('-', "");
    for typed in [&*codes.user, &plain, &plain.to_lowercase(), &format!("  {} ", plain.replace("", " "))] {
        scene.browser.enter(typed).await.expect(200);
    }
    // What cannot be one costs no attempt, and is not said to be another case.
    for typed in ["", "x", "AEIOUAEI", "BCDF-GHJ", &"B".repeat(500)] {
        let page = scene.browser.enter(typed).await.expect(400);
        assert!(page.body.contains("No device waits with this code"), "{}", page.body);
        assert!(page.body.contains("role=\"alert\""), "{}", page.body);
    }
    let program = scene.browser.as_program();
    let refused = program.enter("BCDF-GHJK").await.expect(400);
    assert_eq!(refused.json()["error"], "invalid_request");
}

#[tokio::test]
async fn the_page_counts_in_the_session_that_looked_at_it() {
    // #27, #29, #40
    let scene = Scene::start().await;
    let codes = scene.codes().await;
    let page = scene.browser.enter(&codes.user).await.expect(200);
    let (other, same_person) = (scene.world.browser(), scene.world.browser());
    other.sign_in("alan").await.expect(303);
    same_person.sign_in("ada").await.expect(303);
    other.decide_device(&page, "allow").await.expect(400);
    same_person.decide_device(&page, "allow").await.expect(400);
    scene.world.browser().decide_device(&page, "allow").await.expect(400);
    for sealed in ["", "x", &page.field("request")[1..]] {
        scene
            .browser
            .form("/device/decision", &[("request", sealed), ("decision", "allow")])
            .await
            .expect(400);
    }
    // A form of another site, with the cookie that it does not get.
    for path in ["/device", "/device/decision"] {
        let request = scene.browser.request("POST", path).header("sec-fetch-site", "cross-site");
        let fields = format!("user_code={}&request={}&decision=allow", codes.user, page.field("request"));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(fields);
        scene.browser.send(request).await.expect(403);
    }
    assert_eq!(scene.poll(&codes).await, PENDING);
    // A fresh sign-in of the same person is the same session, and another person in the same browser does not take its place.
    let ada = scene.world.session(&scene.browser).await;
    scene.browser.sign_in("ada").await.expect(303);
    scene.browser.sign_in("alan").await.expect(303);
    scene.browser.decide_device(&page, "allow").await.expect(200);
    scene.browser.decide_device(&page, "allow").await.expect(200);
    let id_token = scene.tokens(&codes).await["id_token"].as_str().map(claims).unwrap();
    assert_eq!((&id_token["sub"], &id_token["sid"]), (&json!(ada.user_id), &json!(ada.id)));
    scene.browser.decide_device(&page, "allow").await.expect(200);
    scene.browser.decide_device(&page, "deny").await.expect(400);
}

#[tokio::test]
async fn guessing_codes_ends_after_ten() {
    // #40, #85: RFC 8628 §5.1
    let wire = Wire::start().await;
    let scene = Scene::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)], |_| ()).await;
    let codes = scene.codes().await;
    let guess = || UserCode::random().to_string();
    assert_eq!(scene.world.now().epoch() % 600, 0, "a window begins now");
    scene.browser.enter(&codes.user).await.expect(200);
    let second = scene.world.browser();
    second.sign_in("ada").await.expect(303);
    for at in 0..9 {
        let browser = if at % 2 == 0 { &scene.browser } else { &second };
        browser.enter(&guess()).await.expect(400);
    }
    scene.world.pass(1);
    for _ in 0..3 {
        // Also the right one, in any session of the person.
        for browser in [&scene.browser, &second] {
            let refused = browser.enter(&codes.user).await.expect(429);
            assert_eq!(refused.header("retry-after"), "599");
            assert!(refused.body.contains("Please wait a while"), "{}", refused.body);
        }
    }
    let refused = scene.browser.as_program().enter(&codes.user).await.expect(429);
    assert_eq!(refused.json()["error"], "temporarily_unavailable");
    // Nobody else is shut out.
    let other = scene.world.browser();
    other.sign_in("alan").await.expect(303);
    let page = other.enter(&codes.user).await.expect(200);
    other.decide_device(&page, "deny").await.expect(200);
    // The table names neither person nor place.
    let counted = json!(wire.rows_of("DEVICEGUESSES").await).to_string();
    let user = scene.world.session(&scene.browser).await.user_id;
    assert!(!counted.contains(&user) && !counted.contains("127.0.0.1"), "{counted}");
    scene.world.pass(599);
    let codes = scene.codes().await;
    scene.browser.enter(&codes.user).await.expect(200);
}
