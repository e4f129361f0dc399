//! `mail-send`: writes the mails that are handed over by the queue, each in the language of its reader, and gives them to SES or to a
//! server by SMTP. Retries are the queue's; what is refused for good is not tried again. SES says which mails came back, or that somebody
//! did not want one; after that their address gets no more.

use std::time::Duration;

use futures_util::future::join_all;
use mail::{
    Address, Letter, What,
    settings::{MAIL, MAIL_QUEUE},
};
use oauth::{BaseUrl, Time};
use queue::{Delivery, Queue, settings::SQS_ENDPOINT};
use serde_json::{Value, json};
use setting::{BASE_URL, Env, Permissions, Setting, Settings};
use store::Table;
use web::{Brand, EventFunction, Result};

use self::{
    carrier::{Carrier, Failure},
    settings::{MAIL_FROM, MAIL_SMTP, SES_CONFIGURATION_SET, SES_ENDPOINT},
};

mod carrier;
mod compose;
mod html;
mod sender;
mod ses;
pub mod settings;
mod smtp;
mod stopped;
pub mod words;

pub use self::stopped::allow;

/// For how long a mail is put off after each delivery that came to nothing: what is in it counts for ten minutes at least.
const PAUSES: [Duration; 4] =
    [Duration::from_secs(10), Duration::from_secs(30), Duration::from_secs(120), Duration::from_secs(300)];

/// The function.
pub struct Send {
    base: BaseUrl,
    brand: Brand,
    carrier: Carrier,
    queue: Queue,
    table: Table,
}

impl EventFunction for Send {
    const NAME: &'static str = "mail-send";
    const PERMISSIONS: &'static [Permissions] = &[stopped::IS_STOPPED, stopped::STOP];
    const SETTINGS: Settings = &[
        &[&MAIL, &MAIL_QUEUE, &SQS_ENDPOINT],
        &[&MAIL_FROM, &MAIL_SMTP, &SES_ENDPOINT, &SES_CONFIGURATION_SET],
        &[&BASE_URL],
        Brand::SETTINGS,
        Table::SETTINGS,
    ];
    const TAKES_QUEUE: Option<&'static Setting> = Some(&MAIL_QUEUE);
    const ONLY_WITH: Option<&'static Setting> = Some(&MAIL);

    async fn init(env: &Env) -> Result<Self> {
        let env = &env.unlocked(vault::fetch).await?;
        let brand = Brand::from_env(env)?;
        Ok(Self {
            base: env.parsed(&BASE_URL)?,
            carrier: Carrier::from_env(env, &brand.name)?,
            brand,
            queue: Queue::from_env(env, &MAIL_QUEUE)?,
            table: Table::from_env(env).await?,
        })
    }

    async fn handle(&self, event: &Value, now: Time) -> Result<Value> {
        match event.get("Records").and_then(Value::as_array) {
            Some(records) => Ok(self.batch(records, now).await),
            None => self.came_back(event, now).await,
        }
    }
}

impl Send {
    /// Messages of the queue. Those that are not done come again, and the others do not (`ReportBatchItemFailures`).
    async fn batch(&self, records: &[Value], now: Time) -> Value {
        let failed = join_all(records.iter().map(|record| self.message(record, now))).await;
        let failed: Vec<_> = failed.into_iter().flatten().map(|id| json!({"itemIdentifier": id})).collect();
        json!({"batchItemFailures": failed})
    }

    /// One message: its id, if it must come again. No line of the log has the address, the link or the code (#103).
    async fn message<'a>(&self, record: &'a Value, now: Time) -> Option<&'a str> {
        let Some(delivery) = Delivery::<Letter>::read(record) else {
            tracing::error!("a message of the queue cannot be read, and is dropped");
            return None;
        };
        if matches!(delivery.message.what, What::Nothing) {
            return None;
        }
        let what = delivery.message.what.kind();
        match self.send(&delivery.message, now).await {
            Ok(()) => {
                tracing::info!(what, "a mail was sent");
                return None;
            }
            Err(Failure::ForGood(cause)) => {
                tracing::error!(what, cause, "a mail is not sent");
                return None;
            }
            Err(Failure::ForNow(cause)) => tracing::warn!(what, cause, "a mail could not be sent"),
        }
        // Without an answer it comes again after the queue's own time.
        if let Err(error) = self.queue.come_again(delivery.receipt, delivery.pause(&PAUSES)).await {
            tracing::warn!(cause = oauth::causes(&error), "the queue does not put a message off");
        }
        Some(delivery.id)
    }

    async fn send(&self, letter: &Letter, now: Time) -> std::result::Result<(), Failure> {
        let for_good = |cause: &str| Failure::ForGood(cause.to_owned());
        let to = Address::parse(&letter.to).ok_or_else(|| for_good("no mail can go to this address"))?;
        let mail = compose::compose(letter, &self.brand, &self.base).map_err(for_good)?;
        let is_stopped = stopped::is_stopped(&self.table, &to, now).await;
        if is_stopped.map_err(|error| Failure::ForNow(oauth::causes(&error)))? {
            return Err(for_good("mails to this address came back, or were not wanted"));
        }
        self.carrier.send(&to, &mail).await
    }

    /// What SES says of mails that it had taken.
    async fn came_back(&self, event: &Value, now: Time) -> Result<Value> {
        let addresses = stopped::read(event);
        for (address, why) in &addresses {
            stopped::stop(&self.table, address, *why, now).await?;
            tracing::warn!(why = why.as_str(), "an address gets no more mails");
        }
        Ok(json!({"stopped": addresses.len()}))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_delivery_comes_while_what_is_in_the_mail_counts() {
        assert!(PAUSES.iter().sum::<Duration>() < mail::SIGN_IN_COUNTS);
    }
}
