//! How it is told: what is handed over, what comes again, and to which addresses.

use std::time::Duration;

use oauth::{Secret, SessionCookie};
use serde_json::{Value, json};
use tests::{
    Agent, App, World,
    database::Wire,
    receiver::{Post, Receiver},
    tls::Authority,
};

use super::{app, id_token, signed_in};
use crate::private_provider::CaFile;

/// Ends a session and hands nothing over, like a function that stops in between.
async fn end_and_stop(world: &World, browser: &Agent) -> String {
    let sid = world.session(browser).await.id;
    session::end_by_id(&world.table().await, &sid, world.now()).await.unwrap().unwrap();
    sid
}

/// What the schedule does: how many are handed over.
async fn sweep(world: &World) -> Value {
    world.cloud.invoke("logout-notify", &json!({"source": "aws.events"})).await.unwrap()["handed_over"]
        .clone()
}

/// Delivers messages about these sessions: the ids of those that must come again.
async fn deliver(world: &World, sids: &[&str]) -> Vec<String> {
    let record = |sid: &&str| {
        json!({
            "messageId": format!("about {sid}"), "receiptHandle": "r", "body": json!({"sid": sid}).to_string(),
            "attributes": {"ApproximateReceiveCount": "1"},
        })
    };
    let event = json!({"Records": sids.iter().map(record).collect::<Vec<_>>()});
    let answer = world.cloud.invoke("logout-notify", &event).await.unwrap();
    let failed = answer["batchItemFailures"].as_array().unwrap().iter();
    failed.map(|item| item["itemIdentifier"].as_str().unwrap().replace("about ", "")).collect()
}

/// The living rows about sessions that have ended.
async fn waiting(world: &World, wire: &Wire) -> Vec<Value> {
    let is_alive = |row: &Value| {
        row["expires_at"]["N"].as_str().is_none_or(|end| end.parse::<i64>().unwrap() > world.now().epoch())
    };
    wire.rows_of("LOGOUT").await.into_iter().filter(is_alive).collect()
}

/// Lets time pass until something is posted.
async fn later(world: &World, receiver: &Receiver, step: i64) -> Post {
    for _ in 0..200 {
        world.pass(step);
        if let Some(post) = receiver.soon(Duration::from_millis(300)).await {
            return post;
        }
    }
    panic!("nothing was posted");
}

#[tokio::test]
async fn an_app_that_is_down_delays_nobody_and_is_told_an_hour_later() {
    // #90
    let (wire, receiver) = (Wire::start().await, Receiver::start().await);
    let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let app = app(&world, &receiver).await;
    let browser = signed_in(&world, "ada").await;
    app.code(&browser).await;
    receiver.answer(503);
    browser.form("/users/logout", &[]).await.expect(303);
    let first = receiver.next().await.claims();
    let mut last = first.clone();
    for _ in 0..3 {
        last = later(&world, &receiver, 30).await.claims();
    }
    receiver.answer(200);
    let told = later(&world, &receiver, 600).await.claims();
    assert!(told["iat"].as_i64().unwrap() >= first["iat"].as_i64().unwrap() + 3600, "{first} {told}");
    assert_eq!([&last["jti"], &told["jti"]], [&first["jti"]; 2]);
    assert_eq!(receiver.count(), 5);
}

#[tokio::test]
async fn what_is_not_done_comes_again_and_what_is_done_does_not() {
    // #90: each status, and each way of not answering.
    let (wire, receiver) = (Wire::start().await, Receiver::start().await);
    let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let (told, down) = (app(&world, &receiver).await, Receiver::start().await);
    let other = app(&world, &down).await;
    let browser = signed_in(&world, "ada").await;
    for (status, again) in [
        (200, false),
        (204, false),
        (400, false),
        (302, true),
        (401, true),
        (404, true),
        (429, true),
        (500, true),
        (0, true),
    ] {
        let (one, two) = (signed_in(&world, "ada").await, signed_in(&world, "ada").await);
        told.code(&one).await;
        other.code(&one).await;
        told.code(&two).await;
        down.answer(status);
        let sids = [end_and_stop(&world, &one).await, end_and_stop(&world, &two).await];
        let failed = deliver(&world, &[&sids[0], &sids[1]]).await;
        assert_eq!(failed, if again { vec![sids[0].clone()] } else { vec![] }, "{status}");
        // Only who does not know is told again.
        let (before, rows) = (receiver.count(), waiting(&world, &wire).await);
        assert_eq!(rows.len(), usize::from(again), "{status}");
        assert!(
            rows.iter()
                .all(|row| row.get("gsi").is_none() && row["clients"] == json!({"L": [{"S": other.id}]}))
        );
        down.answer(200);
        assert!(deliver(&world, &[&sids[0], &sids[1]]).await.is_empty(), "{status}");
        assert_eq!(receiver.count(), before);
        assert!(waiting(&world, &wire).await.is_empty());
    }
    // A redirect is not followed (#72).
    while let Some(post) = down.soon(Duration::from_millis(1)).await {
        assert_eq!(post.uri.path(), "/backchannel");
    }
    browser.post("/users/token").await.expect(200);
}

#[tokio::test]
async fn what_was_not_handed_over_is_found_and_told() {
    // #99: a function that stops between the end of a session and the queue.
    let (wire, receiver) = (Wire::start().await, Receiver::start().await);
    let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let app = app(&world, &receiver).await;
    let browser = signed_in(&world, "ada").await;
    app.code(&browser).await;
    let sid = end_and_stop(&world, &browser).await;
    assert_eq!(sweep(&world).await, 0, "somebody may be about to hand it over");
    world.pass(120);
    assert_eq!(sweep(&world).await, 1);
    assert_eq!(receiver.next().await.claims()["sid"], json!(sid));
    // It is not in the list any more once the function is done, and to be told twice is to be told once.
    for _ in 0..1000 {
        if waiting(&world, &wire).await.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(waiting(&world, &wire).await.is_empty());
    assert!(deliver(&world, &[&sid]).await.is_empty());
    assert_eq!((sweep(&world).await, receiver.count()), (json!(0), 1));
}

#[tokio::test]
async fn without_the_queue_people_sign_out_and_nothing_is_lost() {
    // #90, #99
    let (wire, receiver) = (Wire::start().await, Receiver::start().await);
    let nowhere = [
        ("DYNAMODB_ENDPOINT", wire.endpoint.as_str()),
        ("LOGOUT_QUEUE", "http://127.0.0.1:1/logouts"),
        ("SQS_ENDPOINT", "http://127.0.0.1:1"),
    ];
    let world = World::with(&nowhere).await;
    let app = app(&world, &receiver).await;
    let browser = signed_in(&world, "ada").await;
    app.code(&browser).await;
    let (sid, cookie) = (world.session(&browser).await.id, browser.cookie("__Host-session").unwrap());
    browser.form("/users/logout", &[]).await.expect(303);
    browser.set_cookie("__Host-session", &cookie);
    browser.post("/users/token").await.expect(401);
    let rows = waiting(&world, &wire).await;
    assert_eq!((rows.len(), &rows[0]["gsi"]["S"]), (1, &json!("LOGOUTS")));
    assert!(deliver(&world, &[&sid]).await.is_empty());
    assert_eq!(receiver.next().await.claims()["sid"], json!(sid));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_who_end_a_session_one_tells_its_apps() {
    // #97
    let (wire, receiver) = (Wire::start().await, Receiver::start().await);
    let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let apps = [app(&world, &receiver).await, app(&world, &receiver).await];
    let browser = signed_in(&world, "ada").await;
    for app in &apps {
        app.code(&browser).await;
    }
    let (table, now) = (world.table().await, world.now());
    let sid = world.session(&browser).await.id;
    let ending = (0..64).map(|_| {
        let (table, sid) = (table.clone(), sid.clone());
        tokio::spawn(async move { session::end_by_id(&table, &sid, now).await.unwrap() })
    });
    let ended: Vec<_> =
        futures_util::future::join_all(ending).await.into_iter().filter_map(Result::unwrap).collect();
    assert_eq!((ended.len(), ended[0].clients().len()), (1, 2));
    assert!(deliver(&world, &[&sid, &sid]).await.is_empty());
    assert!(deliver(&world, &[&sid]).await.is_empty());
    let mut told = Vec::new();
    while let Some(post) = receiver.soon(Duration::from_millis(1)).await {
        told.push(post.claims()["jti"].as_str().unwrap().to_owned());
    }
    // Two deliveries at one moment may both tell; a receiver knows by `jti`.
    told.sort();
    told.dedup();
    assert_eq!(told.len(), 2);
}

#[tokio::test]
async fn an_invented_session_ends_nothing_and_tells_nobody() {
    // #28, #32
    let (wire, receiver) = (Wire::start().await, Receiver::start().await);
    let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let app = app(&world, &receiver).await;
    let victim = signed_in(&world, "ada").await;
    let hint = id_token(&world, &app, &victim).await;
    let sid = world.session(&victim).await.id;
    let attacker = world.browser();
    for cookie in [
        SessionCookie::value(&sid, &Secret::random()),
        SessionCookie::value(Secret::random().expose(), &Secret::random()),
        Secret::new(sid.clone()),
        Secret::new("nonsense"),
    ] {
        attacker.set_cookie("__Host-session", cookie.expose());
        attacker.form("/users/logout", &[]).await.expect(303);
        attacker.set_cookie("__Host-session", cookie.expose());
        attacker.get(&format!("/oauth/logout?id_token_hint={hint}")).await.expect(303);
    }
    // Somebody else's browser with the hint is asked, and what it ends is its own.
    let other = signed_in(&world, "alan").await;
    let page = other.get(&format!("/oauth/logout?id_token_hint={hint}")).await.expect(200);
    other.form("/oauth/logout/decision", &[("request", &page.field("request"))]).await.expect(303);
    // Nor does a message about a session that lives, or about none.
    assert!(deliver(&world, &[&sid, "nobody", ""]).await.is_empty());
    victim.post("/users/token").await.expect(200);
    assert!(wire.rows_of("LOGOUT").await.is_empty());
    assert_eq!(receiver.count(), 0);
}

#[tokio::test]
async fn a_session_that_expires_tells_nobody() {
    let (wire, receiver) = (Wire::start().await, Receiver::start().await);
    let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let app = app(&world, &receiver).await;
    let browser = signed_in(&world, "ada").await;
    app.code(&browser).await;
    let cookie = browser.cookie("__Host-session").unwrap();
    world.pass(3600);
    browser.form("/users/logout", &[]).await.expect(303);
    browser.set_cookie("__Host-session", &cookie);
    browser.get("/oauth/logout").await.expect(303);
    assert_eq!(sweep(&world).await, 0);
    assert!(wire.rows_of("LOGOUT").await.is_empty());
    assert_eq!(receiver.count(), 0);
}

#[tokio::test]
async fn a_client_that_is_disabled_or_does_not_want_to_know_is_not_told() {
    // #35
    let (wire, receiver) = (Wire::start().await, Receiver::start().await);
    let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let table = world.table().await;
    for change in ["disabled", "removed", "without a URI"] {
        let app = app(&world, &receiver).await;
        let browser = signed_in(&world, "ada").await;
        app.code(&browser).await;
        match change {
            "disabled" => {
                client::disable(&table, &app.id, client::manage::NOTHING, world.now()).await.unwrap()
            }
            "removed" => client::remove(&table, &app.id, client::manage::NOTHING, world.now()).await.unwrap(),
            _ => rewrite(&wire, &app, None).await,
        }
        let sid = end_and_stop(&world, &browser).await;
        assert!(deliver(&world, &[&sid]).await.is_empty(), "{change}");
        assert!(waiting(&world, &wire).await.is_empty(), "{change}");
    }
    assert_eq!(receiver.count(), 0);
}

/// Writes another back-channel logout URI into an app's row, as nobody can who registers one.
async fn rewrite(wire: &Wire, app: &App, uri: Option<&str>) {
    let key = format!("CLIENT#{}", app.id);
    let rows = wire.rows_of("CLIENT").await;
    let mut row = rows.into_iter().find(|row| row["pk"]["S"] == key.as_str()).unwrap();
    match uri {
        Some(uri) => row["backchannel_logout_uri"] = json!({"S": uri}),
        None => drop(row.as_object_mut().unwrap().remove("backchannel_logout_uri")),
    }
    wire.put("latchkey", &row).await;
}

#[tokio::test]
async fn an_address_that_may_not_be_called_is_not_called() {
    // #71, #90
    let (wire, receiver) = (Wire::start().await, Receiver::start().await);
    let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    for uri in [
        "http://10.0.0.1/",
        "http://app.example.com/",
        "https://169.254.169.254/latest/meta-data",
        "https://127.0.0.1/",
        "https://[::ffff:10.0.0.1]/",
        "https://user@app.example.com/",
        "https://app.example.com/#x",
        "file:///etc/passwd",
        "nonsense",
    ] {
        let app = app(&world, &receiver).await;
        let browser = signed_in(&world, "ada").await;
        app.code(&browser).await;
        rewrite(&wire, &app, Some(uri)).await;
        let sid = end_and_stop(&world, &browser).await;
        assert!(deliver(&world, &[&sid]).await.is_empty(), "{uri}");
    }
    assert_eq!(receiver.count(), 0);
}

#[tokio::test]
async fn an_app_at_https_on_this_machine_is_told_with_its_certificate_authority_only() {
    // #71, #102
    let (authority, stranger) = (Authority::new(), Authority::new());
    let receiver = Receiver::start_tls(&authority).await;
    for (ca, trusted) in [(Some(authority.pem()), true), (Some(stranger.pem()), false), (None, false)] {
        let file = ca.map(|pem| CaFile::with(&pem));
        let settings: Vec<_> = file.iter().map(|file| ("CA_FILE", file.path())).collect();
        let world = World::with(&settings).await;
        let app = app(&world, &receiver).await;
        let browser = signed_in(&world, "ada").await;
        app.code(&browser).await;
        let sid = end_and_stop(&world, &browser).await;
        assert_eq!(deliver(&world, &[&sid]).await.is_empty(), trusted);
        let told = receiver.soon(Duration::from_millis(1)).await.map(|post| post.claims()["sid"].clone());
        assert_eq!(told, trusted.then(|| json!(sid)));
    }
}

#[tokio::test]
async fn where_the_way_is_off_nothing_is_noted_nor_promised() {
    // #105
    let (wire, receiver) = (Wire::start().await, Receiver::start().await);
    let off = [("DYNAMODB_ENDPOINT", wire.endpoint.as_str()), ("BACKCHANNEL_LOGOUT", "off")];
    let world = World::with(&off).await;
    let metadata = world.program().get("/.well-known/openid-configuration").await.expect(200).json();
    let promised = metadata.as_object().unwrap().keys().filter(|name| name.starts_with("backchannel"));
    assert_eq!(promised.count(), 0);
    let app = app(&world, &receiver).await;
    let browser = signed_in(&world, "ada").await;
    app.code(&browser).await;
    assert!(world.session(&browser).await.clients().is_empty());
    browser.form("/users/logout", &[]).await.expect(303);
    assert!(wire.rows_of("LOGOUT").await.is_empty());
    assert!(world.cloud.invoke("logout-notify", &json!({})).await.is_err());
    let Err(error) = World::try_with(&[("BACKCHANNEL_LOGOUT", "maybe")]).await else { panic!() };
    assert!(error.to_string().contains("BACKCHANNEL_LOGOUT"), "{error}");
}
