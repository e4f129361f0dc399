//! The end of a session is told, whoever ends it and however.

use client::Kind;
use serde_json::{Value, json};
use tests::{
    App, CALLBACK, World,
    database::{Fault, Wire},
    receiver::Receiver,
    stub::Stub,
};

use super::{add, body, posts, run, sign_in, world};

/// The ends of sessions that have been told since: whose, and which, in order.
async fn ended(world: &World, receiver: &Receiver) -> Vec<(String, Value)> {
    run(world).await;
    let all = posts(receiver).await;
    let ends = all.iter().map(body).filter(|body| body["type"] == "session.ended");
    let ends = ends.map(|body| {
        (body["data"]["user_id"].as_str().unwrap().to_owned(), body["data"]["session_id"].clone())
    });
    let mut ends: Vec<_> = ends.collect();
    ends.sort_by_key(|(user, sid)| (user.clone(), sid.to_string()));
    ends
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_session_is_told_once_whoever_ends_it() {
    let (world, receiver) = (world(&[]).await, Receiver::start().await);
    add(&world, "ours", &receiver).await;
    let told = async || ended(&world, &receiver).await;
    let one =
        |person: &tests::oauth::Person| vec![(person.session.user_id.clone(), json!(person.session.id))];
    // By its person, in the browser that has it.
    let alan = world.person("alan").await;
    assert!(told().await.is_empty());
    alan.browser.form("/users/logout", &[]).await.expect(303);
    alan.browser.form("/users/logout", &[]).await.expect(303);
    assert_eq!(told().await, one(&alan));
    // By way of an app, which is told as well.
    let app = App::of(&world, Kind::Web, CALLBACK, |new| {
        new.backchannel_logout_uri = Some("http://127.0.0.1:9/".to_owned());
    });
    let (app, alan) = (app.await, world.person("alan").await);
    app.code(&alan.browser).await;
    let page = alan.browser.get("/oauth/logout").await.expect(200);
    let request = page.field("request");
    alan.browser.form("/oauth/logout/decision", &[("request", &request)]).await.expect(303);
    assert_eq!(told().await, one(&alan));
    let table = world.table().await;
    assert!(session::ended::find(&table, &alan.session.id, world.now()).await.unwrap().is_some());
    // By its person, elsewhere.
    let (here, there) = (world.person("grace").await, world.person("grace").await);
    let page = here.browser.get("/account").await.expect(200);
    let value = page.field_before("request", "aria-label=\"End the session of");
    for _ in 0..2 {
        here.browser.form("/account", &[("request", &value)]).await.expect(303);
    }
    assert_eq!(told().await, one(&there));
    // By an administrator, one and all.
    let token = world.program().token("ada").await;
    let id = &here.session.user_id;
    let delete = async |path: String| {
        let request = world.program().request("DELETE", &path).bearer_auth(&token);
        world.program().send(request).await.status
    };
    let path = format!("/users/{id}/sessions/{}", here.session.id);
    assert_eq!(delete(path.clone()).await, 204);
    delete(path).await;
    assert_eq!(told().await, one(&here));
    assert_eq!(delete(format!("/users/{id}/sessions")).await, 204);
    assert_eq!(told().await, [(id.clone(), Value::Null)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_to_make_room_for_a_sixth_person_is_told_of() {
    // #36
    let stub = Stub::start().await;
    let (world, receiver) = (world(&stub.settings()).await, Receiver::start().await);
    add(&world, "ours", &receiver).await;
    let browser = world.browser();
    let mut first = None;
    for sub in ["a", "b", "c", "d", "e", "f"] {
        stub.sign_in(&browser, json!({"sub": sub}), world.now()).await.expect(303);
        let session = world.session(&browser).await;
        first.get_or_insert((session.user_id, json!(session.id)));
        world.pass(1);
    }
    assert_eq!(ended(&world, &receiver).await, [first.unwrap()]);
}

#[tokio::test]
async fn a_sign_out_that_stops_anywhere_ends_the_session_with_an_event_or_neither() {
    // #96, #99
    let mut outcomes = std::collections::BTreeSet::new();
    for calls in 0..4 {
        let wire = Wire::start().await;
        let world = World::with(&[("EVENTS", "on"), ("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
        let alan = world.person("alan").await;
        wire.set(Fault::CutAfter(calls));
        alan.browser.form("/users/logout", &[]).await;
        wire.set(Fault::None);
        let lives = alan.browser.post("/users/token").await.status == 200;
        let told = wire.rows_of("AUDIT").await.iter().any(|row| row["what"]["S"] == "sign_out");
        assert_eq!(lives, !told, "after {calls} calls");
        outcomes.insert(told);
    }
    assert_eq!(outcomes.len(), 2, "it stopped before and after");
}

#[tokio::test]
async fn a_sign_out_costs_what_it_costs_where_nobody_is_told() {
    let calls = async |events: &str| {
        let wire = Wire::start().await;
        let world = World::with(&[("EVENTS", events), ("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
        let alan = world.person("alan").await;
        wire.calls();
        alan.browser.form("/users/logout", &[]).await.expect(303);
        let calls = wire.calls().into_iter().filter(|call| call.function == "users-logout");
        let calls: Vec<_> = calls.map(|call| call.action).collect();
        let rows = wire.rows_of("AUDIT").await;
        (calls, rows.into_iter().filter(|row| row["what"]["S"] == "sign_out").collect::<Vec<_>>())
    };
    let (off, on) = (calls("off").await, calls("on").await);
    assert_eq!((off.0, off.1.len()), (vec!["GetItem".to_owned(), "UpdateItem".to_owned()], 0));
    assert_eq!((on.0, on.1.len()), (vec!["GetItem".to_owned(), "TransactWriteItems".to_owned()], 1));
    // The row is there to be told, and for nobody to read: it belongs to nobody, has a list of its own, and ends after two weeks.
    let (row, number) = (&on.1[0], |value: &Value| value["N"].as_str().unwrap().parse::<i64>().unwrap());
    assert!(row.get("belongs_to").is_none() && row.to_string().contains("/told"), "{row}");
    assert_eq!(number(&row["expires_at"]) - number(&row["at"]), 14 * 24 * 3600);
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_sign_outs_at_once_end_it_once() {
    // #98
    let (world, receiver) = (world(&[]).await, Receiver::start().await);
    add(&world, "ours", &receiver).await;
    let alan = world.person("alan").await;
    let fields = [("session", alan.session.id.as_str())];
    let all = (0..64).map(|_| alan.browser.form("/users/logout", &fields));
    for answer in futures_util::future::join_all(all).await {
        assert!([303, 503].contains(&answer.status), "{answer:?}");
    }
    alan.browser.form("/users/logout", &[]).await.expect(303);
    assert_eq!(ended(&world, &receiver).await, [(alan.session.user_id, json!(alan.session.id))]);
    sign_in(&world, "grace").await;
    assert!(ended(&world, &receiver).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn apps_that_join_a_session_while_it_ends_are_all_told_or_get_nothing() {
    // #97, #98
    let wire = Wire::start().await;
    let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let alan = world.person("alan").await;
    let mut apps = Vec::new();
    for _ in 0..4 {
        let app = App::of(&world, Kind::Web, CALLBACK, |new| {
            new.backchannel_logout_uri = Some("http://127.0.0.1:9/".to_owned());
        });
        apps.push(app.await);
    }
    let (table, sid, now) = (world.table().await, alan.session.id.as_str(), world.now());
    let trail = audit::Trail::of_days(1);
    let event = |n: usize| {
        let event = audit::Event::new(audit::What::SignOut, &oauth::Visit::here(now));
        event.by_person(&alan.session.user_id).session(&format!("{n}"))
    };
    let paths: Vec<_> = apps.iter().map(|app| app.path(&[])).collect();
    let joining = paths.iter().map(|path| alan.browser.get(path));
    let ending = (0..64).map(|n| session::end_by_id_noting(&table, sid, vec![trail.write(&event(n))], now));
    let joining = futures_util::future::join_all(joining);
    let (_, ended) = tokio::join!(joining, futures_util::future::join_all(ending));
    let ended: Vec<_> = ended.into_iter().filter_map(|ended| ended.ok().flatten()).collect();
    assert_eq!((ended.len(), wire.rows_of("AUDIT").await.len()), (1, 1));
    let told = session::ended::find(&table, sid, now).await.unwrap();
    assert_eq!(told.map(|told| told.clients).unwrap_or_default(), ended[0].clients());
}
