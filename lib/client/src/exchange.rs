//! Which tokens a client may exchange for ours (RFC 8693).

use std::collections::BTreeMap;

use oauth::server::GrantType;
use serde::{Deserialize, Serialize};

use crate::{
    Kind, NewClient,
    new::{Invalid, MOST, few, invalid},
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
        let (name, audiences) = text.split_once('=').ok_or_else(|| {
            Invalid(format!("{text:?} is not NAME=AUDIENCE, as in google=1234.apps.googleusercontent.com"))
        })?;
        let audiences = audiences.split(',').map(str::trim).filter(|audience| !audience.is_empty());
        self.issuers.entry(name.trim().to_owned()).or_default().extend(audiences.map(str::to_owned));
        Ok(())
    }

    /// Whether it can be registered.
    pub(crate) fn check(&self, new: &NewClient) -> Result<(), Invalid> {
        match (new.grants.contains(&GrantType::TokenExchange), self.is_empty()) {
            (false, true) => return Ok(()),
            (false, false) => {
                return invalid(
                    "tokens to exchange are named, and the client does not have the grant for that",
                );
            }
            // Its own tokens, for less.
            (true, _) if matches!(new.kind, Kind::Web | Kind::Service) => {}
            (true, false) if new.kind == Kind::Native => {}
            (true, true) if new.kind == Kind::Native => {
                return invalid(
                    "a native app exchanges ID tokens: name the provider and the audiences that they have",
                );
            }
            (true, _) => return invalid("tokens are exchanged by servers, services and native apps"),
        }
        if !self.apis.is_empty() && !matches!(new.kind, Kind::Web | Kind::Service) {
            return invalid("only a server or a service speaks for an API: it proves who it is");
        }
        few("APIs that it speaks for", &self.apis)?;
        if !self.issuers.is_empty() && new.kind == Kind::Service {
            return invalid("an ID token is of a person, and a service signs nobody in");
        }
        if !self.issuers.is_empty() && new.consent {
            return invalid(
                "an app that asks people for consent cannot exchange their ID tokens: nobody could ask them",
            );
        }
        if self.issuers.len() > MOST {
            return invalid(format!("a client exchanges ID tokens of at most {MOST} providers"));
        }
        self.issuers.iter().try_for_each(|(name, audiences)| issuer(name, audiences))
    }
}

fn issuer(name: &str, audiences: &[String]) -> Result<(), Invalid> {
    let is_name = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if name.is_empty() || !name.bytes().all(is_name) {
        return invalid(format!("{name:?} is no provider's name, as in the setting PROVIDERS"));
    }
    if audiences.is_empty() {
        return invalid(format!(
            "the ID tokens of {name} need an audience: the client id that the app has there"
        ));
    }
    few("audiences", audiences)?;
    let odd =
        |audience: &&String| audience.len() > LONGEST || !audience.bytes().all(|b| b.is_ascii_graphic());
    match audiences.iter().find(odd) {
        Some(odd) => invalid(format!("{odd:?} is no audience of an ID token")),
        None => Ok(()),
    }
}
