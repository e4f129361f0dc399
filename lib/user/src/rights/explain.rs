//! Why somebody may do what they may do, as data. Commands and the API say it in English ([`Line`]'s text), the console in its languages.

use oauth::{Scope, Time, server};

use super::{Decision, Facts, Given, Proof, Reason, Rights, Rule, Unmet, Why, Withheld};
use crate::{Entitlement, User};

/// What else bounds what somebody gets.
#[derive(Debug, Clone, Copy)]
pub struct Limits<'a> {
    /// The client's id, or the API's audience.
    pub name: &'a str,
    /// The scopes that it may have, or knows.
    pub scope: &'a Scope,
}

/// What is asked about somebody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Question<'a> {
    /// For a token of this client.
    pub client: Option<Limits<'a>>,
    /// For this API.
    pub api: Option<Limits<'a>>,
    /// About these scopes alone.
    pub scope: Option<&'a Scope>,
}

/// One thing that is said of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// They are disabled (#35).
    Disabled,
    /// They have this entitlement.
    Entitled(Entitlement),
    /// They have no identity.
    NeverSignedIn,
    /// What follows is about one of their identities, and nothing that it proved is known.
    Unproven,
    /// What follows is about the identity that proved this, the last time they signed in with it.
    Came(Box<Proof>),
    /// They have a role.
    Has {
        /// Its name.
        role: String,
        /// Why.
        reason: Reason,
        /// The entitlement by which the rule gives it, if it looks at one.
        entitlement: Option<String>,
    },
    /// They do not have a role.
    Lacks {
        /// Its name.
        role: String,
        /// Why not.
        why: Lack,
    },
    /// They have no role at all.
    NoRole,
    /// Everything that they may do, which may be nothing.
    May(Scope),
    /// Everything that they may do where they have shown a second factor, if that is more.
    MayWithFactor(Scope),
    /// They get this scope.
    Gets(String, Grant),
    /// They do not get this scope.
    GetsNot(String, Denial),
}

/// Why somebody does not have a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lack {
    /// They are disabled.
    Disabled,
    /// There is no such role.
    NoSuchRole,
    /// The rule of this name does not give it.
    Rule(String, Wants),
    /// It counts only where they have shown a second factor.
    SecondFactor,
}

/// What of a rule does not hold for somebody: what it wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wants {
    /// Nothing that this version knows.
    Nothing,
    /// An identity that proved something.
    Identity,
    /// This provider.
    Provider(String),
    /// A sign-in within so many seconds; theirs is older.
    Age(u64),
    /// An address of this domain, for which this provider is authoritative.
    Domain(String, String),
    /// An account of this domain at Google.
    Google(String),
    /// This organization at Google.
    Hd(String),
    /// This group, and their groups could not be asked at their last sign-in; nothing is known from the last seconds for which the rule
    /// keeps them, if it does.
    Asked(String, Option<u64>),
    /// This group.
    Group(String),
    /// A claim with this name and this value.
    Claim(String, String),
    /// A token of this client.
    Client(String),
    /// This entitlement.
    Entitlement(String),
}

/// Why somebody gets a scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grant {
    /// It is about who they are, and needs no role.
    NeedsNoRole,
    /// This role of theirs allows it.
    Role(String),
}

/// Who withholds a scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denial {
    /// This client is not registered for it.
    Client(String),
    /// This API does not know it.
    Api(String),
    /// They have none of these roles, which allow it. There may be none.
    Roles(Vec<String>),
    /// This role of theirs allows it, where they have shown a second factor.
    SecondFactor(String),
}

/// For each way in which they come, which roles they have and do not have and why; and of each scope that is asked about, whether they
/// get it, and if not, who withholds it. Where a role demands a second factor, it is said what they may do without one, and then with one.
pub fn explain(rights: &Rights, user: &User, question: &Question<'_>, now: Time) -> Vec<Line> {
    let mut lines = Vec::new();
    if !user.is_active() {
        lines.push(Line::Disabled);
    }
    lines.extend(user.entitlements.iter().cloned().map(Line::Entitled));
    if user.identities.is_empty() {
        lines.push(Line::NeverSignedIn);
        say(&mut lines, rights, &facts(user, None, question, now), question);
    }
    for key in user.keys() {
        let proof = user.proofs.get(key.as_str()).cloned();
        lines.push(proof.map_or(Line::Unproven, |proof| Line::Came(Box::new(proof))));
        say(&mut lines, rights, &facts(user, Some(key.as_str()), question, now), question);
    }
    lines
}

fn facts<'a>(user: &'a User, via: Option<&'a str>, question: &Question<'a>, now: Time) -> Facts<'a> {
    let client = question.client.map_or(server::FIRST_PARTY, |client| client.name);
    Facts::of(user, now).via(via).client(client)
}

fn say(lines: &mut Vec<Line>, rights: &Rights, facts: &Facts<'_>, question: &Question<'_>) {
    let decision = rights.decide(facts);
    lines.extend(decision.given.iter().cloned().map(|given| has(rights, given)));
    lines.extend(decision.withheld.iter().cloned().map(|withheld| lacks(rights, withheld)));
    if decision.given.is_empty() {
        lines.push(Line::NoRole);
    }
    match question.scope {
        Some(scope) => lines.extend(scope.iter().map(|one| about(one, rights, &decision, question))),
        None => {
            lines.push(Line::May(everything(&decision, question)));
            if decision.owes_factor() {
                let with = rights.decide(&facts.with_factor(true));
                lines.push(Line::MayWithFactor(everything(&with, question)));
            }
        }
    }
}

fn rule<'a>(rights: &'a Rights, name: &str) -> Option<&'a Rule> {
    rights.rules().iter().find(|rule| rule.name == name)
}

fn has(rights: &Rights, Given { role, reason }: Given) -> Line {
    let entitlement = match &reason {
        Reason::Own => None,
        Reason::Rule(name) => rule(rights, name).and_then(|rule| rule.entitlement.clone()),
    };
    Line::Has { role, reason, entitlement }
}

fn lacks(rights: &Rights, Withheld { role, why }: Withheld) -> Line {
    let why = match why {
        Why::Disabled => Lack::Disabled,
        Why::NoSuchRole => Lack::NoSuchRole,
        Why::SecondFactor => Lack::SecondFactor,
        Why::Rule(name, unmet) => {
            let rule = rule(rights, &name).cloned().unwrap_or_default();
            Lack::Rule(name, wants(rule, &unmet))
        }
    };
    Line::Lacks { role, why }
}

fn wants(rule: Rule, unmet: &Unmet) -> Wants {
    let age = rule.age().as_secs();
    let Rule { provider, domain, hd, group, claim, client, entitlement, keep, .. } = rule;
    let of = Option::unwrap_or_default;
    match unmet {
        Unmet::Nothing => Wants::Nothing,
        Unmet::Identity => Wants::Identity,
        Unmet::Provider => Wants::Provider(of(provider)),
        Unmet::Age => Wants::Age(age),
        Unmet::Domain => match provider {
            Some(provider) => Wants::Domain(of(domain), provider),
            None => Wants::Google(of(domain)),
        },
        Unmet::Hd => Wants::Hd(of(hd)),
        Unmet::GroupsUnknown => Wants::Asked(of(group), keep),
        Unmet::Group => Wants::Group(of(group)),
        Unmet::Claim => {
            let (name, value) = claim.map(|claim| (claim.name, claim.value)).unwrap_or_default();
            Wants::Claim(name, value)
        }
        Unmet::Client => Wants::Client(of(client)),
        Unmet::Entitlement => Wants::Entitlement(of(entitlement)),
    }
}

fn everything(decision: &Decision, question: &Question<'_>) -> Scope {
    let limits = [question.client, question.api].into_iter().flatten();
    limits.fold(decision.scope.clone(), |scope, limit| scope.intersection(limit.scope))
}

/// One scope: the first who withholds it, in the order in which they are asked.
fn about(one: &str, rights: &Rights, decision: &Decision, question: &Question<'_>) -> Line {
    let gets = |grant| Line::Gets(one.to_owned(), grant);
    let gets_not = |denial| Line::GetsNot(one.to_owned(), denial);
    if let Some(client) = lacking(question.client, one) {
        return gets_not(Denial::Client(client.name.to_owned()));
    }
    if server::openid_scopes().contains(one) {
        return gets(Grant::NeedsNoRole);
    }
    if let Some(api) = lacking(question.api, one) {
        return gets_not(Denial::Api(api.name.to_owned()));
    }
    let allows = |role: &&str| rights.roles().get(*role).is_some_and(|scope| scope.contains(one));
    if let Some(role) = decision.given.iter().map(|given| &*given.role).find(allows) {
        return gets(Grant::Role(role.to_owned()));
    }
    let demanding = decision.withheld.iter().filter(|withheld| withheld.why == Why::SecondFactor);
    if let Some(role) = demanding.map(|withheld| &*withheld.role).find(allows) {
        return gets_not(Denial::SecondFactor(role.to_owned()));
    }
    let roles = rights.roles().keys().map(String::as_str).filter(allows);
    gets_not(Denial::Roles(roles.map(str::to_owned).collect()))
}

fn lacking<'a>(limits: Option<Limits<'a>>, one: &str) -> Option<Limits<'a>> {
    limits.filter(|limits| !limits.scope.contains(one))
}
