//! Changes of the rights, as values: what one makes of them, and who may make it.

use std::collections::BTreeSet;

use oauth::Scope;

use super::{ADMIN, Rights, Rule, is_name};

/// How many roles, and how many rules, there may be.
const MOST: usize = 200;

/// How large the row may be, in bytes of its texts: every function reads it again and again, and a read costs a unit for each 4 KB.
const LARGEST: usize = 32 * 1024;

/// The longest `max_age` and the longest `keep`, in seconds: a year.
const LONGEST_AGE: u64 = 366 * 24 * 60 * 60;

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// The role allows this from now on; it is made if there is none of this name.
    SetRole {
        /// Its name.
        name: String,
        /// What it allows.
        scope: Scope,
        /// Whether it counts only where somebody has shown a second factor; nothing: as it was.
        second_factor: Option<bool>,
    },
    /// There is no such role any more. Whoever has it keeps its name, which allows nothing.
    RemoveRole {
        /// Its name.
        name: String,
    },
    /// The rule is like this from now on; it is made if there is none of its name.
    SetRule(Box<Rule>),
    /// There is no such rule any more.
    RemoveRule {
        /// Its name.
        name: String,
    },
    /// These are the roles of whoever signs in for the first time.
    SetDefaults(Vec<String>),
}

/// Who makes a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Who has the table in their hands anyway: the commands of an operator.
    Operator,
    /// Somebody, or a service, with this scope at this moment.
    Holder(Scope),
}

/// Why a change is not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// A name that is no plain word.
    #[error("{0:?} cannot be a name: use up to 64 of a-z, 0-9, - and _")]
    Name(String),
    /// A role that is not there.
    #[error("there is no role {0:?}")]
    NoRole(String),
    /// A rule that is not there.
    #[error("there is no rule {0:?}")]
    NoRule(String),
    /// It would leave nobody who can give it back.
    #[error("the role admin cannot be removed: without it there are no administrators")]
    Admin,
    /// Something gives the role.
    #[error("the role {role:?} is given by {by}: change that first")]
    InUse {
        /// The role.
        role: String,
        /// By what.
        by: Giver,
    },
    /// It would give its roles to everybody, or to nobody.
    #[error("the rule {0:?} needs at least one condition and at least one role")]
    Empty(String),
    /// A condition that cannot be met, or a member that is none.
    #[error("the rule {0:?} is wrong: {1}")]
    Wrong(String, Flaw),
    /// There is a bound, because every function reads all of it again and again.
    #[error("this would be too much: at most 200 roles, 200 rules, and 32 KB together")]
    TooMuch,
    /// Nobody could show one, so nobody would have the role.
    #[error("the role {0:?} cannot demand a second factor where there are none: set SECOND_FACTORS=on first")]
    NoFactors(String),
    /// Nobody gives or takes what they do not hold.
    #[error("this gives or takes scopes that you do not have: {0}")]
    NotYours(Scope),
}

/// What gives a role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Giver {
    /// The first sign-in.
    #[error("the roles of whoever signs in for the first time")]
    Defaults,
    /// The rule of this name.
    #[error("the rule {0}")]
    Rule(String),
}

/// What is wrong with a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// A member that is none.
    #[error("it has no member {0:?}")]
    Unknown(String),
    /// An empty condition, or a very long one.
    #[error("a condition is between 1 and 500 bytes long")]
    Length,
    /// A domain with capital letters, or something else in it.
    #[error("a domain is written in small letters, without @ and *")]
    Domain,
    /// It keeps groups and looks at none.
    #[error("keep is about a group, and the rule has none")]
    Keep,
    /// No time at all, or a very long one.
    #[error("max_age and keep are 1 second to a year")]
    Age,
}

/// Whether somebody may give this, or take it away: an operator anything, anybody else no more than they hold (#81).
pub fn may_give(actor: &Actor, scope: &Scope) -> Result<(), EditError> {
    let Actor::Holder(held) = actor else { return Ok(()) };
    let missing: Scope = scope.iter().filter(|one| !held.contains(one)).collect();
    if missing.is_empty() { Ok(()) } else { Err(EditError::NotYours(missing)) }
}

impl Edit {
    /// Whether it can be made where people may have a second factor, or may not.
    pub fn fits(&self, second_factors: bool) -> Result<(), EditError> {
        match self {
            Self::SetRole { name, second_factor: Some(true), .. } if !second_factors => {
                Err(EditError::NoFactors(name.clone()))
            }
            _ => Ok(()),
        }
    }
}

impl Rights {
    /// What the rights are after this change, if it makes sense and the actor may make it. The revision is as before.
    pub fn edited(&self, edit: &Edit, actor: &Actor) -> Result<Self, EditError> {
        let mut after = self.clone();
        match edit {
            Edit::SetRole { name, scope, second_factor } => {
                after.roles.insert(named(name)?, scope.clone());
                match second_factor {
                    Some(true) => drop(after.second_factor.insert(name.clone())),
                    Some(false) => drop(after.second_factor.remove(name)),
                    None => {}
                }
            }
            Edit::RemoveRole { name } => after.remove_role(name)?,
            Edit::SetRule(rule) => {
                after.check(rule)?;
                after.rules.retain(|one| one.name != rule.name);
                after.rules.push((**rule).clone());
                after.rules.sort_by(|one, other| one.name.cmp(&other.name));
            }
            Edit::RemoveRule { name } => {
                let before = after.rules.len();
                after.rules.retain(|rule| rule.name != *name);
                if after.rules.len() == before {
                    return Err(EditError::NoRule(name.clone()));
                }
            }
            Edit::SetDefaults(roles) => {
                roles.iter().try_for_each(|role| after.known(role))?;
                after.defaults = super::union(roles, &[]);
            }
        }
        may_give(actor, &self.touched(&after))?;
        if after.is_too_much() { Err(EditError::TooMuch) } else { Ok(after) }
    }

    /// Every scope that somebody may gain or lose by it.
    fn touched(&self, after: &Self) -> Scope {
        let mut touched = Scope::default();
        let names: BTreeSet<_> = self.roles.keys().chain(after.roles.keys()).collect();
        for name in names {
            let (old, new) = (self.roles.get(name), after.roles.get(name));
            let (old, new) = (old.cloned().unwrap_or_default(), new.cloned().unwrap_or_default());
            let demands = self.demands_factor(name) != after.demands_factor(name);
            let differs = |one: &&str| demands || old.contains(one) != new.contains(one);
            touched.extend(&old.iter().chain(new.iter()).filter(differs).collect());
        }
        let others = |these: &Self, those: &Self| {
            let rules = these.rules.iter().filter(|rule| !those.rules.contains(rule));
            let defaults = these.defaults.iter().filter(|role| !those.defaults.contains(role));
            let roles: Vec<_> = rules.flat_map(|rule| &rule.roles).chain(defaults).cloned().collect();
            these.allowed(roles.iter().map(String::as_str))
        };
        touched.extend(&others(self, after));
        touched.extend(&others(after, self));
        touched
    }

    fn remove_role(&mut self, name: &str) -> Result<(), EditError> {
        if name == ADMIN {
            return Err(EditError::Admin);
        }
        let in_use = |by: Giver| EditError::InUse { role: name.to_owned(), by };
        if self.defaults.iter().any(|role| role == name) {
            return Err(in_use(Giver::Defaults));
        }
        if let Some(rule) = self.rules.iter().find(|rule| rule.roles.iter().any(|role| role == name)) {
            return Err(in_use(Giver::Rule(rule.name.clone())));
        }
        self.second_factor.remove(name);
        self.roles.remove(name).map(drop).ok_or_else(|| EditError::NoRole(name.to_owned()))
    }

    fn check(&self, rule: &Rule) -> Result<(), EditError> {
        let name = named(&rule.name)?;
        let wrong = |what: Flaw| Err(EditError::Wrong(name.clone(), what));
        if let Some(member) = rule.unknown() {
            return wrong(Flaw::Unknown(member.to_owned()));
        }
        if rule.roles.is_empty() || !rule.has_conditions() {
            return Err(EditError::Empty(name));
        }
        rule.roles.iter().try_for_each(|role| self.known(role))?;
        let claim = rule.claim.iter().flat_map(|claim| [&claim.name, &claim.value]);
        let Rule { provider, domain, hd, group, client, entitlement, .. } = rule;
        let texts = [provider, domain, hd, group, client, entitlement].into_iter().flatten().chain(claim);
        if texts.into_iter().any(|text| text.is_empty() || text.len() > 500) {
            return wrong(Flaw::Length);
        }
        let domains = [domain, hd].into_iter().flatten();
        if domains
            .into_iter()
            .any(|domain| domain.contains(['@', '*', ' ']) || domain.to_lowercase() != **domain)
        {
            return wrong(Flaw::Domain);
        }
        if rule.keep.is_some() && group.is_none() {
            return wrong(Flaw::Keep);
        }
        let fits = |age: Option<u64>| age.is_none_or(|age| (1..=LONGEST_AGE).contains(&age));
        if !fits(rule.max_age) || !fits(rule.keep) {
            return wrong(Flaw::Age);
        }
        Ok(())
    }

    fn known(&self, role: &str) -> Result<(), EditError> {
        if self.knows(role) { Ok(()) } else { Err(EditError::NoRole(role.to_owned())) }
    }

    fn is_too_much(&self) -> bool {
        let roles = self.roles.iter().map(|(name, scope)| name.len() + scope.to_string().len());
        let text = |one: &Option<String>| one.as_ref().map_or(0, String::len);
        let rules = self.rules.iter().map(|rule| {
            let Rule { provider, domain, hd, group, client, entitlement, .. } = rule;
            let texts = [provider, domain, hd, group, client, entitlement].into_iter().map(text);
            let claim = rule.claim.as_ref().map_or(0, |claim| claim.name.len() + claim.value.len());
            let roles = rule.roles.iter().map(String::len);
            // The names of the members.
            100 + rule.name.len() + claim + texts.sum::<usize>() + roles.sum::<usize>()
        });
        let names = self.demanding().chain(self.defaults.iter().map(String::as_str)).map(str::len);
        let size = roles.sum::<usize>() + rules.sum::<usize>() + names.sum::<usize>();
        self.roles.len() > MOST || self.rules.len() > MOST || size > LARGEST
    }
}

fn named(name: &str) -> Result<String, EditError> {
    if is_name(name) { Ok(name.to_owned()) } else { Err(EditError::Name(name.to_owned())) }
}
