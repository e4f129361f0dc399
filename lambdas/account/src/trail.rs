//! What the trail has about the person: what changed their account and their rights, by whom and when.
//!
//! Who acted on them is said by kind and not by name, and from where only of what they did themselves: what an administrator is called
//! and where they sit is the administrator's (#81).

use std::collections::BTreeMap;

use audit::{Actor, Event, Query, What};
use client::Client;
use maud::{Markup, html};
use oauth::Time;
use person::Person;
use serde_json::{Value, json};
use store::Batch;
use web::{
    Request, Response, Result, Words,
    words::{fill, text},
};

use crate::{Account, PATH, TRAIL, own_page};

/// How many events are on a page.
const PART: u32 = 30;

/// The most parts of the trail that are in a download, of 100 events each.
const MOST_PARTS: usize = 20;

/// A part of what happened to somebody.
struct Shown<'a> {
    person: &'a Person,
    events: &'a [Event],
    /// What the clients that are named in it are called.
    apps: &'a BTreeMap<String, String>,
}

impl Account {
    /// The page, for the person who acts. It begins before the event that the address names.
    pub(crate) async fn happened(&self, request: &Request) -> Result<Response> {
        let person = match self.acting(request).await? {
            Ok(person) => person,
            Err(elsewhere) => return Ok(elsewhere),
        };
        let words = request.look().words;
        let before = request.text("before");
        let query = Query { of: Some(&person.user.id), ..Query::default() };
        let page = audit::list(&self.table, &query, PART, before.as_deref(), request.now).await?;
        let apps = self.names(&page.events, request.now).await?;
        let shown = Shown { person: &person, events: &page.events, apps: &apps };
        Ok(own_page(request, words.trail.title, &view(words, &shown, page.next.as_deref())))
    }

    /// All of it, for the download.
    pub(crate) async fn all_events(&self, person: &Person, now: Time) -> Result<Vec<Value>> {
        let query = Query { of: Some(&person.user.id), ..Query::default() };
        let (mut all, mut before) = (Vec::new(), None::<String>);
        for _ in 0..MOST_PARTS {
            let page = audit::list(&self.table, &query, 100, before.as_deref(), now).await?;
            all.extend(page.events.iter().map(|event| as_json(event, person)));
            before = page.next;
            if before.is_none() {
                break;
            }
        }
        Ok(all)
    }

    /// What the clients of these events are called. One that is removed is called by its id.
    ///
    /// One BatchGetItem, where there are any.
    async fn names(&self, events: &[Event], now: Time) -> Result<BTreeMap<String, String>> {
        let ids = || events.iter().filter_map(|event| event.client.as_deref());
        let batch = ids().fold(Batch::new(), |batch, id| batch.and::<Client>(id));
        let rows = self.table.get_batch(batch, now).await?;
        let name = |id: &str| {
            let client = rows.see::<Client>(id).and_then(std::result::Result::ok);
            client.map_or_else(|| id.to_owned(), |client| client.name.clone())
        };
        Ok(ids().map(|id| (id.to_owned(), name(id))).collect())
    }
}

fn is_own(event: &Event, person: &Person) -> bool {
    matches!(&event.actor, Actor::Person(id) if *id == person.user.id)
}

fn as_json(event: &Event, person: &Person) -> Value {
    let is_own = is_own(event, person);
    let by = if is_own { "you" } else { event.actor.kind() };
    json!({
        "at": event.at.to_string(), "what": event.what, "outcome": event.outcome, "by": by, "client_id": event.client,
        "from": event.from.as_ref().filter(|_| is_own), "detail": event.detail,
    })
}

fn view(words: &Words, shown: &Shown<'_>, next: Option<&str>) -> Markup {
    let w = &words.trail;
    html! {
        h1 { (w.title) }
        p { (w.text) }
        @if shown.events.is_empty() {
            @if next.is_none() { p { (w.none) } }
        } @else {
            ul.rows {
                @for event in shown.events {
                    li {
                        p { (what(words, shown, event)) }
                        p.small { (words.moment(event.at)) ". " (who(words, shown, event)) }
                    }
                }
            }
        }
        @if let Some(next) = next { p { a href={ (TRAIL) "?before=" (next) } { (w.earlier) } } }
        p.small { a href=(PATH) { (w.back) } }
    }
}

/// The sentence of an event.
fn what(words: &Words, shown: &Shown<'_>, event: &Event) -> String {
    let w = &words.trail;
    let said = match event.what {
        What::SessionEnded => w.session_ended,
        What::SignOutEverywhere => w.signed_out,
        What::RefreshTokenReused => w.token_reused,
        What::CodeReused => w.code_reused,
        What::PersonAdded => w.added,
        What::PersonChanged => w.changed,
        What::PersonDisabled => w.disabled,
        What::PersonEnabled => w.enabled,
        What::PersonExported => w.exported,
        What::IdentityLinked => w.linked,
        What::PasskeyAdded => w.passkey_added,
        What::PasskeyRemoved => w.passkey_removed,
        What::PasskeyCopied => w.passkey_copied,
        What::IdentityUnlinked => w.unlinked,
        What::FactorAdded => w.factor_added,
        What::FactorRemoved => w.factor_removed,
        What::RecoveryCodesMade => w.codes_made,
        What::RolesChanged => return roles(words, event.detail.roles.as_deref().unwrap_or_default()),
        What::EntitlementsChanged => return entitlements(words, event.detail.after.as_deref().unwrap_or_default()),
        What::WebhookGave => w.bought,
        What::WebhookTook => w.refunded,
        What::PasswordChanged => w.password,
        What::AddressProven => w.proven,
        // Nobody is left who could read it.
        What::PersonDeleted
        // Only in the log.
        | What::SignIn
        | What::SignOut
        | What::Token
        | What::Renewal
        | What::Revocation
        | What::ConsentGiven
        | What::ConsentRemoved
        | What::Lockout
        | What::FactorUsed
        // Not about one person. There is no arm for the rest: a new event does not compile without its sentence.
        | What::PersonInvited
        | What::InvitationRemoved
        | What::PeopleImported
        | What::WebhookSet
        | What::WebhookSecretChanged
        | What::WebhookRemoved
        | What::RightsBegun
        | What::RoleSet
        | What::RoleRemoved
        | What::RuleSet
        | What::RuleRemoved
        | What::DefaultsSet
        | What::ClientAdded
        | What::ClientChanged
        | What::ClientSecretChanged
        | What::ClientDisabled
        | What::ClientEnabled
        | What::ClientRemoved
        | What::ApiSet
        | What::ApiRemoved
        | What::KeysRotated
        | What::KeyRevoked
        | What::ReceiverSet
        | What::ReceiverRemoved
        | What::Restored => return text(w.other, &[("what", event.what.as_str())]),
    };
    text(said, &[("app", app(shown, event))])
}

fn roles(words: &Words, roles: &[String]) -> String {
    let roles: Vec<_> = roles.iter().map(String::as_str).collect();
    match roles.is_empty() {
        true => words.trail.roles_none.to_owned(),
        false => text(words.trail.roles, &[("roles", &words.list(&roles))]),
    }
}

/// What there is from then on: names with `, ` between them.
fn entitlements(words: &Words, names: &str) -> String {
    let names: Vec<_> = names.split(", ").filter(|name| !name.is_empty()).collect();
    match names.is_empty() {
        true => words.trail.entitlements_none.to_owned(),
        false => text(words.trail.entitlements, &[("entitlements", &words.list(&names))]),
    }
}

fn who(words: &Words, shown: &Shown<'_>, event: &Event) -> Markup {
    let w = &words.trail;
    match (&event.actor, &event.from) {
        (Actor::Person(_), Some(from)) if is_own(event, shown.person) => {
            fill(w.by_you_from, &[("place", html! { (from) })])
        }
        (Actor::Person(_), _) if is_own(event, shown.person) => html! { (w.by_you) },
        (Actor::Person(_), _) => html! { (w.by_admin) },
        (Actor::Service(_), _) => fill(w.by_app, &[("app", html! { (app(shown, event)) })]),
        (Actor::Operator(_), _) => html! { (w.by_operator) },
        (Actor::Latchkey | Actor::Nobody, _) => html! { (w.by_latchkey) },
    }
}

/// What the app of an event is called: the one that asked, or else the one that acted.
fn app<'a>(shown: &'a Shown<'_>, event: &'a Event) -> &'a str {
    let id = event.client.as_deref().or(event.actor.id()).unwrap_or_default();
    shown.apps.get(id).map_or(id, String::as_str)
}
