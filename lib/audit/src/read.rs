//! Reading events again, as the trail was exported or as the log has them.

use oauth::Time;
use serde::Deserialize;
use serde_json::Value;

use crate::{Actor, Detail, Event, Outcome, What};

/// An event as its line of the log has it.
#[derive(Deserialize)]
struct Line {
    event: String,
    what: What,
    at: Time,
    actor: String,
    actor_id: Option<String>,
    whom: Option<String>,
    client: Option<String>,
    from: Option<String>,
    request_id: Option<String>,
    outcome: Outcome,
    reason: Option<String>,
    detail: Option<String>,
}

/// What a JSON object is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read {
    /// An event.
    Event(Box<Event>),
    /// Something that is to be one, and has a member that is unknown here.
    Unreadable,
    /// Something else, such as another line of the log.
    Other,
}

impl Event {
    /// Reads an event of `latchkey audit --json`, or of a line of the log. Both have its id, so it is the same event.
    pub fn read(value: &Value) -> Read {
        if value["target"] == "audit" {
            return Line::deserialize(value).ok().and_then(Line::event).map_or(Read::Unreadable, event);
        }
        match ["id", "what", "actor", "outcome"].iter().all(|name| value.get(name).is_some()) {
            true => Self::deserialize(value).map_or(Read::Unreadable, event),
            false => Read::Other,
        }
    }
}

fn event(event: Event) -> Read {
    Read::Event(Box::new(event))
}

impl Line {
    fn event(self) -> Option<Event> {
        let actor = match (self.actor.as_str(), self.actor_id) {
            ("nobody", None) => Actor::Nobody,
            ("latchkey", None) => Actor::Latchkey,
            ("person", Some(id)) => Actor::Person(id),
            ("service", Some(id)) => Actor::Service(id),
            ("operator", Some(id)) => Actor::Operator(id),
            _ => return None,
        };
        Some(Event {
            id: self.event,
            what: self.what,
            at: self.at,
            actor,
            whom: self.whom,
            client: self.client,
            from: self.from,
            request_id: self.request_id,
            outcome: self.outcome,
            reason: self.reason,
            detail: self.detail.as_deref().map(Detail::parse).unwrap_or_default(),
            ends_at: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use oauth::Visit;
    use serde_json::json;

    use super::*;

    fn written() -> Event {
        let from = Some("203.0.113.0/24".to_owned());
        let visit = Visit { at: Time::from_epoch(1_700_000_000), from, request_id: None, device: None };
        let event = Event::new(What::RolesChanged, &visit).by(Actor::Person("admin".to_owned())).whom("ann");
        let event = event.client("app").name("Orders of May").roles(&["a".to_owned()], &[]).count(2);
        let before = Some(r#"a rule "x" roles=admin"#.to_owned());
        Event {
            detail: Detail { before, scope: Some("a:read b".to_owned()), ..event.detail.clone() },
            ..event
        }
    }

    fn line(event: &Event) -> Value {
        json!({
            "timestamp": "2026-11-30T01:00:00Z", "level": "INFO", "target": "audit", "message": "roles_changed",
            "event": event.id, "what": event.what, "outcome": event.outcome, "actor": event.actor.kind(),
            "actor_id": event.actor.id(), "whom": event.whom, "client": event.client, "from": event.from,
            "detail": event.detail.line(), "at": event.at.epoch(), "series": "Changes", "Changes": 1,
        })
    }

    #[test]
    fn an_event_is_the_same_from_the_trail_and_from_the_log() {
        let written = written();
        let stored = serde_json::to_value(&written).unwrap();
        assert_eq!(Event::read(&stored), Read::Event(Box::new(written.clone())));
        assert_eq!(Event::read(&line(&written)), Read::Event(Box::new(written.clone())));
        let latchkey = Event { actor: Actor::Latchkey, detail: Detail::default(), ..written };
        assert_eq!(Event::read(&line(&latchkey)), Read::Event(Box::new(latchkey.clone())));
    }

    #[test]
    fn what_is_no_event_is_told_from_what_cannot_be_read() {
        let (stored, mut line) = (serde_json::to_value(written()).unwrap(), line(&written()));
        for other in [
            json!(null),
            json!([]),
            json!("audit"),
            json!({}),
            json!({"target": "web", "what": "roles_changed"}),
        ] {
            assert_eq!(Event::read(&other), Read::Other, "{other}");
        }
        for (name, value) in [
            ("what", json!("of_tomorrow")),
            ("at", json!("now")),
            ("actor", json!("somebody")),
            ("outcome", json!(1)),
        ] {
            let mut wrong = stored.clone();
            wrong[name] = value.clone();
            assert_eq!(Event::read(&wrong), Read::Unreadable, "{name}");
            line[name] = value;
            assert_eq!(Event::read(&line), Read::Unreadable, "{name}");
        }
    }
}
