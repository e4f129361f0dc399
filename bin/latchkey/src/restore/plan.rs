//! What is to be done again: of everything that happened the newest state, as far as it takes something away.

use std::{collections::BTreeMap, fmt};

use audit::{Event, Outcome, What};

/// One thing that is done again, because of this event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step<'a> {
    pub(super) act: Act<'a>,
    pub(super) event: &'a Event,
}

/// What.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Act<'a> {
    /// Deletes the person with this id.
    Delete(&'a str),
    /// Disables the person with this id.
    Disable(&'a str),
    /// Ends all sessions and grants of this person.
    SignOut(&'a str),
    /// Leaves this person no other roles than these.
    KeepRoles(&'a str, &'a [String]),
    /// Takes back what this person let this client have.
    RemoveConsent(&'a str, &'a str),
    /// Disables the client with this id.
    DisableClient(&'a str),
    /// Removes the client with this id.
    RemoveClient(&'a str),
    /// Removes the API with this audience.
    RemoveApi(&'a str),
    /// Removes the rule of this name.
    RemoveRule(&'a str),
    /// Removes the role of this name.
    RemoveRole(&'a str),
}

impl fmt::Display for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.act {
            Act::Delete(id) => write!(f, "delete the person {id}"),
            Act::Disable(id) => write!(f, "disable the person {id}"),
            Act::SignOut(id) => write!(f, "sign the person {id} out everywhere"),
            Act::KeepRoles(id, []) => write!(f, "take all roles from the person {id}"),
            Act::KeepRoles(id, roles) => {
                write!(f, "take all roles from the person {id} but {}", roles.join(", "))
            }
            Act::RemoveConsent(id, client) => {
                write!(f, "remove what the person {id} let the client {client} have")
            }
            Act::DisableClient(id) => write!(f, "disable the client {id}"),
            Act::RemoveClient(id) => write!(f, "remove the client {id}"),
            Act::RemoveApi(audience) => write!(f, "remove the API {audience}"),
            Act::RemoveRule(name) => write!(f, "remove the rule {name}"),
            Act::RemoveRole(name) => write!(f, "remove the role {name}"),
        }?;
        write!(f, " ({} at {})", self.event.what, self.event.at)
    }
}

/// Of which state something is the newest word. Steps are taken in this order: a rule goes before the roles that it gives.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Subject<'a> {
    Deletion(&'a str),
    Status(&'a str),
    SignOut(&'a str),
    Roles(&'a str),
    Consent(&'a str, &'a str),
    Client(&'a str),
    Api(&'a str),
    Rule(&'a str),
    Role(&'a str),
}

/// The steps that these events ask for, which are in the order of time.
pub(super) fn steps(events: &[Event]) -> Vec<Step<'_>> {
    let mut newest: BTreeMap<Subject<'_>, &Event> = BTreeMap::new();
    newest.extend(
        events
            .iter()
            .filter(|event| event.outcome == Outcome::Ok)
            .filter_map(|event| Some((subject(event)?, event))),
    );
    let is_gone = |id: &str| newest.contains_key(&Subject::Deletion(id));
    let of_the_gone = |subject: &Subject<'_>| match subject {
        Subject::Status(id) | Subject::SignOut(id) | Subject::Roles(id) | Subject::Consent(id, _) => {
            is_gone(id)
        }
        _ => false,
    };
    let steps = newest.iter().filter(|(subject, _)| !of_the_gone(subject));
    steps.filter_map(|(subject, event)| Some(Step { act: act(subject, event)?, event })).collect()
}

fn subject(event: &Event) -> Option<Subject<'_>> {
    let (whom, client, name) = (event.whom.as_deref(), event.client.as_deref(), event.detail.name.as_deref());
    Some(match event.what {
        What::PersonDeleted => Subject::Deletion(whom?),
        What::PersonDisabled | What::PersonEnabled => Subject::Status(whom?),
        What::SignOutEverywhere => Subject::SignOut(whom?),
        What::RolesChanged => Subject::Roles(whom?),
        What::ConsentGiven | What::ConsentRemoved => Subject::Consent(whom?, client?),
        What::ClientAdded | What::ClientDisabled | What::ClientEnabled | What::ClientRemoved => {
            Subject::Client(client?)
        }
        What::ApiSet | What::ApiRemoved => Subject::Api(name?),
        What::RuleSet | What::RuleRemoved => Subject::Rule(name?),
        What::RoleSet | What::RoleRemoved => Subject::Role(name?),
        _ => return None,
    })
}

fn act<'a>(subject: &Subject<'a>, event: &'a Event) -> Option<Act<'a>> {
    Some(match (subject, event.what) {
        (Subject::Deletion(id), _) => Act::Delete(id),
        (Subject::Status(id), What::PersonDisabled) => Act::Disable(id),
        (Subject::SignOut(id), _) => Act::SignOut(id),
        (Subject::Roles(id), _) => Act::KeepRoles(id, event.detail.roles.as_deref()?),
        (Subject::Consent(id, client), What::ConsentRemoved) => Act::RemoveConsent(id, client),
        (Subject::Client(id), What::ClientDisabled) => Act::DisableClient(id),
        (Subject::Client(id), What::ClientRemoved) => Act::RemoveClient(id),
        (Subject::Api(audience), What::ApiRemoved) => Act::RemoveApi(audience),
        (Subject::Rule(name), What::RuleRemoved) => Act::RemoveRule(name),
        (Subject::Role(name), What::RoleRemoved) => Act::RemoveRole(name),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use oauth::{Time, Visit};

    use super::*;

    fn at(seconds: i64, what: What) -> Event {
        Event::new(what, &Visit::here(Time::from_epoch(1_700_000_000 + seconds)))
    }

    fn acts(events: &[Event]) -> Vec<Act<'_>> {
        steps(events).into_iter().map(|step| step.act).collect()
    }

    #[test]
    fn the_newest_word_counts_and_only_what_takes_away() {
        let roles = |seconds, roles: &[&str]| {
            let roles: Vec<_> = roles.iter().map(|role| (*role).to_owned()).collect();
            at(seconds, What::RolesChanged).whom("cid").roles(&[], &roles)
        };
        let events = [
            at(1, What::PersonDisabled).whom("ann"),
            at(2, What::PersonEnabled).whom("ann"),
            at(3, What::PersonEnabled).whom("bob"),
            at(4, What::PersonDisabled).whom("bob"),
            roles(5, &["admin"]),
            roles(6, &["member"]),
            at(7, What::ConsentRemoved).whom("ann").client("a"),
            at(8, What::ConsentGiven).whom("ann").client("a"),
            at(9, What::ConsentRemoved).whom("ann").client("b"),
            at(10, What::ClientDisabled).client("a"),
            at(11, What::ClientEnabled).client("a"),
            at(12, What::ClientRemoved).client("b"),
            at(13, What::ClientAdded).client("c"),
            at(14, What::RoleRemoved).name("staff"),
            at(15, What::RuleRemoved).name("cooks"),
            at(16, What::RoleRemoved).name("back"),
            at(17, What::RoleSet).name("back"),
            at(18, What::ApiRemoved).name("https://api.example"),
        ];
        let member = ["member".to_owned()];
        let expected = [
            Act::Disable("bob"),
            Act::KeepRoles("cid", &member),
            Act::RemoveConsent("ann", "b"),
            Act::RemoveClient("b"),
            Act::RemoveApi("https://api.example"),
            Act::RemoveRule("cooks"),
            Act::RemoveRole("staff"),
        ];
        assert_eq!(acts(&events), expected);
    }

    #[test]
    fn of_somebody_who_was_deleted_nothing_else_is_done_and_what_was_refused_is_nothing() {
        let events = [
            at(1, What::PersonDeleted).whom("ann"),
            at(2, What::SignOutEverywhere).whom("ann"),
            at(3, What::PersonDisabled).whom("ann"),
            at(4, What::ConsentRemoved).whom("ann").client("a"),
            at(5, What::RolesChanged).whom("ann").roles(&[], &[]),
            at(6, What::PersonDeleted).whom("bob").refused(oauth::Code::AccessDenied),
            at(7, What::RolesChanged).whom("cid"),
            at(8, What::PersonDeleted),
        ];
        assert_eq!(acts(&events), [Act::Delete("ann")]);
    }
}
