//! What happened.

use audit::{Event, What};
use maud::{Markup, html};
use serde::Deserialize;
use url::form_urlencoded::Serializer;
use web::{Response, Result};

use crate::{View, frame};

/// How many are on a page.
const PART: u32 = 50;

const PATH: &str = "/admin/trail";

#[derive(Debug, Default, Deserialize)]
struct Query {
    of: Option<String>,
    what: Option<String>,
    after: Option<String>,
}

impl View<'_> {
    pub(crate) async fn trail(&self) -> Result<Response> {
        let query: Query = self.request.query()?;
        let of = query.of.as_deref().filter(|of| !of.is_empty());
        let what = query.what.as_deref().and_then(What::parse);
        let narrowed = narrowed(of, what);
        let before = self.open_cursor("trail", &narrowed, query.after.as_deref())?;
        let wanted = audit::Query { of, what, since: None };
        let page = audit::list(&self.admin.table, &wanted, PART, before.as_deref(), self.request.now).await?;
        let next = page.next.map(|next| self.seal_cursor("trail", &narrowed, next)).transpose()?;
        let content = html! {
            h1 { "Trail" }
            p { "What changed rights, people and keys. Sign-ins are in the log." }
            form.search method="get" action=(PATH) {
                @if let Some(of) = of { input type="hidden" name="of" value=(of); }
                div {
                    label for="what" { "What" }
                    select #what name="what" {
                        option value="" { "Anything" }
                        @for one in What::ALL.iter().filter(|what| what.is_kept()) {
                            option value=(one.as_str()) selected[what == Some(*one)] { (one.as_str()) }
                        }
                    }
                }
                button { "Show" }
            }
            @if let Some(of) = of { p { "Of " a href={ "/admin/people/" (of) } { "one person" } ". " a href=(PATH) { "Of everybody" } } }
            (table(&page.events))
            @if let Some(next) = next {
                p { a href=(format!("{PATH}?{narrowed}&after={next}")) { "Earlier" } }
            }
        };
        Ok(self.page("Trail", &content))
    }
}

/// Everything by which the list is narrowed, as a query.
fn narrowed(of: Option<&str>, what: Option<What>) -> String {
    let mut query = Serializer::new(String::new());
    query.extend_pairs(of.map(|of| ("of", of)));
    query.extend_pairs(what.map(|what| ("what", what.as_str())));
    query.finish()
}

/// Events, the newest first.
pub(crate) fn table(events: &[Event]) -> Markup {
    html! {
        @if events.is_empty() {
            p { "Nothing is here." }
        } @else {
            div.scroll tabindex="0" role="region" aria-label="Trail" {
                table {
                    thead { tr { th scope="col" { "When" } th scope="col" { "What" } th scope="col" { "By" } th scope="col" { "To" } th scope="col" { "From" } th scope="col" { "More" } } }
                    tbody { @for event in events { (row(event)) } }
                }
            }
        }
    }
}

fn row(event: &Event) -> Markup {
    let person = |id: &str| html! { a href={ "/admin/people/" (id) } { (id) } };
    html! {
        tr {
            td { (frame::moment(event.at)) }
            td { (event.what.as_str()) ", " (event.outcome.as_str()) }
            td {
                @match (&event.actor, event.actor.id()) {
                    (audit::Actor::Person(id), _) => (person(id)),
                    (actor, Some(id)) => { (actor.kind()) " " (id) },
                    (actor, None) => (actor.kind()),
                }
            }
            td { @match (&event.whom, &event.client) { (Some(id), _) => (person(id)), (None, Some(client)) => (client), _ => "–" } }
            td { (event.from.as_deref().unwrap_or("–")) }
            td { (event.detail.line().unwrap_or_default()) }
        }
    }
}
