//! What a sign-in proved of somebody, as far as rules look at it.

use std::collections::BTreeMap;

use oauth::{Digest, Identity, Time};
use serde::{Deserialize, Serialize};

use super::{Rights, rule::GROUPS};
use crate::{User, address::Address, passkey};

/// How many values of a claim are kept.
const MOST_VALUES: usize = 100;
/// How long one may be, in bytes.
const LONGEST_VALUE: usize = 200;
/// How long all values of one identity may be together: a sign-in writes them, and a write costs a unit for each KB.
const LONGEST: usize = 4096;

/// What one identity of a person proved when they signed in by it last. It counts in what began with that identity, and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// The name of the provider in our settings.
    pub provider: String,
    /// The domain of the verified address, if the provider is authoritative for that (#93).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// `hd`, which Google signs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hd: Option<String>,
    /// The claims that a rule looked at when they signed in.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub claims: BTreeMap<String, Vec<String>>,
    /// The groups that were known before, where those of this sign-in are not known. They are not among the claims: only a rule that
    /// keeps them looks at them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missed: Option<Missed>,
    /// When.
    pub at: Time,
}

/// Groups that a provider said once, and not at the last sign-in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missed {
    /// All that were kept of them.
    #[serde(default)]
    pub groups: Vec<String>,
    /// When it said them; nothing if it never did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Time>,
}

impl User {
    /// The keys by which they come, of which something is or can be proven: their identities, and that of their passkeys once they came by
    /// one.
    pub(super) fn keys(&self) -> Vec<Digest> {
        let passkeys = Some(passkey::key(&self.id)).filter(|key| self.proofs.contains_key(key.as_str()));
        self.identities.iter().cloned().chain(passkeys).collect()
    }
}

impl Proof {
    /// What this sign-in proves. Of the provider's claims those are kept that a rule names, the values that a rule names before all
    /// others, and no more than what is bounded here: what is left out gives no role.
    pub(crate) fn of(
        identity: &Identity,
        authoritative: Option<&Address>,
        rights: &Rights,
        now: Time,
    ) -> Self {
        let mut left = LONGEST;
        let mut kept = BTreeMap::new();
        for name in rights.claims() {
            let Some(values) = identity.upstream.get(name) else { continue };
            let fits = |value: &&String| {
                let fits = !value.is_empty() && value.len() <= LONGEST_VALUE.min(left);
                left -= if fits { value.len() } else { 0 };
                fits
            };
            let (named, others): (Vec<_>, Vec<_>) =
                values.iter().partition(|value| rights.names_value(name, value));
            let all = named.into_iter().chain(others).take(MOST_VALUES);
            let values: Vec<_> = all.filter(fits).cloned().collect();
            if !values.is_empty() {
                kept.insert(name.to_owned(), values);
            }
        }
        let domain = authoritative.map(|address| address.domain().to_owned());
        let is_missed = identity.groups_unknown && rights.claims().contains(GROUPS);
        Self {
            provider: identity.provider.clone(),
            domain,
            hd: identity.hd.clone(),
            claims: kept,
            missed: is_missed.then(Missed::default),
            at: now,
        }
    }

    /// The same, with the groups that are known by an earlier proof of the same identity, if those of this one are not.
    pub(crate) fn recalling(mut self, old: &Self) -> Self {
        if self.missed.is_some() {
            let said = old.claims.get(GROUPS).map(|all| Missed { groups: all.clone(), at: Some(old.at) });
            self.missed = said.or_else(|| old.missed.clone()).or(self.missed);
        }
        self
    }

    /// What the next sign-in would prove, if the provider said then what it said before.
    pub(crate) fn recovered(mut self) -> Self {
        if let Some(Missed { groups, .. }) = self.missed.take() {
            self.claims.insert(GROUPS.to_owned(), groups);
        }
        self
    }
}
