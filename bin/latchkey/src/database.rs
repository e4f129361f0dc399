//! The embedded DynamoDB: the real protocol on a loopback port, in memory or on a file.

use std::path::Path;

use dynoxide::{Database, server::serve_with_shutdown};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};
use web::SettingError;

/// A running engine; it stops when this is dropped.
#[derive(Debug)]
pub struct Engine {
    /// Where it answers.
    pub endpoint: String,
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
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|error| cannot(error.to_string()))?;
        let address = listener.local_addr().map_err(|error| cannot(error.to_string()))?;
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            let served = serve_with_shutdown(listener, database, async { drop(stopped.await) }).await;
            if let Err(error) = served {
                tracing::error!(error, "the local database stopped");
            }
        });
        Ok(Self { endpoint: format!("http://{address}"), _stop: stop, _task: task })
    }
}
