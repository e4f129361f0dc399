//! What a provider says anew, who is imported, and that there may be much at a time.

use std::path::PathBuf;

use audit::{Event, Trail, What};
use latchkey::{
    settings::Values,
    users::{self, Command, Format, Import, Users},
};
use notice::{Gatherer, Kind, Manager, New, State};
use oauth::Visit;
use serde_json::{Value, json};
use tests::{World, database::Wire, receiver::Receiver, stub::Stub};

use super::{add, body, posts, run, sealer, world};

/// What has been told since, by type.
async fn told(world: &World, receiver: &Receiver) -> Vec<(String, Value)> {
    run(world).await;
    let bodies = posts(receiver).await;
    let bodies = bodies.iter().map(body);
    let mut told: Vec<_> =
        bodies.map(|body| (body["type"].as_str().unwrap().to_owned(), body["data"].clone())).collect();
    told.sort_by_key(|(kind, data)| (kind.clone(), data.to_string()));
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_provider_says_anew_of_somebody_is_told_by_its_name() {
    // #90, #103
    let stub = Stub::start().await;
    let settings = [&stub.settings()[..], &[("ADMINS", "later@gmail.com")]].concat();
    let (world, receiver) = (world(&settings).await, Receiver::start().await);
    add(&world, "ours", &receiver).await;
    let says = async |email: &str, name: &str| {
        let claims = json!({"sub": "one", "email": email, "email_verified": true, "name": name});
        stub.sign_in(&world.browser(), claims, world.now()).await.expect(303);
        told(&world, &receiver).await
    };
    let first = says("first@example.com", "First").await;
    let id = first[0].1["user_id"].clone();
    assert_eq!(first, [("user.created".to_owned(), json!({"user_id": id}))]);
    assert!(says("first@example.com", "First").await.is_empty(), "nothing new");
    let updated = |changed: &[&str]| ("user.updated".to_owned(), json!({"user_id": id, "changed": changed}));
    assert_eq!(says("first@example.com", "Second").await, [updated(&["name"])]);
    assert_eq!(says("second@example.com", "Second").await, [updated(&["email"])]);
    let promoted = says("later@gmail.com", "Third").await;
    let roles = json!({"user_id": id, "roles": ["admin", "member"], "roles_before": ["member"]});
    let mut sorted = promoted[0].1.clone();
    sorted["roles"].as_array_mut().unwrap().sort_by_key(ToString::to_string);
    assert_eq!((promoted[0].0.as_str(), sorted), ("roles.changed", roles));
    assert_eq!(promoted[1..], [updated(&["name", "email"])]);
}

#[tokio::test]
async fn where_nobody_is_told_a_sign_in_with_news_costs_what_it_did() {
    let calls = async |events: &str| {
        let (stub, wire) = (Stub::start().await, Wire::start().await);
        let more = [("EVENTS", events), ("DYNAMODB_ENDPOINT", &wire.endpoint)];
        let world = World::with(&[&stub.settings()[..], &more].concat()).await;
        let mut calls = Vec::new();
        for name in ["First", "First", "Second"] {
            wire.calls();
            stub.sign_in(&world.browser(), json!({"sub": "one", "name": name}), world.now())
                .await
                .expect(303);
            let made = wire.calls().into_iter().filter(|call| call.function == "users-login-callback");
            let made =
                made.filter(|call| call.body.to_string().contains("USER#") && call.action != "GetItem");
            calls.push(made.map(|call| call.action).collect::<Vec<_>>());
        }
        (calls, wire.rows_of("AUDIT").await.len())
    };
    let (off, on) = (calls("off").await, calls("on").await);
    assert_eq!((off.1, on.1), (0, 2));
    assert_eq!(off.0, on.0, "another name is in the lists of people, which make it a transaction anyway");
}

/// Runs `latchkey user import` in this world.
async fn import(world: &World, people: &str, dry_run: bool, silent: bool) -> String {
    let file = std::env::temp_dir().join(format!("latchkey-{}.json", oauth::Secret::random().expose()));
    std::fs::write(&file, people).unwrap();
    let import = Import { file: file.clone(), format: Format::Json, hash_config: None, dry_run, silent };
    let command = Command::Import(import);
    let values: Values = ["DYNAMODB_ENDPOINT", "BASE_URL"]
        .map(|name| (name.to_owned(), world.cloud.settings[name].clone()))
        .into();
    let wanted = Users { command, stack: None, json: false };
    let said = users::run(&wanted, &values, &PathBuf::from("/nowhere"), world.now()).await.unwrap();
    std::fs::remove_file(file).unwrap();
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_imported_is_told_unless_the_operator_is_silent() {
    let wire = Wire::start().await;
    let (world, receiver) = (world(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await, Receiver::start().await);
    let people = |begin: usize| -> String {
        let line =
            |n: usize| json!({"email": format!("p{n}@example.com"), "email_verified": true}).to_string();
        (begin..begin + 50).map(line).collect::<Vec<_>>().join("\n")
    };
    // Nobody listens: no row more than before.
    assert_eq!(import(&world, &people(0), false, false).await, "50 new, 0 known already, 0 wrong.\n");
    assert_eq!(wire.rows_of("AUDIT").await.len(), 2);
    add(&world, "ours", &receiver).await;
    assert!(import(&world, &people(100), true, false).await.ends_with("would be: ours.\n"));
    assert!(!import(&world, &people(100), false, true).await.contains("ours"));
    assert!(told(&world, &receiver).await.is_empty());
    let said = import(&world, &people(125), false, false).await;
    assert_eq!(said, "25 new, 25 known already, 0 wrong.\nTold of each of them: ours.\n");
    let told = told(&world, &receiver).await;
    let ids: std::collections::BTreeSet<_> =
        told.iter().map(|(_, data)| data["user_id"].to_string()).collect();
    assert_eq!((told.len(), ids.len()), (25, 25));
    assert!(told.iter().all(|(kind, _)| kind == "user.created"), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_a_run_can_do_is_done_by_the_next_and_nothing_twice() {
    let world = World::with(&[("EVENTS", "on")]).await;
    let (table, now) = (world.table().await, world.now());
    let manager = Manager { table: &table, now };
    let url = "http://127.0.0.1:9/".to_owned();
    let new = New { name: "ours".to_owned(), url, kinds: Kind::ALL.to_vec() };
    manager.add(&new, &sealer(&world), Vec::new()).await.unwrap();
    let receivers = notice::receivers(&table, now).await.unwrap();
    let gatherer = Gatherer::default();
    gatherer.gather(&table, &receivers, now).await.unwrap();
    let trail = Trail::of_days(1);
    let person = |n: usize| Event::new(What::PersonAdded, &Visit::here(now)).whom(&format!("u{n}"));
    for part in (0..2300).collect::<Vec<_>>().chunks(50) {
        let rows = part.iter().map(|n| trail.write(&person(*n))).collect();
        table.transact(rows).await.unwrap();
    }
    assert_eq!(gatherer.gather(&table, &receivers, now).await.unwrap(), 2000);
    assert_eq!(gatherer.gather(&table, &receivers, now).await.unwrap(), 300);
    assert_eq!(gatherer.gather(&table, &receivers, now).await.unwrap(), 0);
    // Another process has seen nothing, and finds what is there.
    let other = Gatherer::default();
    assert_eq!(other.gather(&table, &receivers, now).await.unwrap(), 0);
    assert_eq!(other.gather(&table, &receivers, now).await.unwrap(), 0);
    let ours = notice::receivers(&table, now).await.unwrap().remove(0);
    let waiting = notice::waiting(&table, &ours, now).await.unwrap();
    assert!(waiting.iter().all(|notice| notice.state == State::Waiting) && waiting.len() == 1000);
}
