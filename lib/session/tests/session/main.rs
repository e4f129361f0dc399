//! Sessions, codes and grants against the embedded DynamoDB.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod browser;
mod codes;
mod devices;
mod families;
mod model;
mod past;
mod restored;
mod several;

use std::time::Duration;

use dynoxide::{Database, actions::scan::ScanRequest, server::serve_on};
use oauth::{Secret, Time};
use serde_json::Value;
use session::SignIn;
use store::{Connection, Table};
use tokio::net::TcpListener;

const NOW: Time = Time::from_epoch(1_800_000_000);

fn at(seconds: i64) -> Time {
    Time::from_epoch(NOW.epoch() + seconds)
}

/// A sign-in of which nothing else is known.
fn sign_in<'a>(sid: &'a str, secret: &'a Secret, user_id: &'a str, epoch: u64) -> SignIn<'a> {
    SignIn { sid, secret, user_id, epoch, amr: &[], via: None, visit: None, keep: Duration::ZERO }
}

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
