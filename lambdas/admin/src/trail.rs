//! What happened.

use std::collections::{BTreeSet, HashMap};

use audit::{Actor, Event, Outcome, What};
use maud::{Markup, html};
use serde::Deserialize;
use url::form_urlencoded::Serializer;
use web::{
    Response, Result,
    words::{fill, text},
};

use crate::{View, Words, frame};

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
        let (w, title) = (&self.words.trail, self.words.frame.trail);
        let content = html! {
            h1 { (title) }
            p { (w.text) }
            form.search method="get" action=(PATH) {
                @if let Some(of) = of { input type="hidden" name="of" value=(of); }
                div {
                    label for="what" { (w.what) }
                    select #what name="what" {
                        option value="" { (w.anything) }
                        @for one in What::ALL.iter().filter(|what| what.is_kept()) {
                            option value=(one.as_str()) selected[what == Some(*one)] { (self.words.event(*one)) }
                        }
                    }
                }
                button { (w.show) }
            }
            @if let Some(of) = of {
                @let person = html! { a href={ "/admin/people/" (of) } { (w.one_person) } };
                p { (fill(w.of_one, &[("person", person)])) " " a href=(PATH) { (w.of_everybody) } }
            }
            (self.events(&page.events).await?)
            @if let Some(next) = next {
                p { a href=(format!("{PATH}?{narrowed}&after={next}")) { (w.earlier) } }
            }
        };
        Ok(self.page(title, &content))
    }

    /// Events, the newest first, and at most fifty of them. People stand there by their names: the numbers are in the links.
    pub(crate) async fn events(&self, events: &[Event]) -> Result<Markup> {
        let (w, words) = (&self.words.trail, self.words);
        if events.is_empty() {
            return Ok(html! { p { (w.nothing) } });
        }
        let names = user::search::names_of(&self.admin.table, people_in(events), self.request.now).await?;
        Ok(html! {
            div.scroll tabindex="0" role="region" aria-label=(words.frame.trail) {
                table {
                    thead { tr { @for name in [w.when, w.what, w.by, w.to, w.origin, w.more] { th scope="col" { (name) } } } }
                    tbody { @for event in events { (row(words, event, &names)) } }
                }
            }
        })
    }
}

/// The ids of the people who did something there, and of those whom it concerns.
fn people_in(events: &[Event]) -> BTreeSet<String> {
    let acting = events.iter().filter(|event| matches!(event.actor, Actor::Person(_)));
    let acting = acting.filter_map(|event| event.actor.id());
    acting.chain(events.iter().filter_map(|event| event.whom.as_deref())).map(str::to_owned).collect()
}

/// Everything by which the list is narrowed, as a query.
fn narrowed(of: Option<&str>, what: Option<What>) -> String {
    let mut query = Serializer::new(String::new());
    query.extend_pairs(of.map(|of| ("of", of)));
    query.extend_pairs(what.map(|what| ("what", what.as_str())));
    query.finish()
}

fn row(words: &Words, event: &Event, names: &HashMap<String, String>) -> Markup {
    let person = |id: &str| html! { a href={ "/admin/people/" (id) } title=(id) { (names.get(id).map_or(id, String::as_str)) } };
    html! {
        tr {
            td { (frame::moment(event.at)) }
            td { (happened(words, event)) }
            td { @if let Actor::Person(id) = &event.actor { (person(id)) } @else { (actor(words, &event.actor)) } }
            td { @match (&event.whom, &event.client) { (Some(id), _) => (person(id)), (None, Some(client)) => (client), _ => "–" } }
            td { (event.from.as_deref().unwrap_or("–")) }
            td { @if let Some(line) = event.detail.line() { code { (line) } } }
        }
    }
}

fn happened(words: &Words, event: &Event) -> String {
    let what = words.event(event.what);
    match event.outcome {
        Outcome::Ok => what.to_owned(),
        Outcome::Refused => text(words.trail.refused, &[("what", what)]),
        Outcome::Failed => text(words.trail.failed, &[("what", what)]),
    }
}

fn actor(words: &Words, actor: &Actor) -> String {
    let w = &words.trail;
    match actor {
        Actor::Nobody => w.by_nobody.to_owned(),
        Actor::Latchkey => w.by_latchkey.to_owned(),
        Actor::Person(id) => id.clone(),
        Actor::Service(id) => text(w.by_app, &[("id", id)]),
        Actor::Operator(id) => text(w.by_operator, &[("id", id)]),
    }
}
