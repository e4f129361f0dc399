//! The issuers that the settings name; a wrong setting is an error that names it.

use std::iter::once;

use jose::{Algorithm, KeySet};
use oauth::Time;
use provider::settings::{
    ALGORITHMS, DOMAIN, HOSTS, ISSUER, JWKS_URI, METADATA_URL, PROFILE, TENANT, TENANTS,
};
pub use provider::settings::{CA_FILE, ISSUERS};
use provider::{AccessTokens, Entry, Needs};
use setting::{Group, Setting};

use crate::{
    Issuers, Trusted,
    key_cache::{KeyCache, Source},
    required::Required,
    rules::Rules,
};

setting::declare! {
    AUDIENCES = Setting::new("<NAME>_AUDIENCES", None, "The audiences (`aud`) of an issuer's access tokens, separated by commas; for Cognito, whose tokens have none, the client ids. Every issuer needs it.");
    REQUIRED = Setting::new("<NAME>_REQUIRED", None, "Claims that an issuer's tokens must have, separated by commas: `name`, or `name=value`. `=true` is the boolean, `=42` the number or the text, `=\"42\"` only the text; a list must contain the value.");
    SCOPE_CLAIMS = Setting::new("<NAME>_SCOPE_CLAIMS", None, "Claims of an issuer's tokens that count as scopes too, separated by commas, such as `roles` for Entra's application permissions. Anyone who may create such a role or group can then create a scope.");
    KEYS = Setting::new("<NAME>_KEYS", None, "An issuer's public key set (RFC 7517), so that a cold start fetches nothing. With `<NAME>_JWKS_URI=none`, nothing is ever fetched.").except(&["SIGNING_KEYS", "PUBLIC_KEYS"]);
}

impl Issuers {
    /// What is set of issuers other than us. `CA_FILE` is read where their keys are fetched.
    pub const SETTINGS: Group = &[
        &ISSUERS,
        &CA_FILE,
        &PROFILE,
        &AUDIENCES,
        &ALGORITHMS,
        &REQUIRED,
        &SCOPE_CLAIMS,
        &KEYS,
        &ISSUER,
        &DOMAIN,
        &METADATA_URL,
        &TENANT,
        &TENANTS,
        &JWKS_URI,
        &HOSTS,
    ];
}

/// What is needed to trust an issuer.
pub struct Setup<'a> {
    /// `ISSUERS`.
    pub names: &'a str,
    /// A setting by its name, such as `AUTH0_DOMAIN`.
    pub setting: &'a dyn Fn(&str) -> Option<String>,
    /// Makes what fetches an issuer's keys, or says why there can be none.
    pub source: &'a dyn Fn(KeyLocation) -> Result<Source, String>,
    /// The time of the start: as old are the keys in the settings taken to be.
    pub now: Time,
}

/// Where an issuer's keys are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyLocation {
    /// Its name in the settings.
    pub name: String,
    /// The issuer.
    pub issuer: String,
    /// The address of its key set; without it, the issuer's metadata says so.
    pub keys: Option<String>,
    /// The address of its metadata, where that is not at the issuer's well-known path.
    pub metadata: Option<String>,
    /// Hosts on which it may live, in addition to the issuer's own.
    pub hosts: Vec<String>,
}

/// A setting that stops the start: one sentence that names it and says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct IssuersError(String);

impl IssuersError {
    pub(crate) fn nobody() -> Self {
        Self("ISSUERS names no issuer: remove it, or name one".to_owned())
    }

    pub(crate) fn repeated(name: &str) -> Self {
        Self(format!("ISSUERS names {name}, whose issuer is trusted already: name each issuer once"))
    }
}

/// Reads one issuer's settings: `AUTH0_DOMAIN` is its `DOMAIN`.
struct Settings<'a> {
    prefix: String,
    setup: &'a Setup<'a>,
}

impl Settings<'_> {
    fn get(&self, option: &str) -> Option<String> {
        let value = (self.setup.setting)(&format!("{}_{option}", self.prefix))?;
        Some(value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    fn require(&self, option: &str, advice: &str) -> Result<String, IssuersError> {
        self.get(option).ok_or_else(|| self.wrong(option, &format!("is not set: {advice}")))
    }

    fn list(&self, option: &str) -> Vec<String> {
        parts(&self.get(option).unwrap_or_default()).map(str::to_owned).collect()
    }

    fn refuse(&self, option: &str, why: &str) -> Result<(), IssuersError> {
        match self.get(option) {
            Some(_) => Err(self.wrong(option, &format!("is set, but {why}: remove it"))),
            None => Ok(()),
        }
    }

    /// The value is not repeated: a person may have put a secret in the wrong place.
    fn wrong(&self, option: &str, advice: &str) -> IssuersError {
        IssuersError(format!("{}_{option} {advice}", self.prefix))
    }
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c == ',' || c.is_whitespace()).filter(|part| !part.is_empty())
}

/// All of them, each with the spellings of its issuer.
pub(crate) fn load(setup: &Setup<'_>) -> Result<Vec<(Vec<String>, Trusted)>, IssuersError> {
    let mut all = Vec::new();
    for name in parts(setup.names) {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if !name.bytes().all(fits) {
            return Err(IssuersError("ISSUERS holds a name that is not made of a-z, 0-9 and -".to_owned()));
        }
        let settings = Settings { prefix: name.to_ascii_uppercase().replace('-', "_"), setup };
        let profile = profile_of(name, &settings)?;
        for location in issuer_names(&settings, profile)? {
            all.push(trusted(name, &settings, profile, location)?);
        }
    }
    Ok(all)
}

/// What is known of an issuer before its settings are read: its entry, and how its access tokens look.
type Profile = (&'static Entry, &'static AccessTokens);

fn profile_of(name: &str, settings: &Settings<'_>) -> Result<Profile, IssuersError> {
    let Some(wanted) = settings.get("PROFILE") else {
        return Ok(provider::of_access_tokens(name).unwrap_or(provider::any_issuer()));
    };
    let known: Vec<_> = provider::profiles().collect();
    let advice = format!("must be one of {}", known.join(", "));
    provider::of_access_tokens(&wanted).ok_or_else(|| settings.wrong("PROFILE", &advice))
}

/// An issuer in all its spellings, with its tenant if it is one of several.
struct IssuerNames {
    issuers: Vec<String>,
    tenant: Option<String>,
}

fn issuer_names(settings: &Settings<'_>, (entry, tokens): Profile) -> Result<Vec<IssuerNames>, IssuersError> {
    let fill = |name: &str, value: &str| -> Vec<String> {
        let others = entry.also_issuers.iter().chain(tokens.also_issuers).copied();
        once(entry.issuer).chain(others).map(|template| template.replace(name, value)).collect()
    };
    let one = |issuers: Vec<String>| Ok(vec![IssuerNames { issuers, tenant: None }]);
    match entry.needs {
        Needs::Nothing => one(fill("", "")),
        Needs::Tenant => {
            settings.refuse("ISSUER", "it follows from the tenant")?;
            let names =
                |tenant: String| IssuerNames { issuers: fill("{tenantid}", &tenant), tenant: Some(tenant) };
            Ok(tenants(settings)?.into_iter().map(names).collect())
        }
        Needs::Domain(_) if settings.get("ISSUER").is_none() => {
            one(fill("{domain}", &domain(settings, tokens)?))
        }
        Needs::Domain(_) => {
            settings.refuse("DOMAIN", "the issuer is set already")?;
            one(vec![issuer(settings)?])
        }
        Needs::Issuer => one(vec![issuer(settings)?]),
    }
}

fn issuer(settings: &Settings<'_>) -> Result<String, IssuersError> {
    settings.require("ISSUER", "write the `iss` of its tokens, exactly")
}

/// The same domain as for signing in (see [`oauth::domain`]).
fn domain(settings: &Settings<'_>, tokens: &AccessTokens) -> Result<String, IssuersError> {
    let domain = settings.require("DOMAIN", "write its host, without https://, or set the whole ISSUER")?;
    let domain = oauth::domain(&domain)
        .ok_or_else(|| settings.wrong("DOMAIN", "is not a host in small letters, with or without a path"))?;
    if tokens.server_below && !domain.contains('/') {
        let advice = "names the organisation's own server, whose access tokens only Okta can verify: write the \
                      authorization server of the API with its path, such as dev-1.okta.com/oauth2/default";
        return Err(settings.wrong("DOMAIN", advice));
    }
    Ok(domain)
}

/// Tenants by their ids: a domain of theirs is in no token.
fn tenants(settings: &Settings<'_>) -> Result<Vec<String>, IssuersError> {
    let mut tenants = settings.list("TENANTS");
    tenants.extend(settings.get("TENANT"));
    if tenants.is_empty() {
        return Err(
            settings.wrong("TENANT", "is not set: write the id of the tenant whose tokens are accepted")
        );
    }
    let is_id = |text: &str| {
        let lengths = text.split('-').map(str::len).collect::<Vec<_>>();
        lengths == [8, 4, 4, 4, 12] && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f' | b'-'))
    };
    if tenants.iter().all(|tenant| is_id(tenant)) {
        tenants.sort();
        tenants.dedup();
        return Ok(tenants);
    }
    Err(settings.wrong(
        "TENANT",
        "must hold tenant ids, such as 8eaef023-2b34-4da1-9baa-8bc8c9d6a490, in small letters",
    ))
}

fn trusted(
    name: &str,
    settings: &Settings<'_>,
    profile: Profile,
    names: IssuerNames,
) -> Result<(Vec<String>, Trusted), IssuersError> {
    let audiences = settings.list("AUDIENCES");
    if audiences.is_empty() {
        let advice = "is not set: write the audiences (`aud`) of its tokens; for Cognito, the client ids";
        return Err(settings.wrong("AUDIENCES", advice));
    }
    let (entry, tokens) = profile;
    let rules = Rules {
        entry,
        tokens,
        audiences,
        required: required(settings)?,
        scope_claims: settings.list("SCOPE_CLAIMS"),
        tenant: names.tenant.clone(),
    };
    let key_cache = key_cache(name, settings, entry, &names)?;
    let algorithms = algorithms(settings, entry)?;
    Ok((names.issuers, Trusted { name: name.to_owned(), rules, algorithms, key_cache }))
}

fn required(settings: &Settings<'_>) -> Result<Vec<Required>, IssuersError> {
    let all: Option<Vec<_>> = settings.list("REQUIRED").iter().map(|claim| Required::parse(claim)).collect();
    let advice = "must hold claims as `name`, `name=value` or `name=\"text\"`: no value has a blank or a comma, or is missing";
    all.ok_or_else(|| settings.wrong("REQUIRED", advice))
}

fn algorithms(settings: &Settings<'_>, entry: &Entry) -> Result<Vec<Algorithm>, IssuersError> {
    let named = settings.list("ALGORITHMS");
    if named.is_empty() {
        return Ok(entry.algorithms.to_vec());
    }
    let known: Option<Vec<_>> = named.iter().map(|name| Algorithm::parse(name)).collect();
    let advice = "holds an algorithm that is not accepted: write RS256, ES256, PS256 and the like";
    known.ok_or_else(|| settings.wrong("ALGORITHMS", advice))
}

fn key_cache(
    name: &str,
    settings: &Settings<'_>,
    entry: &Entry,
    names: &IssuerNames,
) -> Result<KeyCache, IssuersError> {
    let configured = settings.get("KEYS").map(KeySet::written).transpose();
    let configured = configured.map_err(|error| {
        let advice =
            format!("is not a public key set that can be used: {error}. Write what the issuer publishes");
        settings.wrong("KEYS", &advice)
    })?;
    let issuer = names.issuers.first().cloned().unwrap_or_default();
    let metadata = settings.get("METADATA_URL");
    if settings.get("JWKS_URI").is_some() {
        settings.refuse("METADATA_URL", "JWKS_URI is set already")?;
    }
    let keys = match settings.get("JWKS_URI") {
        Some(none) if none == "none" && configured.is_some() => {
            return Ok(KeyCache::new(name, configured, None, settings.setup.now));
        }
        Some(keys) => Some(keys),
        None if metadata.is_some() => None,
        None => entry.keys.map(|template| {
            let tenant = names.tenant.as_deref().unwrap_or_default();
            template.replace("{issuer}", issuer.trim_end_matches('/')).replace("{tenant}", tenant)
        }),
    };
    let location =
        KeyLocation { name: name.to_owned(), issuer, keys, metadata, hosts: settings.list("HOSTS") };
    let source = (settings.setup.source)(location);
    let source = source
        .map_err(|why| IssuersError(format!("ISSUERS names {name}, whose keys cannot be fetched: {why}")))?;
    Ok(KeyCache::new(name, configured, Some(source), settings.setup.now))
}
