//! Who may come in, and as whom, once a provider has said who it is.

use std::collections::BTreeMap;

use oauth::{Identity, Sentence};
use serde_json::{Map, Value};

use super::Provider;
use crate::{Error, claims::Person, domain, id_token::Accepted};

impl Provider {
    /// The domain rule.
    pub(super) fn admit(&self, id_token: &Map<String, Value>, person: &Person) -> Result<(), Error> {
        let signs = self.config.preset.sign_in.signs_domain;
        domain::check(&self.config.hosted_domains, signs, id_token, person)
            .map_err(|why| Error::denied(Sentence::NotAdmitted, why.to_string()))
    }

    /// Somebody who was checked, by what the ID token and the other documents say. Without an ID token, nothing is signed.
    pub(super) fn identity(&self, who: Accepted, id_token: &Map<String, Value>, person: &Person) -> Identity {
        let (email, email_verified) = person.address();
        let signed = self.config.preset.sign_in.signs_domain.then(|| id_token.get("hd")?.as_str());
        let hd = signed.flatten().map(str::to_lowercase);
        let is_authority = |address: &String| self.config.authority.is_over(address, hd.as_deref());
        Identity {
            provider: self.config.name.clone(),
            issuer: who.issuer,
            subject: who.subject,
            name: person.name.clone(),
            unsigned_name: None,
            email_authoritative: email_verified && email.as_ref().is_some_and(is_authority),
            email,
            email_verified,
            hd,
            upstream: upstream(id_token),
            groups_unknown: self.config.groups.is_some() && !id_token.contains_key(GROUPS),
            picture: person.picture.clone(),
            claims: person.claims.clone(),
        }
    }
}

/// The claim that says which groups somebody is in.
pub(super) const GROUPS: &str = "groups";

/// How many claims are looked at, and how many values of one. What is kept of them is bounded again where it is stored.
const MOST: usize = 200;

/// What an ID token says in words.
fn upstream(id_token: &Map<String, Value>) -> BTreeMap<String, Vec<String>> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let values = |value: &Value| match value {
        Value::Array(all) => all.iter().take(MOST).filter_map(text).collect(),
        one => text(one).into_iter().collect::<Vec<_>>(),
    };
    let said = id_token.iter().take(MOST).map(|(claim, value)| (claim.clone(), values(value)));
    said.filter(|(_, values)| !values.is_empty()).collect()
}
