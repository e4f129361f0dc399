//! All providers, read from the settings at the start.

use std::sync::Arc;

use fetch::{Http, SettingError};
use oauth::BaseUrl;
use store::Table;

use crate::{
    Provider,
    config::{Config, Purpose},
    setting::{Settings, parts},
};

/// The most providers there are buttons for.
const MOST: usize = 20;

/// What the providers are made of.
pub struct Setup<'a> {
    /// `PROVIDERS`: their names, separated by commas.
    pub names: &'a str,
    /// Reads one setting, such as `GOOGLE_CLIENT_ID`.
    pub setting: &'a dyn Fn(&str) -> Option<String>,
    /// Where we live: the callback of a provider is `/users/login/<name>/callback` there.
    pub base: &'a BaseUrl,
    /// The content of `CA_FILE`: further certificate authorities. With it, providers may have private addresses.
    pub ca_pem: Option<Vec<u8>>,
    /// Where their metadata and keys are kept.
    pub table: Table,
}

/// The providers people may sign in with.
#[derive(Debug)]
pub struct Providers(Vec<Provider>);

impl Providers {
    /// Reads the settings of all of them; the first that is missing or dangerous stops the start.
    pub fn load(setup: Setup<'_>) -> Result<Self, SettingError> {
        Self::read(&setup, Purpose::Whole)
    }

    /// The same without any secret, for functions that only show the providers or start a login. A login cannot be
    /// finished with it.
    pub fn load_without_secrets(setup: Setup<'_>) -> Result<Self, SettingError> {
        Self::read(&setup, Purpose::Start)
    }

    /// Those whose ID tokens are accepted: the providers, and of the issuers that the authorizer trusts, by their names in `ISSUERS`,
    /// those that have one more name. We are no client of an issuer: whom its tokens are for, whoever shows one has to be registered
    /// for. One that no ID token can be verified of, such as one without metadata, is left out with a line in the log: the authorizer
    /// may accept its access tokens all the same.
    #[cfg(feature = "verify")]
    pub fn load_for_id_tokens(setup: Setup<'_>, issuers: &str) -> Result<Self, SettingError> {
        let mut all = Self::read(&setup, Purpose::Start)?;
        let http = Arc::new(Http::new(setup.ca_pem.clone())?);
        for name in parts(issuers) {
            if all.get(name).is_some() {
                continue;
            }
            match one(&setup, name, &http, Purpose::IdTokens) {
                Ok(issuer) if !all.iter().any(|known| known.mixes_people_with(&issuer)) => all.0.push(issuer),
                Ok(_) => tracing::warn!(
                    name,
                    "no ID token of this issuer is exchanged: a provider has the same issuer"
                ),
                Err(why) => tracing::warn!(name, %why, "no ID token of this issuer is exchanged"),
            }
        }
        Ok(all)
    }

    fn read(setup: &Setup<'_>, purpose: Purpose) -> Result<Self, SettingError> {
        let http = Arc::new(Http::new(setup.ca_pem.clone())?);
        let providers: Result<Vec<_>, _> =
            names(setup.names)?.into_iter().map(|name| one(setup, name, &http, purpose)).collect();
        let providers = providers?;
        apart(&providers)?;
        Ok(Self(providers))
    }

    /// The provider of that name.
    pub fn get(&self, name: &str) -> Option<&Provider> {
        self.0.iter().find(|provider| provider.name() == name)
    }

    /// All of them, in the order of the settings.
    pub fn iter(&self) -> impl Iterator<Item = &Provider> {
        self.0.iter()
    }

    /// The only one, if there is but one: then nobody needs to choose.
    pub fn only(&self) -> Option<&Provider> {
        match self.0.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }
}

fn one(setup: &Setup<'_>, name: &str, http: &Arc<Http>, purpose: Purpose) -> Result<Provider, SettingError> {
    let settings = Settings::of(name, setup.setting);
    let redirect_uri = setup.base.at(&format!("/users/login/{name}/callback"));
    let config = Config::read(name, &settings, redirect_uri, purpose)?;
    Ok(Provider::new(config, http.clone(), setup.table.clone()))
}

/// People are stored under the issuer. Plain OAuth 2.0 has none that a signature vouches for, so a provider of that kind shares
/// its own with nobody: number 42 at one place is not number 42 at the other (#21).
fn apart(providers: &[Provider]) -> Result<(), SettingError> {
    for (at, one) in providers.iter().enumerate() {
        let Some(other) = providers[..at].iter().find(|other| one.mixes_people_with(other)) else { continue };
        let plain: Vec<_> =
            [other, one].into_iter().filter(|p| p.is_plain()).map(|p| p.setting("ISSUER")).collect();
        return Err(SettingError::new(format!(
            "PROVIDERS names {} and {}, whose people would have the same issuer and could be taken for each other: set {} to an \
             address of its own, such as https://host/name (people who signed in with that provider before become new users)",
            other.name(),
            one.name(),
            plain.join(" or ")
        )));
    }
    Ok(())
}

/// The names in `PROVIDERS`: they become part of addresses and of the names of settings.
pub(crate) fn names(text: &str) -> Result<Vec<&str>, SettingError> {
    let names: Vec<_> = parts(text).collect();
    let fits = |name: &str| {
        let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        name.len() <= 32 && name.starts_with(|c: char| c.is_ascii_lowercase()) && name.bytes().all(letter)
    };
    let twice = |at: usize| names[..at].contains(&names[at]);
    match names.iter().enumerate().find(|(at, name)| !fits(name) || twice(*at)) {
        Some((_, name)) => Err(SettingError::new(format!(
            "PROVIDERS names {:?}, which is repeated or no name: write small letters, digits and hyphens, each name once",
            name.chars().take(32).collect::<String>()
        ))),
        // Rules call a sign-in with a password like that.
        None if names.contains(&"password") => Err(SettingError::new(
            "PROVIDERS names password, which is what a sign-in with a password of ours is called: write another name",
        )),
        None if names.contains(&"passkey") => Err(SettingError::new(
            "PROVIDERS names passkey, which is what a sign-in with a passkey is called: write another name",
        )),
        None if names.contains(&"mail") => Err(SettingError::new(
            "PROVIDERS names mail, which is what a sign-in by a mailed code is called: write another name",
        )),
        None if names.is_empty() || names.len() > MOST => Err(SettingError::new(format!(
            "PROVIDERS must name at least one provider and at most {MOST}, such as google"
        ))),
        None => Ok(names),
    }
}
