//! Rules: which roles somebody has because of what was proven of them.

use std::{collections::BTreeMap, time::Duration};

use oauth::Time;
use serde::{Deserialize, Serialize, de::IgnoredAny};

use super::Proof;

/// How long what a sign-in proved counts for a rule that does not say it, in seconds: seven days.
pub const MAX_AGE: u64 = 7 * 24 * 60 * 60;

/// The provider that is believed for a domain, where a rule names none: its `hd` is signed.
pub(crate) const BELIEVED: &str = "google";

/// Gives roles to everybody for whom all of its conditions hold. A rule without a condition gives nothing, and so does one with a
/// condition that this version does not know: a newer one may have written it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rule {
    /// Its name, like that of a role: up to 64 of a-z, 0-9, `-` and `_`.
    pub name: String,
    /// The roles that it gives.
    pub roles: Vec<String>,
    /// The name of the provider, in our settings, by which they signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// The domain of their verified address, of a provider that is authoritative for it (#93). Without a `provider`, it is Google's
    /// signed `hd` that counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// Google's signed `hd`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hd: Option<String>,
    /// One of the values of the claim `groups`, as their provider says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// A claim of their provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim: Option<Claim>,
    /// The client for which the token is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// What is noted in their own row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entitlement: Option<String>,
    /// For how many seconds a sign-in proves it; [`MAX_AGE`] if nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age: Option<u64>,
    /// For how many seconds the groups that were last known count, where the provider could not be asked for them at the sign-in. If
    /// nothing is said, they do not count then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep: Option<u64>,
    /// What a newer version wrote: leave it to the default.
    #[serde(flatten, skip_serializing)]
    pub unknown: Unknown,
}

/// A claim and the value that it must have, or, if it is a list, contain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Such as `department`.
    pub name: String,
    /// Exactly.
    pub value: String,
}

/// The names of the members that are not known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "BTreeMap<String, IgnoredAny>")]
pub struct Unknown(Vec<String>);

impl From<BTreeMap<String, IgnoredAny>> for Unknown {
    fn from(members: BTreeMap<String, IgnoredAny>) -> Self {
        Self(members.into_keys().collect())
    }
}

impl Rule {
    /// How long what a sign-in proved counts here.
    pub fn age(&self) -> Duration {
        Duration::from_secs(self.max_age.unwrap_or(MAX_AGE))
    }

    /// A member that is none of a rule.
    pub fn unknown(&self) -> Option<&str> {
        self.unknown.0.first().map(String::as_str)
    }

    /// The claims that it looks at, beside its provider, domain and `hd`, and the value that it looks for in each.
    pub(crate) fn claim(&self) -> impl Iterator<Item = (&str, &str)> {
        let group = self.group.as_deref().map(|group| (GROUPS, group));
        group.into_iter().chain(self.claim.as_ref().map(|claim| (&*claim.name, &*claim.value)))
    }

    /// The groups of somebody that count here: those of their sign-in. Where the provider could not be asked, those that were last
    /// known, for as long as the rule keeps them; after that, and without such a rule, nothing is known.
    pub(super) fn groups<'a>(&self, proof: &'a Proof, now: Time) -> Option<&'a [String]> {
        let Some(missed) = &proof.missed else {
            return Some(proof.claims.get(GROUPS).map_or(&[], Vec::as_slice));
        };
        let kept = self.keep.zip(missed.at);
        let counts = kept.is_some_and(|(keep, at)| now.since(at) < Duration::from_secs(keep));
        counts.then_some(&*missed.groups)
    }

    /// Whether it looks at something that an identity proved.
    pub(crate) fn is_about_identity(&self) -> bool {
        let Self { provider, domain, hd, group, claim, .. } = self;
        [provider, domain, hd, group].into_iter().any(Option::is_some) || claim.is_some()
    }

    pub(crate) fn has_conditions(&self) -> bool {
        self.is_about_identity() || self.client.is_some() || self.entitlement.is_some()
    }
}

/// The claim that says which groups somebody is in.
pub(crate) const GROUPS: &str = "groups";
