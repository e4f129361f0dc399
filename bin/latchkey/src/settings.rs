//! Where settings come from: the process beats `.env.local`, which beats `.env`.

use std::{collections::HashMap, path::Path};

use web::{SettingError, setting};

/// Settings by name.
pub type Values = HashMap<String, String>;

/// Reads `.env` and `.env.local` in `folder`, and what the process's environment says of any setting there is.
pub fn gather(folder: &Path, process: Values) -> Result<Values, SettingError> {
    let mut values = read(&folder.join(".env"))?;
    values.extend(read(&folder.join(".env.local"))?);
    values.extend(process.into_iter().filter(|(name, _)| known(name)));
    Ok(values)
}

/// The value of one setting; empty where it is not set.
pub fn one<'a>(values: &'a Values, name: &str) -> Result<&'a str, SettingError> {
    if known(name) {
        Ok(values.get(name).map(String::as_str).unwrap_or_default())
    } else {
        Err(SettingError::new(format!("there is no setting {name}: docs/settings.md has all there are")))
    }
}

fn known(name: &str) -> bool {
    setting::ALL.iter().any(|setting| setting.covers(name))
}

/// Reads one file, which must be there.
pub fn of_file(path: &Path) -> Result<Values, SettingError> {
    if path.exists() {
        read(path)
    } else {
        Err(SettingError::new(format!("there is no file {}", path.display())))
    }
}

fn read(path: &Path) -> Result<Values, SettingError> {
    if !path.exists() {
        return Ok(Values::new());
    }
    let cannot = |error: dotenvy::Error| {
        // The library's own message of a bad line quotes the line, which may hold a secret.
        let why = match error {
            dotenvy::Error::Io(error) => error.to_string(),
            _ => "a line is not NAME=value".to_owned(),
        };
        SettingError::new(format!("{} cannot be read: {why}", path.display()))
    };
    dotenvy::from_path_iter(path).map_err(cannot)?.collect::<Result<_, _>>().map_err(cannot)
}
