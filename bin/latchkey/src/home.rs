//! The folder in which a local cloud keeps what must outlive it: its keys and its database.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use oauth::Secret;
use setting::SettingError;

/// The folder, readable for its owner only.
#[derive(Debug, Clone)]
pub(crate) struct Home(PathBuf);

impl Home {
    /// Opens the folder, and makes it if it is not there. One that others can read is made private, if it is ours alone.
    pub(crate) fn open(path: &Path) -> Result<Self, SettingError> {
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.map_err(|error| {
            SettingError::new(format!("LATCHKEY_HOME {} cannot be made: {error}", path.display()))
        })?;
        private(path).map_err(|error| {
            SettingError::new(format!(
                "LATCHKEY_HOME {} can be read or changed by others and cannot be made private: {error}. Make it yours \
                 (chmod 700), or name another folder",
                path.display()
            ))
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

    /// Stores a secret of this run, and replaces an earlier one.
    pub(crate) fn keep(&self, name: &str, secret: &Secret) -> Result<(), SettingError> {
        let path = self.file(name);
        write_once(&path, secret)
            .map_err(|error| SettingError::new(format!("{} cannot be written: {error}", path.display())))
    }
}

/// The file with the address of the local cloud that runs here, or did last.
pub(crate) const ADDRESS: &str = "address";

/// The file with what sign-ins by `latchkey login` have.
pub(crate) const LOGINS: &str = "logins.json";
/// The file that is locked while one process changes it.
pub(crate) const LOGINS_LOCK: &str = "logins.lock";
/// The file with the keys that sign.
pub(crate) const SIGNING_KEYS_FILE: &str = "signing-keys.json";

/// The file with the key that encrypts what is kept of webhooks.
pub(crate) const WEBHOOK_KEY_FILE: &str = "webhook-key";
/// The file with the key that seals the secrets of receivers of events.
pub(crate) const EVENTS_KEY_FILE: &str = "events-key";

/// What a home holds.
const FILES: [&str; 31] = [
    "address",
    "address.part",
    "authorities.part",
    "authorities.pem",
    "authority-key.part",
    "authority-key.pem",
    "authority.part",
    "authority.pem",
    "cookie-key",
    "cookie-key.part",
    "database.env",
    "database.part",
    EVENTS_KEY_FILE,
    "events-key.part",
    "factor-key",
    "factor-key.part",
    "latchkey.db",
    "latchkey.db-journal",
    "latchkey.db-shm",
    "latchkey.db-wal",
    "logins.json",
    "logins.lock",
    "logins.part",
    "mailed-key",
    "mailed-key.part",
    "mails.part",
    "mails.url",
    SIGNING_KEYS_FILE,
    "signing-keys.part",
    WEBHOOK_KEY_FILE,
    "webhook-key.part",
];
/// Leave for anybody but the owner.
const OTHERS: u32 = 0o077;

/// Shuts others out of a folder that they could enter. Not out of somebody's own folder that holds other things as well, which
/// would be a surprise; nor is anything accepted that is no plain file of the owner's. Only its owner can change a mode.
fn private(folder: &Path) -> io::Result<()> {
    if fs::metadata(folder)?.permissions().mode() & OTHERS == 0 {
        return Ok(());
    }
    files(folder)?;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    // Once more, now that nobody else can add one.
    for file in files(folder)? {
        fs::set_permissions(file, fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}

/// The files of a folder, if they are a home's and nothing else is there.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let file = |entry: io::Result<fs::DirEntry>| {
        let entry = entry?;
        let name = entry.file_name();
        let known = name.to_str().is_some_and(|name| FILES.contains(&name));
        if known && entry.file_type()?.is_file() {
            Ok(entry.path())
        } else {
            Err(io::Error::other(format!("it holds {:?}, which is not latchkey's", name.to_string_lossy())))
        }
    };
    fs::read_dir(folder)?.map(file).collect()
}

/// Writes beside the place and moves there, so that a process that dies in between leaves no half of a key.
fn write_once(path: &Path, secret: &Secret) -> io::Result<()> {
    let part = path.with_extension("part");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
    file.write_all(secret.expose().as_bytes())?;
    file.sync_all()?;
    fs::rename(part, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(mode: u32, files: &[&str]) -> PathBuf {
        let path = std::env::temp_dir().join(format!("latchkey-{}", Secret::random().expose()));
        fs::create_dir(&path).unwrap();
        for file in files {
            fs::write(path.join(file), "x").unwrap();
            fs::set_permissions(path.join(file), fs::Permissions::from_mode(0o644)).unwrap();
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_folder_that_others_can_read_is_made_private() {
        // #106
        for before in [0o755, 0o750, 0o775, 0o701, 0o777] {
            let path = folder(before, &["cookie-key", "latchkey.db", "latchkey.db-wal", "signing-keys.json"]);
            Home::open(&path).unwrap();
            assert_eq!(mode(&path), 0o700, "{before:o}");
            assert_eq!(mode(&path.join("cookie-key")), 0o600, "{before:o}");
            fs::remove_dir_all(path).unwrap();
        }
    }

    #[test]
    fn a_new_folder_and_its_files_are_readable_by_the_owner_only() {
        // #106
        let path = folder(0o700, &[]).join("a/b");
        let home = Home::open(&path).unwrap();
        home.secret("cookie-key", || Ok::<_, String>(Secret::random())).unwrap();
        home.keep("database.env", &Secret::random()).unwrap();
        assert_eq!((mode(&path), mode(&path.join("cookie-key"))), (0o700, 0o600));
        assert_eq!(mode(&path.join("database.env")), 0o600);
        fs::remove_dir_all(path).unwrap();
    }

    #[test]
    fn a_folder_with_other_files_is_refused_and_not_changed() {
        // #106: such as /tmp, or somebody's home.
        for name in ["notes.txt", "cookie-key.txt", "latchkey.db-evil", ".ssh"] {
            let path = folder(0o755, &["cookie-key", name]);
            let error = Home::open(&path).unwrap_err().to_string();
            assert!(error.contains("LATCHKEY_HOME") && error.contains(name), "{error}");
            assert_eq!((mode(&path), mode(&path.join("cookie-key"))), (0o755, 0o644));
            fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
            Home::open(&path).unwrap();
            fs::remove_dir_all(path).unwrap();
        }
    }

    #[test]
    fn a_link_that_somebody_planted_is_not_followed() {
        // #106
        let (path, target) = (folder(0o777, &[]), folder(0o755, &["theirs"]));
        std::os::unix::fs::symlink(target.join("theirs"), path.join("cookie-key")).unwrap();
        assert!(Home::open(&path).unwrap_err().to_string().contains("cookie-key"));
        assert_eq!(mode(&target.join("theirs")), 0o644);
        fs::remove_dir_all(path).unwrap();
        fs::remove_dir_all(target).unwrap();
    }
}
