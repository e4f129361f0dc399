//! What apps have of a person, as rows: all of it, app by app, so that each is shown once and whole.

use std::collections::{BTreeMap, BTreeSet};

use client::Client;
use oauth::Time;
use session::{Error, Family, Session};
use store::{Batch, Owner, Record, Table};

use crate::Consent;

/// How many ids are listed at a time, and how many times: nobody has more than that.
const PART: u32 = 1000;
const MOST_PARTS: usize = 5;

/// How many rows a batch may ask for.
const LARGEST_BATCH: usize = 100;

/// What one app has.
#[derive(Debug, Default)]
pub(super) struct Held {
    pub(super) consent: Option<Consent>,
    pub(super) grants: Vec<Family>,
}

/// The rows around it: the clients, and the sessions within which grants stand, by their ids.
#[derive(Debug, Default)]
pub(super) struct Around {
    pub(super) clients: BTreeMap<String, Client>,
    pub(super) sessions: BTreeMap<String, Session>,
}

enum Own {
    Consent(String),
    Grant(String),
}

enum Other<'a> {
    Client(&'a str),
    Session(&'a str),
}

/// All that apps have of a person, by the ids of the clients. The rows themselves say to whom they belong: the index only lists (#81, #97).
///
/// Two Queries for each thousand, and one BatchGetItem for each hundred rows.
pub(super) async fn all(table: &Table, user_id: &str, now: Time) -> Result<BTreeMap<String, Held>, Error> {
    let consents = ids::<Consent>(table, user_id).await?;
    let grants = ids::<Family>(table, user_id).await?;
    let keys: Vec<_> =
        consents.into_iter().map(Own::Consent).chain(grants.into_iter().map(Own::Grant)).collect();
    let mut held = BTreeMap::<String, Held>::new();
    for part in keys.chunks(LARGEST_BATCH) {
        let batch = part.iter().fold(Batch::new(), |batch, key| match key {
            Own::Consent(id) => batch.and::<Consent>(&**id),
            Own::Grant(id) => batch.and::<Family>(&**id),
        });
        let mut rows = table.get_batch(batch, now).await?;
        for key in part {
            match key {
                Own::Consent(id) => {
                    let consent = rows.read::<Consent>(&**id).filter(|it| it.user_id == user_id);
                    if let Some(consent) = consent {
                        let app = held.entry(consent.client_id.clone()).or_default();
                        app.consent = Some(consent);
                    }
                }
                Own::Grant(id) => {
                    let grant = rows.read::<Family>(&**id).filter(|it| it.user_id == user_id);
                    if let Some(grant) = grant {
                        held.entry(grant.client_id.clone()).or_default().grants.push(grant);
                    }
                }
            }
        }
    }
    Ok(held)
}

/// The ids of what a person has of one kind. The index lags behind: a row may have ended, or be missing.
async fn ids<R: Record>(table: &Table, user_id: &str) -> Result<Vec<String>, Error> {
    let (mut all, mut after) = (Vec::new(), None);
    for _ in 0..MOST_PARTS {
        let part = table.list_of::<R>(Owner::User(user_id), PART, after.as_deref()).await?;
        all.extend(part.ids);
        after = part.next;
        if after.is_none() {
            break;
        }
    }
    Ok(all)
}

/// What is around these apps.
///
/// One BatchGetItem for each hundred clients and sessions.
pub(super) async fn around(table: &Table, held: &BTreeMap<String, Held>, now: Time) -> Result<Around, Error> {
    let within = held.values().flat_map(|held| &held.grants).filter(|grant| !grant.offline);
    let sids: BTreeSet<_> = within.filter_map(|grant| grant.sid.as_deref()).collect();
    let clients = held.keys().map(|id| Other::Client(id));
    let keys: Vec<_> = clients.chain(sids.into_iter().map(Other::Session)).collect();
    let mut around = Around::default();
    for part in keys.chunks(LARGEST_BATCH) {
        let batch = part.iter().fold(Batch::new(), |batch, key| match *key {
            Other::Client(id) => batch.and::<Client>(id),
            Other::Session(sid) => batch.and::<Session>(sid),
        });
        let mut rows = table.get_batch(batch, now).await?;
        for key in part {
            match *key {
                Other::Client(id) => {
                    around.clients.extend(rows.read::<Client>(id).map(|client| (id.to_owned(), client)));
                }
                Other::Session(sid) => {
                    around.sessions.extend(rows.read::<Session>(sid).map(|it| (sid.to_owned(), it)));
                }
            }
        }
    }
    Ok(around)
}
