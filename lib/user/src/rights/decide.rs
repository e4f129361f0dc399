//! The one decision: from what is known of somebody to their roles and their scope, and why.

use oauth::{Scope, Time, server};

use super::{Proof, Rights, Rule, rule::BELIEVED};
use crate::{User, address::readable, passkey};

/// What is known of somebody at this moment, for one token or one look.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    user: &'a User,
    via: Option<&'a str>,
    client: Option<&'a str>,
    has_factor: bool,
    now: Time,
}

impl<'a> Facts<'a> {
    /// Of a person of whom it is not known by which identity they came: what was proven of any counts for nothing. Nor is it known that they
    /// have shown a second factor.
    pub fn of(user: &'a User, now: Time) -> Self {
        Self { user, via: None, client: None, has_factor: false, now }
    }

    /// The same of one who came by the identity with this key (#93). What others of their identities proved counts for nothing here.
    #[must_use]
    pub fn via(self, key: Option<&'a str>) -> Self {
        Self { via: key, ..self }
    }

    /// The same for a token of this client.
    #[must_use]
    pub fn client(self, id: &'a str) -> Self {
        Self { client: Some(id), ..self }
    }

    /// The same in a session or a grant that was made in these ways (RFC 8176).
    #[must_use]
    pub fn shown<T: AsRef<str>>(self, amr: &[T]) -> Self {
        Self { has_factor: server::has_factors(amr), ..self }
    }

    /// The same with a second factor, or without one.
    #[must_use]
    pub fn with_factor(self, has_factor: bool) -> Self {
        Self { has_factor, ..self }
    }

    /// What the identity proved by which they came, if it is still theirs.
    fn proof(&self) -> Option<&'a Proof> {
        let via = self.via?;
        let is_theirs = self.user.identities.iter().any(|key| key.as_str() == via);
        // A passkey is no identity: what it proved is removed with the last one.
        self.user.proofs.get(via).filter(|proof| is_theirs || proof.provider == passkey::PROVIDER)
    }
}

/// What somebody may do, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decision {
    /// The roles that they have, each for every reason, in the order of their names.
    pub given: Vec<Given>,
    /// The roles that they might be thought to have, and do not, each for every reason.
    pub withheld: Vec<Withheld>,
    /// Everything that the roles allow.
    pub scope: Scope,
}

/// A role that somebody has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Given {
    /// Its name.
    pub role: String,
    /// Why.
    pub reason: Reason,
}

/// Why somebody has a role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// It is in their own row.
    Own,
    /// The rule of this name gives it.
    Rule(String),
}

/// A role that somebody does not have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Withheld {
    /// Its name.
    pub role: String,
    /// Why not.
    pub why: Why,
}

/// Why somebody does not have a role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// They are disabled (#35).
    Disabled,
    /// It is in their row, or a rule would give it, and there is no such role.
    NoSuchRole,
    /// The rule of this name does not give it.
    Rule(String, Unmet),
    /// It counts only where they have shown a second factor, and here they have not.
    SecondFactor,
}

/// What of a rule does not hold: the first of its conditions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unmet {
    /// It has no condition, or one that this version does not know.
    Nothing,
    /// It is not known by which identity they came, or that is not theirs any more.
    Identity,
    /// They came by another provider.
    Provider,
    /// What was proven is too old.
    Age,
    /// Their address is of another domain, or not of one that their provider is authoritative for.
    Domain,
    /// They have another `hd`, or none.
    Hd,
    /// Which groups they are in is not known: their provider could not be asked, and the rule keeps nothing that was known before, or
    /// not that long.
    GroupsUnknown,
    /// They are not in the group.
    Group,
    /// The claim has another value, or there is none.
    Claim,
    /// The token is for another client.
    Client,
    /// They are not noted to have it.
    Entitlement,
}

impl Decision {
    /// The names of the roles, sorted, each once.
    pub fn roles(&self) -> Vec<String> {
        let mut roles: Vec<_> = self.given.iter().map(|given| given.role.clone()).collect();
        roles.dedup();
        roles
    }

    /// Whether they would have a role if they showed a second factor: then they are asked for one.
    pub fn owes_factor(&self) -> bool {
        self.withheld.iter().any(|withheld| withheld.why == Why::SecondFactor)
    }
}

impl Rights {
    /// What somebody may do. It depends on its arguments and on nothing else; without a fact, a role or a rule it is never more.
    pub fn decide(&self, facts: &Facts<'_>) -> Decision {
        let mut decision = Decision::default();
        for role in &facts.user.roles {
            self.judge(&mut decision, facts, role, Ok(Reason::Own));
        }
        for rule in &self.rules {
            let unmet = rule.unmet(facts);
            for role in &rule.roles {
                let verdict = match unmet.clone() {
                    None => Ok(Reason::Rule(rule.name.clone())),
                    Some(unmet) => Err(Why::Rule(rule.name.clone(), unmet)),
                };
                self.judge(&mut decision, facts, role, verdict);
            }
        }
        decision.given.sort();
        decision.withheld.sort();
        decision.scope = self.allowed(decision.given.iter().map(|given| &*given.role));
        decision
    }

    fn judge(&self, decision: &mut Decision, facts: &Facts<'_>, role: &str, verdict: Result<Reason, Why>) {
        let verdict = match verdict {
            Ok(_) if !facts.user.is_active() => Err(Why::Disabled),
            Ok(_) if !self.knows(role) => Err(Why::NoSuchRole),
            Ok(_) if self.demands_factor(role) && !facts.has_factor => Err(Why::SecondFactor),
            verdict => verdict,
        };
        let role = role.to_owned();
        match verdict {
            Ok(reason) => decision.given.push(Given { role, reason }),
            Err(why) => decision.withheld.push(Withheld { role, why }),
        }
    }
}

impl Rule {
    /// What does not hold, if anything.
    fn unmet(&self, facts: &Facts<'_>) -> Option<Unmet> {
        if !self.has_conditions() || self.unknown().is_some() {
            return Some(Unmet::Nothing);
        }
        self.unmet_by_identity(facts).or_else(|| {
            let Facts { user, client, .. } = facts;
            let is_client = |wanted: &String| *client == Some(wanted);
            let checks = [
                (self.client.as_ref().is_none_or(is_client), Unmet::Client),
                (
                    self.entitlement
                        .as_ref()
                        .is_none_or(|it| user.entitlements.iter().any(|has| has.name == *it)),
                    Unmet::Entitlement,
                ),
            ];
            first_unmet(checks)
        })
    }

    fn unmet_by_identity(&self, facts: &Facts<'_>) -> Option<Unmet> {
        if !self.is_about_identity() {
            return None;
        }
        let Some(proof) = facts.proof() else { return Some(Unmet::Identity) };
        let says =
            |claim: &str, value: &String| proof.claims.get(claim).is_some_and(|all| all.contains(value));
        let groups = self.groups(proof, facts.now);
        first_unmet([
            (self.provider.as_ref().is_none_or(|it| *it == proof.provider), Unmet::Provider),
            (facts.now.since(proof.at) < self.age(), Unmet::Age),
            (self.domain.as_ref().is_none_or(|it| self.is_of_domain(it, proof)), Unmet::Domain),
            (self.hd.as_ref().is_none_or(|it| proof.hd.as_ref() == Some(it)), Unmet::Hd),
            (self.group.is_none() || groups.is_some(), Unmet::GroupsUnknown),
            (self.group.as_ref().is_none_or(|it| groups.is_some_and(|all| all.contains(it))), Unmet::Group),
            (self.claim.as_ref().is_none_or(|it| says(&it.name, &it.value)), Unmet::Claim),
        ])
    }

    /// A domain is believed from the provider that the rule names; from none other than Google, by what that signs, where it names none.
    fn is_of_domain(&self, domain: &str, proof: &Proof) -> bool {
        match self.provider {
            Some(_) => proof.domain.as_deref().is_some_and(|proven| readable(proven) == readable(domain)),
            None => proof.provider == BELIEVED && proof.hd.as_deref() == Some(domain),
        }
    }
}

fn first_unmet<const N: usize>(checks: [(bool, Unmet); N]) -> Option<Unmet> {
    checks.into_iter().find_map(|(holds, unmet)| (!holds).then_some(unmet))
}
