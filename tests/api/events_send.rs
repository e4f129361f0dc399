//! Systems of the team are told what happens to people (Standard Webhooks).

use std::time::{Duration, Instant};

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::STANDARD};
use notice::{Error, Kind, Left, Manager, New};
use oauth::Secret;
use seal::Sealer;
use serde_json::{Value, json};
use tests::{
    World,
    database::{Fault, Wire},
    receiver::{Post, Receiver},
};

mod news;
mod sessions;
mod verify;

/// A world in which events are told, after the first run, from which on they are.
async fn world(more: &[(&str, &str)]) -> World {
    let world = World::with(&[&[("EVENTS", "on")], more].concat()).await;
    run(&world).await;
    world
}

/// What the schedule does.
async fn run(world: &World) -> Value {
    world.cloud.invoke("events-send", &json!({"source": "aws.events"})).await.unwrap()
}

fn sealer(world: &World) -> Sealer {
    Sealer::new(&Secret::new(world.cloud.settings["EVENTS_KEY"].clone())).unwrap()
}

fn new(name: &str, receiver: &Receiver) -> New {
    New { name: name.to_owned(), url: receiver.uri.clone(), kinds: Kind::ALL.to_vec() }
}

/// Registers a receiver of everything: its secret.
async fn add(world: &World, name: &str, receiver: &Receiver) -> Secret {
    let table = world.table().await;
    let manager = Manager { table: &table, now: world.now() };
    manager.add(&new(name, receiver), &sealer(world), Vec::new()).await.unwrap()
}

/// The signatures of a message, checked as the standard says: by HMAC and nothing of ours. Which of them is by this secret.
fn signed_by(post: &Post, secret: &Secret) -> (usize, Option<usize>) {
    let header = |name: &str| post.headers[name].to_str().unwrap().to_owned();
    let key = STANDARD.decode(secret.expose().strip_prefix("whsec_").unwrap()).unwrap();
    let message = format!("{}.{}.{}", header("webhook-id"), header("webhook-timestamp"), post.body);
    let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), message.as_bytes());
    let wanted = format!("v1,{}", STANDARD.encode(signature));
    let all = header("webhook-signature");
    let all: Vec<_> = all.split(' ').collect();
    (all.len(), all.iter().position(|one| *one == wanted))
}

fn body(post: &Post) -> Value {
    serde_json::from_str(&post.body).unwrap()
}

/// Everything that has been posted.
async fn posts(receiver: &Receiver) -> Vec<Post> {
    let mut all = Vec::new();
    while let Some(post) = receiver.soon(Duration::from_millis(200)).await {
        all.push(post);
    }
    all
}

async fn sign_in(world: &World, person: &str) -> String {
    let program = world.program();
    let token = program.token(person).await;
    program.bearer("/users/me", &token).await.expect(200).json()["id"].as_str().unwrap().to_owned()
}

async fn change(world: &World, id: &str, method: &str, change: &Value) {
    let program = world.program();
    let token = program.token("ada").await;
    let request = program.request(method, &format!("/users/{id}")).bearer_auth(token);
    let request = request.header("if-match", "*").header("content-type", "application/json");
    let request = if method == "DELETE" { request } else { request.body(change.to_string()) };
    let status = program.send(request).await.status;
    assert!([200, 204].contains(&status), "{status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_to_a_person_is_told_once_and_signed() {
    // #90
    let (world, receiver) = (world(&[]).await, Receiver::start().await);
    let secret = add(&world, "ours", &receiver).await;
    let id = sign_in(&world, "alan").await;
    change(&world, &id, "PATCH", &json!({"name": "Another Name"})).await;
    change(&world, &id, "PATCH", &json!({"roles": ["admin"]})).await;
    change(&world, &id, "PATCH", &json!({"status": "disabled"})).await;
    change(&world, &id, "DELETE", &Value::Null).await;
    assert_eq!(run(&world).await["told"], 9, "ada is new as well, and an administrator");
    assert_eq!(run(&world).await, json!({"gathered": 0, "told": 0}));
    let all = posts(&receiver).await;
    let of_alan: Vec<_> = all.iter().filter(|post| body(post)["data"]["user_id"] == id.as_str()).collect();
    let mut kinds: Vec<_> =
        of_alan.iter().map(|post| body(post)["type"].as_str().unwrap().to_owned()).collect();
    kinds.sort();
    let wanted = [
        "roles.changed",
        "session.ended",
        "session.ended",
        "user.created",
        "user.deleted",
        "user.updated",
        "user.updated",
    ];
    assert_eq!((kinds.as_slice(), all.len()), (&wanted.map(str::to_owned)[..], 9));
    let ids: std::collections::BTreeSet<_> =
        all.iter().map(|post| post.headers["webhook-id"].clone().to_str().unwrap().to_owned()).collect();
    assert_eq!(ids.len(), 9);
    for post in &all {
        assert_eq!(signed_by(post, &secret), (1, Some(0)));
        assert_eq!(post.headers["content-type"], "application/json");
        assert_eq!(post.headers["webhook-timestamp"], world.now().epoch().to_string().as_str());
        // #103: ids, and nothing that says who they are.
        for known in ["@", "example.com", "Alan", "Another Name", "eyJ", secret.expose()] {
            assert!(!post.body.contains(known), "{known}: {}", post.body);
        }
    }
    let roles = of_alan.iter().map(|post| body(post)).find(|body| body["type"] == "roles.changed").unwrap();
    assert_eq!(roles["data"]["roles"], json!(["admin"]));
    assert_eq!(roles["data"]["roles_before"], json!(["member"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_was_down_is_told_later_under_the_same_id() {
    // #90: and nobody's sign-in knows of it.
    let (world, receiver) = (world(&[]).await, Receiver::start().await);
    let secret = add(&world, "ours", &receiver).await;
    let mut ids = Vec::new();
    for status in [500, 503, 429, 404, 307] {
        receiver.answer(status);
        if status == 500 {
            sign_in(&world, "alan").await;
        }
        assert_eq!(run(&world).await["told"], 0, "{status}");
        let all = posts(&receiver).await;
        assert_eq!(all.len(), 1, "once, and a redirect is not followed: {status}");
        assert_eq!(all[0].uri.path(), "/backchannel");
        ids.push(all[0].headers["webhook-id"].clone());
        assert_eq!(run(&world).await["told"], 0);
        assert_eq!(posts(&receiver).await.len(), 0, "it is not tried again at once");
        world.pass(4 * 3600);
    }
    receiver.answer(204);
    world.pass(2 * 3600);
    assert_eq!(run(&world).await["told"], 1);
    let told = posts(&receiver).await;
    assert_eq!(signed_by(&told[0], &secret), (1, Some(0)));
    ids.extend(told.iter().map(|post| post.headers["webhook-id"].clone()));
    ids.dedup();
    assert_eq!((told.len(), ids.len()), (1, 1));
    world.pass(24 * 3600);
    assert_eq!(run(&world).await["told"], 0, "once it is told, it is not told again");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_told_for_a_day_is_kept_and_can_be_sent_again() {
    let (world, receiver) = (world(&[]).await, Receiver::start().await);
    add(&world, "ours", &receiver).await;
    receiver.answer(500);
    sign_in(&world, "alan").await;
    let table = world.table().await;
    // The run that gives it up fails, and no other: an alarm looks at that.
    let mut failures = 0;
    for _ in 0..12 {
        failures += usize::from(world.cloud.invoke("events-send", &json!({})).await.is_err());
        world.pass(5 * 3600);
    }
    assert_eq!(failures, 1);
    assert_eq!(notice::left(&table, world.now()).await.unwrap(), Left { waiting: 0, failed: 1 });
    let first = posts(&receiver).await;
    let failed = notice::failed(&table, world.now()).await.unwrap();
    assert_eq!((failed.len(), failed[0].why.as_deref()), (1, Some("it answered 500")));
    assert_eq!(run(&world).await["told"], 0);
    assert_eq!(posts(&receiver).await.len(), 0, "it was given up");
    receiver.answer(200);
    assert!(notice::resend(&table, &failed[0].id(), world.now()).await.unwrap());
    assert!(!notice::resend(&table, &failed[0].id(), world.now()).await.unwrap());
    assert!(!notice::resend(&table, "ours/other", world.now()).await.unwrap());
    assert_eq!(run(&world).await["told"], 1);
    let last = posts(&receiver).await;
    assert_eq!(last[0].headers["webhook-id"], first[0].headers["webhook-id"]);
    assert_eq!(last[0].body, first[0].body);
    assert_ne!(last[0].headers["webhook-timestamp"], first[0].headers["webhook-timestamp"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_receiver_waits_for_another_and_a_slow_one_is_left_alone() {
    // #90
    let world = world(&[]).await;
    let (slow, quick) = (Receiver::start().await, Receiver::start().await);
    add(&world, "a-slow", &slow).await;
    add(&world, "quick", &quick).await;
    slow.answer(0);
    for person in ["alan", "grace"] {
        sign_in(&world, person).await;
    }
    let begin = Instant::now();
    assert_eq!(run(&world).await["told"], 2);
    assert!(begin.elapsed() < Duration::from_secs(9), "{:?}", begin.elapsed());
    assert_eq!(
        (posts(&slow).await.len(), posts(&quick).await.len()),
        (1, 2),
        "the first shows that nobody is there"
    );
    slow.answer(200);
    world.pass(60);
    assert_eq!(run(&world).await["told"], 2);
    assert_eq!(posts(&slow).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_replaced_while_both_sign() {
    let (world, receiver) = (world(&[]).await, Receiver::start().await);
    let old = add(&world, "ours", &receiver).await;
    let (table, sealer) = (world.table().await, sealer(&world));
    let manager = Manager { table: &table, now: world.now() };
    let test = async || {
        manager.test("ours").await.unwrap();
        run(&world).await;
        let post = receiver.next().await;
        assert_eq!(body(&post)["type"], "test");
        post
    };
    assert_eq!(signed_by(&test().await, &old), (1, Some(0)));
    let new = manager.rotate("ours", &sealer, Vec::new()).await.unwrap();
    let post = test().await;
    assert_eq!((signed_by(&post, &new), signed_by(&post, &old)), ((2, Some(0)), (2, Some(1))));
    manager.finish("ours", Vec::new()).await.unwrap();
    let post = test().await;
    assert_eq!((signed_by(&post, &new), signed_by(&post, &old)), ((1, Some(0)), (1, None)));
    // #106: what is stored is sealed, for this receiver alone.
    let row = format!("{:?}", notice::find(&table, "ours", world.now()).await.unwrap());
    assert!(!row.contains(new.expose().strip_prefix("whsec_").unwrap()), "{row}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waited_for_a_receiver_that_was_removed_is_not_told_to_the_next_one_of_its_name() {
    // #90
    let (world, before, after) = (world(&[]).await, Receiver::start().await, Receiver::start().await);
    add(&world, "ours", &before).await;
    before.answer(500);
    sign_in(&world, "alan").await;
    assert_eq!(run(&world).await["told"], 0);
    assert_eq!(posts(&before).await.len(), 1);
    let (table, now) = (world.table().await, world.now());
    Manager { table: &table, now }.remove("ours", Vec::new()).await.unwrap();
    world.pass(120);
    add(&world, "ours", &after).await;
    assert_eq!(run(&world).await["told"], 0);
    assert_eq!((posts(&before).await.len(), posts(&after).await.len()), (0, 0));
    // It waits no longer, and what happens from now on is told.
    assert_eq!(notice::left(&table, world.now()).await.unwrap().waiting, 0);
    sign_in(&world, "grace").await;
    assert_eq!(run(&world).await["told"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_receiver_and_one_that_did_not_ask_are_told_nothing() {
    let (world, receiver) = (world(&[]).await, Receiver::start().await);
    let (table, sealer) = (world.table().await, sealer(&world));
    let manager = Manager { table: &table, now: world.now() };
    let only = New { kinds: vec![Kind::UserDeleted], ..new("deletions", &receiver) };
    manager.add(&only, &sealer, Vec::new()).await.unwrap();
    manager.add(&new("ours", &receiver), &sealer, Vec::new()).await.unwrap();
    manager.disable("ours", true, Vec::new()).await.unwrap();
    sign_in(&world, "alan").await;
    assert_eq!(run(&world).await, json!({"gathered": 0, "told": 0}));
    world.pass(10);
    let manager = Manager { table: &table, now: world.now() };
    manager.disable("ours", false, Vec::new()).await.unwrap();
    assert_eq!(run(&world).await, json!({"gathered": 0, "told": 0}), "what happened before is not for it");
    sign_in(&world, "grace").await;
    assert_eq!(run(&world).await["told"], 1);
    manager.remove("ours", Vec::new()).await.unwrap();
    sign_in(&world, "hedy").await;
    assert_eq!(run(&world).await["told"], 0);
    assert_eq!(receiver.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_stops_anywhere_leaves_a_person_with_an_event_or_neither() {
    // #96, #99
    let mut outcomes = std::collections::BTreeSet::new();
    for calls in 0..12 {
        let wire = Wire::start().await;
        let world = World::with(&[("EVENTS", "on"), ("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
        let browser = world.browser();
        let page = browser.start("/users/login").await;
        let back = browser.pick(&page, "alan").await;
        wire.set(Fault::CutAfter(calls));
        browser.get(&back).await;
        wire.set(Fault::None);
        let (people, events) = (wire.rows_of("USER").await.len(), wire.rows_of("AUDIT").await.len());
        assert_eq!(people, events, "after {calls} calls");
        outcomes.insert(people);
    }
    assert_eq!(outcomes.len(), 2, "it stopped before and after");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_events_nothing_more_is_written() {
    let calls = async |events: &str| {
        let wire = Wire::start().await;
        let world = World::with(&[("EVENTS", events), ("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
        wire.calls();
        world.program().token("alan").await;
        let calls = wire.calls().into_iter().filter(|call| call.function == "users-login-callback");
        let actions: Vec<_> = calls.map(|call| call.action).collect();
        (actions, wire.rows_of("AUDIT").await.len())
    };
    let (off, on) = (calls("off").await, calls("on").await);
    assert_eq!((off.1, on.1), (0, 1));
    assert_eq!(off.0, on.0, "it is one row more in a transaction that there is anyway");
    let world = World::start().await;
    assert!(world.cloud.invoke("events-send", &json!({})).await.is_err(), "there is no such function");
}

#[tokio::test]
async fn bad_receivers_are_refused() {
    let (world, receiver) = (world(&[]).await, Receiver::start().await);
    let (table, sealer) = (world.table().await, sealer(&world));
    let manager = Manager { table: &table, now: world.now() };
    let good = new("ours", &receiver);
    let of = |name: &str| New { name: name.to_owned(), ..good.clone() };
    let long = New { url: format!("https://a.example/{}", "x".repeat(2000)), ..good.clone() };
    let nothing = New { kinds: Vec::new(), ..good.clone() };
    let named = ["", "Ours", "a b", "a/b", "a#b", "ü", &"x".repeat(41)].map(of);
    for bad in named.iter().chain([&long, &nothing]) {
        assert!(manager.add(bad, &sealer, Vec::new()).await.is_err(), "{bad:?}");
    }
    manager.add(&good, &sealer, Vec::new()).await.unwrap();
    assert!(matches!(manager.add(&good, &sealer, Vec::new()).await, Err(Error::Taken)));
    for missing in ["", "other", "OURS", "RECEIVER#ours"] {
        assert!(matches!(manager.remove(missing, Vec::new()).await, Err(Error::Missing)), "{missing}");
        assert!(
            matches!(manager.rotate(missing, &sealer, Vec::new()).await, Err(Error::Missing)),
            "{missing}"
        );
        assert!(matches!(manager.test(missing).await, Err(Error::Missing)), "{missing}");
    }
    for private in
        ["https://169.254.169.254/", "https://localhost:1/", "http://10.0.0.1/", "file:///etc/passwd"]
    {
        // #71, #90: whatever is in the row, the function does not go there.
        let name = format!("p{}", private.len());
        let bad = New { name: name.clone(), url: private.to_owned(), ..good.clone() };
        manager.add(&bad, &sealer, Vec::new()).await.unwrap();
        manager.test(&name).await.unwrap();
        assert_eq!(run(&world).await["told"], 0, "{private}");
        manager.remove(&name, Vec::new()).await.unwrap();
    }
}
