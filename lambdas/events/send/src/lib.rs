//! `events-send`: tells systems of the team what happened to people (Standard Webhooks). Every minute it reads what the trail has since
//! the last time, writes down who is to be told of it, and tells them what is due.
//!
//! Nobody waits for it: no request of a person hands it anything. It has no key that signs tokens, and whoever has one of those does not
//! have its key (#107).

use std::{io, time::Duration};

use fetch::Http;
use futures_util::future::join_all;
use notice::{Gatherer, settings::EVENTS_KEY};
use oauth::Time;
use seal::Sealer;
use serde_json::{Value, json};
use setting::{EVENTS, Env, Permissions, Setting, Settings};
use store::Table;
use web::{EventFunction, Result};

use self::drain::Done;

mod drain;
mod post;

const MINUTE: Duration = Duration::from_secs(60);

/// The function.
pub struct Send {
    gatherer: Gatherer,
    http: Http,
    sealer: Sealer,
    table: Table,
}

impl EventFunction for Send {
    const NAME: &'static str = "events-send";
    const PERMISSIONS: &'static [Permissions] = &[audit::READ_SINCE, notice::GATHER, notice::DELIVER];
    const SETTINGS: Settings = &[notice::settings::SETTINGS, Table::SETTINGS, &[&setting::CA_FILE]];
    const SCHEDULE: Option<Duration> = Some(MINUTE);
    const ONLY_WITH: Option<&'static Setting> = Some(&EVENTS);

    async fn init(env: &Env) -> Result<Self> {
        let env = &env.unlocked(vault::fetch).await?;
        env.is_on(&EVENTS)?;
        Ok(Self {
            gatherer: Gatherer::default(),
            http: Http::new(env.file(&setting::CA_FILE)?)?,
            sealer: Sealer::of(env, &EVENTS_KEY)?,
            table: Table::from_env(env).await?,
        })
    }

    async fn handle(&self, _: &Value, now: Time) -> Result<Value> {
        let receivers = notice::receivers(&self.table, now).await?;
        // What was written down before is told even where the trail cannot be read.
        let gathered = self.gatherer.gather(&self.table, &receivers, now).await;
        let done = join_all(receivers.iter().map(|receiver| self.drain(receiver, now))).await;
        let gathered = gathered?;
        // Lambda counts a run that fails, and somebody is woken by that: it needs no metric of ours.
        match done.iter().map(Done::failed).sum::<usize>() {
            0 => Ok(json!({"gathered": gathered, "told": done.iter().map(Done::told).sum::<usize>()})),
            failed => Err(io::Error::other(format!("{failed} messages could not be told for a day")).into()),
        }
    }
}
