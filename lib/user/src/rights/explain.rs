//! Why somebody may do what they may do, in sentences (English: for commands and for the API).

use oauth::{Scope, Time, server};

use super::{Decision, Facts, Missed, Proof, Reason, Rights, Unmet, Why, Withheld};
use crate::{Entitlement, User, entitlement::MANUAL};

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

/// The sentences: for each way in which they come, which roles they have and do not have and why; and of each scope that is asked about,
/// whether they get it, and if not, who withholds it.
pub fn explain(rights: &Rights, user: &User, question: &Question<'_>, now: Time) -> Vec<String> {
    let mut lines = Vec::new();
    if !user.is_active() {
        lines.push(
            "They are disabled: they may do nothing, and nothing that was issued to them counts.".to_owned(),
        );
    }
    lines.extend(user.entitlements.iter().map(entitled));
    if user.identities.is_empty() {
        lines.push("They have never signed in.".to_owned());
        say(&mut lines, rights, &facts(user, None, question, now), question);
    }
    for key in &user.identities {
        lines.push(came(user.proofs.get(key.as_str())));
        say(&mut lines, rights, &facts(user, Some(key.as_str()), question, now), question);
    }
    lines
}

fn facts<'a>(user: &'a User, via: Option<&'a str>, question: &Question<'a>, now: Time) -> Facts<'a> {
    let client = question.client.map_or(server::FIRST_PARTY, |client| client.name);
    Facts::of(user, now).via(via).client(client)
}

fn came(proof: Option<&Proof>) -> String {
    let Some(Proof { provider, domain, hd, missed, at, .. }) = proof else {
        return "By an identity with which they have not signed in since rules are kept:".to_owned();
    };
    let domain = domain.as_ref().map(|domain| format!(", with an address of {domain}"));
    let hd = hd.as_ref().map(|hd| format!(", of the organization {hd}"));
    format!(
        "By {provider}, where they signed in last at {at}{}{}{}:",
        domain.unwrap_or_default(),
        hd.unwrap_or_default(),
        missed.as_ref().map(not_asked).unwrap_or_default()
    )
}

fn not_asked(missed: &Missed) -> String {
    let known = missed.at.map(|at| format!(" and were last known at {at}"));
    format!("; their groups could not be asked then{}", known.unwrap_or_default())
}

fn say(lines: &mut Vec<String>, rights: &Rights, facts: &Facts<'_>, question: &Question<'_>) {
    let decision = rights.decide(facts);
    for given in &decision.given {
        let why = match &given.reason {
            Reason::Own => "it was given to them".to_owned(),
            Reason::Rule(name) => format!("the rule {name} gives it{}", by_entitlement(rights, name)),
        };
        lines.push(format!("- They have the role {}: {why}.", given.role));
    }
    for Withheld { role, why } in &decision.withheld {
        lines.push(format!("- They do not have the role {role}: {}.", withheld(rights, why)));
    }
    if decision.given.is_empty() {
        lines.push("- They have no role.".to_owned());
    }
    match question.scope {
        Some(scope) => lines.extend(scope.iter().map(|one| about(one, rights, &decision, question))),
        None => lines.push(everything(&decision, question)),
    }
}

fn entitled(entitlement: &Entitlement) -> String {
    let Entitlement { name, source, order, .. } = entitlement;
    match order {
        Some(order) => format!("They have the entitlement {name}, by the order {order} of {source}."),
        None if source == MANUAL => format!("They have the entitlement {name}, given by hand."),
        None => format!("They have the entitlement {name}, by {source}."),
    }
}

/// By which entitlement a rule gives something, if it looks at one.
fn by_entitlement(rights: &Rights, rule: &str) -> String {
    let rule = rights.rules().iter().find(|one| one.name == rule);
    let name = rule.and_then(|rule| rule.entitlement.as_ref());
    name.map_or_else(String::new, |name| format!(", by the entitlement {name}"))
}

fn everything(decision: &Decision, question: &Question<'_>) -> String {
    let limits = [question.client, question.api].into_iter().flatten();
    let scope = limits.fold(decision.scope.clone(), |scope, limit| scope.intersection(limit.scope));
    match scope.is_empty() {
        true => "- So they may do nothing.".to_owned(),
        false => format!("- So they may do: {scope}."),
    }
}

/// One scope: the first who withholds it, in the order in which they are asked.
fn about(one: &str, rights: &Rights, decision: &Decision, question: &Question<'_>) -> String {
    if let Some(client) = lacking(question.client, one) {
        return format!("- They do not get {one}: the client {} is not registered for it.", client.name);
    }
    if server::openid_scopes().contains(one) {
        return format!("- They get {one}: it needs no role.");
    }
    if let Some(api) = lacking(question.api, one) {
        return format!("- They do not get {one}: the API {} does not know it.", api.name);
    }
    let allows = |role: &&str| rights.roles().get(*role).is_some_and(|scope| scope.contains(one));
    if let Some(role) = decision.given.iter().map(|given| &*given.role).find(allows) {
        return format!("- They get {one}: the role {role} allows it.");
    }
    let roles: Vec<_> = rights.roles().keys().map(String::as_str).filter(allows).collect();
    match roles.as_slice() {
        [] => format!("- They do not get {one}: no role allows it."),
        roles => format!(
            "- They do not get {one}: they have none of the roles that allow it ({}).",
            roles.join(", ")
        ),
    }
}

fn lacking<'a>(limits: Option<Limits<'a>>, one: &str) -> Option<Limits<'a>> {
    limits.filter(|limits| !limits.scope.contains(one))
}

fn withheld(rights: &Rights, why: &Why) -> String {
    let (name, unmet) = match why {
        Why::Disabled => return "they are disabled".to_owned(),
        Why::NoSuchRole => return "there is no such role".to_owned(),
        Why::Rule(name, unmet) => (name, unmet),
    };
    let rule = rights.rules().iter().find(|rule| rule.name == *name).cloned().unwrap_or_default();
    let of = |one: Option<String>| one.unwrap_or_default();
    let what = match unmet {
        Unmet::Nothing => "has no condition that this version knows".to_owned(),
        Unmet::Identity => "is for people who come by an identity that proved something".to_owned(),
        Unmet::Provider => format!("is for people who come by {}", of(rule.provider)),
        Unmet::Age => {
            format!("wants a sign-in within the last {}, and theirs is older", long(rule.age().as_secs()))
        }
        Unmet::Domain => match rule.provider {
            Some(provider) => {
                format!("is for addresses of {} that {provider} is authoritative for", of(rule.domain))
            }
            None => format!("is for accounts of {} at Google", of(rule.domain)),
        },
        Unmet::Hd => format!("is for the organization {} at Google", of(rule.hd)),
        Unmet::GroupsUnknown => {
            let group = of(rule.group);
            let kept = rule.keep.map(|keep| format!(", and nothing is known from the last {}", long(keep)));
            let kept = kept.unwrap_or_default();
            format!(
                "is for the group {group}, and their groups could not be asked at their last sign-in{kept}"
            )
        }
        Unmet::Group => format!("is for the group {}", of(rule.group)),
        Unmet::Claim => {
            let claim = rule.claim.map(|claim| format!("{}={}", claim.name, claim.value));
            format!("is for people with the claim {}", of(claim))
        }
        Unmet::Client => format!("is for tokens of the client {}", of(rule.client)),
        Unmet::Entitlement => format!("is for people with the entitlement {}", of(rule.entitlement)),
    };
    format!("the rule {name} {what}")
}

fn long(seconds: u64) -> String {
    let (count, unit) = match seconds {
        days if days % 86_400 == 0 => (days / 86_400, "day"),
        hours if hours % 3_600 == 0 => (hours / 3_600, "hour"),
        seconds => (seconds, "second"),
    };
    if count == 1 { unit.to_owned() } else { format!("{count} {unit}s") }
}
