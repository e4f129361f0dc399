//! Where settings come from: the process beats `.env.local`, which beats `.env`.

use std::{collections::HashMap, path::Path};

use web::{SettingError, setting};

/// Settings by name.
pub type Values = HashMap<String, String>;

/// Reads `.env` and `.env.local` in `folder`, and what the process's environment says of any setting there is.
pub fn gather(folder: &Path, process: Values) -> Result<Values, SettingError> {
    let mut values = read(&folder.join(".env"))?;
    values.extend(read(&folder.join(".env.local"))?);
    let known = |name: &str| setting::ALL.iter().any(|setting| setting.covers(name));
    values.extend(process.into_iter().filter(|(name, _)| known(name)));
    Ok(values)
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
