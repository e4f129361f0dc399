//! Who a provider is and where its endpoints are: written out, from a preset, or to be discovered.

use fetch::{SettingError, is_endpoint};
use provider::{Endpoints, Needs, Protocol};
use url::Url;

use crate::{issuer::Issuer, preset::Preset, setting::Settings};

/// Where a provider's endpoints are known from.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// From the settings or the preset: nothing is fetched but keys.
    Known(Box<Known>),
    /// From the issuer's metadata.
    Discovered {
        /// Where the metadata is.
        document: Url,
        /// Hosts that endpoints may live on, in addition to the issuer's own.
        hosts: Vec<String>,
    },
}

/// A provider's endpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) authorization: Url,
    pub(crate) token: Url,
    pub(crate) userinfo: Option<Url>,
    pub(crate) jwks: Option<Url>,
}

/// Who the provider is and where its endpoints are.
pub(crate) fn endpoints(
    name: &str,
    settings: &Settings<'_>,
    preset: &Preset,
) -> Result<(Issuer, Source), SettingError> {
    if let Some(known) = explicit(settings, preset)? {
        let others = ["TENANT", "TENANTS", "DOMAIN", "HOSTS", "METADATA_URL"];
        settings.refuse(&others, "every endpoint is set already")?;
        return Ok((Issuer::One(explicit_issuer(settings, preset, &known)?), Source::Known(Box::new(known))));
    }
    if preset.entry.needs != Needs::Tenant {
        settings.refuse(&["TENANT", "TENANTS"], "only Microsoft has tenants")?;
    }
    if let Some(issuer) = settings.endpoint("ISSUER")? {
        return with_issuer(settings, preset, &issuer);
    }
    if preset.entry.issuer == "{issuer}" {
        return Err(nowhere(name, settings, preset));
    }
    if settings.has("METADATA_URL") {
        let advice = format!("is set without {}, which the metadata must name", settings.name("ISSUER"));
        return Err(settings.wrong("METADATA_URL", &advice));
    }
    let (issuer, fill) = from_preset(settings, preset)?;
    let below = preset.sign_in.endpoints_below.filter(|_| fill.domain.contains('/'));
    let endpoints = below.or(preset.sign_in.endpoints).ok_or_else(|| nowhere(name, settings, preset))?;
    Ok((issuer, Source::Known(Box::new(filled(preset, &endpoints, &fill, settings)?))))
}

fn nowhere(name: &str, settings: &Settings<'_>, preset: &Preset) -> SettingError {
    if preset.sign_in.protocol != Protocol::OpenId {
        let advice = "is a claim mapping of plain OAuth 2.0: set AUTHORIZATION_ENDPOINT, TOKEN_ENDPOINT and \
                      USERINFO_ENDPOINT beside it";
        return settings.wrong("CLAIMS", advice);
    }
    let presets: Vec<_> = provider::presets().collect();
    SettingError::new(format!(
        "PROVIDERS names {name}: set {} to its issuer, from which the rest is discovered, or use one of the presets {}",
        settings.name("ISSUER"),
        presets.join(", ")
    ))
}

/// Endpoints that were all written out.
fn explicit(settings: &Settings<'_>, preset: &Preset) -> Result<Option<Known>, SettingError> {
    let signed = preset.sign_in.protocol == Protocol::OpenId;
    let authorization = settings.endpoint("AUTHORIZATION_ENDPOINT")?;
    let token = settings.endpoint("TOKEN_ENDPOINT")?;
    let userinfo = settings.endpoint("USERINFO_ENDPOINT")?;
    if !signed {
        settings.refuse(&["JWKS_URI"], "plain OAuth 2.0 signs nothing")?;
    }
    let jwks = settings.endpoint("JWKS_URI")?;
    let last = if signed { &jwks } else { &userinfo };
    match (&authorization, &token, last) {
        (None, None, None) if userinfo.is_none() => Ok(None),
        (Some(authorization), Some(token), Some(_)) => {
            let (authorization, token) = (authorization.clone(), token.clone());
            Ok(Some(Known { authorization, token, userinfo, jwks }))
        }
        _ => Err(incomplete(settings, signed)),
    }
}

fn incomplete(settings: &Settings<'_>, signed: bool) -> SettingError {
    let last = if signed { "JWKS_URI" } else { "USERINFO_ENDPOINT" };
    let needed = ["AUTHORIZATION_ENDPOINT", "TOKEN_ENDPOINT", last];
    let missing: Vec<_> =
        needed.into_iter().filter(|option| !settings.has(option)).map(|o| settings.name(o)).collect();
    SettingError::new(format!(
        "{} must be set beside the other endpoints: either all of them are set or none is",
        missing.join(" and ")
    ))
}

fn explicit_issuer(settings: &Settings<'_>, preset: &Preset, known: &Known) -> Result<String, SettingError> {
    if let Some(issuer) = settings.endpoint("ISSUER")? {
        return exact(settings, "ISSUER", &issuer);
    }
    match (preset.sign_in.protocol, &known.userinfo) {
        // Plain OAuth 2.0 has no issuers. Subjects are stored under the provider that names them.
        (Protocol::OAuth { .. }, Some(userinfo)) => Ok(userinfo.origin().ascii_serialization()),
        _ => settings.require(
            "ISSUER",
            "the endpoints are set, so write the `iss` of the provider's ID tokens beside them.",
        ),
    }
}

/// An issuer as it was written: it is compared exactly, so nothing may be added or removed by a parser (#14).
pub(crate) fn exact(settings: &Settings<'_>, option: &str, parsed: &Url) -> Result<String, SettingError> {
    let text = settings.require(option, "")?;
    if parsed.query().is_some() {
        return Err(settings.wrong(option, "holds a query, which no issuer has (OpenID Connect Core §2)"));
    }
    Ok(text)
}

/// `ISSUER` without endpoints: discovery, unless the preset knows this issuer.
fn with_issuer(
    settings: &Settings<'_>,
    preset: &Preset,
    issuer: &Url,
) -> Result<(Issuer, Source), SettingError> {
    if preset.sign_in.protocol != Protocol::OpenId {
        return Err(settings.wrong(
            "ISSUER",
            "is set without endpoints, and plain OAuth 2.0 has nothing to discover them from",
        ));
    }
    settings.refuse(&["TENANT", "TENANTS"], "the issuer names the tenant already")?;
    let text = exact(settings, "ISSUER", issuer)?;
    let metadata = settings.endpoint("METADATA_URL")?;
    if let (Needs::Issuer, Some(endpoints), true) =
        (preset.entry.needs, preset.sign_in.endpoints, settings.has("DOMAIN"))
    {
        settings.refuse(&["METADATA_URL"], "nothing is discovered here")?;
        let fill = Fill { domain: domain(settings, None)?, issuer: text.clone(), ..Fill::default() };
        return Ok((
            Issuer::One(text),
            Source::Known(Box::new(filled(preset, &endpoints, &fill, settings)?)),
        ));
    }
    settings.refuse(&["DOMAIN"], "the issuer is set already")?;
    let is_known = text == preset.entry.issuer && metadata.is_none();
    if let (true, Some(endpoints)) = (is_known, preset.sign_in.endpoints) {
        return Ok((
            Issuer::One(text),
            Source::Known(Box::new(filled(preset, &endpoints, &Fill::default(), settings)?)),
        ));
    }
    // OpenID Connect Discovery §4: a slash at the end goes away before the well-known path.
    let document = format!("{}/.well-known/openid-configuration", text.trim_end_matches('/'));
    let usual = Url::parse(&document).map_err(|_| settings.wrong("ISSUER", "is not an address"))?;
    let document = metadata.unwrap_or(usual);
    let hosts = preset.sign_in.hosts.iter().map(|host| (*host).to_owned()).chain(settings.list("HOSTS"));
    Ok((Issuer::One(text), Source::Discovered { document, hosts: hosts.collect() }))
}

/// What a preset's templates are filled with.
#[derive(Default)]
struct Fill {
    domain: String,
    issuer: String,
    tenant: String,
}

impl Fill {
    fn apply(&self, template: &str) -> String {
        template
            .replace("{domain}", &self.domain)
            .replace("{issuer}", self.issuer.trim_end_matches('/'))
            .replace("{tenant}", &self.tenant)
    }
}

fn from_preset(settings: &Settings<'_>, preset: &Preset) -> Result<(Issuer, Fill), SettingError> {
    settings.refuse(&["HOSTS"], "nothing is discovered here")?;
    let fill = match preset.entry.needs {
        Needs::Tenant => return tenants(settings, preset),
        Needs::Domain(usual) => Fill { domain: domain(settings, usual)?, ..Fill::default() },
        Needs::Nothing | Needs::Issuer => {
            settings.refuse(&["DOMAIN"], "this provider has a fixed one")?;
            Fill::default()
        }
    };
    let issuer = fill.apply(preset.entry.issuer);
    Ok((Issuer::One(issuer.clone()), Fill { issuer, ..fill }))
}

/// The host of a provider that has many, with a path where it needs one.
fn domain(settings: &Settings<'_>, usual: Option<&str>) -> Result<String, SettingError> {
    let advice = "write the provider's host, without https://.";
    let domain = match (settings.get("DOMAIN"), usual) {
        (None, Some(usual)) => usual.to_owned(),
        _ => settings.require("DOMAIN", advice)?,
    };
    oauth::domain(&domain).ok_or_else(|| {
        settings.wrong("DOMAIN", "is not a host: write it in small letters and without https://")
    })
}

/// One tenant of Entra, or a list of those whose people may sign in (#14).
fn tenants(settings: &Settings<'_>, preset: &Preset) -> Result<(Issuer, Fill), SettingError> {
    settings.refuse(&["DOMAIN"], "a tenant takes its place")?;
    let several = settings.list("TENANTS");
    let is_id = |text: &str| {
        text.len() == 36
            && text.bytes().enumerate().all(|(at, b)| {
                if matches!(at, 8 | 13 | 18 | 23) {
                    b == b'-'
                } else {
                    matches!(b, b'0'..=b'9' | b'a'..=b'f')
                }
            })
    };
    let advice =
        "must hold tenant ids, such as 8eaef023-2b34-4da1-9baa-8bc8c9d6a490: small letters, and no domain";
    if several.is_empty() {
        let tenant = settings.require(
            "TENANT",
            "write the id of your tenant; or, for people of several tenants, write their ids into TENANTS instead.",
        )?;
        if !is_id(&tenant) {
            return Err(settings.wrong("TENANT", advice));
        }
        let issuer = preset.entry.issuer.replace("{tenantid}", &tenant);
        return Ok((Issuer::One(issuer), Fill { tenant, ..Fill::default() }));
    }
    settings.refuse(&["TENANT"], &format!("{} is set too", settings.name("TENANTS")))?;
    if !several.iter().all(|tenant| is_id(tenant)) {
        return Err(settings.wrong("TENANTS", advice));
    }
    let issuer = Issuer::Tenants { template: preset.entry.issuer.to_owned(), allowed: several };
    // The place for everybody; who may enter is decided by the tenant in the token.
    Ok((issuer, Fill { tenant: "common".to_owned(), ..Fill::default() }))
}

fn filled(
    preset: &Preset,
    endpoints: &Endpoints,
    fill: &Fill,
    settings: &Settings<'_>,
) -> Result<Known, SettingError> {
    let url = |template: &str| {
        let url = Url::parse(&fill.apply(template)).ok().filter(is_endpoint);
        url.ok_or_else(|| settings.wrong("DOMAIN", "does not make an address that may be called"))
    };
    Ok(Known {
        authorization: url(endpoints.authorization)?,
        token: url(endpoints.token)?,
        userinfo: endpoints.userinfo.map(url).transpose()?,
        jwks: endpoints.keys.or(preset.entry.keys).map(url).transpose()?,
    })
}
