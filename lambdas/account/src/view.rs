//! What the page shows.

use maud::{Markup, html};
use oauth::Time;
use web::page;

use crate::{
    PATH, Person,
    apps::{Access, App, Apps},
};

/// A sign-in with another account, which leads back here.
const OTHER: &str = "/users/login?prompt=select_account&return_to=%2Faccount";

/// The values of the forms.
pub(crate) struct Forms {
    /// Of each app, in their order.
    pub(crate) remove: Vec<String>,
    pub(crate) everywhere: String,
}

/// To somebody who is signed in, in a browser where these people are.
pub(crate) fn account(
    person: &Person,
    people: &[Person],
    apps: &Apps,
    removed: bool,
    forms: &Forms,
) -> Markup {
    html! {
        h1 { "Apps and sessions" }
        @if removed { p role="status" { "The access was removed." } }
        p.soft { "You are signed in as " b { (person.name()) } (address(person)) "." }
        h2 { "Apps" }
        @if apps.apps.is_empty() {
            @if apps.next.is_none() { p { "No app has access to anything of yours." } }
        } @else {
            ul.rows { @for (app, form) in apps.apps.iter().zip(&forms.remove) { li { (one(apps, app, form)) } } }
        }
        @if let Some(next) = &apps.next { p { a href={ (PATH) "?" (next) } { "More apps" } } }
        h2 { "Accounts in this browser" }
        (accounts(people, Some(person)))
        h2 { "Sign out everywhere" }
        p { "This ends all your sessions, in every browser, and all access that apps have." }
        form.actions method="post" action=(PATH) {
            input type="hidden" name="request" value=(forms.everywhere);
            button.quiet { "Sign out everywhere" }
        }
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

/// Asks once more.
pub(crate) fn everywhere(person: &Person, form: &str) -> Markup {
    html! {
        h1 { "Sign out everywhere?" }
        p {
            "All sessions of " b { (person.name()) } (address(person)) " end, in every browser, and so does all access that \
             apps have, also the access that stays after you sign out."
        }
        p { "What you agreed to is remembered: an app that you sign in to again does not ask again." }
        form.actions method="post" action=(PATH) {
            input type="hidden" name="request" value=(form);
            button { "Sign out everywhere" }
            a href=(PATH) { "Cancel" }
        }
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

fn address(person: &Person) -> Markup {
    let email = person.user.name.as_ref().and(person.user.email.as_ref());
    html! { @if let Some(email) = email { " (" (email) ")" } }
}

fn day(time: Time) -> Markup {
    let text = time.to_string();
    let day = text.split('T').next().unwrap_or(&text);
    html! { time datetime=(text) { (day) } }
}
