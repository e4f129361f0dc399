//! What is known of a provider before its settings are read.

use provider::{Entry, SignIn};

use crate::setting::Settings;

/// The entry of a provider, and what signing in with it takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Preset {
    pub(crate) entry: Entry,
    pub(crate) sign_in: SignIn,
}

impl Preset {
    /// The preset of that name; without one, any OpenID provider, or with `<NAME>_CLAIMS` any of plain OAuth 2.0.
    pub(crate) fn of(name: &str, settings: &Settings<'_>) -> Self {
        let any = || if settings.has("CLAIMS") { provider::any_oauth() } else { provider::any_openid() };
        let (entry, sign_in) = provider::to_sign_in(name).unwrap_or_else(any);
        Self { entry: *entry, sign_in: *sign_in }
    }

    /// Of an issuer: the preset of its profile or its name; without one, any OpenID provider.
    pub(crate) fn of_issuer(name: &str, settings: &Settings<'_>) -> Self {
        let profile = settings.get("PROFILE").unwrap_or_else(|| name.to_owned());
        let (entry, sign_in) = provider::to_sign_in(&profile).unwrap_or_else(provider::any_openid);
        Self { entry: *entry, sign_in: *sign_in }
    }
}
