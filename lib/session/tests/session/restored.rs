//! What comes back with a backup of the table.

use dynoxide::{Database, actions::put_item::PutItemRequest, server::serve_on, types::Item};
use oauth::{Secret, SessionCookie};
use serde_json::Value;
use session::{Code, Device, Family, code, device, family};
use store::{Batch, Connection, Table};
use tokio::net::TcpListener;

use crate::{NOW, at, codes::ann, families::TERMS, rows, table};

/// A database with these rows, as a restore makes one, and its address.
async fn restore(rows: Vec<Value>) -> String {
    let database = Database::memory().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(serve_on(listener, database.clone()));
    open(&endpoint, None).provision().await.unwrap();
    for row in rows {
        let item: Item = serde_json::from_value(row).unwrap();
        let table_name = "latchkey".to_owned();
        database.put_item(PutItemRequest { table_name, item, ..Default::default() }).unwrap();
    }
    endpoint
}

fn open(endpoint: &str, restored_at: Option<i64>) -> Table {
    let connection = Connection { table: "latchkey".to_owned(), endpoint: Some(endpoint.to_owned()) };
    Table::restored(connection, restored_at)
}

async fn sign_in(table: &Table, now: oauth::Time) -> (String, Secret) {
    let (sid, secret) = (Secret::random(), Secret::random());
    let sign_in = crate::sign_in(sid.expose(), &secret, "ann", 3);
    let session = session::enter(table, &sign_in, &[], now).await.unwrap().session;
    let cookie = SessionCookie::value(&session.id, &secret);
    (session.id, cookie)
}

#[tokio::test]
async fn a_restore_revives_what_has_ended_and_none_of_it_counts_in_a_table_that_knows_of_it() {
    // #34, #53
    let (table, database) = table().await;
    let (sid, cookie) = sign_in(&table, NOW).await;
    let issued = code::issue(&table, &ann(), NOW).await.unwrap();
    let (grant, token) = Family::begin(&ann(), &TERMS, NOW);
    let backup = {
        code::redeem(&table, &issued, &grant, NOW).await.unwrap();
        rows(&database)
    };
    // After the backup, everything ends.
    session::end_by_id(&table, &sid, at(60)).await.unwrap().unwrap();
    assert!(family::end(&table, &grant.id, at(60)).await.unwrap());

    let endpoint = restore(backup).await;
    let careless = open(&endpoint, None);
    assert!(session::find(&careless, &cookie, at(600)).await.unwrap().is_some(), "the session is back");
    assert!(careless.has::<Family>(&grant.id, at(600)).await.unwrap(), "and so is the grant");

    let table = open(&endpoint, Some(at(300).epoch()));
    assert_eq!(session::find(&table, &cookie, at(600)).await.unwrap(), None);
    assert!(!table.has::<Family>(&grant.id, at(600)).await.unwrap());
    let batch = Batch::new().and::<session::Session>(&*sid).and::<Family>(&*grant.id);
    let mut found = table.get_batch(batch, at(600)).await.unwrap();
    assert!(found.see::<Family>(&*grant.id).is_none());
    assert!(found.read::<session::Session>(&*sid).is_none());
    assert!(found.take::<Family>(&*grant.id).is_none());
    let shown = SessionCookie::parse(&cookie).unwrap();
    assert_eq!(session::living(&table, &[shown], at(600)).await.unwrap(), []);
    drop(token);
    // What begins afterwards counts.
    let (_, cookie) = sign_in(&table, at(600)).await;
    assert!(session::find(&table, &cookie, at(700)).await.unwrap().is_some());
    let again = code::issue(&table, &Code { auth_time: at(600), ..ann() }, at(600)).await.unwrap();
    let (grant, _) = Family::begin(&ann(), &TERMS, at(600));
    code::redeem(&table, &again, &grant, at(30)).await.unwrap();
    assert!(table.has::<Family>(&grant.id, at(600)).await.unwrap());
}

#[tokio::test]
async fn codes_of_a_person_and_of_a_device_that_began_before_the_restore_are_void() {
    // #37, #40
    let (table, database) = table().await;
    let issued = code::issue(&table, &ann(), NOW).await.unwrap();
    let asked = Device::new("app", 5, "openid".parse().unwrap(), Vec::new(), NOW);
    let asked = device::issue(&table, &asked, |code| code.expose().to_owned(), NOW).await.unwrap();
    let endpoint = restore(rows(&database)).await;
    let (code, device) = (code::key(&issued).unwrap(), device::key(&asked.device_code).unwrap());
    for (restored_at, counts) in [(None, true), (Some(at(30).epoch()), false)] {
        let table = open(&endpoint, restored_at);
        assert_eq!(table.has::<Code>(&code, at(40)).await.unwrap(), counts);
        assert_eq!(table.has::<Device>(&device, at(40)).await.unwrap(), counts);
    }
    // What begins afterwards counts.
    let table = open(&endpoint, Some(at(30).epoch()));
    let issued = code::issue(&table, &Code { auth_time: at(31), ..ann() }, at(40)).await.unwrap();
    assert!(table.has::<Code>(&code::key(&issued).unwrap(), at(40)).await.unwrap());
    let asked = Device::new("app", 5, "openid".parse().unwrap(), Vec::new(), at(40));
    let asked = device::issue(&table, &asked, |code| code.expose().to_owned(), at(40)).await.unwrap();
    assert!(table.has::<Device>(&device::key(&asked.device_code).unwrap(), at(40)).await.unwrap());
}
