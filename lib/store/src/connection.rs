//! Where the table is and how patiently it is asked.

use std::{sync::Arc, time::Duration};

use aws_sdk_dynamodb::{
    Client,
    config::{
        Builder, Config,
        retry::{RetryConfig, RetryPartition},
        timeout::TimeoutConfig,
    },
};
use tokio::sync::OnceCell;

use crate::{
    Inner, Record, Table,
    record::{Item, began_before, is_alive},
    retry::Conflicts,
};

/// How long one attempt may take.
const ATTEMPT: Duration = Duration::from_secs(2);
/// How long an operation may take with all its attempts.
const OPERATION: Duration = Duration::from_secs(5);
/// How often an operation is attempted. The waits between are random, up to 50, 100 and 200 ms.
const ATTEMPTS: u32 = 4;
const FIRST_WAIT: Duration = Duration::from_millis(50);

/// Where the table is.
#[derive(Clone)]
pub struct Connection {
    /// The table's name.
    pub table: String,
    /// The address of an embedded DynamoDB, such as `http://127.0.0.1:8000`, or `http://key@127.0.0.1:8000` with the access
    /// key id that it expects: region `local`, a made-up secret key. Without it region, credentials and endpoint come from
    /// where the AWS SDK finds them.
    pub endpoint: Option<String>,
}

/// The endpoint may have a key in it.
impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let endpoint = self.endpoint.as_deref().map(|endpoint| apart(endpoint).1);
        f.debug_struct("Connection").field("table", &self.table).field("endpoint", &endpoint).finish()
    }
}

impl Table {
    /// Opens the table. Nothing is sent yet.
    pub async fn open(connection: Connection) -> Self {
        let table = Self::unopened(connection);
        table.client().await;
        table
    }

    /// The table, for anyone who hardly ever needs it: it is opened by the first operation, which therefore takes longer.
    pub fn unopened(connection: Connection) -> Self {
        Self::restored(connection, None)
    }

    /// The same of a table that was restored from a backup at this moment (epoch seconds): a row of a kind that
    /// [ends by that](crate::Record::BEGAN), and began before, is absent in every read.
    pub fn restored(connection: Connection, at: Option<i64>) -> Self {
        Self(Arc::new(Inner { connection, restored_at: at, client: OnceCell::new() }))
    }

    /// Whether a row lives, and did not come back by a restore.
    pub(crate) fn has_alive<R: Record>(&self, item: &Item, now: i64) -> bool {
        is_alive(item, now) && self.0.restored_at.is_none_or(|at| !began_before::<R>(item, at))
    }

    /// When it was restored, in epoch seconds.
    pub(crate) fn restored_at(&self) -> Option<i64> {
        self.0.restored_at
    }

    pub(crate) fn name(&self) -> &str {
        &self.0.connection.table
    }

    pub(crate) async fn client(&self) -> &Client {
        self.0.client.get_or_init(|| connect(self.0.connection.endpoint.as_deref())).await
    }
}

async fn connect(endpoint: Option<&str>) -> Client {
    let config = match endpoint.map(apart) {
        Some((key, endpoint)) => Builder::from(&aws::local(&endpoint, key.unwrap_or("local"))),
        None => Builder::from(aws::config().await),
    };
    Client::from_conf(patient(config))
}

/// The access key id in an address, if there is one, and the address without it.
fn apart(endpoint: &str) -> (Option<&str>, String) {
    let parts = endpoint.split_once("://").and_then(|(scheme, rest)| {
        let (key, host) = rest.split_once('@')?;
        Some((Some(key), format!("{scheme}://{host}")))
    });
    parts.unwrap_or((None, endpoint.to_owned()))
}

/// Repetition with jitter inside a deadline (#99).
fn patient(config: Builder) -> Config {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(ATTEMPT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION)
        .build();
    let retries = RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(FIRST_WAIT);
    // Of its own: the SDK's is shared by all clients of a process, and a table in trouble would use up the others' retries.
    let quota = RetryPartition::custom("table").build();
    let config = config.timeout_config(timeouts).retry_config(retries).retry_partition(quota);
    config.retry_classifier(Conflicts).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_in_the_address_is_neither_sent_in_it_nor_shown() {
        // #103
        assert_eq!(apart("http://canary@127.0.0.1:1/x"), (Some("canary"), "http://127.0.0.1:1/x".to_owned()));
        assert_eq!(apart("http://127.0.0.1:1"), (None, "http://127.0.0.1:1".to_owned()));
        let endpoint = Some("http://canary@127.0.0.1:1".to_owned());
        let shown = format!("{:?}", Connection { table: "t".to_owned(), endpoint });
        assert!(shown.contains("127.0.0.1:1") && !shown.contains("canary"), "{shown}");
    }
}
