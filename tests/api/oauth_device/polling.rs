//! The device asks whether its person has decided, and gets its tokens.

use super::{PENDING, Scene};
use client::{Client, Kind};
use oauth::{Secret, server::GrantType};
use serde_json::Value;
use session::device;
use tests::{Answer, database::Wire, devices::Codes};

#[tokio::test]
async fn a_device_that_polls_too_often_waits_longer_each_time() {
    // #40: RFC 8628 §3.5
    let scene = Scene::start().await;
    let codes = scene.codes().await;
    let mut interval = 5;
    assert_eq!(scene.poll(&codes).await, PENDING, "the first may come at once");
    for (after, said) in [
        (5, PENDING),
        (4, PENDING),
        (3, "slow_down"),
        (9, PENDING),
        (8, "slow_down"),
        (13, "slow_down"),
        (20, PENDING),
        (18, "slow_down"),
        (0, "slow_down"),
        (30, PENDING),
    ] {
        scene.world.pass(after);
        assert_eq!(
            scene.poll(&codes).await,
            said,
            "{after} s after the last one, at an interval of {interval} s"
        );
        interval += if said == PENDING { 0 } else { 5 };
    }
}

#[tokio::test]
async fn of_polls_at_once_one_is_in_time_and_the_interval_grows_by_no_more_than_one_step() {
    // #40: RFC 8628 §3.5
    let scene = Scene::start().await;
    let codes = scene.codes().await;
    let said = at_once(&scene, &codes).await.into_iter().map(|answer| answer.json()["error"].to_string());
    let said: Vec<_> = said.collect();
    let pending = said.iter().filter(|said| *said == "\"authorization_pending\"").count();
    let slow = said.iter().filter(|said| *said == "\"slow_down\"").count();
    assert_eq!(pending + slow, 32, "{said:?}");
    assert!(pending >= 1, "{said:?}");
    // Each that came after another had been noted may have added a step: it was early.
    let row = row(&scene, &codes).await;
    assert!(row.interval >= 5 && row.interval <= 5 + 5 * u32::try_from(slow).unwrap(), "{row:?}");
}

async fn row(scene: &Scene, codes: &Codes) -> session::Device {
    let key = device::key(&Secret::new(&*codes.device)).unwrap();
    let table = scene.world.table().await;
    table.get::<session::Device>(&key, scene.world.now()).await.unwrap().unwrap().into_inner()
}

/// 32 polls at once.
async fn at_once(scene: &Scene, codes: &Codes) -> Vec<Answer> {
    let poll = || async { scene.world.polling(&scene.client, codes).send(&scene.world).await };
    futures_util::future::join_all((0..32).map(|_| poll())).await
}

#[tokio::test]
async fn of_polls_at_once_after_the_person_agreed_one_wins() {
    // #40, #41
    let wire = Wire::start().await;
    let scene = Scene::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)], |_| ()).await;
    let codes = scene.codes().await;
    scene.browser.allow_device(&codes).await;
    let answers = at_once(&scene, &codes).await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
    assert_eq!((won.len(), lost.len()), (1, 31));
    for answer in lost {
        assert_eq!(answer.expect(400).json()["error"], "invalid_grant");
    }
    assert_eq!(wire.rows_of("FAMILY").await.len(), 1);
    let token = won[0].json()["access_token"].as_str().unwrap().to_owned();
    scene.world.program().bearer("/oauth/userinfo", &token).await.expect(200);
}

#[tokio::test]
async fn a_denied_device_hears_so_and_gets_nothing() {
    // #40: RFC 8628 §3.5
    let scene = Scene::start().await;
    let codes = scene.codes().await;
    let page = scene.browser.enter(&codes.user).await.expect(200);
    let done = scene.browser.decide_device(&page, "deny").await.expect(200);
    assert!(done.body.contains("Access denied"), "{}", done.body);
    assert_eq!(scene.poll(&codes).await, "access_denied");
    // The same page again: the person may not change their mind behind the device's back.
    scene.browser.decide_device(&page, "allow").await.expect(400);
    scene.browser.enter(&codes.user).await.expect(400);
    assert_eq!(scene.poll(&codes).await, "access_denied");
    // Whatever else a form says is no.
    let codes = scene.codes().await;
    let page = scene.browser.enter(&codes.user).await.expect(200);
    scene.browser.decide_device(&page, "Allow").await.expect(200);
    assert_eq!(scene.poll(&codes).await, "access_denied");
}

#[tokio::test]
async fn after_ten_minutes_nothing_can_be_agreed_to_and_nothing_redeemed() {
    // #40, #100
    let scene = Scene::start().await;
    let [early, late] = [scene.codes().await, scene.codes().await];
    let page = scene.browser.enter(&early.user).await.expect(200);
    scene.browser.allow_device(&late).await;
    scene.world.pass(599);
    assert_eq!(scene.poll(&early).await, PENDING);
    scene.browser.enter(&early.user).await.expect(200);
    scene.world.pass(1);
    assert_eq!(scene.poll(&early).await, "expired_token");
    assert_eq!(scene.poll(&late).await, "expired_token", "also what was agreed to");
    scene.browser.enter(&early.user).await.expect(400);
    scene.browser.decide_device(&page, "allow").await.expect(400);
    assert_eq!(scene.poll(&early).await, "expired_token");
    scene.world.pass(600);
    assert_eq!(scene.poll(&early).await, "invalid_grant", "nobody knows it any more");
}

#[tokio::test]
async fn a_device_code_is_its_clients_and_a_wrong_request_changes_nothing() {
    // #40, #42, #45, #47
    let scene = Scene::start().await;
    let (world, codes) = (&scene.world, scene.codes().await);
    scene.browser.allow_device(&codes).await;
    let (other, without) = (world.device_app(|_| ()).await, world.client(Kind::Native, |_| {}).await);
    let right = world.polling(&scene.client, &codes);
    for (what, ask, status, error) in [
        ("another client's", world.polling(&other, &codes), 400, "invalid_grant"),
        ("a client's without the grant", world.polling(&without, &codes), 400, "unauthorized_client"),
        ("an unknown client's", right.clone().with("client_id", "unknown"), 401, "invalid_client"),
        ("nobody's", right.clone().without("client_id"), 401, "invalid_client"),
        ("no code", right.clone().without("device_code"), 400, "invalid_request"),
        ("an empty code", right.clone().with("device_code", ""), 400, "invalid_request"),
        ("two codes", right.clone().and("device_code", &codes.device), 400, "invalid_request"),
        ("the user code", right.clone().with("device_code", &codes.user), 400, "invalid_grant"),
        ("an unknown code", right.clone().with("device_code", &"x".repeat(43)), 400, "invalid_grant"),
        ("a cut code", right.clone().with("device_code", &codes.device[1..]), 400, "invalid_grant"),
        (
            "an unknown resource",
            right.clone().with("resource", "https://x.example.com"),
            400,
            "invalid_target",
        ),
        ("our own API", right.clone().with("resource", &world.cloud.url), 400, "invalid_target"),
        ("a code's grant", right.clone().with("grant_type", "authorization_code"), 400, "invalid_request"),
        (
            "the short name of the grant",
            right.clone().with("grant_type", "device_code"),
            400,
            "unsupported_grant_type",
        ),
    ] {
        assert_eq!(ask.send(world).await.expect(status).json()["error"], error, "{what}");
    }
    scene.tokens(&codes).await;
}

#[tokio::test]
async fn what_ends_a_person_a_client_or_a_session_ends_what_was_agreed_to() {
    // #34, #35, #40
    type End = fn(&Scene, String) -> std::pin::Pin<Box<dyn Future<Output = ()> + '_>>;
    let ends: [(&str, End, u16, &str); 5] = [
        (
            "the person is disabled",
            |it, user| {
                Box::pin(async move {
                    drop(user::disable(&it.world.table().await, &user, it.world.now()).await.unwrap())
                })
            },
            400,
            "invalid_grant",
        ),
        (
            "the person signs out",
            |it, _| Box::pin(async move { drop(it.browser.post("/users/logout").await.expect(303)) }),
            400,
            "invalid_grant",
        ),
        (
            "the client is disabled",
            |it, _| {
                Box::pin(async move {
                    client::disable(
                        &it.world.table().await,
                        &it.client.id,
                        client::manage::NOTHING,
                        it.world.now(),
                    )
                    .await
                    .unwrap()
                })
            },
            401,
            "invalid_client",
        ),
        (
            "the client was disabled for a while",
            |it, _| {
                Box::pin(async move {
                    let (table, now) = (it.world.table().await, it.world.now());
                    client::disable(&table, &it.client.id, client::manage::NOTHING, now).await.unwrap();
                    client::enable(&table, &it.client.id, client::manage::NOTHING, now).await.unwrap();
                })
            },
            400,
            "invalid_grant",
        ),
        (
            "the client lost the grant",
            |it, _| {
                Box::pin(async move {
                    let table = it.world.table().await;
                    let row = table.get::<Client>(&it.client.id, it.world.now()).await.unwrap().unwrap();
                    let without = Client { grants: vec![GrantType::AuthorizationCode], ..(*row).clone() };
                    assert!(table.replace(&it.client.id, &row, &without, it.world.now()).await.unwrap());
                })
            },
            400,
            "unauthorized_client",
        ),
    ];
    for (what, end, status, error) in ends {
        let scene = Scene::start().await;
        let [agreed, asked] = [scene.codes().await, scene.codes().await];
        let page = scene.browser.enter(&asked.user).await.expect(200);
        scene.browser.allow_device(&agreed).await;
        let user = scene.world.session(&scene.browser).await.user_id;
        end(&scene, user).await;
        let answer = scene.world.polling(&scene.client, &agreed).send(&scene.world).await.expect(status);
        assert_eq!(answer.json()["error"], error, "{what}");
        // Nor can the other one be agreed to any more.
        let decided = scene.browser.decide_device(&page, "allow").await;
        assert!([400, 401].contains(&decided.status), "{what}: {decided:?}");
        assert!(scene.world.polling(&scene.client, &asked).send(&scene.world).await.status >= 400);
    }
}

#[tokio::test]
async fn a_grant_without_offline_access_ends_with_the_session_and_one_with_it_does_not() {
    // #34
    let scene = Scene::start().await;
    let [online, offline] = [
        scene.world.codes(&scene.client, &[("scope", "openid profile")]).await,
        scene.world.codes(&scene.client, &[("scope", "openid offline_access")]).await,
    ];
    scene.browser.allow_device(&online).await;
    scene.browser.allow_device(&offline).await;
    let (online, offline) = (scene.tokens(&online).await, scene.tokens(&offline).await);
    assert_eq!((online.get("refresh_token"), online["scope"].as_str()), (None, Some("openid profile")));
    scene.browser.post("/users/logout").await.expect(303);
    let (program, token) =
        (scene.world.program(), |tokens: &Value| tokens["access_token"].as_str().unwrap().to_owned());
    program.bearer("/oauth/userinfo", &token(&online)).await.expect(401);
    program.bearer("/oauth/userinfo", &token(&offline)).await.expect(200);
    let refresh = offline["refresh_token"].as_str().unwrap();
    scene.world.refreshing(&scene.client, refresh).send(&scene.world).await.expect(200);
}
