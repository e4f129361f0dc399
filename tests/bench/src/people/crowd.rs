//! A table with many people in it. A few are taken over from a file, as `latchkey user import` does, and the transaction in which that
//! happens is written down. Its rows are copied then, each with another id, name, address and identity, by the engine's own way of taking
//! many rows: as requests, a million people would take an hour.

use std::{
    path::Path,
    sync::mpsc::{Receiver, sync_channel},
    time::{Duration, Instant},
};

use latchkey::database::Engine;
use oauth::{Digest, Time};
use serde_json::Value;
use setting::Clock;
use store::{Connection, Table};
use user::{
    Rights,
    bulk::{self, Account, AccountIdentity, Imported},
};

use super::grouped;
use crate::aws::Aws;

/// How many people, or who of them.
pub type Number = u32;

/// Every how many of them has the role `editor` as well.
pub const EDITORS: Number = 4;
/// Every how many of them is disabled.
const DISABLED: Number = 1_000;

const ROLES: &str = "member=orders:read; editor=orders:write";
const ISSUER: &str = "https://accounts.google.com";
/// In what is copied, the number of the person.
const MARK: Number = 7_777_777;
/// When the first of them came.
const BEGIN: u64 = 1_700_000_000;
/// How many people are written at a time.
const PART: Number = 5_000;

/// A table with so many people, and the calls that it is asked.
pub struct Crowd {
    pub table: Table,
    pub aws: Aws,
    pub now: Time,
    pub count: Number,
    rows: u64,
    bytes: u64,
    took: Duration,
    /// What it takes to take one of them over, who has the fewest roles.
    write_units: f64,
    _engine: Engine,
}

impl Crowd {
    /// Fills a table in this folder.
    pub async fn of(count: Number, folder: &Path) -> Result<Self, String> {
        let file = folder.join(format!("{count}.db"));
        let engine = Engine::start(Some(&file)).await.map_err(|why| why.to_string())?;
        let aws = Aws::plain(&engine.endpoint()).await;
        let endpoint = Some(format!("http://127.0.0.1:{}", aws.port));
        let table = Table::open(Connection { table: store::schema::TABLE.to_owned(), endpoint }).await;
        table.provision().await.map_err(|why| oauth::causes(&why))?;
        let templates = templates().await?;
        let write_units = templates[0].write_units;
        let (started, mut rows) = (Instant::now(), 0);
        for part in copies(templates, count) {
            rows += part.len() as u64;
            engine.load(store::schema::TABLE, &part).map_err(|why| why.to_string())?;
        }
        let took = started.elapsed();
        let bytes = std::fs::metadata(&file).map_err(|why| why.to_string())?.len();
        let now = Clock::system().now();
        let crowd = Self { table, aws, now, count, rows, bytes, took, write_units, _engine: engine };
        crowd.check().await?;
        Ok(crowd)
    }

    /// An import of somebody who was copied finds that they are here.
    async fn check(&self) -> Result<(), String> {
        let somebody: Vec<_> =
            [0, self.count / 2, self.count - 1].map(|number| account(number, false, false)).into();
        let known = bulk::import(&self.table, &rights()?, &somebody, true, self.now).await;
        let known = known.map_err(|why| oauth::causes(&why))?;
        let all = known.iter().all(|outcome| matches!(outcome, Ok(Imported::Known)));
        if all { Ok(()) } else { Err(format!("the copies are not as an import writes them: {known:?}")) }
    }

    /// How it was filled, as a sentence.
    pub fn filled(&self) -> String {
        let Self { count, rows, bytes, took, write_units, .. } = self;
        let (count, rows) = (grouped(*count), *rows as f64 / 1e6);
        format!(
            "The table of {count} people has {rows:.1} million rows, and {:.1} GB with its indexes in the embedded engine; to fill it took \
             {:.0} s. To take over one of them from a file takes {write_units} write units.",
            *bytes as f64 / 1e9,
            took.as_secs_f64()
        )
    }

    /// The key of somebody in the list of everybody.
    pub fn id(&self, number: Number) -> String {
        id(number)
    }

    /// In the list of addresses.
    pub fn address(&self, number: Number) -> String {
        address(number)
    }

    /// In the list of names.
    pub fn name(&self, number: Number) -> String {
        format!("{}/{}", name(number).to_lowercase(), id(number))
    }

    /// In the list of editors.
    pub fn editor(&self, number: Number) -> String {
        format!("editor/{}", id(number))
    }
}

fn name(number: Number) -> String {
    format!("Pat {number:07}")
}

fn address(number: Number) -> String {
    format!("pat{number:07}@example.com")
}

fn subject(number: Number) -> String {
    format!("10000000000000{number:07}")
}

/// A UUIDv7 of the second in which they came.
fn id(number: Number) -> String {
    let millis = (BEGIN + u64::from(number)) * 1000;
    format!("{:08x}-{:04x}-7000-8000-{number:012x}", millis >> 16, millis & 0xffff)
}

fn account(number: Number, is_editor: bool, disabled: bool) -> Account {
    let identity =
        AccountIdentity { provider: "google".into(), issuer: ISSUER.into(), subject: subject(number) };
    let roles = if is_editor { vec!["editor".to_owned(), "member".to_owned()] } else { Vec::new() };
    Account {
        name: Some(name(number)),
        email: Some(address(number)),
        email_verified: true,
        roles,
        disabled,
        identities: vec![identity],
        ..Account::default()
    }
}

fn rights() -> Result<Rights, String> {
    Rights::parse(ROLES, "", "member").map_err(|why| why.to_string())
}

/// The rows of somebody as an import writes them, as texts.
struct Template {
    rows: Vec<String>,
    id: String,
    /// What the transaction took.
    write_units: f64,
}

/// By whether they are editor and disabled.
async fn templates() -> Result<[Template; 4], String> {
    Ok([
        template(false, false).await?,
        template(true, false).await?,
        template(false, true).await?,
        template(true, true).await?,
    ])
}

async fn template(is_editor: bool, disabled: bool) -> Result<Template, String> {
    let engine = Engine::start(None).await.map_err(|why| why.to_string())?;
    let aws = Aws::plain(&engine.endpoint()).await;
    let endpoint = Some(format!("http://127.0.0.1:{}", aws.port));
    let table = Table::open(Connection { table: store::schema::TABLE.to_owned(), endpoint }).await;
    table.provision().await.map_err(|why| oauth::causes(&why))?;
    let somebody = [account(MARK, is_editor, disabled)];
    let done = bulk::import(&table, &rights()?, &somebody, false, Clock::system().now()).await;
    if !matches!(done.map_err(|why| oauth::causes(&why))?[..], [Ok(Imported::New)]) {
        return Err("the person to copy was not taken over".to_owned());
    }
    let write_units = aws.parts().values().map(|units| units.writes + units.index_writes).sum();
    let written = aws.recorded().into_iter().find(|call| call.action == "TransactWriteItems");
    let written = written.ok_or("an import is no transaction any more")?.body;
    let writes = written["TransactItems"].as_array().ok_or("a transaction writes nothing")?;
    let items: Vec<_> = writes.iter().map(|write| &write["Put"]["Item"]).collect();
    let key = items.iter().find_map(|item| item["pk"]["S"].as_str()?.strip_prefix("USER#"));
    if items.iter().any(|item| item.is_null()) {
        return Err("an import does more than to put rows".to_owned());
    }
    let id = key.ok_or("nobody is written")?.to_owned();
    Ok(Template { rows: items.iter().map(|item| Value::to_string(item)).collect(), id, write_units })
}

impl Template {
    /// The rows of that person.
    fn copies(&self, number: Number) -> impl Iterator<Item = String> {
        let key = |number| Digest::of_parts(&[ISSUER, &subject(number)]);
        let (before, after) = (key(MARK), key(number));
        let (mark, number_text, id) = (MARK.to_string(), format!("{number:07}"), id(number));
        self.rows.iter().map(move |row| {
            // The identity's key first: the mark could be a part of it.
            let row = row.replace(before.as_str(), after.as_str());
            row.replace(&self.id, &id).replace(&mark, &number_text)
        })
    }
}

/// The rows of all of them, some at a time, made while the ones before are written.
fn copies(templates: [Template; 4], count: Number) -> Receiver<Vec<String>> {
    let (send, receive) = sync_channel(1);
    std::thread::spawn(move || {
        let mut from = 0;
        while from < count {
            let to = count.min(from + PART);
            let rows = (from..to).flat_map(|number| {
                let of = usize::from(number % EDITORS == 0) + 2 * usize::from(number % DISABLED == 1);
                templates[of].copies(number)
            });
            if send.send(rows.collect()).is_err() {
                return;
            }
            from = to;
        }
    });
    receive
}
