//! The folder in which a local cloud keeps what must outlive it: its keys and its database.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use oauth::Secret;
use web::SettingError;

/// The folder, readable for its owner only.
#[derive(Debug, Clone)]
pub(crate) struct Home(PathBuf);

impl Home {
    /// Opens the folder, and makes it if it is not there.
    pub(crate) fn open(path: &Path) -> Result<Self, SettingError> {
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.map_err(|error| {
            SettingError::new(format!("LATCHKEY_HOME {} cannot be made: {error}", path.display()))
        })?;
        Ok(Self(path.to_owned()))
    }

    /// The path of a file in it.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The secret in a file, made by `make` when it is not there yet. The file is readable for its owner only.
    pub(crate) fn secret<E: std::fmt::Display>(
        &self,
        name: &str,
        make: impl FnOnce() -> Result<Secret, E>,
    ) -> Result<Secret, SettingError> {
        let path = self.file(name);
        let cannot = |what: &str, error: &dyn std::fmt::Display| {
            SettingError::new(format!("{} cannot be {what}: {error}", path.display()))
        };
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Secret::new(text.trim_end())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let secret = make().map_err(|error| cannot("made", &error))?;
                write_once(&path, &secret).map_err(|error| cannot("written", &error))?;
                Ok(secret)
            }
            Err(error) => Err(cannot("read", &error)),
        }
    }
}

/// Writes beside the place and moves there, so that a process that dies in between leaves no half of a key.
fn write_once(path: &Path, secret: &Secret) -> io::Result<()> {
    let part = path.with_extension("part");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
    file.write_all(secret.expose().as_bytes())?;
    file.sync_all()?;
    fs::rename(part, path)
}
