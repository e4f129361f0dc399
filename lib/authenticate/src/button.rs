//! What a page needs to know of the providers: not what they are, but what they are called.

use fetch::SettingError;
use provider::{FreshSignIn, Protocol};

use crate::{
    config::{fresh, label},
    preset::Preset,
    providers::names,
    setting::Settings,
};

/// A provider as a button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// Its name: the end of `/users/login/<name>`.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// Whether it speaks plain OAuth 2.0 and not OpenID Connect.
    pub plain: bool,
    /// Whether it is known to send somebody straight back who is to sign in afresh, without asking who they are.
    pub never_asks_again: bool,
}

impl Button {
    /// What people call the provider of this name; that name, where there is no such provider any more.
    pub fn label_of<'a>(buttons: &'a [Self], name: &'a str) -> &'a str {
        buttons.iter().find(|button| button.name == name).map_or(name, |button| &button.label)
    }
}

/// A button for each provider in `PROVIDERS`. Of their settings only `<NAME>_LABEL` and the like are read, and no
/// secret.
pub fn buttons(
    providers: &str,
    setting: &dyn Fn(&str) -> Option<String>,
) -> Result<Vec<Button>, SettingError> {
    let button = |name: &str| {
        let settings = Settings::of(name, setting);
        let preset = Preset::of(name, &settings);
        let plain = matches!(preset.sign_in.protocol, Protocol::OAuth { .. }) || settings.has("CLAIMS");
        let never_asks_again = fresh(&settings, &preset)? == Some(FreshSignIn::None);
        Ok(Button { name: name.to_owned(), label: label(name, &settings, &preset), plain, never_asks_again })
    };
    names(providers)?.into_iter().map(button).collect()
}
