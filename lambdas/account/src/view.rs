//! What the page shows.

use authenticate::Button;
use authorization::apps::{Access, App, Apps};
use maud::{Markup, html};
use user::LinkedIdentity;
use web::page;

use crate::{
    EVERYWHERE, PATH, Person,
    about::{self, address, day},
    sessions::{self, Sessions},
    show::Forms,
};

/// A sign-in with another account, which leads back here.
const OTHER: &str = "/users/login?prompt=select_account&return_to=%2Faccount";

/// What there is to show to somebody who is signed in.
pub(crate) struct Shown<'a> {
    pub(crate) person: &'a Person,
    /// Those who are signed in in this browser.
    pub(crate) people: &'a [Person],
    pub(crate) buttons: &'a [Button],
    pub(crate) identities: &'a [LinkedIdentity],
    pub(crate) apps: &'a Apps,
    pub(crate) sessions: Sessions,
    /// What a form has just done.
    pub(crate) done: Option<&'a str>,
    pub(crate) forms: Forms,
}

/// To somebody who is signed in.
pub(crate) fn account(shown: &Shown<'_>) -> Markup {
    let Shown { person, apps, forms, .. } = shown;
    html! {
        h1 { "Your account" }
        @if let Some(done) = shown.done { p role="status" { (done) } }
        p.soft { "You are signed in as " b { (person.name()) } (address(person)) "." }
        h2 { "Apps" }
        @if apps.apps.is_empty() {
            @if apps.next.is_none() { p { "No app has access to anything of yours." } }
        } @else {
            ul.rows { @for (app, form) in apps.apps.iter().zip(&forms.remove) { li { (one(apps, app, form)) } } }
        }
        @if let Some(next) = &apps.next { p { a href={ (PATH) "?" (next.query()) } { "More apps" } } }
        (about::identities(shown))
        (sessions::part(&shown.sessions, &person.session.id))
        h2 { "Accounts in this browser" }
        (accounts(shown.people, Some(person)))
        (about::data(&person.user, shown.identities, shown.buttons))
        h2 { "Sign out everywhere" }
        p { "This ends all your sessions, in every browser, and all access that apps have." }
        p.actions { a.button.quiet href=(EVERYWHERE) { "Sign out everywhere" } }
        p.small { a href="/" { "Home" } }
    }
}

/// To somebody in a browser where these people are signed in, and none of them was chosen.
pub(crate) fn nobody_acts(people: &[Person]) -> Markup {
    html! {
        h1 { "Choose an account" }
        p { "These accounts are still signed in in this browser." }
        (accounts(people, None))
        p.small { a href="/" { "Home" } }
    }
}

fn one(apps: &Apps, app: &App, form: &str) -> Markup {
    let name = app.name.as_deref().unwrap_or(&app.client_id);
    html! {
        h3 { (name) }
        @if app.name.is_none() { p.soft { "This app is not registered any more." } }
        (page::scope_in_words(web::Words::ENGLISH, &app.scope, |scope| apps.api_of(scope)))
        p.small {
            "Since " (day(app.since)) ". "
            @if let Some(renewed_at) = app.renewed_at { "Renewed last on " (day(renewed_at)) ". " }
            (match app.access {
                Access::None => "It has no access at the moment, and gets it without asking when you sign in to it.",
                Access::UntilSignOut => "The access ends when you sign out.",
                Access::Stays => "The access stays when you sign out.",
            })
        }
        form method="post" action=(PATH) {
            input type="hidden" name="request" value=(form);
            button.quiet aria-label={ "Remove access of " (name) } { "Remove access" }
        }
    }
}

fn accounts(people: &[Person], acting: Option<&Person>) -> Markup {
    let acts = |person: &Person| acting.is_some_and(|it| it.session.id == person.session.id);
    html! {
        ul.rows {
            @for person in people {
                li {
                    p { b { (person.name()) } (address(person)) @if acts(person) { ", in use" } }
                    div.actions {
                        @if !acts(person) {
                            form method="post" action=(PATH) {
                                input type="hidden" name="session" value=(person.session.id);
                                button aria-label={ "Use this account: " (person.name()) } { "Use this account" }
                            }
                        }
                        form method="post" action="/users/logout" {
                            input type="hidden" name="session" value=(person.session.id);
                            button.quiet aria-label={ "Sign out of " (person.name()) } { "Sign out" }
                        }
                    }
                }
            }
        }
        div.actions {
            a href=(OTHER) { "Use another account" }
            @if people.len() > 1 {
                form method="post" action="/users/logout" { button.quiet { "Sign out of all accounts" } }
            }
        }
    }
}
