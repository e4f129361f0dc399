//! Which tokens a client may exchange for ours (RFC 8693).

use std::collections::BTreeMap;

use oauth::server::GrantType;
use serde::{Deserialize, Serialize};

use crate::{
    Kind, NewClient,
    check::{MOST, few},
    invalid::{Invalid, Listed},
    misfit::Misfit,
    same_audience,
};

/// The longest audience of a provider's tokens, in bytes.
const LONGEST: usize = 255;

/// What a client may exchange: nothing, unless it is registered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Exchange {
    /// The APIs that it speaks for: it may show access tokens of ours that other clients sent there.
    pub apis: Vec<String>,
    /// The providers whose ID tokens it may show, by their names in the settings, each with the audiences (`aud`, `azp`) that those may
    /// have.
    pub issuers: BTreeMap<String, Vec<String>>,
}

impl Exchange {
    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        self.apis.is_empty() && self.issuers.is_empty()
    }

    /// Whether it speaks for the API with this audience.
    pub fn speaks_for(&self, audience: &str) -> bool {
        self.apis.iter().any(|api| same_audience(api, audience))
    }

    /// For these APIs, and for the providers of which each text is `NAME=AUDIENCE,…`.
    pub fn read(apis: &[String], issuers: &[String]) -> Result<Self, Invalid> {
        let mut exchange = Self { apis: apis.to_vec(), issuers: BTreeMap::new() };
        issuers.iter().try_for_each(|issuer| exchange.add(issuer))?;
        Ok(exchange)
    }

    fn add(&mut self, text: &str) -> Result<(), Invalid> {
        let pair = text.split_once('=');
        let (name, audiences) = pair.ok_or_else(|| Invalid::ProviderAndAudiences(text.to_owned()))?;
        let audiences = audiences.split(',').map(str::trim).filter(|audience| !audience.is_empty());
        self.issuers.entry(name.trim().to_owned()).or_default().extend(audiences.map(str::to_owned));
        Ok(())
    }

    /// Whether it can be registered.
    pub(crate) fn check(&self, new: &NewClient) -> Result<(), Invalid> {
        if !new.grants.contains(&GrantType::TokenExchange) {
            return if self.is_empty() { Ok(()) } else { Err(Misfit::ExchangeUnused.into()) };
        }
        self.fits(new.kind)?;
        few(Listed::SpokenApis, &self.apis)?;
        if !self.issuers.is_empty() && new.consent {
            return Err(Invalid::ConsentBesideIdTokens);
        }
        if self.issuers.len() > MOST {
            return Err(Invalid::TooMany(Listed::Providers, MOST));
        }
        self.issuers.iter().try_for_each(|(name, audiences)| issuer(name, audiences))
    }

    /// Whether a client of this kind may exchange these: a server and a service at least their own tokens, for less.
    fn fits(&self, kind: Kind) -> Result<(), Misfit> {
        match kind {
            Kind::Web => Ok(()),
            Kind::Service if self.issuers.is_empty() => Ok(()),
            Kind::Service => Err(Misfit::IdTokensOfService),
            Kind::Native if self.is_empty() => Err(Misfit::ExchangeOfNative),
            Kind::Native if self.apis.is_empty() => Ok(()),
            Kind::Native => Err(Misfit::Speaker),
            Kind::Spa | Kind::Api => Err(Misfit::ExchangeOfOthers),
        }
    }
}

fn issuer(name: &str, audiences: &[String]) -> Result<(), Invalid> {
    let is_name = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if name.is_empty() || !name.bytes().all(is_name) {
        return Err(Invalid::Provider(name.to_owned()));
    }
    if audiences.is_empty() {
        return Err(Invalid::NoAudienceOf(name.to_owned()));
    }
    few(Listed::Audiences, audiences)?;
    let odd =
        |audience: &&String| audience.len() > LONGEST || !audience.bytes().all(|b| b.is_ascii_graphic());
    match audiences.iter().find(odd) {
        Some(odd) => Err(Invalid::AudienceOfIdTokens(odd.clone())),
        None => Ok(()),
    }
}
