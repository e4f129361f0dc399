//! The embedded DynamoDB: the real protocol on a loopback port, in memory or on a file.
//!
//! Every program and every page of this machine can reach that port. So each engine makes an access key id of its own, which
//! nobody can guess, and answers those who name it and nobody else.

mod access;
mod actions;

use std::{fs, net::TcpStream, path::Path, sync::Arc};

use axum::Router;
use dynoxide::{Database, ImportOptions};
use oauth::Secret;
use setting::SettingError;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use self::access::Guarded;
use crate::home::Home;

/// A running engine; it stops when this is dropped.
#[derive(Debug)]
pub struct Engine {
    /// Where it answers.
    pub address: String,
    /// The access key id that it expects: 256 random bits, of this run alone. Signatures are not looked at.
    pub key: Secret,
    guarded: Arc<Guarded>,
    _stop: oneshot::Sender<()>,
    _task: JoinHandle<()>,
}

impl Engine {
    /// Starts it on a free port, with its rows in `file`, or in memory.
    pub async fn start(file: Option<&Path>) -> Result<Self, SettingError> {
        let database = match file {
            Some(path) => Database::new(&path.display().to_string()),
            None => Database::memory(),
        };
        let place = file.map_or("in memory".to_owned(), |path| path.display().to_string());
        let cannot = |error: String| {
            SettingError::new(format!("the local database {place} cannot be opened: {error}"))
        };
        let database = database.map_err(|error| cannot(error.to_string()))?;
        hasten(&database).map_err(|error| cannot(error.to_string()))?;
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|error| cannot(error.to_string()))?;
        let address = listener.local_addr().map_err(|error| cannot(error.to_string()))?;
        let key = Secret::random();
        let guarded = Arc::new(Guarded { key: key.clone(), database });
        let router = Router::new().fallback(access::answer).with_state(Arc::clone(&guarded));
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            let served =
                axum::serve(listener, router).with_graceful_shutdown(async { drop(stopped.await) }).await;
            if let Err(error) = served {
                tracing::error!(%error, "the local database stopped");
            }
        });
        Ok(Self { address: format!("http://{address}"), key, guarded, _stop: stop, _task: task })
    }

    /// Writes many rows into a table as they are, each in DynamoDB's JSON, and all or none of them. Nobody else is served meanwhile.
    pub fn load(&self, table: &str, rows: &[String]) -> Result<(), SettingError> {
        let cannot = |error: String| SettingError::new(format!("the rows cannot be written: {error}"));
        let items = rows.iter().map(|row| serde_json::from_str(row)).collect::<Result<Vec<_>, _>>();
        let items = items.map_err(|error| cannot(error.to_string()))?;
        let loaded = self.guarded.database.import_items(table, items, ImportOptions::default());
        loaded.map(drop).map_err(|error| cannot(error.to_string()))
    }

    /// Its address with the access key id in it, as `DYNAMODB_ENDPOINT` names a database that expects one.
    pub fn endpoint(&self) -> String {
        with_key(&self.address, &self.key)
    }
}

/// Waits for the disk only when it moves its journal into the file, and not at each write, which takes milliseconds: the end of a
/// process loses nothing then, and the end of the machine's power the last writes, but never half of one. The engine calls this the
/// state after bulk loading.
fn hasten(database: &Database) -> dynoxide::Result<()> {
    database.disable_bulk_loading()
}

/// `http://key@host` for `http://host`.
pub fn with_key(address: &str, key: &Secret) -> String {
    address.replacen("://", &format!("://{}@", key.expose()), 1)
}

/// The file in a home that has its rows.
pub(crate) const FILE: &str = "latchkey.db";

/// The file in a home that says how to reach its database.
const ACCESS: &str = "database.env";

/// `cargo run -- database`: what a shell must know to ask the database of the local cloud that runs in this home.
pub fn access(home: &Path) -> Result<Secret, SettingError> {
    let nobody =
        || SettingError::new(format!("no local cloud runs in {}: start it with cargo run", home.display()));
    let text = fs::read_to_string(home.join(ACCESS)).map_err(|_| nobody())?;
    let address =
        text.lines().find_map(|line| line.split_once("http://")).map(|(_, address)| address.to_owned());
    TcpStream::connect(address.ok_or_else(nobody)?).map_err(|_| nobody())?;
    Ok(Secret::new(text))
}

/// The endpoint of the database of the local cloud that runs in this home, if one does.
pub(crate) fn running(home: &Path) -> Option<String> {
    let text = access(home).ok()?;
    let of =
        |name: &str| text.expose().lines().find_map(|line| line.strip_prefix("export ")?.strip_prefix(name));
    let (address, key) = (of("AWS_ENDPOINT_URL_DYNAMODB=")?, of("AWS_ACCESS_KEY_ID=")?);
    Some(with_key(address, &Secret::new(key)))
}

/// Whether there is a database in this home, whether a local cloud runs or not.
pub(crate) fn is_there(home: &Path) -> bool {
    home.join(FILE).exists() || running(home).is_some()
}

impl Engine {
    /// Writes down how to reach it, where its owner alone can read that.
    pub(crate) fn introduce(&self, home: &Home) -> Result<(), SettingError> {
        let (address, key) = (&self.address, self.key.expose());
        let text = format!(
            "export AWS_ENDPOINT_URL_DYNAMODB={address}\nexport AWS_ACCESS_KEY_ID={key}\nexport AWS_SECRET_ACCESS_KEY=local\n\
             export AWS_REGION=local AWS_DEFAULT_REGION=local\nunset AWS_SESSION_TOKEN AWS_PROFILE\n"
        );
        home.keep(ACCESS, &Secret::new(text))
    }
}
