//! Where settings come from: the process beats `.env.local`, which beats `.env`.

mod all;
mod file;
mod known;

use std::{
    collections::HashMap,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use setting::{Setting, SettingError};

pub use self::all::{CORS_ORIGINS, LATCHKEY_HOME, PORT, STAND_IN_LIKE, all};
use self::{file::Line, known::Known};

/// Settings by name.
pub type Values = HashMap<String, String>;

/// Reads `.env` and `.env.local` in `folder`, and what the process's environment says of any setting there is. A name in these
/// files that is no setting is refused, because somebody expects an effect.
pub fn gather(folder: &Path, process: Values) -> Result<Values, SettingError> {
    let mut values = Values::new();
    let mut lines = Vec::new();
    for name in [".env", ".env.local"] {
        let path = folder.join(name);
        if path.exists() {
            let read =
                read(&path, &|variable| process.get(variable).or_else(|| values.get(variable)).cloned())?;
            values.extend(read.iter().map(|line| (line.name.clone(), line.value.clone())));
            lines.push((path, read));
        }
    }
    let known =
        Known::of(lines.iter().flat_map(|(_, lines)| lines.iter().map(Line::pair)).chain(pairs(&process)));
    for (path, lines) in &lines {
        check(path, lines, &known)?;
    }
    values.extend(process.into_iter().filter(|(name, _)| covered(name)));
    Ok(values)
}

/// A sentence for each variable of the process that is almost a setting. Others' variables live there too, so nothing else is
/// said of any of them.
pub fn near_misses(process: &Values, values: &Values) -> Vec<String> {
    let known = Known::of(pairs(values));
    let mut names: Vec<_> = process.keys().filter(|name| !covered(name)).collect();
    names.sort_unstable();
    let sentence = |name: &&String| {
        let meant = known.mistaken_for(name)?;
        Some(format!("{name} in the environment is no setting, did you mean {meant}?"))
    };
    names.iter().filter_map(sentence).collect()
}

/// The folder for keys and rows.
pub fn home(values: &Values) -> PathBuf {
    PathBuf::from(text(values, &LATCHKEY_HOME))
}

/// The value of a setting or its default. An empty value counts as none, as everywhere.
pub fn text<'a>(values: &'a Values, setting: &Setting) -> &'a str {
    let given = values.get(setting.name).map(String::as_str).filter(|text| !text.is_empty());
    given.or(setting.default).unwrap_or_default()
}

/// The value of one setting; empty where it is not set.
pub fn one<'a>(values: &'a Values, name: &str) -> Result<&'a str, SettingError> {
    if covered(name) {
        Ok(values.get(name).map(String::as_str).unwrap_or_default())
    } else {
        Err(SettingError::new(format!("there is no setting {name}: docs/settings.md has all there are")))
    }
}

fn covered(name: &str) -> bool {
    all().any(|setting| setting.covers(name))
}

fn pairs(values: &Values) -> impl Iterator<Item = (&str, &str)> {
    values.iter().map(|(name, value)| (name.as_str(), value.as_str()))
}

/// Where the development servers of browser apps listen.
const PAGES: &str = "http://localhost:5173";

/// On a laptop, the pages of a development server may call the local cloud, unless the settings say who may.
pub fn let_pages_of_this_machine_call(values: &mut Values) {
    values.entry(CORS_ORIGINS.name.to_owned()).or_insert_with(|| PAGES.to_owned());
}

/// Reads one file, which must be there.
pub fn of_file(path: &Path) -> Result<Values, SettingError> {
    if !path.exists() {
        return Err(SettingError::new(format!("there is no file {}", path.display())));
    }
    let lines = read(path, &|_| None)?;
    check(path, &lines, &Known::of(lines.iter().map(Line::pair)))?;
    Ok(lines.into_iter().map(|line| (line.name, line.value)).collect())
}

fn read(path: &Path, variable: &dyn Fn(&str) -> Option<String>) -> Result<Vec<Line>, SettingError> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        // PowerShell's `>` writes UTF-16.
        let advice = if error.kind() == ErrorKind::InvalidData { ". Save it as UTF-8" } else { "" };
        SettingError::new(format!("{} cannot be read: {error}{advice}", path.display()))
    })?;
    // The line itself is not quoted: it may hold a secret.
    file::parse(&text, variable).map_err(|wrong| {
        SettingError::new(format!("{}:{} cannot be read: {}", path.display(), wrong.line, wrong.why))
    })
}

fn check(path: &Path, lines: &[Line], known: &Known) -> Result<(), SettingError> {
    let wrong = lines.iter().find_map(|line| known.check(&line.name).err().map(|why| (line.number, why)));
    match wrong {
        Some((number, why)) => Err(SettingError::new(format!("{}:{number}: {why}", path.display()))),
        None => Ok(()),
    }
}
