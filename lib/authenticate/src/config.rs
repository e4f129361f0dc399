//! One provider as its settings describe it: the preset, what was set, and what follows from both.

use std::time::Duration;

use fetch::{SettingError, is_loopback};
use jose::Algorithm;
use provider::{Entry, FreshSignIn, KNOWN, OPENID, Prompts, Protocol, SignIn};
use url::Url;

use crate::{
    authority::{Authority, is_domain},
    claims::Mapping,
    client_auth::ClientAuth,
    endpoints::{self, Source, endpoints},
    groups::Groups,
    issuer::Issuer,
    preset::Preset,
    prompt,
    setting::Settings,
};

/// The longest that a whole finish may take, in seconds; a shorter one can be set.
const LONGEST: u64 = 8;

/// What a provider is read for. What that does not need is neither required nor looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Logins, from their start to their end.
    Whole,
    /// Their start, or showing the provider: nothing secret.
    Start,
    /// ID tokens that somebody shows: we are no client of it.
    IdTokens,
}

/// Everything that was set about a provider.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) preset: Preset,
    pub(crate) issuer: Issuer,
    /// What `iss` in its answers is, where that is not the issuer.
    pub(crate) answers_as: Option<String>,
    pub(crate) source: Source,
    pub(crate) client_id: String,
    /// What its ID tokens may be signed with: what is known of it, and what was set (#13).
    pub(crate) algorithms: Vec<Algorithm>,
    /// Whom its ID tokens may be for as well as us (#15).
    pub(crate) trusted_audiences: Vec<String>,
    pub(crate) client_auth: ClientAuth,
    pub(crate) redirect_uri: String,
    pub(crate) scopes: Vec<String>,
    /// What the provider is always asked to show.
    pub(crate) prompts: Vec<provider::Prompt>,
    /// What it does for a fresh sign-in, if that was set or is known.
    pub(crate) fresh: Option<FreshSignIn>,
    pub(crate) userinfo_always: bool,
    pub(crate) hosted_domains: Vec<String>,
    /// Over which addresses it is the authority.
    pub(crate) authority: Authority,
    pub(crate) mapping: Mapping,
    /// Where it is asked for somebody's groups, if it is.
    pub(crate) groups: Option<Groups>,
    pub(crate) patience: Duration,
}

impl Config {
    /// Reads the settings of one provider.
    pub(crate) fn read(
        name: &str,
        settings: &Settings<'_>,
        redirect_uri: String,
        purpose: Purpose,
    ) -> Result<Self, SettingError> {
        let preset = match purpose {
            Purpose::IdTokens => Preset::of_issuer(name, settings),
            _ => Preset::of(name, settings),
        };
        let (issuer, source) = endpoints(name, settings, &preset)?;
        // It follows from who the provider is, and not from what it is called here (#20).
        let signs_domain = preset.sign_in.signs_domain || issuer.signs_domain();
        let preset = Preset { sign_in: SignIn { signs_domain, ..preset.sign_in }, ..preset };
        let is_own = issuer.is_of(&preset.entry);
        let client_id = match purpose {
            Purpose::IdTokens => String::new(),
            _ => settings.require("CLIENT_ID", "write the client id that the provider gave you.")?,
        };
        let weak =
            matches!(&issuer, Issuer::One(issuer) if Url::parse(issuer).is_ok_and(|url| is_loopback(&url)));
        let client_auth = match purpose {
            Purpose::Whole => ClientAuth::read(settings, &preset, weak)?,
            Purpose::Start | Purpose::IdTokens => ClientAuth::None,
        };
        let answers_as = answers_as(settings, &preset, &source)?;
        let groups = Groups::read(settings, preset.sign_in.groups, is_own)?;
        // A stand-in for a provider signs with any algorithm; the provider itself signs with what is known.
        let preset = if is_own && !weak {
            preset
        } else {
            let kind = if weak { None } else { preset.sign_in.kind };
            let entry = Entry { algorithms: OPENID.algorithms, also_issuers: &[], ..preset.entry };
            Preset { entry, sign_in: SignIn { kind, ..preset.sign_in } }
        };
        Ok(Self {
            name: name.to_owned(),
            label: label(name, settings, &preset),
            algorithms: algorithms(settings, &preset)?,
            trusted_audiences: trusted_audiences(settings, &preset)?,
            fresh: fresh(settings, &preset)?,
            preset,
            issuer,
            answers_as,
            source,
            client_id,
            client_auth,
            redirect_uri,
            scopes: scopes(settings, &preset, groups.as_ref())?,
            groups,
            prompts: prompt::read(preset.sign_in.prompts, settings)?,
            userinfo_always: userinfo_always(settings, &preset)?,
            authority: Authority::read(settings, signs_domain)?,
            hosted_domains: hosted_domains(settings)?,
            mapping: mapping(settings, &preset)?,
            patience: patience(settings)?,
        })
    }
}

pub(crate) fn label(name: &str, settings: &Settings<'_>, preset: &Preset) -> String {
    let given = settings
        .get("LABEL")
        .or_else(|| (!preset.entry.label.is_empty()).then(|| preset.entry.label.to_owned()));
    given.unwrap_or_else(|| {
        let mut letters = name.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
    })
}

/// What the provider calls itself in its answers, if that is not the issuer that its people are stored under.
fn answers_as(
    settings: &Settings<'_>,
    preset: &Preset,
    source: &Source,
) -> Result<Option<String>, SettingError> {
    if let Some(named) = settings.endpoint("ANSWERS_AS")? {
        return endpoints::exact(settings, "ANSWERS_AS", &named).map(Some);
    }
    let Source::Known(known) = source else { return Ok(None) };
    // It follows from where the browser is sent, too, and not only from what the provider is called here.
    let sends_there = |sign_in: &&SignIn| {
        sign_in.endpoints.is_some_and(|endpoints| endpoints.authorization == known.authorization.as_str())
    };
    let mut sign_ins = KNOWN.iter().filter_map(|entry| entry.sign_in.as_ref());
    let known_there = sign_ins.find(sends_there).and_then(|sign_in| sign_in.answers_as);
    let origin = known.authorization.origin().ascii_serialization();
    Ok(preset.sign_in.answers_as.or(known_there).map(|template| template.replace("{origin}", &origin)))
}

/// The scopes, `openid` first where the provider speaks OpenID Connect.
fn scopes(
    settings: &Settings<'_>,
    preset: &Preset,
    groups: Option<&Groups>,
) -> Result<Vec<String>, SettingError> {
    let text = settings.get("SCOPES").unwrap_or_else(|| preset.sign_in.scopes.to_owned());
    let text = text.replace(',', " ");
    let checked: Result<oauth::Scope, _> = text.parse();
    checked.map_err(|_| settings.wrong("SCOPES", "holds a character that scopes cannot have"))?;
    let wanted = text.split_whitespace().filter(|scope| *scope != "openid").map(str::to_owned);
    let openid = (preset.sign_in.protocol == Protocol::OpenId).then(|| "openid".to_owned());
    let mut all: Vec<_> = openid.into_iter().chain(wanted).collect();
    let more = groups.map(|groups| groups.scope).filter(|scope| !all.iter().any(|one| one == scope));
    all.extend(more.map(str::to_owned));
    Ok(all)
}

/// Of a provider without a preset, its metadata may say it.
pub(crate) fn fresh(settings: &Settings<'_>, preset: &Preset) -> Result<Option<FreshSignIn>, SettingError> {
    let SignIn { protocol, prompts, fresh, .. } = preset.sign_in;
    let set = prompt::read_fresh(prompts, settings, protocol == Protocol::OpenId)?;
    Ok(set.or_else(|| (!matches!(prompts, Prompts::Unknown)).then_some(fresh)))
}

fn algorithms(settings: &Settings<'_>, preset: &Preset) -> Result<Vec<Algorithm>, SettingError> {
    if preset.sign_in.protocol != Protocol::OpenId {
        settings.refuse(&["ALGORITHMS"], "plain OAuth 2.0 signs nothing")?;
    }
    let set: Option<Vec<_>> = settings.list("ALGORITHMS").iter().map(|name| Algorithm::parse(name)).collect();
    let advice =
        "holds one that cannot be verified by a public key: write EdDSA, RS512, PS256, ES384 and the like";
    let set = set.ok_or_else(|| settings.wrong("ALGORITHMS", advice))?;
    Ok(preset.entry.algorithms.iter().copied().chain(set).collect())
}

fn trusted_audiences(settings: &Settings<'_>, preset: &Preset) -> Result<Vec<String>, SettingError> {
    if preset.sign_in.protocol != Protocol::OpenId {
        settings.refuse(&["TRUSTED_AUDIENCES"], "plain OAuth 2.0 has no ID token")?;
    }
    Ok(settings.list("TRUSTED_AUDIENCES"))
}

fn userinfo_always(settings: &Settings<'_>, preset: &Preset) -> Result<bool, SettingError> {
    if preset.sign_in.protocol != Protocol::OpenId {
        settings.refuse(&["USERINFO"], "plain OAuth 2.0 always asks there")?;
    }
    match settings.get("USERINFO").as_deref() {
        None | Some("missing") => Ok(false),
        Some("always") => Ok(true),
        Some(_) => {
            Err(settings
                .wrong("USERINFO", "must be missing (ask when the ID token lacks something) or always"))
        }
    }
}

fn hosted_domains(settings: &Settings<'_>) -> Result<Vec<String>, SettingError> {
    let domains = settings.list("HOSTED_DOMAIN");
    let advice = "must be a domain such as company.com, or several: small letters, no @ and no *";
    if domains.iter().all(|text| is_domain(text)) {
        Ok(domains)
    } else {
        Err(settings.wrong("HOSTED_DOMAIN", advice))
    }
}

fn mapping(settings: &Settings<'_>, preset: &Preset) -> Result<Mapping, SettingError> {
    let Protocol::OAuth { claims, .. } = preset.sign_in.protocol else {
        settings.refuse(&["CLAIMS"], "OpenID Connect names its claims itself")?;
        return Ok(Mapping::default());
    };
    let text = settings.get("CLAIMS").unwrap_or_else(|| claims.to_owned());
    let advice = "must say which members of the user endpoint's answer mean what: \
                  sub=id name=full_name email=email email_verified=verified picture=avatar.url";
    Mapping::parse(&text).ok_or_else(|| settings.wrong("CLAIMS", advice))
}

fn patience(settings: &Settings<'_>) -> Result<Duration, SettingError> {
    let advice = "must be the seconds a finish may take, from 1 to 8";
    let seconds = settings.parsed("TIMEOUT", advice)?.unwrap_or(LONGEST);
    if (1..=LONGEST).contains(&seconds) {
        Ok(Duration::from_secs(seconds))
    } else {
        Err(settings.wrong("TIMEOUT", advice))
    }
}
