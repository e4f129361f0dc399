//! The settings of signing in.

use oauth::{BaseUrl, Origins};
use provider::settings::{
    ALGORITHMS, CA_FILE, DOMAIN, HOSTS, ISSUER, ISSUERS, JWKS_URI, METADATA_URL, PROFILE, TENANT, TENANTS,
};
use setting::{BASE_URL, Env, Group, Setting, SettingError};
use store::Table;

use crate::{Button, Providers, Setup, buttons};

setting::declare! {
    PROVIDERS = Setting::new("PROVIDERS", Some("google"), "The providers with which people may sign in, separated by commas: names of presets, or names of your own.");
    CLIENT_ID = Setting::new("<NAME>_CLIENT_ID", None, "The client id from the provider. While no provider has one, `cargo run` uses its stand-in for all of them.");
    CLIENT_SECRET = Setting::secret("<NAME>_CLIENT_SECRET", "The client secret from the provider: at least 16 characters.");
    LABEL = Setting::new("<NAME>_LABEL", None, "What the provider is called on its button. A preset has its own name.");
    ANSWERS_AS = Setting::new("<NAME>_ANSWERS_AS", None, "The `iss` that the provider sends to the callback (RFC 9207), if it is not its issuer: a callback has this `iss` or none. The preset `github` has its own, also with the endpoints of an Enterprise Server.");
    HOSTED_DOMAIN = Setting::new("<NAME>_HOSTED_DOMAIN", None, "Only people of these domains may sign in, separated by commas. For Google, the signed domain of the account counts; for others, the domain of a verified address.");
    AUTHORITATIVE_FOR = Setting::new("<NAME>_AUTHORITATIVE_FOR", None, "The domains of the addresses that the provider itself gives out, separated by commas, or `*` for all. Invitations, `ADMINS` and rules by domain count only for a verified address of one of them: any other provider's \"verified\" says that somebody could once read a mail. If not set, none; for Google, `gmail.com`, `googlemail.com` and the signed domain of the account, which always counts there. The stand-in has `*`.");
    SCOPES = Setting::new("<NAME>_SCOPES", None, "The scopes to request, instead of `openid email profile` or those of the preset. `openid` is always added for an OpenID provider.");
    PROMPT = Setting::new("<NAME>_PROMPT", None, "What the provider must show at each sign-in, separated by spaces: `login`, `consent`, `select_account`, if it supports them (OpenID Connect Core §3.1.2.1). Even if not set, our own pages request `select_account` after a sign-out or a refused account, if the provider supports it.");
    FRESH_SIGN_IN = Setting::new("<NAME>_FRESH_SIGN_IN", None, "What the provider does where an app asks for a fresh sign-in: `prompt`, if it asks people to sign in again for `prompt=login`; `max_age`, if it does so for `max_age=0` and its ID tokens say when (`auth_time`), which is then checked; `none`. A preset has its own; for any other provider it is `prompt` if its metadata says so.");
    AUTHORIZATION_ENDPOINT = Setting::new("<NAME>_AUTHORIZATION_ENDPOINT", None, "The authorization endpoint, to which the browser is redirected. With it, the other endpoints must be set too, and nothing is discovered.");
    TOKEN_ENDPOINT = Setting::new("<NAME>_TOKEN_ENDPOINT", None, "The token endpoint, at which the code is exchanged.");
    USERINFO_ENDPOINT = Setting::new("<NAME>_USERINFO_ENDPOINT", None, "The userinfo endpoint: for plain OAuth 2.0, where the person is read; for OpenID Connect, where claims are read that the ID token lacks. GitHub's verified addresses are read from there plus `/emails`.");
    USERINFO = Setting::new("<NAME>_USERINFO", Some("missing"), "When userinfo is read: `missing`, if the ID token lacks something, or `always`.");
    CLAIMS = Setting::new("<NAME>_CLAIMS", None, "Makes the provider a plain OAuth 2.0 one, and maps the members of its user endpoint to claims: `sub=id name=full_name email=email email_verified=verified picture=avatar.url`.");
    CLIENT_AUTH = Setting::new("<NAME>_CLIENT_AUTH", None, "How the client authenticates at the token endpoint: `basic`, `post` or `private_key_jwt`. If not set, as the preset or the provider's metadata says.");
    PRIVATE_KEY = Setting::secret("<NAME>_PRIVATE_KEY", "The private key for `private_key_jwt` and for Apple: PEM (PKCS#8), with `\\n` between its lines.");
    KEY_ID = Setting::new("<NAME>_KEY_ID", None, "The id of `<NAME>_PRIVATE_KEY` at the provider.");
    TEAM_ID = Setting::new("<NAME>_TEAM_ID", None, "The id of your Apple team.");
    GROUPS = Setting::new("<NAME>_GROUPS", Some("off"), "`on`: a sign-in asks the provider which groups the person is in, with the person's own access token, which is not stored: at Google the Workspace groups (Cloud Identity), at Entra the groups that the ID token does not hold (Microsoft Graph). It adds the scope for it. Rules with a group read them. Only for the presets `google` and `entra`.");
    GROUPS_ENDPOINT = Setting::new("<NAME>_GROUPS_ENDPOINT", None, "With `<NAME>_GROUPS=on`, the address at which groups are asked for, if it is not the preset's, such as that of a national cloud of Microsoft's.");
    TIMEOUT = Setting::new("<NAME>_TIMEOUT", None, "How many seconds the callback may wait for this provider in all, 1 to 8. If not set, 8.");
    TRUSTED_AUDIENCES = Setting::new("<NAME>_TRUSTED_AUDIENCES", None, "Further audiences that a provider's ID tokens may have, separated by commas. Any other audience is refused, and so is a token that was issued to another client. Zitadel lists the project and every client in it, so this list grows with the project.");
    RETURN_TO = Setting::new("RETURN_TO", None, "Other origins to which a person may be redirected after signing in, separated by commas: exact, https (http for localhost), without path.");
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
        &AUTHORITATIVE_FOR,
        &SCOPES,
        &PROMPT,
        &FRESH_SIGN_IN,
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
        &GROUPS,
        &GROUPS_ENDPOINT,
        &TIMEOUT,
    ];

    /// What [`for_id_tokens`](Self::for_id_tokens) reads beside that.
    pub const ISSUER_SETTINGS: Group = &[&ISSUERS, &PROFILE];

    /// What is secret about them; only what ends a login reads it.
    pub const SECRETS: Group = &[&CLIENT_SECRET, &PRIVATE_KEY];

    /// The providers of the settings. Their metadata and keys are stored in `table`.
    pub fn from_env(env: &Env, table: Table) -> Result<Self, SettingError> {
        with(env, table, Self::load)
    }

    /// The same without any secret, as [`Providers::load_without_secrets`].
    pub fn without_secrets(env: &Env, table: Table) -> Result<Self, SettingError> {
        with(env, table, Self::load_without_secrets)
    }

    /// Those whose ID tokens are accepted, as [`Providers::load_for_id_tokens`].
    #[cfg(feature = "verify")]
    pub fn for_id_tokens(env: &Env, table: Table) -> Result<Self, SettingError> {
        let issuers = env.get(&ISSUERS)?.unwrap_or_default();
        with(env, table, |setup| Self::load_for_id_tokens(setup, &issuers))
    }
}

fn with(
    env: &Env,
    table: Table,
    load: impl FnOnce(Setup<'_>) -> Result<Providers, SettingError>,
) -> Result<Providers, SettingError> {
    let (names, base, ca_pem) = (&env.text(&PROVIDERS)?, &env.parsed(&BASE_URL)?, env.file(&CA_FILE)?);
    env.by_name(|setting| load(Setup { names, setting, base, ca_pem, table }))?
}

impl Button {
    /// What a page reads of the providers.
    pub const SETTINGS: Group = &[&PROVIDERS, &LABEL, &FRESH_SIGN_IN, &CLAIMS];

    /// The buttons of the settings.
    pub fn from_env(env: &Env) -> Result<Vec<Self>, SettingError> {
        let names = &env.text(&PROVIDERS)?;
        env.by_name(|setting| buttons(names, setting))?
    }
}

/// What [`origins`] reads.
pub const ORIGINS_SETTINGS: Group = &[&BASE_URL, &RETURN_TO];

/// Where a person may be sent after signing in: to us, and to the origins of `RETURN_TO`.
pub fn origins(env: &Env) -> Result<Origins, SettingError> {
    let base: BaseUrl = env.parsed(&BASE_URL)?;
    let others = env.get(&RETURN_TO)?.unwrap_or_default();
    Origins::new(base, &others).map_err(|error| SettingError::new(format!("RETURN_TO: {error}")))
}
