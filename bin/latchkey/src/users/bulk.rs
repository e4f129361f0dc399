//! `user import` and `user export`.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufReader, BufWriter, IsTerminal, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use oauth::Time;
use setting::SettingError;
use store::Table;
use tokio::task::JoinSet;
use user::{
    Rights,
    bulk::{self, Account, Imported},
    manage,
    search::{self, Search},
};

use super::read::{self, Format, csv, firebase::HashConfig};

/// How many people are taken over together: as many as usually fit into one transaction.
const PART: usize = 20;
/// How many such parts are under way at the same time.
const AT_ONCE: usize = 4;
/// How long a part waits for a table that is busy, in seconds, before it is tried again: a new table of DynamoDB's takes fewer writes
/// than this asks for, and more after some minutes.
const WAITS: [u64; 6] = [1, 2, 4, 8, 16, 32];
/// How many that cannot be read are named.
const MOST_NAMED: usize = 20;

/// What became of a file.
#[derive(Debug, Default)]
pub(super) struct Counts {
    new: u64,
    known: u64,
    wrong: u64,
    named: Vec<String>,
}

impl Counts {
    /// How many were not here before.
    pub(super) fn taken_over(&self) -> u64 {
        self.new
    }

    fn all(&self) -> u64 {
        self.new + self.known + self.wrong
    }

    /// What became of the file; an error where somebody of it is wrong.
    pub(super) fn report(&self, dry_run: bool) -> Result<String, SettingError> {
        let would = if dry_run { " would be" } else { "" };
        let sum = format!("{} new{would}, {} known already, {} wrong.\n", self.new, self.known, self.wrong);
        if self.wrong == 0 {
            return Ok(sum);
        }
        let more = if self.wrong > MOST_NAMED as u64 { "\n…" } else { "" };
        Err(SettingError::new(format!("{sum}{}{more}", self.named.join("\n"))))
    }

    /// Adds one of them, by their number in the file.
    fn add(&mut self, number: u64, outcome: Result<Imported, String>) {
        match outcome {
            Ok(Imported::New) => self.new += 1,
            Ok(Imported::Known) => self.known += 1,
            Err(why) => {
                self.wrong += 1;
                if self.named.len() < MOST_NAMED {
                    self.named.push(format!("person {number} of the file: {why}"));
                }
            }
        }
    }
}

/// Takes over the people of a file.
pub(super) async fn import(
    table: &Table,
    rights: &Rights,
    file: &Path,
    format: Format,
    hash_config: Option<HashConfig>,
    way: Way,
    now: Time,
) -> Result<Counts, SettingError> {
    let (file, progress) = open(file)?;
    let mut people = (1_u64..).zip(read::people(file, format, hash_config).map_err(SettingError::new)?);
    let (rights, mut running, mut counts) = (Arc::new(rights.clone()), JoinSet::new(), Counts::default());
    loop {
        let some: Vec<_> = people.by_ref().take(PART).collect();
        if some.is_empty() {
            break;
        }
        if running.len() >= AT_ONCE {
            finish_one(&mut running, &mut counts).await?;
            progress.show(&counts);
        }
        let (mut numbers, mut accounts) = (Vec::new(), Vec::new());
        for (number, entry) in some {
            match entry {
                Err(why) => counts.add(number, Err(why)),
                Ok(account) => {
                    numbers.push(number);
                    accounts.push(account);
                }
            }
        }
        let (table, rights, way) = (table.clone(), Arc::clone(&rights), way.clone());
        running.spawn(Part { table, rights, numbers, accounts, way, now }.import());
    }
    while !running.is_empty() {
        finish_one(&mut running, &mut counts).await?;
    }
    progress.show(&counts);
    progress.end();
    Ok(counts)
}

/// What is written along with somebody of this id.
pub(super) type Noted = Arc<dyn Fn(&str) -> Vec<store::Write> + Send + Sync>;

/// How people are taken over.
#[derive(Clone)]
pub(super) struct Way {
    /// Nothing is written.
    pub(super) dry_run: bool,
    /// What is written along.
    pub(super) noted: Noted,
}

/// Some people of a file.
struct Part {
    table: Table,
    rights: Arc<Rights>,
    /// Their numbers in the file.
    numbers: Vec<u64>,
    accounts: Vec<Account>,
    way: Way,
    now: Time,
}

/// What became of each, by their number.
type Outcomes = Result<Vec<(u64, Result<Imported, manage::Error>)>, store::Error>;

impl Part {
    /// Takes them over, and waits where the table is busy. Whom an attempt before took over is known then.
    async fn import(self) -> Outcomes {
        let Self { table, rights, numbers, accounts, way, now } = self;
        let mut waits = WAITS.iter();
        loop {
            let imported = bulk::import_noting(&table, &rights, &accounts, way.dry_run, &*way.noted, now);
            match (imported.await, waits.next()) {
                (Err(error), Some(wait)) if error.is_busy() => {
                    tokio::time::sleep(Duration::from_secs(*wait)).await;
                }
                (outcomes, _) => return Ok(numbers.into_iter().zip(outcomes?).collect()),
            }
        }
    }
}

/// Waits for a part of them. If the table fails, it is over: to start again is to go on.
async fn finish_one(running: &mut JoinSet<Outcomes>, counts: &mut Counts) -> Result<(), SettingError> {
    match running.join_next().await {
        Some(Ok(Ok(outcomes))) => {
            for (number, outcome) in outcomes {
                counts.add(number, outcome.map_err(|error| error.to_string()));
            }
            Ok(())
        }
        Some(Ok(Err(error))) => {
            let (done, cause) = (counts.new, oauth::causes(&error));
            Err(SettingError::new(format!(
                "it stopped after {done} new people, start it again to go on: {cause}"
            )))
        }
        Some(Err(error)) => Err(SettingError::new(error.to_string())),
        None => Ok(()),
    }
}

/// Writes everybody to a file.
pub(super) async fn export(table: &Table, file: &Path, as_csv: bool, now: Time) -> Result<u64, SettingError> {
    let cannot =
        |error: io::Error| SettingError::new(format!("{} cannot be written: {error}", file.display()));
    // What is in it is nobody's business on this machine but its reader's.
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).map_err(cannot)?;
    let mut out = BufWriter::new(file);
    if as_csv {
        writeln!(out, "{}", csv::HEAD).map_err(cannot)?;
    }
    let (mut people, mut after) = (0_u64, None);
    loop {
        let page = search::search(table, &Search::default(), search::MOST, after.as_deref(), now).await;
        let page = page.map_err(failed)?;
        for account in bulk::export(table, &page.people, now).await.map_err(failed)? {
            let line = if as_csv { csv::line(&account) } else { json(&account)? };
            out.write_all(line.as_bytes()).map_err(cannot)?;
            people += 1;
        }
        after = page.next;
        if after.is_none() {
            out.flush().map_err(cannot)?;
            return Ok(people);
        }
    }
}

fn json(account: &Account) -> Result<String, SettingError> {
    let text = serde_json::to_string(account).map_err(|error| SettingError::new(error.to_string()))?;
    Ok(text + "\n")
}

fn failed(error: user::Error) -> SettingError {
    SettingError::new(oauth::causes(&error))
}

/// How many people an index has, on a terminal.
pub(super) fn show(people: u64) {
    if io::stderr().is_terminal() {
        let _ = write!(io::stderr(), "\r{people} people\r");
    }
}

/// How far a file has been read, in bytes.
pub(super) struct Progress {
    read: Arc<AtomicU64>,
    length: u64,
    shown: bool,
}

/// A file that counts what is read of it.
pub(super) struct Counted {
    file: File,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = self.file.read(into)?;
        self.read.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

/// The file, and how far it is read.
pub(super) fn open(path: &Path) -> Result<(BufReader<Counted>, Progress), SettingError> {
    let cannot = |error: io::Error| SettingError::new(format!("{} cannot be read: {error}", path.display()));
    let file = File::open(path).map_err(cannot)?;
    let (length, read) = (file.metadata().map_err(cannot)?.len(), Arc::new(AtomicU64::new(0)));
    let progress = Progress { read: Arc::clone(&read), length, shown: io::stderr().is_terminal() };
    Ok((BufReader::new(Counted { file, read }), progress))
}

impl Progress {
    /// A bar on the terminal; nothing where nobody looks.
    fn show(&self, counts: &Counts) {
        if !self.shown {
            return;
        }
        let percent =
            (self.read.load(Ordering::Relaxed) * 100).checked_div(self.length).unwrap_or(100).min(100);
        let done = usize::try_from(percent / 4).unwrap_or(25);
        let bar = format!("{}{}", "#".repeat(done), ".".repeat(25 - done));
        let _ = write!(io::stderr(), "\r[{bar}] {percent:3} %  {} people", counts.all());
    }

    fn end(&self) {
        if self.shown {
            let _ = writeln!(io::stderr());
        }
    }
}
