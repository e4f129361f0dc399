//! What the page shows.

use authenticate::Button;
use authorization::apps::{Access, App, Apps};
use maud::{Markup, html};
use person::Person;
use user::LinkedIdentity;
use web::{
    Words, page,
    words::{fill, text},
};

use crate::{
    DATA, DELETE, EVERYWHERE, PATH, TRAIL,
    about::{self, name, who},
    sessions::{self, Sessions},
    show::Forms,
};

/// A sign-in with another account, which leads back here.
const OTHER: &str = "/users/login?prompt=select_account&return_to=%2Faccount";

/// What there is to show to somebody who is signed in.
pub(crate) struct Shown<'a> {
    pub(crate) words: &'static Words,
    pub(crate) person: &'a Person,
    /// Those who are signed in in this browser.
    pub(crate) people: &'a [Person],
    pub(crate) buttons: &'a [Button],
    /// Whether an address is proven by a mail, and whether one was asked for just now.
    pub(crate) proves: bool,
    pub(crate) mailed: bool,
    /// Whether people sign in with passwords too.
    pub(crate) passwords: bool,
    /// Whether people sign in with passkeys too.
    pub(crate) passkeys: bool,
    pub(crate) identities: &'a [LinkedIdentity],
    pub(crate) apps: &'a Apps,
    pub(crate) sessions: Sessions,
    /// What a form has just done.
    pub(crate) done: Option<&'a str>,
    pub(crate) forms: Forms,
    /// Whether people may have a second factor.
    pub(crate) second_factors: bool,
}

/// To somebody who is signed in.
pub(crate) fn account(shown: &Shown<'_>) -> Markup {
    let Shown { words, person, apps, forms, .. } = shown;
    let w = &words.account;
    html! {
        h1 { (w.title) }
        @if let Some(done) = shown.done { p role="status" { (done) } }
        p.soft { (fill(words.common.signed_in_as, &[("who", who(words, person))])) }
        h2 { (w.apps) }
        @if apps.apps.is_empty() {
            @if apps.next.is_none() { p { (w.no_apps) } }
        } @else {
            ul.rows { @for (app, form) in apps.apps.iter().zip(&forms.remove) { li { (one(words, apps, app, form)) } } }
        }
        @if let Some(next) = &apps.next { p { a href={ (PATH) "?" (next.query()) } { (w.more_apps) } } }
        (about::identities(shown))
        (sessions::part(words, &shown.sessions, &person.session.id))
        h2 { (w.accounts) }
        (accounts(words, shown.people, Some(person)))
        (about::data(shown))
        p { a href=(DATA) { (w.download) } }
        p { a href=(TRAIL) { (words.trail.title) } }
        h2 { (w.everywhere) }
        p { (w.everywhere_text) }
        p.actions { a.button.quiet href=(EVERYWHERE) { (w.everywhere) } }
        h2 { (w.delete) }
        p { (w.delete_text) }
        p.actions { a.button.quiet href=(DELETE) { (w.delete) } }
        p.small { a href="/" { (words.common.home) } }
    }
}

/// To somebody in a browser where these people are signed in, and none of them was chosen.
pub(crate) fn nobody_acts(words: &Words, people: &[Person]) -> Markup {
    html! {
        h1 { (words.common.choose_account) }
        p { (words.account.accounts_text) }
        (accounts(words, people, None))
        p.small { a href="/" { (words.common.home) } }
    }
}

fn one(words: &Words, apps: &Apps, app: &App, form: &str) -> Markup {
    let (w, name) = (&words.account, app.name.as_deref().unwrap_or(&app.client_id));
    html! {
        h3 { (name) }
        @if app.name.is_none() { p.soft { (w.gone) } }
        (page::scope_in_words(words, &app.scope, |scope| apps.api_of(scope)))
        p.small {
            (fill(w.since, &[("day", words.day(app.since))])) " "
            @if let Some(renewed_at) = app.renewed_at { (fill(w.renewed, &[("day", words.day(renewed_at))])) " " }
            (match app.access {
                Access::None => w.access_none,
                Access::UntilSignOut => w.access_until,
                Access::Stays => w.access_stays,
            })
        }
        form method="post" action=(PATH) {
            input type="hidden" name="request" value=(form);
            button.quiet aria-label=(text(w.remove_access_of, &[("app", name)])) { (w.remove_access) }
        }
    }
}

fn accounts(words: &Words, people: &[Person], acting: Option<&Person>) -> Markup {
    let w = &words.account;
    let acts = |person: &Person| acting.is_some_and(|it| it.session.id == person.session.id);
    html! {
        ul.rows {
            @for person in people {
                li {
                    p { (who(words, person)) @if acts(person) { ", " (w.in_use) } }
                    div.actions {
                        @if !acts(person) {
                            form method="post" action=(PATH) {
                                input type="hidden" name="session" value=(person.session.id);
                                button aria-label=(text(w.use_this_of, &[("who", name(words, person))])) { (w.use_this) }
                            }
                        }
                        form method="post" action="/users/logout" {
                            input type="hidden" name="session" value=(person.session.id);
                            button.quiet aria-label=(text(w.sign_out_of, &[("who", name(words, person))])) { (words.common.sign_out) }
                        }
                    }
                }
            }
        }
        div.actions {
            a href=(OTHER) { (words.common.other_account) }
            @if people.len() > 1 {
                form method="post" action="/users/logout" { button.quiet { (words.common.sign_out_all) } }
            }
        }
    }
}
