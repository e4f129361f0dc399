//! What a page needs to know of the providers: not what they are, but what they are called.

use crate::{SettingError, config::label, preset, providers::names, setting::Settings};

/// A provider as a button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// Its name: the end of `/users/login/<name>`.
    pub name: String,
    /// What people call it.
    pub label: String,
}

/// A button for each provider in `PROVIDERS`. Of their settings only `<NAME>_LABEL` and the like are read, and no
/// secret.
pub fn buttons(
    providers: &str,
    setting: &dyn Fn(&str) -> Option<String>,
) -> Result<Vec<Button>, SettingError> {
    let button = |name: &str| Button {
        name: name.to_owned(),
        label: label(name, &Settings::of(name, setting), preset::find(name).unwrap_or(&preset::OPENID)),
    };
    Ok(names(providers)?.into_iter().map(button).collect())
}
