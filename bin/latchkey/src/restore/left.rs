//! What is left to the operator, in sentences: what the trail does not say enough about, and what would give something to somebody.

use std::collections::{BTreeMap, BTreeSet};

use audit::{Event, Outcome, What};

use super::plan::{self, Act};

/// What these events, which are in the order of time, leave to do by hand.
pub(super) fn of(events: &[Event]) -> Vec<String> {
    let happened = || events.iter().filter(|event| event.outcome == Outcome::Ok);
    let gone: BTreeSet<_> = plan::steps(events).iter().filter_map(|step| end(&step.act)).collect();
    let mut left: BTreeMap<(usize, String), &Event> = BTreeMap::new();
    for event in happened().filter(|event| subject(event).is_none_or(|it| !gone.contains(it))) {
        if let Some((order, sentence)) = sentence(event) {
            left.insert((order, sentence), event);
        }
    }
    let counted = counted(events);
    counted
        .into_iter()
        .chain(left.into_iter().map(|((_, sentence), event)| format!("{sentence} ({})", event.at)))
        .collect()
}

/// Who or what is gone by this.
fn end<'a>(act: &Act<'a>) -> Option<&'a str> {
    match act {
        Act::Delete(id) | Act::RemoveClient(id) => Some(id),
        Act::RemoveApi(name) | Act::RemoveRule(name) | Act::RemoveRole(name) => Some(name),
        _ => None,
    }
}

fn subject(event: &Event) -> Option<&str> {
    event.whom.as_deref().or(event.detail.name.as_deref()).or(event.client.as_deref())
}

/// What the operator does about one event; those that matter most come first.
fn sentence(event: &Event) -> Option<(usize, String)> {
    let (order, advice) = advice(event.what)?;
    let about = match event.what {
        // The shop, and not the person.
        What::WebhookGave | What::WebhookTook => event.detail.name.as_deref(),
        _ => subject(event),
    };
    Some((order, advice.replace("{about}", about.unwrap_or("?"))))
}

fn advice(what: What) -> Option<(usize, &'static str)> {
    Some(match what {
        What::ClientSecretChanged => (
            0,
            "The client {about} had another secret, and the old one works again: `latchkey client rotate-secret {about}`, and then with --finish",
        ),
        What::IdentityUnlinked => (
            0,
            "A way to sign in was removed from the person {about} and leads to them again: they remove it at /account, or you do at /admin",
        ),
        What::PasskeyRemoved => (
            0,
            "A passkey was removed from the person {about} and counts again: they remove it at /users/passkey",
        ),
        What::PasswordChanged => {
            (0, "The person {about} had another password, and the old one counts again: they set a new one")
        }
        What::FactorAdded => {
            (0, "The person {about} had added a second factor, and nothing asks for it: they add it again")
        }
        What::FactorRemoved => (
            0,
            "The second factor of the person {about} was removed, and is asked for again: where they lack its device, or somebody else has it, `latchkey user forget-factor {about}`",
        ),
        What::RecoveryCodesMade => {
            (0, "The person {about} had new recovery codes, and the old ones count again: they make new ones")
        }
        What::WebhookSet | What::WebhookSecretChanged | What::WebhookRemoved => (
            0,
            "The source of webhooks {about} was changed or removed: look at `latchkey webhook show {about}`",
        ),
        What::ClientAdded => {
            (1, "The client {about} was added: register it again, with `latchkey client add`")
        }
        What::ClientChanged => (1, "The client {about} was changed: look at `latchkey client show {about}`"),
        What::ClientEnabled => (1, "The client {about} was enabled: `latchkey client enable {about}`"),
        What::ApiSet => (
            1,
            "The API {about} was added, changed, disabled or enabled: look at `latchkey client show {about}`",
        ),
        What::ReceiverSet | What::ReceiverRemoved => {
            (1, "The receiver of events {about} was changed or removed: look at `latchkey events list`")
        }
        What::RoleSet => (1, "The role {about} was set: look at `latchkey role show {about}`"),
        What::RuleSet => (1, "The rule {about} was set: look at `latchkey rule list`"),
        What::DefaultsSet => (1, "What everybody gets was changed: `latchkey role defaults`"),
        What::EntitlementsChanged => {
            (1, "Entitlements of the person {about} changed: look at `latchkey user show {about}`")
        }
        What::WebhookGave | What::WebhookTook => (
            1,
            "The shop {about} gave or took something: let it send its latest events again, which are done once",
        ),
        What::PersonAdded => (2, "The person {about} was added: add them again, with `latchkey user add`"),
        What::PersonEnabled => (2, "The person {about} was enabled: `latchkey user enable {about}`"),
        What::PersonChanged => {
            (2, "What is known of the person {about} was changed: look at `latchkey user show {about}`")
        }
        What::PeopleImported => {
            (2, "People were imported: import the file again, with `latchkey user import`")
        }
        _ => return None,
    })
}

/// What no trail has the addresses of, because an event has none.
fn counted(events: &[Event]) -> Vec<String> {
    let count = |what: What| events.iter().filter(|event| event.what == what).count();
    let (withdrawn, invited) = (count(What::InvitationRemoved), count(What::PersonInvited));
    let withdrawn = (withdrawn > 0).then(|| {
        format!("{withdrawn} invitations were withdrawn, and the trail does not have their addresses: they wait again, until `latchkey user uninvite`")
    });
    let invited = (invited > 0).then(|| {
        format!("{invited} invitations were made, and the trail does not have their addresses: invite again")
    });
    withdrawn.into_iter().chain(invited).collect()
}
