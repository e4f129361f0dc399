//! What [`explain`](super::explain()) says, in English sentences: for commands and for the API.

use std::fmt;

use super::{Denial, Grant, Lack, Line, Missed, Proof, Reason, Wants};
use crate::{Entitlement, entitlement::MANUAL};

impl fmt::Display for Line {
    /// Whole sentences. What is about a way of coming has a dash before it, and stands below that.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disabled => f.write_str(
                "They are disabled: they may do nothing, and nothing that was issued to them counts.",
            ),
            Self::Entitled(Entitlement { name, source, order, .. }) => match order {
                Some(order) => {
                    write!(f, "They have the entitlement {name}, by the order {order} of {source}.")
                }
                None if source == MANUAL => write!(f, "They have the entitlement {name}, given by hand."),
                None => write!(f, "They have the entitlement {name}, by {source}."),
            },
            Self::NeverSignedIn => f.write_str("They have never signed in."),
            Self::Unproven => {
                f.write_str("By an identity with which they have not signed in since rules are kept:")
            }
            Self::Came(proof) => came(proof, f),
            Self::Has { role, reason: Reason::Own, .. } => {
                write!(f, "- They have the role {role}: it was given to them.")
            }
            Self::Has { role, reason: Reason::Rule(rule), entitlement } => {
                write!(f, "- They have the role {role}: the rule {rule} gives it")?;
                match entitlement {
                    Some(name) => write!(f, ", by the entitlement {name}."),
                    None => f.write_str("."),
                }
            }
            Self::Lacks { role, why } => write!(f, "- They do not have the role {role}: {why}."),
            Self::NoRole => f.write_str("- They have no role."),
            Self::May(scope) if scope.is_empty() => f.write_str("- So they may do nothing."),
            Self::May(scope) => write!(f, "- So they may do: {scope}."),
            Self::MayWithFactor(scope) => write!(f, "- With a second factor they may do: {scope}."),
            Self::Gets(scope, grant) => write!(f, "- They get {scope}: {grant}."),
            Self::GetsNot(scope, denial) => write!(f, "- They do not get {scope}: {denial}."),
        }
    }
}

fn came(proof: &Proof, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Proof { provider, domain, hd, missed, at, .. } = proof;
    write!(f, "By {provider}, where they signed in last at {at}")?;
    if let Some(domain) = domain {
        write!(f, ", with an address of {domain}")?;
    }
    if let Some(hd) = hd {
        write!(f, ", of the organization {hd}")?;
    }
    if let Some(Missed { at: known, .. }) = missed {
        f.write_str("; their groups could not be asked then")?;
        known.map_or(Ok(()), |known| write!(f, " and were last known at {known}"))?;
    }
    f.write_str(":")
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NeedsNoRole => f.write_str("it needs no role"),
            Self::Role(role) => write!(f, "the role {role} allows it"),
        }
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(id) => write!(f, "the client {id} is not registered for it"),
            Self::Api(audience) => write!(f, "the API {audience} does not know it"),
            Self::SecondFactor(role) => {
                write!(f, "the role {role} allows it where they have shown a second factor")
            }
            Self::Roles(roles) if roles.is_empty() => f.write_str("no role allows it"),
            Self::Roles(roles) => {
                write!(f, "they have none of the roles that allow it ({})", roles.join(", "))
            }
        }
    }
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disabled => f.write_str("they are disabled"),
            Self::NoSuchRole => f.write_str("there is no such role"),
            Self::SecondFactor => f.write_str("it counts only where they have shown a second factor"),
            Self::Rule(name, wants) => write!(f, "the rule {name} {wants}"),
        }
    }
}

impl fmt::Display for Wants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("has no condition that this version knows"),
            Self::Identity => f.write_str("is for people who come by an identity that proved something"),
            Self::Provider(name) => write!(f, "is for people who come by {name}"),
            Self::Age(seconds) => {
                write!(f, "wants a sign-in within the last {}, and theirs is older", long(*seconds))
            }
            Self::Domain(domain, provider) => {
                write!(f, "is for addresses of {domain} that {provider} is authoritative for")
            }
            Self::Google(domain) => write!(f, "is for accounts of {domain} at Google"),
            Self::Hd(hd) => write!(f, "is for the organization {hd} at Google"),
            Self::Asked(group, kept) => {
                write!(
                    f,
                    "is for the group {group}, and their groups could not be asked at their last sign-in"
                )?;
                let known = |seconds| write!(f, ", and nothing is known from the last {}", long(seconds));
                kept.map_or(Ok(()), known)
            }
            Self::Group(group) => write!(f, "is for the group {group}"),
            Self::Claim(name, value) => write!(f, "is for people with the claim {name}={value}"),
            Self::Client(id) => write!(f, "is for tokens of the client {id}"),
            Self::Entitlement(name) => write!(f, "is for people with the entitlement {name}"),
        }
    }
}

fn long(seconds: u64) -> String {
    let (count, unit) = match seconds {
        days if days % 86_400 == 0 => (days / 86_400, "day"),
        hours if hours % 3_600 == 0 => (hours / 3_600, "hour"),
        seconds => (seconds, "second"),
    };
    if count == 1 { unit.to_owned() } else { format!("{count} {unit}s") }
}
