//! What must hold when things go wrong at once: races, a provider that lies, a database that is gone, a process that dies.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use futures_util::{StreamExt, future::join_all, stream};
use serde_json::json;
use tests::{
    World,
    database::{Fault, Wire},
    stub::{Mood, Stub},
};

#[tokio::test(flavor = "multi_thread")]
async fn p1_sixty_four_first_sign_ins_of_one_person_make_one_user() {
    // P1, #96
    let (wire, stub) = (Wire::start().await, Stub::start().await);
    let mut settings = stub.settings();
    settings.push(("DYNAMODB_ENDPOINT", &wire.endpoint));
    let world = World::with(&settings).await;
    for round in 0..3 {
        let claims = json!({"sub": format!("round-{round}"), "email": format!("round-{round}@example.com")});
        let sign_ins = (0..64).map(|_| {
            let (stub, program, claims, now) = (stub.clone(), world.program(), claims.clone(), world.now());
            async move {
                stub.sign_in(&program, claims, now).await.expect(200).json()["user"]["id"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            }
        });
        let ids: HashSet<_> = join_all(sign_ins).await.into_iter().collect();
        assert_eq!(ids.len(), 1);
        for kind in ["USER", "IDENTITY", "EMAIL"] {
            assert_eq!(wire.rows_of(kind).await.len(), round + 1, "{kind}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn p2_one_callback_sixteen_times_at_once_is_one_session_and_one_exchange() {
    // P2, #9
    let (wire, stub) = (Wire::start().await, Stub::start().await);
    let mut settings = stub.settings();
    settings.push(("DYNAMODB_ENDPOINT", &wire.endpoint));
    let world = World::with(&settings).await;
    for round in 1..=5 {
        let browser = world.browser();
        let url = browser.start("/users/login").await;
        let back = stub.agree(&url, json!({}), world.now());
        let (name, back) = (browser.cookie_names().remove(0), &back);
        let cookie = browser.cookie(&name).unwrap();
        let answers = join_all((0..16).map(|_| {
            let window = world.browser();
            window.set_cookie(&name, &cookie);
            async move {
                window.get(back).await.expect(303);
                window.cookie("__Host-session").unwrap()
            }
        }));
        let sessions: HashSet<_> = answers.await.into_iter().collect();
        assert_eq!(sessions.len(), 1);
        assert_eq!(stub.hits("token"), round);
        assert_eq!(wire.rows_of("SESSION").await.len(), round);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn p5_a_process_that_dies_between_two_writes_leaves_nothing_half_made() {
    // P5, #99
    let (wire, stub) = (Wire::start().await, Stub::start().await);
    let mut settings = stub.settings();
    settings.push(("DYNAMODB_ENDPOINT", &wire.endpoint));
    let world = World::with(&settings).await;
    for cut in 0..6 {
        let claims = json!({"sub": format!("cut-{cut}"), "email": format!("cut-{cut}@example.com")});
        let browser = world.browser();
        let url = browser.start("/users/login").await;
        let back = stub.agree(&url, claims.clone(), world.now());
        wire.set(Fault::CutAfter(cut));
        let broken = browser.get(&back).await;
        assert!([303, 500, 503].contains(&broken.status), "{cut}: {broken:?}");
        wire.set(Fault::None);
        whole(&wire).await;
        // The person starts again, and is in.
        let again = world.browser();
        let url = again.start("/users/login").await;
        again.get(&stub.agree(&url, claims, world.now())).await.expect(303);
        again.post("/users/token").await.expect(200);
        whole(&wire).await;
        assert_eq!(wire.rows_of("USER").await.len(), cut + 1);
    }
}

/// I1, I2, I6: identities and users point at each other, an address belongs to one user, and what may lapse can.
async fn whole(wire: &Wire) {
    let text = |row: &serde_json::Value, name: &str| row[name]["S"].as_str().unwrap().to_owned();
    let users: HashSet<_> = wire.rows_of("USER").await.iter().map(|row| text(row, "id")).collect();
    let identities = wire.rows_of("IDENTITY").await;
    let owners: HashSet<_> = identities.iter().map(|row| text(row, "user_id")).collect();
    assert_eq!(users, owners);
    assert_eq!(identities.len(), users.len());
    for row in wire.rows_of("EMAIL").await {
        assert!(users.contains(&text(&row, "user_id")));
    }
    for kind in ["LOGIN", "SESSION", "CACHE"] {
        for row in wire.rows_of(kind).await {
            assert!(row.get("expires_at").is_some(), "{row}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn p4_a_lost_answer_is_not_a_second_use() {
    // P4, #98
    let (wire, stub) = (Wire::start().await, Stub::start().await);
    let mut settings = stub.settings();
    settings.push(("DYNAMODB_ENDPOINT", &wire.endpoint));
    let world = World::with(&settings).await;
    stub.sign_in(&world.program(), json!({}), world.now()).await.expect(200);
    wire.set(Fault::LoseAnswers);
    for sub in ["canary-sub", "somebody-new"] {
        let browser = world.browser();
        stub.sign_in(&browser, json!({"sub": sub, "email": format!("{sub}@example.com")}), world.now())
            .await
            .expect(303);
        browser.post("/users/token").await.expect(200);
    }
    wire.set(Fault::None);
    assert_eq!(wire.rows_of("USER").await.len(), 2);
    whole(&wire).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_busy_or_gone_is_503_and_says_when_to_come_back() {
    // #99
    let wire = Wire::start().await;
    let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    let token = world.program().token("ada").await;
    for fault in [
        Fault::Refuse("ProvisionedThroughputExceededException"),
        Fault::Refuse("ThrottlingException"),
        Fault::Refuse("InternalServerError"),
        Fault::CutAfter(0),
    ] {
        wire.set(fault.clone());
        for answer in [
            browser.get("/").await,
            browser.post("/users/token").await,
            world.program().bearer("/users", &token).await,
            world.program().bearer("/users/me", &token).await,
        ] {
            assert_eq!((answer.status, answer.header("retry-after")), (503, "2"), "{fault:?} {answer:?}");
            assert!(
                !answer.body.to_lowercase().contains("dynamo") && !answer.body.contains("injected"),
                "{answer:?}"
            );
        }
        wire.set(Fault::None);
    }
    browser.post("/users/token").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn p10_a_misbehaving_provider_gets_a_bounded_answer_and_no_user() {
    // P10, #11, #72, #101
    let moods = Mood::BAD
        .into_iter()
        .flat_map(|mood| ["discovery", "token", "jwks"].map(|endpoint| (mood, endpoint)));
    let all = stream::iter(moods).map(|(mood, endpoint)| chaos(mood, endpoint));
    all.buffer_unordered(8).collect::<Vec<()>>().await;
}

async fn chaos(mood: Mood, endpoint: &'static str) {
    let (wire, stub) = (Wire::start().await, Stub::start().await);
    let mut settings = stub.settings();
    settings.push(("DYNAMODB_ENDPOINT", &wire.endpoint));
    let world = World::with(&settings).await;
    let browser = world.browser();
    stub.mood(endpoint, mood);
    let begun = Instant::now();
    let start = browser.get("/users/login").await;
    assert!(begun.elapsed() < Duration::from_secs(15), "{mood:?} {endpoint}");
    let answer = if endpoint == "discovery" {
        start
    } else {
        let back = stub.agree(start.expect(303).location(), json!({}), world.now());
        browser.get(&back).await
    };
    assert!(begun.elapsed() < Duration::from_secs(15), "{mood:?} {endpoint}: {:?}", begun.elapsed());
    assert!([400, 401, 502, 503, 504].contains(&answer.status), "{mood:?} {endpoint}: {answer:?}");
    assert!(answer.body.contains("Start again"), "{mood:?} {endpoint}: {answer:?}");
    assert!(!answer.body.contains("canary"), "{mood:?} {endpoint}: {answer:?}");
    assert!(stub.hits("token") <= 1, "{mood:?} {endpoint}");
    for kind in ["USER", "IDENTITY", "EMAIL", "SESSION"] {
        assert!(wire.rows_of(kind).await.is_empty(), "{mood:?} {endpoint} {kind}");
    }
    // And when the provider is well again, a person who starts again comes in.
    stub.mood(endpoint, Mood::Good);
    world.pass(11);
    stub.sign_in(&browser, json!({}), world.now()).await.expect(303);
}

#[tokio::test]
async fn a_known_users_sign_in_is_four_calls_of_which_three_write() {
    let (wire, stub) = (Wire::start().await, Stub::start().await);
    let mut settings = stub.settings();
    settings.push(("DYNAMODB_ENDPOINT", &wire.endpoint));
    let world = World::with(&settings).await;
    stub.sign_in(&world.browser(), json!({}), world.now()).await.expect(303);
    let browser = world.browser();
    let url = browser.start("/users/login").await;
    wire.calls();
    browser.get(&stub.agree(&url, json!({}), world.now())).await.expect(303);
    let actions: Vec<_> = wire.calls().into_iter().map(|call| call.action).collect();
    assert_eq!(actions, ["PutItem", "GetItem", "UpdateItem", "PutItem"]);
}

#[tokio::test]
async fn every_write_has_a_condition_and_every_read_is_consistent() {
    // #97
    let (wire, stub) = (Wire::start().await, Stub::start().await);
    let mut settings = stub.settings();
    settings.extend([("DYNAMODB_ENDPOINT", wire.endpoint.as_str()), ("ADMINS", "eve@example.com")]);
    let world = World::with(&settings).await;
    wire.calls();
    let browser = world.browser();
    for _ in 0..2 {
        stub.sign_in(&browser, json!({}), world.now()).await.expect(303);
    }
    browser.get("/").await.expect(200);
    world.pass(120);
    let token =
        browser.post("/users/token").await.expect(200).json()["access_token"].as_str().unwrap().to_owned();
    world.program().bearer("/users", &token).await.expect(200);
    world.program().bearer("/users/me", &token).await.expect(200);
    browser.form("/users/logout", &[]).await.expect(303);
    for call in wire.calls() {
        let body = &call.body;
        match call.action.as_str() {
            "GetItem" => {
                assert_eq!((&body["ConsistentRead"], body.get("IndexName")), (&json!(true), None), "{body}")
            }
            "BatchGetItem" => {
                let tables = body["RequestItems"].as_object().unwrap();
                assert!(tables.values().all(|table| table["ConsistentRead"] == true), "{body}");
            }
            // The list of users decides nothing.
            "Query" => assert_eq!(body["IndexName"], "list", "{body}"),
            "PutItem" | "UpdateItem" | "DeleteItem" => {
                assert!(body["ConditionExpression"].is_string(), "{body}")
            }
            "TransactWriteItems" => {
                assert!(body["ClientRequestToken"].is_string());
                for item in body["TransactItems"].as_array().unwrap() {
                    assert!(
                        item.as_object()
                            .unwrap()
                            .values()
                            .all(|write| write["ConditionExpression"].is_string()),
                        "{item}"
                    );
                }
            }
            other => panic!("{other} is not in any function's permissions"),
        }
    }
}
