//! Many who guess at once, against an embedded DynamoDB.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use credential::{
    Hasher, Password,
    attempt::{self, Account, Try},
};
use oauth::Time;
use store::{Connection, Table};
use tokio::net::TcpListener;

const NOW: Time = Time::from_epoch(1_800_000_000);

fn at(seconds: i64) -> Time {
    Time::from_epoch(NOW.epoch() + seconds)
}

async fn table() -> Table {
    let database = dynoxide::Database::memory().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(dynoxide::server::serve_on(listener, database));
    let table = Table::open(Connection { table: "latchkey".to_owned(), endpoint: Some(endpoint) }).await;
    table.provision().await.unwrap();
    table
}

/// Whether one try is within the limit, and if it is, whether the password is right.
async fn guess(
    table: &Table,
    hasher: &Hasher,
    network: &str,
    typed: &str,
    stored: &str,
    now: Time,
) -> Option<bool> {
    match attempt::count(table, &Account::of("ada"), network, now).await.unwrap() {
        Try::Go => Some(hasher.check(&Password::given(typed), Some(stored)).is_right),
        Try::Wait(_) => None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_hundred_wrong_guesses_at_once_ten_are_hashed() {
    // P7, #85: from two hundred places, so that the account alone is what stops them.
    let (table, hasher) = (table().await, Hasher::default());
    let stored = hasher.hash(&Password::given("the right one"));
    let before = hasher.runs();
    let guesses: Vec<_> = (0..200)
        .map(|n| {
            let (table, hasher, stored) = (table.clone(), hasher.clone(), stored.clone());
            tokio::spawn(async move {
                guess(&table, &hasher, &format!("192.0.2.{n}"), &format!("wrong {n}"), &stored, NOW).await
            })
        })
        .collect();
    let mut answers = Vec::new();
    for guess in guesses {
        answers.push(guess.await.unwrap());
    }
    assert_eq!(answers.iter().filter(|answer| **answer == Some(false)).count(), 10);
    assert_eq!(answers.iter().filter(|answer| answer.is_none()).count(), 190);
    assert_eq!(hasher.runs() - before, 10);
    // Until the window is over not even the right one gets in; then it does.
    assert_eq!(guess(&table, &hasher, "198.51.100.1", "the right one", &stored, at(299)).await, None);
    assert_eq!(guess(&table, &hasher, "198.51.100.1", "the right one", &stored, at(300)).await, Some(true));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_place_cannot_try_many_accounts() {
    // #85
    let table = table().await;
    let mut went = 0;
    for n in 0..120 {
        let account = Account::of(&format!("person {n}"));
        went += u32::from(attempt::count(&table, &account, "192.0.2.1", NOW).await.unwrap() == Try::Go);
    }
    assert_eq!(went, 100);
    let elsewhere = attempt::count(&table, &Account::of("person 119"), "192.0.2.2", NOW).await.unwrap();
    assert_eq!(elsewhere, Try::Go, "and the account was not counted for it");
}

#[tokio::test]
async fn a_device_that_is_known_has_tries_of_its_own() {
    // #85: nobody shuts somebody out who comes from where they always do.
    let table = table().await;
    let strangers = Account::of("ada");
    let device = strangers.from_device("a device");
    for _ in 0..10 {
        assert_eq!(attempt::count_account(&table, &strangers, NOW).await.unwrap(), Try::Go);
    }
    assert_eq!(attempt::count_account(&table, &strangers, NOW).await.unwrap(), Try::Wait(at(300)));
    assert_eq!(attempt::count_account(&table, &device, NOW).await.unwrap(), Try::Go);
    // It is bounded as well, and is no other's.
    for _ in 0..9 {
        assert_eq!(attempt::count_account(&table, &device, NOW).await.unwrap(), Try::Go);
    }
    assert_eq!(attempt::count_account(&table, &device, NOW).await.unwrap(), Try::Wait(at(300)));
    for other in [
        Account::of("alan").from_device("a device"),
        strangers.from_device("another"),
        Account::of_nobody("ada"),
    ] {
        assert_eq!(attempt::count_account(&table, &other, NOW).await.unwrap(), Try::Go);
    }
}
