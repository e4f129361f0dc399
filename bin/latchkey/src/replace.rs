//! When the file with the signing keys changes, the functions that hold keys start anew, as Lambda replaces those whose configuration
//! changes: so `keys revoke` counts from the next request on.

use std::{fs, os::unix::fs::MetadataExt, path::PathBuf, time::SystemTime};

use oauth::Secret;
use setting::{Clock, SettingError};
use token::{
    Keys,
    settings::{PUBLIC_KEYS, SIGNING_KEYS},
};
use tokio::sync::Mutex;
use web::CookieMode;

use crate::{
    cloud,
    home::{Home, SIGNING_KEYS_FILE},
    mount::{Mount, Running},
    settings::Values,
};

/// How the functions of a local cloud are started.
#[derive(Debug, Clone)]
pub(crate) struct Start {
    pub(crate) values: Values,
    pub(crate) clock: Clock,
    pub(crate) cookies: Option<CookieMode>,
}

/// What holds keys, and the file that they are in.
pub(crate) struct Replacement {
    file: PathBuf,
    /// What the file was when it was read last.
    seen: Mutex<Option<Stamp>>,
    functions: Vec<(Mount, Running)>,
    start: Start,
}

/// What tells one version of a file from another, which takes its place under its name.
type Stamp = (u64, SystemTime);

impl Replacement {
    /// Looks after these functions, if their keys are those of the home folder.
    pub(crate) fn new(home: &Home, start: Start, running: impl Iterator<Item = (Mount, Running)>) -> Self {
        let holds = |mount: &Mount| {
            let settings = mount.settings.iter().copied().flatten();
            settings.into_iter().any(|setting| [SIGNING_KEYS.name, PUBLIC_KEYS.name].contains(&setting.name))
        };
        let file = home.file(SIGNING_KEYS_FILE);
        let functions = running.filter(|(mount, _)| holds(mount)).collect();
        Self { seen: Mutex::new(stamp(&file)), file, functions, start }
    }

    /// Before each request. What cannot be read or started is said, and what runs goes on.
    pub(crate) async fn look(&self) {
        let mut seen = self.seen.lock().await;
        let stamp = stamp(&self.file);
        if *seen == stamp {
            return;
        }
        *seen = stamp;
        if let Err(error) = self.replace().await {
            tracing::error!(cause = %error, "the signing keys changed and cannot be used: those of before go on");
        }
    }

    async fn replace(&self) -> Result<(), SettingError> {
        let text = fs::read_to_string(&self.file).map_err(|error| SettingError::new(error.to_string()))?;
        let secret = Secret::new(text.trim_end());
        let keys = Keys::parse(&secret).map_err(|error| SettingError::new(error.to_string()))?;
        let Start { mut values, clock, cookies } = self.start.clone();
        values.insert(SIGNING_KEYS.name.to_owned(), secret.expose().to_owned());
        values.insert(PUBLIC_KEYS.name.to_owned(), keys.published().to_json());
        let mut fresh = Vec::new();
        for (mount, running) in &self.functions {
            fresh.push((running, cloud::start(mount, &values, &clock, cookies).await?));
        }
        for (running, fresh) in fresh {
            running.replace(fresh);
        }
        Ok(())
    }
}

fn stamp(file: &PathBuf) -> Option<Stamp> {
    let found = fs::metadata(file).ok()?;
    Some((found.ino(), found.modified().ok()?))
}
