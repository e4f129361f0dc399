//! The settings of signing in.

use oauth::{BaseUrl, Origins};
use provider::settings::{
    ALGORITHMS, CA_FILE, DOMAIN, HOSTS, ISSUER, JWKS_URI, METADATA_URL, TENANT, TENANTS,
};
use setting::{BASE_URL, Env, Group, Setting, SettingError};
use store::Table;

use crate::{Button, Providers, Setup, buttons};

setting::declare! {
    PROVIDERS = Setting::new("PROVIDERS", Some("google"), "The providers people may sign in with, separated by commas: names of presets, or names of your own.");
    CLIENT_ID = Setting::new("<NAME>_CLIENT_ID", None, "The client id that the provider gave you. `cargo run` plays the providers while none of them has one.");
    CLIENT_SECRET = Setting::secret("<NAME>_CLIENT_SECRET", "The client secret that the provider gave you: at least 16 characters.");
    LABEL = Setting::new("<NAME>_LABEL", None, "What the button says after \"Continue with\". A preset knows its own.");
    ANSWERS_AS = Setting::new("<NAME>_ANSWERS_AS", None, "What the provider calls itself in the `iss` of its answers to the callback (RFC 9207), if that is not its issuer: an answer has this `iss` or none. The preset `github` knows its own, also where its endpoints are those of an Enterprise Server.");
    HOSTED_DOMAIN = Setting::new("<NAME>_HOSTED_DOMAIN", None, "Only people of these domains may sign in, separated by commas. Google signs the domain of an account; elsewhere the domain of a verified address counts.");
    SCOPES = Setting::new("<NAME>_SCOPES", None, "What is asked for, instead of `openid email profile` or what the preset asks for. `openid` is always added for an OpenID provider.");
    PROMPT = Setting::new("<NAME>_PROMPT", None, "What the provider is asked to show at each sign-in, separated by spaces: `login`, `consent`, `select_account`, as far as it knows them (OpenID Connect Core §3.1.2.1). Nothing if not set; our own pages ask for `select_account` after a sign-out or a refused account, where the provider knows it.");
    AUTHORIZATION_ENDPOINT = Setting::new("<NAME>_AUTHORIZATION_ENDPOINT", None, "Where the browser is sent. With it, the other endpoints must be set too, and nothing is discovered.");
    TOKEN_ENDPOINT = Setting::new("<NAME>_TOKEN_ENDPOINT", None, "Where the code is exchanged.");
    USERINFO_ENDPOINT = Setting::new("<NAME>_USERINFO_ENDPOINT", None, "Where a plain OAuth 2.0 provider says who somebody is, and an OpenID provider what its ID token lacks. GitHub's verified addresses are read there plus `/emails`.");
    USERINFO = Setting::new("<NAME>_USERINFO", Some("missing"), "When userinfo is asked: `missing`, if the ID token lacks something, or `always`.");
    CLAIMS = Setting::new("<NAME>_CLAIMS", None, "Makes a provider a plain OAuth 2.0 one, and says which members of its user endpoint's answer mean what: `sub=id name=full_name email=email email_verified=verified picture=avatar.url`.");
    CLIENT_AUTH = Setting::new("<NAME>_CLIENT_AUTH", None, "How we prove who we are: `basic`, `post` or `private_key_jwt`. A preset, or the provider's metadata, knows.");
    PRIVATE_KEY = Setting::secret("<NAME>_PRIVATE_KEY", "The private key for `private_key_jwt` and for Apple: PEM (PKCS#8), with `\\n` between its lines.");
    KEY_ID = Setting::new("<NAME>_KEY_ID", None, "The id of that key at the provider.");
    TEAM_ID = Setting::new("<NAME>_TEAM_ID", None, "Your Apple team.");
    TIMEOUT = Setting::new("<NAME>_TIMEOUT", None, "How many seconds the end of a sign-in may take at this provider, 1 to 8. Eight if not set.");
    TRUSTED_AUDIENCES = Setting::new("<NAME>_TRUSTED_AUDIENCES", None, "Who else a provider's ID tokens may be for, besides us, separated by commas; any other audience is refused, and so is a token that was issued to another client. Zitadel lists the project and every client in it, so this list grows with the project.");
    RETURN_TO = Setting::new("RETURN_TO", None, "Other origins that a person may be sent to after signing in, separated by commas: exact, https (http for localhost), without path.");
}

impl Providers {
    /// What can be said of the providers in public: enough to start a login.
    pub const SETTINGS: Group = &[
        &BASE_URL,
        &PROVIDERS,
        &CA_FILE,
        &CLIENT_ID,
        &LABEL,
        &ISSUER,
        &ANSWERS_AS,
        &DOMAIN,
        &METADATA_URL,
        &TENANT,
        &TENANTS,
        &HOSTED_DOMAIN,
        &SCOPES,
        &PROMPT,
        &AUTHORIZATION_ENDPOINT,
        &TOKEN_ENDPOINT,
        &USERINFO_ENDPOINT,
        &JWKS_URI,
        &HOSTS,
        &USERINFO,
        &CLAIMS,
        &CLIENT_AUTH,
        &ALGORITHMS,
        &TRUSTED_AUDIENCES,
        &KEY_ID,
        &TEAM_ID,
        &TIMEOUT,
    ];

    /// What is secret about them; only what ends a login reads it.
    pub const SECRETS: Group = &[&CLIENT_SECRET, &PRIVATE_KEY];

    /// The providers of the settings. Their metadata and keys are kept in `table`.
    pub fn from_env(env: &Env, table: Table) -> Result<Self, SettingError> {
        with(env, table, Self::load)
    }

    /// The same without any secret, as [`Providers::load_without_secrets`].
    pub fn without_secrets(env: &Env, table: Table) -> Result<Self, SettingError> {
        with(env, table, Self::load_without_secrets)
    }
}

fn with(
    env: &Env,
    table: Table,
    load: impl FnOnce(Setup<'_>) -> Result<Providers, SettingError>,
) -> Result<Providers, SettingError> {
    load(Setup {
        names: &env.text(&PROVIDERS)?,
        setting: &|name| env.named(name),
        base: &env.parsed(&BASE_URL)?,
        ca_pem: env.file(&CA_FILE)?,
        table,
    })
}

impl Button {
    /// What a page reads of the providers.
    pub const SETTINGS: Group = &[&PROVIDERS, &LABEL];

    /// The buttons of the settings.
    pub fn from_env(env: &Env) -> Result<Vec<Self>, SettingError> {
        buttons(&env.text(&PROVIDERS)?, &|name| env.named(name))
    }
}

/// What [`origins`] reads.
pub const ORIGINS_SETTINGS: Group = &[&BASE_URL, &RETURN_TO];

/// Where a person may be sent after signing in: to us, and to the origins of `RETURN_TO`.
pub fn origins(env: &Env) -> Result<Origins, SettingError> {
    let base: BaseUrl = env.parsed(&BASE_URL)?;
    let others = env.get(&RETURN_TO).unwrap_or_default();
    Origins::new(base, &others).map_err(|error| SettingError::new(format!("RETURN_TO: {error}")))
}
