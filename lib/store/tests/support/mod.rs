//! A table to test with: an embedded DynamoDB, and a proxy in front of it that can lose, cut and replace answers.

pub(crate) mod proxy;

pub(crate) use proxy::{Fault, Proxy};

use dynoxide::actions::scan::ScanRequest;
use serde_json::Value;
use store::{Connection, Table};
use tokio::net::TcpListener;

/// An embedded DynamoDB in memory with the table in it.
pub(crate) struct Database {
    pub(crate) endpoint: String,
    pub(crate) inside: dynoxide::Database,
    pub(crate) table: Table,
}

impl Database {
    pub(crate) async fn start() -> Self {
        let database = Self::without_table().await;
        database.table.provision().await.unwrap();
        database
    }

    /// The same before the table is made.
    pub(crate) async fn without_table() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let inside = dynoxide::Database::memory().unwrap();
        tokio::spawn(dynoxide::server::serve_on(listener, inside.clone()));
        let table = open(&endpoint).await;
        Self { endpoint, inside, table }
    }

    /// Everything that is in the table, expired or not, as DynamoDB's JSON.
    pub(crate) fn rows(&self) -> Vec<Value> {
        let request = ScanRequest { table_name: "latchkey".to_owned(), ..ScanRequest::default() };
        let answer = self.inside.scan(request).unwrap();
        serde_json::to_value(answer).unwrap()["Items"].as_array().cloned().unwrap_or_default()
    }

    /// A proxy in front of it, and the table as it is seen through that.
    pub(crate) async fn proxy(&self) -> (Proxy, Table) {
        let proxy = Proxy::start(self.endpoint.trim_start_matches("http://")).await;
        let table = open(&proxy.endpoint).await;
        (proxy, table)
    }
}

async fn open(endpoint: &str) -> Table {
    Table::open(Connection { table: "latchkey".to_owned(), endpoint: Some(endpoint.to_owned()) }).await
}
