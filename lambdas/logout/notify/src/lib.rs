//! `logout-notify`: tells apps that a session has ended (OpenID Connect Back-Channel Logout). The queue says which session; who
//! is still to be told is in its row. On a schedule, what nobody has begun to tell is handed over again.

use std::time::Duration;

use fetch::Http;
use futures_util::future::join_all;
use logout::{Message, Queue, settings::LOGOUT_QUEUE};
use oauth::Time;
use queue::Delivery;
use serde_json::{Value, json};
use setting::{Env, Permissions, Setting, Settings};
use store::Table;
use token::Signer;
use web::{EventFunction, Result};

mod notice;

/// For how long a message is put off after each delivery that came to nothing. With the deliveries in the template, the last one
/// comes an hour after the first.
const PAUSES: [Duration; 4] =
    [Duration::from_secs(30), Duration::from_secs(120), Duration::from_secs(600), Duration::from_secs(3000)];

/// The function.
pub struct Notify {
    http: Http,
    queue: Queue,
    signer: Signer,
    table: Table,
}

impl EventFunction for Notify {
    const NAME: &'static str = "logout-notify";
    const PERMISSIONS: &'static [Permissions] =
        &[client::FIND, session::ended::TELL, session::ended::OVERDUE_ONES];
    const SETTINGS: Settings = &[Signer::SETTINGS, Table::SETTINGS, Queue::SETTINGS, &[&setting::CA_FILE]];
    const SCHEDULE: Option<Duration> = Some(Duration::from_secs(300));
    const TAKES_QUEUE: Option<&'static Setting> = Some(&LOGOUT_QUEUE);
    const ONLY_WITH: Option<&'static Setting> = Some(&setting::BACKCHANNEL_LOGOUT);

    async fn init(env: &Env) -> Result<Self> {
        let env = &env.unlocked(vault::fetch).await?;
        Ok(Self {
            http: Http::new(env.file(&setting::CA_FILE)?)?,
            queue: Queue::from_env(env)?,
            signer: Signer::from_env(env)?.reloading(env, vault::fetch),
            table: Table::from_env(env).await?,
        })
    }

    async fn handle(&self, event: &Value, now: Time) -> Result<Value> {
        match event.get("Records").and_then(Value::as_array) {
            Some(records) => Ok(self.batch(records, now).await),
            None => self.sweep(now).await,
        }
    }
}

impl Notify {
    /// Messages of the queue. Those that are not done come again, and the others do not (`ReportBatchItemFailures`).
    async fn batch(&self, records: &[Value], now: Time) -> Value {
        self.signer.refresh(now).await;
        let failed = join_all(records.iter().map(|record| self.message(record, now))).await;
        let failed: Vec<_> = failed.into_iter().flatten().map(|id| json!({"itemIdentifier": id})).collect();
        json!({"batchItemFailures": failed})
    }

    /// One message: its id, if it must come again.
    async fn message<'a>(&self, record: &'a Value, now: Time) -> Option<&'a str> {
        let Some(delivery) = Delivery::<Message>::read(record) else {
            tracing::error!("a message of the queue cannot be read, and is dropped");
            return None;
        };
        match self.tell(&delivery.message.sid, now).await {
            Ok(true) => return None,
            Ok(false) => {}
            Err(error) => tracing::error!(cause = error.causes(), "apps cannot be told now"),
        }
        // Without an answer it comes again after the queue's own time.
        if let Err(error) = self.queue.come_again(delivery.receipt, delivery.pause(&PAUSES)).await {
            tracing::warn!(cause = oauth::causes(&error), "the queue does not put a message off");
        }
        Some(delivery.id)
    }

    /// Hands over again what nobody has begun to tell.
    async fn sweep(&self, now: Time) -> Result<Value> {
        let overdue = session::ended::overdue(&self.table, now).await?;
        for sid in &overdue {
            self.queue.send(&Message::about(sid)).await?;
        }
        if !overdue.is_empty() {
            tracing::warn!(sessions = overdue.len(), "handed over again");
        }
        Ok(json!({"handed_over": overdue.len()}))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_delivery_comes_an_hour_after_the_first() {
        assert!((3600..2 * 3600).contains(&PAUSES.iter().map(Duration::as_secs).sum::<u64>()));
    }
}
