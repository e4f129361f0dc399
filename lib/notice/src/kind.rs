//! What receivers are told of.

use audit::{Event, Outcome, What};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// What happened, as a receiver reads it in `type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// There is a person more.
    #[serde(rename = "user.created")]
    UserCreated,
    /// Something about a person changed.
    #[serde(rename = "user.updated")]
    UserUpdated,
    /// A person is gone.
    #[serde(rename = "user.deleted")]
    UserDeleted,
    /// The roles of a person changed.
    #[serde(rename = "roles.changed")]
    RolesChanged,
    /// A session of a person ended, or all of them.
    #[serde(rename = "session.ended")]
    SessionEnded,
    /// A sample: every receiver gets it that is tested.
    #[serde(rename = "test")]
    Test,
}

impl Kind {
    /// Those that a receiver can ask for.
    pub const ALL: [Self; 5] =
        [Self::UserCreated, Self::UserUpdated, Self::UserDeleted, Self::RolesChanged, Self::SessionEnded];

    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UserCreated => "user.created",
            Self::UserUpdated => "user.updated",
            Self::UserDeleted => "user.deleted",
            Self::RolesChanged => "roles.changed",
            Self::SessionEnded => "session.ended",
            Self::Test => "test",
        }
    }

    /// The one that a receiver can ask for and that is written like this.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// What receivers are told of an event of the trail. Whoever is disabled or deleted, or has another password, loses all sessions.
    pub(crate) fn of(event: &Event) -> &'static [Self] {
        if event.outcome != Outcome::Ok || event.whom.is_none() {
            return &[];
        }
        match event.what {
            What::PersonAdded => &[Self::UserCreated],
            What::PersonDisabled | What::PasswordChanged => &[Self::UserUpdated, Self::SessionEnded],
            // A shop gave or took roles too.
            What::WebhookGave | What::WebhookTook if event.detail.roles.is_some() => {
                &[Self::UserUpdated, Self::RolesChanged]
            }
            // Whose lost factors somebody else takes away is signed out everywhere.
            What::FactorRemoved if !event.is_own() => &[Self::UserUpdated, Self::SessionEnded],
            What::PersonChanged
            | What::PersonEnabled
            | What::EntitlementsChanged
            | What::WebhookGave
            | What::WebhookTook
            | What::AddressProven
            | What::FactorAdded
            | What::FactorRemoved
            | What::PasskeyAdded
            | What::PasskeyRemoved
            | What::IdentityLinked
            | What::IdentityUnlinked => &[Self::UserUpdated],
            What::PersonDeleted => &[Self::UserDeleted, Self::SessionEnded],
            What::RolesChanged => &[Self::RolesChanged],
            What::SessionEnded | What::SignOut | What::SignOutEverywhere => &[Self::SessionEnded],
            _ => &[],
        }
    }

    /// The body, which has ids and words of ours alone: no name, no address, no token (#90, #103).
    pub(crate) fn body(self, event: &Event) -> String {
        let mut data = Map::from_iter([("user_id".to_owned(), json!(event.whom))]);
        let mut add = |name: &str, value: Value| data.insert(name.to_owned(), value);
        match self {
            Self::UserUpdated => drop(add("changed", json!(changed(event)))),
            Self::RolesChanged => {
                add("roles", json!(event.detail.roles));
                add("roles_before", json!(event.detail.roles_before));
            }
            // Without one, all of them ended.
            Self::SessionEnded => drop(add("session_id", json!(event.detail.session))),
            Self::UserCreated | Self::UserDeleted | Self::Test => {}
        }
        json!({"type": self.as_str(), "timestamp": event.at.to_string(), "data": data}).to_string()
    }
}

/// The names of what changed, without their values.
fn changed(event: &Event) -> Vec<String> {
    let one = |name: &str| vec![name.to_owned()];
    match event.what {
        What::PersonDisabled | What::PersonEnabled => one("status"),
        What::EntitlementsChanged | What::WebhookGave | What::WebhookTook => one("entitlements"),
        What::AddressProven => one("email_verified"),
        What::FactorAdded | What::FactorRemoved | What::PasskeyAdded | What::PasskeyRemoved => one("factors"),
        What::IdentityLinked | What::IdentityUnlinked => one("identities"),
        What::PasswordChanged => one("password"),
        _ => event.detail.changed.clone().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use audit::Actor;
    use oauth::{Time, Visit};

    use super::*;

    #[test]
    fn a_body_has_ids_and_our_own_words() {
        // #90
        let event = |what| Event::new(what, &Visit::here(Time::from_epoch(1_800_000_000))).whom("u1");
        let roles = event(What::RolesChanged).roles(&["member".to_owned()], &["admin".to_owned()]);
        for (event, wanted) in [
            (event(What::PersonAdded), json!([{"type": "user.created", "data": {"user_id": "u1"}}])),
            (
                event(What::PersonDeleted),
                json!([
                    {"type": "user.deleted", "data": {"user_id": "u1"}},
                    {"type": "session.ended", "data": {"user_id": "u1", "session_id": null}},
                ]),
            ),
            (
                event(What::WebhookGave).turned(None, Some("gold".to_owned())),
                json!([{"type": "user.updated", "data": {"user_id": "u1", "changed": ["entitlements"]}}]),
            ),
            (
                event(What::WebhookTook).roles(&["backer".to_owned()], &[]),
                json!([
                    {"type": "user.updated", "data": {"user_id": "u1", "changed": ["entitlements"]}},
                    {"type": "roles.changed", "data": {"user_id": "u1", "roles": [], "roles_before": ["backer"]}},
                ]),
            ),
            (
                event(What::AddressProven),
                json!([{"type": "user.updated", "data": {"user_id": "u1", "changed": ["email_verified"]}}]),
            ),
            (
                event(What::FactorRemoved).by_person("u1"),
                json!([{"type": "user.updated", "data": {"user_id": "u1", "changed": ["factors"]}}]),
            ),
            (
                event(What::FactorRemoved).by(Actor::Operator("local".to_owned())),
                json!([
                    {"type": "user.updated", "data": {"user_id": "u1", "changed": ["factors"]}},
                    {"type": "session.ended", "data": {"user_id": "u1", "session_id": null}},
                ]),
            ),
            (
                event(What::SignOut).session("s1"),
                json!([{"type": "session.ended", "data": {"user_id": "u1", "session_id": "s1"}}]),
            ),
            (
                event(What::PersonChanged).changed(&["name"]),
                json!([{"type": "user.updated", "data": {"user_id": "u1", "changed": ["name"]}}]),
            ),
            (
                event(What::PersonDisabled),
                json!([
                    {"type": "user.updated", "data": {"user_id": "u1", "changed": ["status"]}},
                    {"type": "session.ended", "data": {"user_id": "u1", "session_id": null}},
                ]),
            ),
            (
                roles,
                json!([{"type": "roles.changed", "data": {"user_id": "u1", "roles": ["admin"], "roles_before": ["member"]}}]),
            ),
            (
                event(What::SessionEnded).session("s1"),
                json!([{"type": "session.ended", "data": {"user_id": "u1", "session_id": "s1"}}]),
            ),
            (event(What::SignIn), json!([])),
            (event(What::PersonAdded).failed(), json!([])),
            (Event::new(What::PersonAdded, &Visit::here(Time::from_epoch(1))), json!([])),
        ] {
            let bodies: Vec<_> = Kind::of(&event)
                .iter()
                .map(|kind| serde_json::from_str::<Value>(&kind.body(&event)).unwrap())
                .map(|mut body| {
                    assert_eq!(body["timestamp"], "2027-01-15T08:00:00Z");
                    body.as_object_mut().unwrap().remove("timestamp");
                    body
                })
                .collect();
            assert_eq!(json!(bodies), wanted, "{event:?}");
        }
    }

    #[test]
    fn only_what_can_be_asked_for_is_parsed() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.as_str()), Some(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        for other in ["", "test", "user", "user.*", "USER.CREATED", "user.created "] {
            assert_eq!(Kind::parse(other), None, "{other}");
        }
    }
}
