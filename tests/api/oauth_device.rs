//! `POST /oauth/device`, the pages at `/device`, and polling at the token endpoint (RFC 8628).

use std::collections::HashSet;

use client::{Client, Kind, NewClient};
use http::header;
use oauth::{Secret, server::GrantType};
use serde_json::{Value, json};
use session::{UserCode, device};
use tests::{
    Agent, Answer, App, AppKey, TestClient, World,
    database::{Call, Fault, Wire},
    devices::Codes,
    oauth::{Ask, claims},
};

const PENDING: &str = "authorization_pending";

/// A world in which somebody is signed in and a device asks.
struct Scene {
    world: World,
    client: TestClient,
    browser: Agent,
}

impl Scene {
    async fn start() -> Self {
        Self::with(&[], |_| ()).await
    }

    async fn with(settings: &[(&str, &str)], change: impl FnOnce(&mut NewClient)) -> Self {
        let world = World::with(settings).await;
        let (client, browser) = (world.device_app(change).await, world.browser());
        browser.sign_in("ada").await.expect(303);
        Self { world, client, browser }
    }

    async fn codes(&self) -> Codes {
        self.world.codes(&self.client, &[("scope", "openid profile offline_access")]).await
    }

    async fn poll(&self, codes: &Codes) -> String {
        self.world.poll(&self.client, codes).await
    }

    async fn tokens(&self, codes: &Codes) -> Value {
        self.world.polling(&self.client, codes).send(&self.world).await.expect(200).json()
    }
}

/// What a function asked of the table since the last time.
fn actions(wire: &Wire, function: &str) -> Vec<String> {
    let of_function =
        |call: Call| (call.function == function && !call.is_look_at_rights()).then_some(call.action);
    wire.calls().into_iter().filter_map(of_function).collect()
}

#[tokio::test]
async fn a_device_gets_two_codes_and_says_where_its_person_goes() {
    // #37, #40: RFC 8628 §3.2
    let wire = Wire::start().await;
    let scene = Scene::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)], |_| ()).await;
    wire.calls();
    let answer = scene.world.asking(&scene.client, &[]).send(&scene.world).await.expect(200);
    assert_eq!(actions(&wire, "oauth-device"), ["GetItem", "UpdateItem", "UpdateItem", "TransactWriteItems"]);
    assert_eq!(
        (answer.header("cache-control"), answer.header("content-type")),
        ("no-store", "application/json")
    );
    let answer = answer.json();
    let codes = Codes::of(&answer);
    let page = format!("{}/device", scene.world.cloud.url);
    let expected = json!({
        "device_code": codes.device, "user_code": codes.user, "verification_uri": page,
        "verification_uri_complete": format!("{page}?user_code={}", codes.user), "expires_in": 600, "interval": 5,
    });
    assert_eq!(answer, expected);
    assert!(Secret::is_random(&codes.device) && UserCode::parse(&codes.user).is_some(), "{answer}");
    // Whoever reads the table has neither.
    let rows = [wire.rows_of("DEVICE").await, wire.rows_of("USERCODE").await];
    assert_eq!([rows[0].len(), rows[1].len()], [1, 1]);
    let stored = json!(rows).to_string();
    let letters = codes.user.replace('-', "");
    assert!([&codes.device, &codes.user, &letters].iter().all(|code| !stored.contains(*code)), "{stored}");
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_said_and_nothing_is_stored() {
    // #40, #44, #45, #47, #91
    let wire = Wire::start().await;
    let scene = Scene::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)], |_| ()).await;
    let without = scene.world.client(Kind::Native, |_| {}).await;
    let secret = scene.world.client(Kind::Web, |new| new.grants.push(GrantType::DeviceCode)).await;
    let ask = |fields: &[(&str, &str)]| scene.world.asking(&scene.client, fields);
    let cases: Vec<(&str, Ask, u16, &str)> = vec![
        ("JSON", Ask { content_type: Some("application/json"), ..ask(&[]) }, 415, "invalid_request"),
        ("multipart", Ask { content_type: Some("multipart/form-data"), ..ask(&[]) }, 415, "invalid_request"),
        ("no form", Ask { content_type: None, ..ask(&[]) }, 415, "invalid_request"),
        ("too long", ask(&[("x", &"x".repeat(8192))]), 413, "invalid_request"),
        (
            "a query",
            Ask { path: "/oauth/device?scope=openid".to_owned(), ..ask(&[]) },
            400,
            "invalid_request",
        ),
        ("nothing", Ask { body: Some(Vec::new()), ..ask(&[]) }, 401, "invalid_client"),
        ("NUL", Ask { body: Some(b"client_id=x%00".to_vec()), ..ask(&[]) }, 400, "invalid_request"),
        ("no UTF-8", Ask { body: Some(b"client_id=x%ff".to_vec()), ..ask(&[]) }, 400, "invalid_request"),
        ("two scopes", ask(&[("scope", "openid"), ("scope", "openid")]), 400, "invalid_request"),
        ("two clients", ask(&[]).and("client_id", &scene.client.id), 400, "invalid_request"),
        ("an unknown client", ask(&[]).with("client_id", "unknown"), 401, "invalid_client"),
        ("a client that is none", ask(&[]).with("client_id", "a b"), 401, "invalid_client"),
        ("a secret that it has not", ask(&[("client_secret", "x")]), 401, "invalid_client"),
        ("no secret", ask(&[]).with("client_id", &secret.id), 401, "invalid_client"),
        ("a wrong secret", ask(&[]).without("client_id").basic(&secret.id, "x"), 401, "invalid_client"),
        ("a client without the grant", scene.world.asking(&without, &[]), 400, "unauthorized_client"),
        ("a malformed scope", ask(&[("scope", "openid \"")]), 400, "invalid_scope"),
        ("an unknown scope alone", ask(&[("scope", "pets:read")]), 400, "invalid_scope"),
        ("our own API's scope", ask(&[("scope", "users:read users:write")]), 400, "invalid_scope"),
        ("an unknown resource", ask(&[("resource", "https://pets.example.com")]), 400, "invalid_target"),
        ("our own API", ask(&[("resource", &scene.world.cloud.url)]), 400, "invalid_target"),
        (
            "a malformed resource",
            Ask { body: Some(format!("client_id={}&resource=%ff", scene.client.id).into()), ..ask(&[]) },
            400,
            "invalid_target",
        ),
    ];
    for (what, ask, status, error) in cases {
        // A browser's headers make no page of it.
        let program = if what.len() % 2 == 0 { scene.world.program() } else { scene.world.browser() };
        let mut request = program.request("POST", &ask.path).body(ask.raw());
        if let Some(content_type) = ask.content_type {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        if let Some(authorization) = &ask.authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        let answer = program.send(request).await.expect(status);
        assert_eq!(
            (&answer.json()["error"], answer.header("content-type")),
            (&json!(error), "application/json"),
            "{what}"
        );
        let challenge = if status == 401 { "Basic realm=\"latchkey\"" } else { "" };
        assert_eq!(answer.header("www-authenticate"), challenge, "{what}");
    }
    for kind in ["DEVICE", "USERCODE", "DEVICEREQUESTS"] {
        assert_eq!(wire.rows_of(kind).await.len(), 0, "{kind}");
    }
    client::disable(&scene.world.table().await, &scene.client.id, scene.world.now()).await.unwrap();
    assert_eq!(ask(&[]).send(&scene.world).await.expect(401).json()["error"], "invalid_client");
}

#[tokio::test]
async fn what_real_clients_send_is_accepted() {
    // #44, #91
    let scene = Scene::start().await;
    let client = scene.world.client(Kind::Web, |new| new.grants.push(GrantType::DeviceCode)).await;
    let ask = scene.world.asking(&client, &[("scope", "")]);
    for ask in [
        ask.clone(),
        ask.clone().with("client_id", &client.id),
        ask.clone().with("resource", ""),
        ask.clone().with("scope", "openid unknown").and("other", "1").and("other", "2"),
        Ask { content_type: Some("application/x-www-form-urlencoded; charset=utf-8"), ..ask.clone() },
        Ask { authorization: None, ..ask.clone() }
            .with("client_id", &client.id)
            .with("client_secret", &client.secret),
    ] {
        ask.send(&scene.world).await.expect(200);
    }
    let key = AppKey::generate();
    let app = App::with_key_as(&scene.world, &key, |new| new.grants.push(GrantType::DeviceCode)).await;
    let proof = app.assertion(&scene.world, &key, &format!("{}/oauth/device", scene.world.cloud.url));
    let public = TestClient { id: app.id.clone(), secret: String::new() };
    let ask = proof.iter().fold(scene.world.asking(&public, &[]), |ask, (name, value)| ask.with(name, value));
    ask.send(&scene.world).await.expect(200);
    assert_eq!(ask.send(&scene.world).await.expect(401).json()["error"], "invalid_client", "#92: once");
}

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
                    client::disable(&it.world.table().await, &it.client.id, it.world.now()).await.unwrap()
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
                    client::disable(&table, &it.client.id, now).await.unwrap();
                    client::enable(&table, &it.client.id, now).await.unwrap();
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

#[tokio::test]
async fn requests_of_a_client_are_counted_where_they_come_from() {
    // #40, #105
    let scene = Scene::start().await;
    let mut seen = HashSet::new();
    for _ in 0..60 {
        seen.insert(scene.codes().await.user);
    }
    assert_eq!(seen.len(), 60);
    let refused = scene.world.asking(&scene.client, &[]).send(&scene.world).await.expect(429);
    assert_eq!(
        (refused.header("retry-after"), &refused.json()["error"]),
        ("600", &json!("temporarily_unavailable"))
    );
    // Another client has its own.
    let other = scene.world.device_app(|_| ()).await;
    scene.world.codes(&other, &[]).await;
    scene.world.pass(600);
    scene.codes().await;
}

#[tokio::test]
async fn p4_lost_answers_of_the_table_lose_nothing() {
    // #40, #98, P4
    let wire = Wire::start().await;
    let scene = Scene::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)], |_| ()).await;
    wire.set(Fault::LoseAnswers);
    let codes = scene.codes().await;
    assert_eq!(scene.poll(&codes).await, PENDING);
    scene.browser.allow_device(&codes).await;
    let tokens = scene.tokens(&codes).await;
    assert_eq!(scene.poll(&codes).await, "invalid_grant");
    wire.set(Fault::None);
    scene
        .world
        .program()
        .bearer("/oauth/userinfo", tokens["access_token"].as_str().unwrap())
        .await
        .expect(200);
    let counts = ["DEVICE", "USERCODE", "FAMILY"].map(|kind| wire.rows_of(kind));
    for rows in counts {
        assert_eq!(rows.await.len(), 1);
    }
}

#[tokio::test]
async fn without_the_table_a_device_asks_again_later() {
    // #99
    let wire = Wire::start().await;
    let scene = Scene::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)], |_| ()).await;
    let codes = scene.codes().await;
    scene.browser.allow_device(&codes).await;
    wire.set(Fault::RefuseAll("TransactWriteItems", "TransactionConflict"));
    for ask in [scene.world.asking(&scene.client, &[]), scene.world.polling(&scene.client, &codes)] {
        let refused = ask.send(&scene.world).await.expect(503);
        assert_eq!(
            (refused.header("retry-after"), &refused.json()["error"]),
            ("2", &json!("temporarily_unavailable"))
        );
    }
    wire.set(Fault::None);
    scene.tokens(&codes).await;
}

#[tokio::test]
async fn a_row_that_cannot_be_read_stops_its_own_device() {
    // #78
    let wire = Wire::start().await;
    let scene = Scene::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)], |_| ()).await;
    let [spoiled, good] = [scene.codes().await, scene.codes().await];
    let key = device::key(&Secret::new(&*spoiled.device)).unwrap();
    for row in wire.rows_of("DEVICE").await {
        if row["pk"]["S"] == json!(format!("DEVICE#{key}")) {
            let mut row = row.clone();
            row["progress"] = json!({"S": "unheard of"});
            wire.put("latchkey", &row).await;
        }
    }
    assert_eq!(scene.poll(&spoiled).await, "invalid_grant");
    scene.browser.enter(&spoiled.user).await.expect(400);
    scene.browser.allow_device(&good).await;
    scene.tokens(&good).await;
}
