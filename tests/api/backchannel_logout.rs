//! Apps learn that a session has ended (OpenID Connect Back-Channel Logout).

use std::time::Duration;

use client::Kind;
use jose::{Algorithm, Jws, KeySet};
use logout::Queue;
use serde_json::{Value, json};
use setting::{Clock, Env};
use tests::{
    Agent, Answer, App, CALLBACK, World,
    database::Wire,
    oauth::{Ask, claims},
    receiver::Receiver,
};

use user::manage::{self, NO_TRAIL};

use crate::admin::press;

mod delivery;

const BYE: &str = "https://app.example.com/bye";

/// An app that is told.
async fn app(world: &World, receiver: &Receiver) -> App {
    app_with(world, receiver, Algorithm::Rs256).await
}

async fn app_with(world: &World, receiver: &Receiver, algorithm: Algorithm) -> App {
    let app = App::of(world, Kind::Web, CALLBACK, |new| {
        new.backchannel_logout_uri = Some(receiver.uri.clone());
        new.post_logout_redirect_uris = vec![BYE.to_owned()];
        new.id_token_alg = algorithm;
    });
    app.await
}

async fn signed_in(world: &World, person: &str) -> Agent {
    let browser = world.browser();
    browser.sign_in(person).await.expect(303);
    browser
}

/// What the app gets for a code: its ID token.
async fn id_token(world: &World, app: &App, browser: &Agent) -> String {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &app.code(browser).await),
        ("redirect_uri", &app.redirect_uri),
        ("code_verifier", &app.verifier),
    ];
    let answer = Ask::of(&app.client(), "/oauth/token", &fields).send(world).await.expect(200).json();
    answer["id_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_app_is_told_with_a_token_that_discovery_verifies() {
    // #28
    let (world, receiver) = (World::start().await, Receiver::start().await);
    let metadata = world.program().get("/.well-known/openid-configuration").await.expect(200).json();
    assert_eq!(metadata["backchannel_logout_supported"], true);
    assert_eq!(metadata["backchannel_logout_session_supported"], true);
    let keys = world.program().get(metadata["jwks_uri"].as_str().unwrap()).await.expect(200).body;
    for algorithm in [Algorithm::Rs256, Algorithm::Es256] {
        let app = app_with(&world, &receiver, algorithm).await;
        let browser = signed_in(&world, "ada").await;
        let signed = claims(&id_token(&world, &app, &browser).await);
        browser.form("/users/logout", &[]).await.expect(303);
        let post = receiver.next().await;
        assert_eq!(post.uri.to_string(), "/backchannel?app=1");
        let token = post.token();
        let jws = Jws::parse(&token).unwrap();
        assert_eq!(jws.typ(), Some("logout+jwt"));
        KeySet::parse(keys.as_bytes()).unwrap().verify(&jws, &[algorithm]).unwrap();
        let claims = post.claims();
        assert_eq!(claims["iss"], metadata["issuer"]);
        assert_eq!(
            (&claims["aud"], &claims["sub"], &claims["sid"]),
            (&json!(app.id), &signed["sub"], &signed["sid"])
        );
        assert_eq!(claims["events"], json!({"http://schemas.openid.net/event/backchannel-logout": {}}));
        assert!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap() <= 120);
        assert_eq!(claims.get("nonce"), None);
    }
}

#[tokio::test]
async fn whatever_way_a_session_ends_its_apps_are_told_once_each() {
    // #28
    let world = World::start().await;
    let receivers = [Receiver::start().await, Receiver::start().await];
    let apps = [app(&world, &receivers[0]).await, app(&world, &receivers[1]).await];
    let stranger = Receiver::start().await;
    app(&world, &stranger).await;
    for way in [
        "our own page",
        "an app, with a hint",
        "an app, after the question",
        "a sign-in after everything ended",
    ] {
        let browser = signed_in(&world, "ada").await;
        let hint = id_token(&world, &apps[0], &browser).await;
        // A second code in the same session changes nothing.
        apps[0].code(&browser).await;
        apps[1].code(&browser).await;
        let sid = world.session(&browser).await.id;
        match way {
            "our own page" => drop(browser.form("/users/logout", &[]).await.expect(303)),
            "an app, with a hint" => {
                let there = format!("/oauth/logout?id_token_hint={hint}&post_logout_redirect_uri={BYE}");
                assert_eq!(browser.get(&there).await.expect(303).location(), BYE);
            }
            "a sign-in after everything ended" => {
                let user = world.session(&browser).await.user_id;
                user::end_everywhere(&world.table().await, &user, world.now()).await.unwrap().unwrap();
                browser.sign_in("ada").await.expect(303);
            }
            _ => {
                let page = browser.get("/oauth/logout").await.expect(200);
                browser
                    .form("/oauth/logout/decision", &[("request", &page.field("request"))])
                    .await
                    .expect(303);
            }
        }
        let mut ids = Vec::new();
        for (receiver, app) in receivers.iter().zip(&apps) {
            let claims = receiver.next().await.claims();
            assert_eq!((&claims["sid"], &claims["aud"]), (&json!(sid), &json!(app.id)), "{way}");
            ids.push(claims["jti"].clone());
        }
        assert_ne!(ids[0], ids[1]);
    }
    assert_eq!(receivers.each_ref().map(Receiver::count), [4, 4]);
    assert_eq!(stranger.count(), 0, "an app that got no code in these sessions");
}

#[tokio::test]
async fn the_apps_of_all_sessions_of_a_person_are_told() {
    // #34
    let (world, receiver) = (World::start().await, Receiver::start().await);
    let app = app(&world, &receiver).await;
    let (ada, alan) =
        ([signed_in(&world, "ada").await, signed_in(&world, "ada").await], signed_in(&world, "alan").await);
    let mut sids = Vec::new();
    for browser in &ada {
        app.code(browser).await;
        sids.push(world.session(browser).await.id);
    }
    app.code(&alan).await;
    let env = Env::new(world.cloud.settings.clone(), Clock::system(), &[Queue::SETTINGS]);
    let user = world.session(&ada[0]).await.user_id;
    let (table, queue) = (world.table().await, Queue::from_env(&env).unwrap());
    let nothing = async { Ok::<_, session::Error>(()) };
    logout::end_everything_of(&table, &queue, &user, world.now(), nothing).await.unwrap();
    let mut told = Vec::new();
    for _ in &ada {
        told.push(receiver.next().await.claims()["sid"].as_str().unwrap().to_owned());
    }
    told.sort();
    sids.sort();
    assert_eq!(told, sids);
    for browser in &ada {
        browser.post("/users/token").await.expect(401);
    }
    alan.post("/users/token").await.expect(200);
}

#[tokio::test]
async fn the_apps_of_somebody_who_is_disabled_are_told_also_of_what_the_index_does_not_have_yet() {
    // #34, #35, #97
    let (wire, receiver) = (Wire::start().await, Receiver::start().await);
    let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let app = app(&world, &receiver).await;
    let (early, late) = (signed_in(&world, "ada").await, signed_in(&world, "ada").await);
    app.code(&early).await;
    let session = world.session(&early).await;
    // A second ago: the index lags behind the table.
    let table = world.table().await;
    for mut row in wire.rows_of("SESSION").await {
        row.as_object_mut().unwrap().remove("belongs_to");
        wire.put("latchkey", &row).await;
    }
    let owner = store::Owner::User(&session.user_id);
    assert!(table.list_of::<session::Session>(owner, 10, None).await.unwrap().ids.is_empty());
    let env = Env::new(world.cloud.settings.clone(), Clock::system(), &[Queue::SETTINGS]);
    let (queue, now) = (Queue::from_env(&env).unwrap(), world.now());
    let raising = async {
        // An app gets its code at the last moment.
        app.code(&late).await;
        user::disable(&table, &session.user_id, now).await.unwrap().unwrap();
        Ok::<_, session::Error>(())
    };
    let mut sids = [session.id, world.session(&late).await.id];
    logout::end_everything_of(&table, &queue, &session.user_id, now, raising).await.unwrap();
    let mut told = [receiver.next().await, receiver.next().await].map(|post| post.claims()["sid"].clone());
    sids.sort();
    told.sort_by_key(Value::to_string);
    assert_eq!(told, sids.map(Value::String));
    // The note is for the time in which the index may lag, and no longer.
    assert_eq!(session::ended::noted_of(&table, &session.user_id, now).await.unwrap().len(), 2);
    world.pass(1200);
    assert!(session::ended::noted_of(&table, &session.user_id, world.now()).await.unwrap().is_empty());
}

#[tokio::test]
async fn who_cannot_be_disabled_or_deleted_keeps_every_session_and_no_app_is_told_otherwise() {
    // #96: whichever way it is tried.
    let (world, receiver) = (World::start().await, Receiver::start().await);
    let app = app(&world, &receiver).await;
    let ada = signed_in(&world, "ada").await;
    app.code(&ada).await;
    let id = world.session(&ada).await.user_id;
    for (method, body) in [("PATCH", Some(json!({"status": "disabled"}))), ("DELETE", None)] {
        change(&world, &ada, method, &id, body).await.expect(409);
    }
    let page = ada.get(&format!("/admin/people/{id}")).await.expect(200);
    press(&ada, &page, "Disable", &[]).await.expect(409);
    let page = ada.get(&format!("/admin/people/{id}/delete")).await.expect(200);
    press(&ada, &page, "Delete", &[("name", "Ada Lovelace")]).await.expect(409);
    let page = ada.get("/account/delete").await.expect(200);
    let value = page.field_before("request", ">Delete my account<");
    ada.form("/account", &[("request", &value), ("name", "ada@example.com")]).await.expect(409);
    let (table, queue, now) = (world.table().await, Queue::none(), world.now());
    let ending = logout::before_sweep(&table, &queue, now);
    let refused = manage::delete(&table, &id, None, NO_TRAIL, &ending, now).await;
    assert!(matches!(refused, Err(manage::Error::LastAdmin)), "{refused:?}");
    ada.post("/users/token").await.expect(200);
    assert!(receiver.soon(Duration::from_millis(300)).await.is_none());
}

#[tokio::test]
async fn of_two_administrators_who_disable_one_another_at_once_one_stays_with_every_session() {
    // P1, #96
    for _ in 0..3 {
        let (world, receiver) = (World::start().await, Receiver::start().await);
        let app = app(&world, &receiver).await;
        let [ada, grace] = [signed_in(&world, "ada").await, signed_in(&world, "grace").await];
        let ids = [world.session(&ada).await.user_id, world.session(&grace).await.user_id];
        let admin = json!({"roles": ["admin", "member"]});
        change(&world, &ada, "PATCH", &ids[1], Some(admin)).await.expect(200);
        for browser in [&ada, &grace] {
            app.code(browser).await;
        }
        let sids = [world.session(&ada).await.id, world.session(&grace).await.id];
        let disabled = Some(json!({"status": "disabled"}));
        let both = tokio::join!(
            change(&world, &ada, "PATCH", &ids[1], disabled.clone()),
            change(&world, &grace, "PATCH", &ids[0], disabled),
        );
        let (stays, gone) = match (both.0.status, both.1.status) {
            (200, refused) if refused != 200 => ([&ada, &grace], &sids[1]),
            (refused, 200) if refused != 200 => ([&grace, &ada], &sids[0]),
            both => panic!("{both:?}"),
        };
        assert_eq!(receiver.next().await.claims()["sid"], json!(gone));
        assert!(receiver.soon(Duration::from_millis(300)).await.is_none(), "who stays was signed out");
        stays[0].post("/users/token").await.expect(200);
        stays[1].post("/users/token").await.expect(401);
    }
}

/// What somebody does to a person by the management API, with a token of their own session.
async fn change(world: &World, who: &Agent, method: &str, id: &str, body: Option<Value>) -> Answer {
    let token = who.post("/users/token").await.expect(200).json()["access_token"].clone();
    let program = world.program();
    let request = program.request(method, &format!("/users/{id}")).bearer_auth(token.as_str().unwrap());
    let request = request.header("if-match", "*").header("content-type", "application/json");
    program.send(request.body(body.map(|body| body.to_string()).unwrap_or_default())).await
}

#[tokio::test]
async fn a_deletion_that_stopped_still_tells_the_apps_before_it_sweeps() {
    // #28, #97
    let (world, receiver) = (World::start().await, Receiver::start().await);
    let app = app(&world, &receiver).await;
    let alan = signed_in(&world, "alan").await;
    app.code(&alan).await;
    let session = world.session(&alan).await;
    let (table, now) = (world.table().await, world.now());
    let cut = |_: String| -> logout::Ending<'static> {
        Box::pin(async { Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset).into()) })
    };
    manage::delete(&table, &session.user_id, None, NO_TRAIL, &cut, now).await.unwrap_err();
    assert!(manage::finish_deletions(&table, &cut, now).await.is_err(), "nothing is swept before that");
    let env = Env::new(world.cloud.settings.clone(), Clock::system(), &[Queue::SETTINGS]);
    let queue = Queue::from_env(&env).unwrap();
    let ending = logout::before_sweep(&table, &queue, now);
    assert_eq!(manage::finish_deletions(&table, &ending, now).await.unwrap(), 1);
    assert_eq!(receiver.next().await.claims()["sid"], json!(session.id));
    assert_eq!(manage::finish_deletions(&table, &ending, now).await.unwrap(), 0);
}

#[tokio::test]
async fn only_the_first_code_of_such_an_app_costs_more_and_so_does_only_the_end_of_its_session() {
    // #105
    let (wire, receiver) = (Wire::start().await, Receiver::start().await);
    let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let (told, other) = (app(&world, &receiver).await, App::web(&world).await);
    let browser = signed_in(&world, "ada").await;
    let actions = |function: &str| -> Vec<_> {
        let calls = wire.calls().into_iter().filter(|call| call.function == function);
        calls.map(|call| call.action).collect()
    };
    for (app, write) in
        [(&other, "PutItem"), (&told, "TransactWriteItems"), (&told, "PutItem"), (&other, "PutItem")]
    {
        wire.calls();
        app.code(&browser).await;
        assert_eq!(actions("oauth-authorize"), ["BatchGetItem", "GetItem", write]);
    }
    browser.form("/users/logout", &[]).await.expect(303);
    assert_eq!(actions("users-logout"), ["GetItem", "UpdateItem", "TransactWriteItems"]);
    receiver.next().await;
    let browser = signed_in(&world, "ada").await;
    other.code(&browser).await;
    wire.calls();
    browser.form("/users/logout", &[]).await.expect(303);
    assert_eq!(actions("users-logout"), ["GetItem", "UpdateItem"]);
}

#[tokio::test]
async fn codes_for_many_apps_at_once_note_each_of_them() {
    // #97
    let (world, receiver) = (World::start().await, Receiver::start().await);
    let browser = signed_in(&world, "ada").await;
    let mut apps = Vec::new();
    for _ in 0..8 {
        apps.push(app(&world, &receiver).await);
    }
    let codes = apps.iter().map(|app| app.code(&browser));
    assert_eq!(futures_util::future::join_all(codes).await.len(), 8);
    let mut noted = world.session(&browser).await.clients().to_vec();
    noted.sort();
    let mut ids: Vec<_> = apps.iter().map(|app| app.id.clone()).collect();
    ids.sort();
    assert_eq!(noted, ids);
}
