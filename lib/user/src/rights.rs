//! What people may do: roles, rules that give roles, and what follows from both.
//!
//! - [`Rights`] is one value with one number, in one row. A change of it is one conditional write (#97).
//! - [`Rights::decide`] is the one place where what is known of somebody becomes their roles and their scope, for whatever issues a
//!   token or shows it (#81). It is a pure function.
//! - A function asks [`Held`] for the rights of this moment: they are at most [`BOUND`] old.

mod change;
mod compare;
mod decide;
mod edit;
mod english;
mod explain;
mod held;
mod proof;
mod row;
mod rule;
mod start;
#[cfg(test)]
mod tests;
mod told;
mod trial;

use std::collections::{BTreeMap, BTreeSet};

use oauth::Scope;
use serde::{Deserialize, Serialize};

use crate::address::Address;

pub use self::{
    change::{BEGIN, Begun, ChangeError, Changed, NO_TRAIL, Trail, WRITE, begin, change},
    compare::{Difference, diff},
    decide::{Decision, Facts, Given, Reason, Unmet, Why, Withheld},
    edit::{Actor, Edit, EditError, Flaw, Giver, may_give},
    explain::{Denial, Grant, Lack, Limits, Line, Question, Wants, explain},
    held::{BOUND, FRESH, Held},
    proof::{Missed, Proof},
    row::{READ, READ_ALONG, read},
    rule::{Claim, MAX_AGE, Rule, Unknown},
    start::RightsError,
    trial::{Trial, try_out},
};

/// The role that `ADMINS` have.
pub const ADMIN: &str = "admin";

/// Which roles there are, which of them everybody gets at their first sign-in, and which rules give some. From the row; while there
/// is none, from the settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rights {
    /// Raised by each change; 0 as long as only the settings say it.
    #[serde(default)]
    pub(crate) revision: u64,
    roles: BTreeMap<String, Scope>,
    /// Those of the roles that count only where somebody has shown a second factor. Where there is none, nothing is stored.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    second_factor: BTreeSet<String>,
    #[serde(default)]
    defaults: Vec<String>,
    #[serde(default)]
    rules: Vec<Rule>,
    /// Of the settings only.
    #[serde(skip)]
    admins: BTreeSet<Address>,
}

impl Rights {
    /// The number of the change that led here; 0 as long as only the settings say it.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The roles, and what each allows.
    pub fn roles(&self) -> &BTreeMap<String, Scope> {
        &self.roles
    }

    /// Whether this role counts only where somebody has shown a second factor.
    pub fn demands_factor(&self, role: &str) -> bool {
        self.second_factor.contains(role)
    }

    /// The roles that count only where somebody has shown a second factor, sorted.
    pub fn demanding(&self) -> impl Iterator<Item = &str> {
        self.second_factor.iter().map(String::as_str)
    }

    /// What somebody gets who signs in for the first time.
    pub fn defaults(&self) -> &[String] {
        &self.defaults
    }

    /// The rules, in the order of their names.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Everything that this person may do by what is known here: the short form of [`Rights::decide`].
    pub fn scope(&self, facts: &Facts<'_>) -> Scope {
        self.decide(facts).scope
    }

    /// Everything that any role allows: the scopes of latchkey's own API.
    pub fn all(&self) -> Scope {
        let mut scope = Scope::default();
        self.roles.values().for_each(|more| scope.extend(more));
        scope
    }

    /// Everything these roles allow together. A role that is not there allows nothing.
    pub fn allowed<'a>(&self, roles: impl IntoIterator<Item = &'a str>) -> Scope {
        let mut scope = Scope::default();
        roles.into_iter().filter_map(|role| self.roles.get(role)).for_each(|more| scope.extend(more));
        scope
    }

    /// Everything that rules give to whoever has one of these entitlements, whatever else they demand: what anyone must hold who gives
    /// or takes one (#81).
    pub fn by_entitlements(&self, names: &[String]) -> Scope {
        let looks = |rule: &&Rule| rule.entitlement.as_ref().is_some_and(|name| names.contains(name));
        let roles = self.rules.iter().filter(looks).flat_map(|rule| &rule.roles);
        self.allowed(roles.map(String::as_str))
    }

    /// Those of these roles that allow something of `scope`: what an API is told of somebody, which knows these scopes only.
    pub fn roles_within(&self, roles: &[String], scope: &Scope) -> Vec<String> {
        let allows = |role: &&String| {
            self.roles.get(*role).is_some_and(|allowed| !allowed.intersection(scope).is_empty())
        };
        roles.iter().filter(allows).cloned().collect()
    }

    /// Whether there is such a role.
    pub fn knows(&self, role: &str) -> bool {
        self.roles.contains_key(role)
    }

    /// The claims that rules look at.
    pub(crate) fn claims(&self) -> BTreeSet<&str> {
        self.rules.iter().flat_map(Rule::claim).map(|(claim, _)| claim).collect()
    }

    /// Whether a rule looks for this value of the claim.
    pub(crate) fn names_value(&self, claim: &str, value: &str) -> bool {
        self.rules.iter().flat_map(Rule::claim).any(|one| one == (claim, value))
    }

    /// Whether somebody with these roles and this address is still to become an administrator.
    pub(crate) fn promotes(&self, roles: &[String], address: Option<&Address>) -> bool {
        address.is_some_and(|address| self.admins.contains(address))
            && !roles.iter().any(|role| role == ADMIN)
    }

    /// What somebody who has `roles` has after signing in with this address: never less.
    pub(crate) fn after(&self, roles: &[String], address: Option<&Address>) -> Vec<String> {
        if self.promotes(roles, address) { union(roles, &[ADMIN.to_owned()]) } else { roles.to_vec() }
    }

    /// The roles of a new person: those of everybody and those of the invitation.
    pub(crate) fn initial(&self, invited: &[String]) -> Vec<String> {
        union(&self.defaults, invited)
    }

    /// The roles of somebody who is added: those that are given, each once; without any, those of everybody who is new.
    pub fn of_added(&self, given: &[String]) -> Vec<String> {
        if given.is_empty() { self.initial(&[]) } else { union(given, &[]) }
    }
}

/// Both lists as one, sorted, each role once.
pub(crate) fn union(first: &[String], second: &[String]) -> Vec<String> {
    let all: BTreeSet<_> = first.iter().chain(second).cloned().collect();
    all.into_iter().collect()
}

/// Whether a text can be the name of a role or a rule.
fn is_name(text: &str) -> bool {
    let fits = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
    !text.is_empty() && text.len() <= 64 && text.bytes().all(fits)
}
