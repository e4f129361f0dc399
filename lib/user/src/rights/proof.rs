//! What a sign-in proved of somebody, as far as rules look at it.

use std::collections::BTreeMap;

use oauth::{Identity, Time};
use serde::{Deserialize, Serialize};

use super::Rights;
use crate::address::Address;

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
    /// When.
    pub at: Time,
}

impl Proof {
    /// What this sign-in proves. Of the provider's claims those are kept that a rule names, and no more than what is bounded here:
    /// what is left out gives no role.
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
            let values: Vec<_> = values.iter().take(MOST_VALUES).filter(fits).cloned().collect();
            if !values.is_empty() {
                kept.insert(name.to_owned(), values);
            }
        }
        let domain = authoritative.map(|address| address.domain().to_owned());
        Self { provider: identity.provider.clone(), domain, hd: identity.hd.clone(), claims: kept, at: now }
    }
}
