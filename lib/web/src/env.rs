//! What a function reads at its start: settings by name, and the clock.

use std::{collections::HashMap, sync::Arc};

use oauth::{BaseUrl, Secret};

use crate::{
    Clock, Setting,
    setting::{self, Settings},
};

/// The settings a function declared, and the clock. It is read once, at init.
#[derive(Debug, Clone)]
pub struct Env {
    /// The clock.
    pub clock: Clock,
    values: Values,
    declared: Settings,
}

/// Settings by name; `Debug` shows the names only.
#[derive(Clone, Default)]
struct Values(Arc<HashMap<String, String>>);

impl std::fmt::Debug for Values {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// A setting that stops the start, in one sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingError(String);

impl SettingError {
    /// The sentence.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl std::fmt::Display for SettingError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SettingError {}

impl Env {
    /// The process's environment, as Lambda gives it.
    pub fn of_process(declared: Settings) -> Self {
        Self::new(process_environment(), Clock::system(), declared)
    }

    /// Settings of the caller's making, of which those declared can be read.
    pub fn new(values: HashMap<String, String>, clock: Clock, declared: Settings) -> Self {
        Self { clock, values: Values(Arc::new(values)), declared }
    }

    /// The setting, its default, or nothing. An empty value counts as none.
    pub fn get(&self, setting: &'static Setting) -> Option<String> {
        self.named(setting.name).or_else(|| setting.default.map(str::to_owned))
    }

    /// The setting or its default; without either the start ends.
    pub fn text(&self, setting: &'static Setting) -> Result<String, SettingError> {
        let missing = || SettingError(format!("{} is not set: {}", setting.name, setting.about));
        self.get(setting).ok_or_else(missing)
    }

    /// A setting that is secret.
    pub fn secret(&self, setting: &'static Setting) -> Result<Secret, SettingError> {
        self.text(setting).map(Secret::new)
    }

    /// A setting of one provider, such as `GOOGLE_CLIENT_ID`.
    pub fn named(&self, name: &str) -> Option<String> {
        let declared = self.declared.iter().copied().flatten().any(|setting| setting.covers(name));
        declared.then(|| self.values.0.get(name).filter(|value| !value.is_empty()).cloned()).flatten()
    }

    /// Where we live.
    pub fn base_url(&self) -> Result<BaseUrl, SettingError> {
        let text = self.text(&setting::BASE_URL)?;
        BaseUrl::parse(&text).map_err(|error| SettingError(format!("BASE_URL: {error}")))
    }

    /// Whom our access tokens are for.
    pub fn audience(&self) -> Result<String, SettingError> {
        self.get(&setting::AUDIENCE).map_or_else(|| Ok(self.base_url()?.as_str().to_owned()), Ok)
    }

    /// The content of the file that a setting names, if it is set.
    pub fn file(&self, setting: &'static Setting) -> Result<Option<Vec<u8>>, SettingError> {
        let Some(path) = self.get(setting) else { return Ok(None) };
        let read = std::fs::read(&path);
        read.map(Some).map_err(|error| {
            SettingError(format!("{} names {path}, which cannot be read: {error}", setting.name))
        })
    }
}

/// All that the process was given. A variable that is not text is left out.
pub fn process_environment() -> HashMap<String, String> {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    let all = std::env::vars_os();
    all.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(values: &[(&str, &str)], declared: Settings) -> Env {
        let values = values.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Env::new(values, Clock::system(), declared)
    }

    #[test]
    fn only_what_is_declared_can_be_read() {
        // #107: a function that does not declare a secret cannot read it.
        static DECLARED: Settings = &[&[&setting::CLIENT_ID]];
        let env = env(&[("GOOGLE_CLIENT_ID", "id"), ("GOOGLE_CLIENT_SECRET", "x")], DECLARED);
        assert_eq!(env.named("GOOGLE_CLIENT_ID").as_deref(), Some("id"));
        assert_eq!(env.named("GOOGLE_CLIENT_SECRET"), None);
    }

    #[test]
    fn a_missing_one_names_itself() {
        static DECLARED: Settings = &[&[&setting::BASE_URL], &[&setting::TABLE]];
        let env = env(&[("BASE_URL", "")], DECLARED);
        assert!(env.base_url().unwrap_err().to_string().starts_with("BASE_URL is not set"));
        assert_eq!(env.text(&setting::TABLE).unwrap(), "latchkey");
    }

    #[test]
    fn debug_shows_no_value() {
        // #103
        let env = env(&[("COOKIE_KEY", "canary")], &[]);
        assert!(!format!("{env:?}").contains("canary"));
    }
}
