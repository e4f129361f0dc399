//! Reading one provider's settings; a wrong one is an error that names it.

use std::str::FromStr;

use fetch::{SettingError, is_endpoint};
use url::Url;

/// The settings of one provider: `GOOGLE_CLIENT_ID` is its `CLIENT_ID`.
pub(crate) struct Settings<'a> {
    prefix: String,
    setting: &'a dyn Fn(&str) -> Option<String>,
}

impl<'a> Settings<'a> {
    pub(crate) fn of(provider: &str, setting: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { prefix: provider.to_ascii_uppercase().replace('-', "_"), setting }
    }

    /// The whole name of an option.
    pub(crate) fn name(&self, option: &str) -> String {
        format!("{}_{option}", self.prefix)
    }

    /// The option, without white space around it; empty counts as not set.
    pub(crate) fn get(&self, option: &str) -> Option<String> {
        let value = (self.setting)(&self.name(option))?;
        let value = value.trim();
        (!value.is_empty()).then(|| value.to_owned())
    }

    pub(crate) fn has(&self, option: &str) -> bool {
        self.get(option).is_some()
    }

    /// The option; without it the start ends with its name and this advice.
    pub(crate) fn require(&self, option: &str, advice: &str) -> Result<String, SettingError> {
        self.get(option)
            .ok_or_else(|| SettingError::new(format!("{} is not set: {advice}", self.name(option))))
    }

    /// An address that may be called.
    pub(crate) fn endpoint(&self, option: &str) -> Result<Option<Url>, SettingError> {
        let Some(text) = self.get(option) else { return Ok(None) };
        let url = Url::parse(&text).ok().filter(is_endpoint);
        let advice = "is not an address that may be called: write https://host/path (http only for localhost), \
                      without user or fragment";
        url.map(Some).ok_or_else(|| self.wrong(option, advice))
    }

    /// An option that is one of some words, or a number in a range.
    pub(crate) fn parsed<T: FromStr>(&self, option: &str, advice: &str) -> Result<Option<T>, SettingError> {
        let Some(text) = self.get(option) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| self.wrong(option, advice))
    }

    /// The parts of an option, which are separated by commas or white space.
    pub(crate) fn list(&self, option: &str) -> Vec<String> {
        let text = self.get(option).unwrap_or_default();
        parts(&text).map(str::to_owned).collect()
    }

    /// The sentence about an option with a wrong value. The value is not repeated: it may be a secret.
    pub(crate) fn wrong(&self, option: &str, advice: &str) -> SettingError {
        SettingError::new(format!("{} {advice}", self.name(option)))
    }

    /// Refuses an option that has no effect here, because somebody expects one.
    pub(crate) fn refuse(&self, options: &[&str], why: &str) -> Result<(), SettingError> {
        match options.iter().find(|option| self.has(option)) {
            Some(option) => Err(self.wrong(option, &format!("is set, but {why}: remove it"))),
            None => Ok(()),
        }
    }
}

/// What is separated by commas or white space.
pub(crate) fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c == ',' || c.is_whitespace()).filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn setting_names_begin_with_the_providers_name() {
        let read = |name: &str| (name == "MY_IDP_CLIENT_ID").then(|| " id ".to_owned());
        let settings = Settings::of("my-idp", &read);
        assert_eq!(settings.get("CLIENT_ID").as_deref(), Some("id"));
        assert_eq!(settings.get("LABEL"), None);
        let missing = settings.require("ISSUER", "do this.").unwrap_err();
        assert_eq!(missing.to_string(), "MY_IDP_ISSUER is not set: do this.");
    }

    #[test]
    fn an_address_is_https_or_http_here() {
        // #71, #102
        for (text, good) in [
            ("https://a.example/x", true),
            ("http://localhost:8080/x", true),
            ("http://a.example/x", false),
            ("a.example", false),
            ("https://u:p@a.example/", false),
        ] {
            let read = |_: &str| Some(text.to_owned());
            assert_eq!(Settings::of("x", &read).endpoint("TOKEN_ENDPOINT").is_ok(), good, "{text}");
        }
    }

    #[test]
    fn no_value_is_repeated_in_an_error() {
        // #103
        let read = |_: &str| Some("canary".to_owned());
        let settings = Settings::of("x", &read);
        assert!(!settings.endpoint("TOKEN_ENDPOINT").unwrap_err().to_string().contains("canary"));
        assert!(!settings.refuse(&["TENANT"], "not here").unwrap_err().to_string().contains("canary"));
    }

    #[test]
    fn lists_are_separated_by_commas_or_spaces() {
        assert_eq!(parts("a, b c,,d\n").collect::<Vec<_>>(), ["a", "b", "c", "d"]);
    }
}
