//! The trail: what is written down with an act, and reading it.

use audit::{Actor, Event, Query, What};
use oauth::{Error, Time};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use web::{Response, Result};

use crate::{Call, cursor::Place, page_limit};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct PageQuery {
    user: Option<String>,
    what: Option<String>,
    since: Option<String>,
    limit: Option<u32>,
    cursor: Option<String>,
}

#[derive(Debug, Serialize)]
struct Shown {
    id: String,
    what: &'static str,
    at: String,
    actor: Value,
    user: Option<String>,
    client: Option<String>,
    from: Option<String>,
    request_id: Option<String>,
    outcome: &'static str,
    reason: Option<String>,
    detail: Value,
}

impl Shown {
    fn of(event: Event) -> Result<Self> {
        Ok(Self {
            what: event.what.as_str(),
            at: event.at.to_string(),
            actor: json!({"kind": event.actor.kind(), "id": event.actor.id()}),
            detail: serde_json::to_value(&event.detail)?,
            outcome: event.outcome.as_str(),
            id: event.id,
            user: event.whom,
            client: event.client,
            from: event.from,
            request_id: event.request_id,
            reason: event.reason,
        })
    }
}

impl Call<'_> {
    /// What the caller does to somebody, as it is written down.
    pub(crate) fn event(&self, what: What, whom: &str) -> Event {
        self.deed(what).whom(whom)
    }

    /// What the caller does.
    pub(crate) fn deed(&self, what: What) -> Event {
        let event = Event::new(what, &self.request.visit()).by(self.actor.in_trail());
        match (&self.actor.client, event.actor.kind()) {
            (Some(app), "person") => event.client(app),
            _ => event,
        }
    }

    pub(crate) async fn list_events(&self) -> Result<Response> {
        let query: PageQuery = self.request.whole_query()?;
        let limit = page_limit(query.limit)?;
        let what = query.what.as_deref().map(|what| What::parse(what).ok_or_else(unknown)).transpose()?;
        let since = query.since.as_deref().map(|since| Time::parse(since).ok_or_else(no_time)).transpose()?;
        let narrowed = json!([query.user, query.what, query.since]).to_string();
        let place = Place { caller: &self.actor.id, list: "audit", query: &narrowed };
        let (sealer, now) = (&self.manage.sealer, self.request.now);
        let before = query.cursor.map(|cursor| place.open::<String>(sealer, &cursor, now)).transpose()?;
        let wanted = Query { of: query.user.as_deref(), what, since };
        let page = audit::list(&self.manage.table, &wanted, limit, before.as_deref(), now).await?;
        let next = page.next.map(|before| place.seal(sealer, before, now)).transpose()?;
        let events = page.events.into_iter().map(Shown::of).collect::<Result<Vec<_>>>()?;
        Response::json(&json!({"events": events, "next": next}))
    }
}

impl crate::Actor {
    fn in_trail(&self) -> Actor {
        let id = self.id.clone();
        if self.is_service { Actor::Service(id) } else { Actor::Person(id) }
    }
}

fn unknown() -> Error {
    Error::invalid_request("what must be the name of an event, such as person_disabled")
}

fn no_time() -> Error {
    Error::invalid_request("since must be a time such as 2026-11-29T00:00:00Z")
}
