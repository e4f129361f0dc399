//! Sessions against the embedded DynamoDB.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{collections::HashSet, error::Error as _};

use dynoxide::{Database, actions::scan::ScanRequest, server::serve_on};
use oauth::{Secret, Time};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use session::{ABSOLUTE, Error, IDLE, Session, State};
use store::{Connection, Record, Table};
use tokio::net::TcpListener;

const NOW: Time = Time::from_epoch(1_800_000_000);

/// A table of its own, and the database behind it for looking into.
async fn table() -> (Table, Database) {
    let database = Database::memory().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(serve_on(listener, database.clone()));
    let table = Table::open(Connection { table: "latchkey".to_owned(), endpoint: Some(endpoint) }).await;
    table.provision().await.unwrap();
    (table, database)
}

/// Everything that is stored, expired or not.
fn rows(database: &Database) -> Vec<Value> {
    let request = ScanRequest { table_name: "latchkey".to_owned(), ..ScanRequest::default() };
    let answer = serde_json::to_value(database.scan(request).unwrap()).unwrap();
    answer["Items"].as_array().unwrap().clone()
}

/// A session of somebody, and its secret.
async fn start(table: &Table) -> (Secret, Session) {
    let secret = Secret::random();
    let session = session::start(table, &secret, "user", NOW).await.unwrap();
    (secret, session)
}

fn at(seconds: i64) -> Time {
    Time::from_epoch(NOW.epoch() + seconds)
}

#[tokio::test]
async fn a_session_is_found_by_its_secret() {
    let (table, _) = table().await;
    let (secret, session) = start(&table).await;
    assert_eq!((session.user_id.as_str(), session.started_at), ("user", NOW));
    assert_eq!((session.idle_until, session.ends_at), (NOW.after(IDLE), NOW.after(ABSOLUTE)));
    assert_eq!(session::find(&table, &secret, NOW).await.unwrap(), Some(session));
}

#[tokio::test]
async fn every_sign_in_has_a_new_secret_and_adopts_none() {
    // #33
    let (table, _) = table().await;
    let planted = Secret::random();
    assert_eq!(session::find(&table, &planted, NOW).await.unwrap(), None);
    let mut seen = HashSet::new();
    for _ in 0..20 {
        let (secret, session) = start(&table).await;
        assert_eq!(secret.expose().len(), 43);
        assert!(seen.insert(secret.expose().to_owned()) && seen.insert(session.id));
    }
    assert_eq!(session::find(&table, &planted, NOW).await.unwrap(), None);
}

#[tokio::test]
async fn the_state_of_a_session_is_read_without_a_write() {
    // #34
    let (table, database) = table().await;
    let (secret, session) = start(&table).await;
    let before = rows(&database);
    for seconds in [0, 120, 3599] {
        let state = session::state(&table, &secret, at(seconds)).await.unwrap();
        assert_eq!(state, State::Alive(session.clone()), "{seconds}");
    }
    assert_eq!(session::state(&table, &secret, at(3600)).await.unwrap(), State::Ended);
    assert_eq!(rows(&database), before);
    session::end(&table, &secret, NOW).await.unwrap().unwrap();
    assert_eq!(session::state(&table, &secret, NOW).await.unwrap(), State::Ended);
    for other in [Secret::random(), Secret::new("x"), Secret::new(session.id)] {
        assert_eq!(session::state(&table, &other, NOW).await.unwrap(), State::Unknown);
    }
}

#[tokio::test]
async fn a_living_session_is_not_started_again() {
    // #33
    let (table, _) = table().await;
    let (secret, session) = start(&table).await;
    let again = session::start(&table, &secret, "somebody-else", NOW).await;
    assert!(matches!(again, Err(Error::Started)), "{again:?}");
    assert_eq!(session::state(&table, &secret, NOW).await.unwrap(), State::Alive(session));
}

#[tokio::test]
async fn only_the_digest_is_stored() {
    // #32
    let (table, database) = table().await;
    let (secret, session) = start(&table).await;
    let rows = rows(&database);
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["pk"], json!({ "S": format!("SESSION#{}", secret.digest()) }));
    assert_eq!(rows[0]["expires_at"], json!({ "N": NOW.after(IDLE).epoch().to_string() }));
    assert!(!rows[0].to_string().contains(secret.expose()));
    // Neither what is stored nor what tokens carry opens the session.
    for other in [secret.digest().as_str(), &session.id] {
        assert_ne!(other, secret.expose());
        assert_eq!(session::find(&table, &Secret::new(other), NOW).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_malformed_secret_finds_no_session() {
    // #105
    let (table, _) = table().await;
    let (secret, _) = start(&table).await;
    let good = secret.expose();
    for bad in
        ["", &good[1..], &format!("{good} "), &format!("{good}="), &"é".repeat(43), &"x".repeat(1 << 20)]
    {
        assert_eq!(session::find(&table, &Secret::new(bad), NOW).await.unwrap(), None);
        assert_eq!(session::end(&table, &Secret::new(bad), NOW).await.unwrap(), None);
    }
}

#[tokio::test]
async fn an_idle_session_ends() {
    // #34, #100: the row is still there, and says nothing any more.
    let (table, database) = table().await;
    let (secret, _) = start(&table).await;
    for seconds in [3600, 3601, 86_400] {
        assert_eq!(session::find(&table, &secret, at(seconds)).await.unwrap(), None, "{seconds}");
        assert_eq!(session::end(&table, &secret, at(seconds)).await.unwrap(), None, "{seconds}");
    }
    assert_eq!(rows(&database).len(), 1);
    assert!(session::find(&table, &secret, at(3599)).await.unwrap().is_some());
}

#[tokio::test]
async fn a_used_session_lives_on_but_not_for_ever() {
    // #34
    let (table, _) = table().await;
    let (secret, _) = start(&table).await;
    for seconds in (0..12 * 3600).step_by(1800) {
        let session = session::find(&table, &secret, at(seconds)).await.unwrap().unwrap();
        assert_eq!(session.idle_until, at((seconds + 3600).min(12 * 3600)), "{seconds}");
    }
    assert!(session::find(&table, &secret, at(12 * 3600 - 1)).await.unwrap().is_some());
    assert_eq!(session::find(&table, &secret, at(12 * 3600)).await.unwrap(), None);
}

#[tokio::test]
async fn the_idle_limit_moves_once_a_minute_and_forwards() {
    // #34, #105
    let (table, database) = table().await;
    let (secret, _) = start(&table).await;
    let written = || rows(&database)[0]["version"].clone();
    let first = written();
    for seconds in [0, 1, 59, -30] {
        let session = session::find(&table, &secret, at(seconds)).await.unwrap().unwrap();
        assert_eq!((session.idle_until, written()), (at(3600), first.clone()), "{seconds}");
    }
    let session = session::find(&table, &secret, at(60)).await.unwrap().unwrap();
    assert_eq!((session.idle_until, written() == first), (at(3660), false));
    let second = written();
    let session = session::find(&table, &secret, at(5)).await.unwrap().unwrap();
    assert_eq!((session.idle_until, written()), (at(3660), second));
}

#[tokio::test]
async fn an_ended_session_stays_ended_and_ends_once() {
    // #34
    let (table, _) = table().await;
    let (secret, session) = start(&table).await;
    let (other, _) = start(&table).await;
    assert_eq!(session::end(&table, &secret, NOW).await.unwrap(), Some(session));
    assert_eq!(session::end(&table, &secret, NOW).await.unwrap(), None);
    for seconds in [0, 120, -120] {
        assert_eq!(session::find(&table, &secret, at(seconds)).await.unwrap(), None, "{seconds}");
    }
    assert!(session::find(&table, &other, NOW).await.unwrap().is_some());
}

#[tokio::test]
async fn of_many_who_end_a_session_one_does() {
    // #34
    let (table, _) = table().await;
    let (secret, _) = start(&table).await;
    let end = |_| {
        let (table, secret) = (table.clone(), secret.clone());
        tokio::spawn(async move { session::end(&table, &secret, NOW).await.unwrap().is_some() })
    };
    let mut ended = 0;
    for task in (0..16).map(end).collect::<Vec<_>>() {
        ended += usize::from(task.await.unwrap());
    }
    assert_eq!(ended, 1);
}

#[tokio::test]
async fn using_a_session_does_not_bring_it_back() {
    // #34: the use overlaps the end, in whatever order they come through.
    let (table, _) = table().await;
    for _ in 0..25 {
        let (secret, _) = start(&table).await;
        let uses = [60, 90, 120].map(|seconds| {
            let (table, secret) = (table.clone(), secret.clone());
            tokio::spawn(async move { session::find(&table, &secret, at(seconds)).await.unwrap() })
        });
        let ended = session::end(&table, &secret, at(60)).await.unwrap();
        assert!(ended.is_some());
        for used in uses {
            used.await.unwrap();
        }
        assert_eq!(session::find(&table, &secret, at(120)).await.unwrap(), None);
    }
}

/// Another kind of row that looks just like a session.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Lookalike(Session);

impl Record for Lookalike {
    const KIND: &'static str = "CODE";

    fn expires_at(&self) -> Option<i64> {
        None
    }
}

#[tokio::test]
async fn another_secret_is_not_a_session() {
    // #100
    let (table, _) = table().await;
    let (_, session) = start(&table).await;
    let secret = Secret::random();
    assert!(table.create(secret.digest().as_str(), &Lookalike(session), NOW).await.unwrap());
    assert_eq!(session::find(&table, &secret, NOW).await.unwrap(), None);
    assert_eq!(session::end(&table, &secret, NOW).await.unwrap(), None);
}

#[tokio::test]
async fn a_row_without_expiry_has_its_own_limits() {
    // #34, #100: whatever the attribute for time-to-live says, code compares.
    let (table, database) = table().await;
    let (secret, _) = start(&table).await;
    let change = store::Change::new().ends_at(Some(i64::MAX));
    table.update::<Session>(secret.digest().as_str(), change, NOW).await.unwrap();
    assert_eq!(rows(&database)[0]["expires_at"], json!({ "N": i64::MAX.to_string() }));
    assert_eq!(session::find(&table, &secret, at(3600)).await.unwrap(), None);
    assert_eq!(session::end(&table, &secret, at(3600)).await.unwrap(), None);
    // Nor does a use that is to come move the end of it all.
    let (secret, _) = start(&table).await;
    let change = store::Change::new().ends_at(Some(i64::MAX)).set(Session::IDLE_UNTIL, &at(365 * 24 * 3600));
    table.update::<Session>(secret.digest().as_str(), change, NOW).await.unwrap();
    assert_eq!(session::find(&table, &secret, at(12 * 3600)).await.unwrap(), None);
    assert!(session::find(&table, &secret, at(12 * 3600 - 1)).await.unwrap().is_some());
    assert_eq!(session::end(&table, &secret, at(12 * 3600)).await.unwrap(), None);
}

#[tokio::test]
async fn an_unreachable_table_is_an_io_fault() {
    // #99: the edge answers 503 when the chain holds a `std::io::Error`; nobody is taken for signed out.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let table = Table::open(Connection { table: "latchkey".to_owned(), endpoint: Some(endpoint) }).await;
    let error = session::find(&table, &Secret::random(), NOW).await.unwrap_err();
    assert!(matches!(error, Error::Store(_)));
    let source = error.source().and_then(|error| error.source());
    assert!(source.is_some_and(|error| error.is::<std::io::Error>()), "{error:?}");
}
