//! What the front page shows.

use authenticate::{Button, Login};
use maud::{Markup, html};
use oauth::Scope;
use store::Page;
use user::{Entry, User};

/// Somebody who is signed in.
pub(crate) struct SignedIn<'a> {
    pub(crate) user: &'a User,
    /// Of the session for which the page is made.
    pub(crate) sid: &'a str,
    /// Whether the browser shows no other session.
    pub(crate) is_alone: bool,
}

/// To somebody who is not signed in: a button for each provider, which lets those who signed out `just_now` choose an account.
/// There may be `others` who are signed in in this browser.
pub(crate) fn signed_out(buttons: &[Button], just_now: bool, others: bool) -> Markup {
    let query = if just_now { format!("?prompt={}", Login::CHOOSE_ACCOUNT) } else { String::new() };
    html! {
        @if just_now {
            h1 { "You are signed out" }
            p { "The provider may still know you. Sign in again, with another account if you like." }
        } @else {
            h1 { "Welcome" }
            p { "Sign in to see who you are here and what you may do." }
        }
        ul.choices {
            @for button in buttons {
                li { a.button href={ "/users/login/" (button.name) (query) } { "Continue with " (button.label) } }
            }
        }
        @if others { p { a href="/account" { "Choose an account that is signed in in this browser" } } }
    }
}

/// To somebody who is: themselves, their rights, a token, the users they may see.
pub(crate) fn signed_in(shown: &SignedIn<'_>, scope: &Scope, users: Option<&Page<Entry>>) -> Markup {
    let user = shown.user;
    html! {
        (person(user))
        p { a href="/account" { "Apps and sessions" } }
        h2 { "Your rights" }
        p.soft { "Roles: " (if user.roles.is_empty() { "none".to_owned() } else { user.roles.join(", ") }) }
        ul.tags aria-label="Scopes" { @for scope in scope.iter() { li { (scope) } } }
        (call(if users.is_some() { "/users" } else { "/users/me" }))
        @if let Some(users) = users { (table(users)) }
        (sign_out(shown))
        script src="/latchkey.js" {}
    }
}

/// One button ends every session of the browser, because somebody who leaves a shared computer looks for one. Where there are
/// several, it says so, and a second one ends the one of this page.
fn sign_out(shown: &SignedIn<'_>) -> Markup {
    html! {
        div.actions {
            form method="post" action="/users/logout" {
                button.quiet { @if shown.is_alone { "Sign out" } @else { "Sign out of all accounts" } }
            }
            @if !shown.is_alone {
                form method="post" action="/users/logout" {
                    input type="hidden" name="session" value=(shown.sid);
                    button.quiet { "Sign out of " (name(shown.user)) " only" }
                }
            }
        }
    }
}

fn name(user: &User) -> &str {
    user.name.as_deref().or(user.email.as_deref()).unwrap_or("this account")
}

fn person(user: &User) -> Markup {
    let name = user.name.as_deref().or(user.email.as_deref()).unwrap_or("Signed in");
    html! {
        div.who {
            @if let Some(picture) = &user.picture { img src=(picture) alt="" width="64" height="64" referrerpolicy="no-referrer"; }
            div {
                h1 { (name) }
                @if let Some(email) = &user.email {
                    p.soft { (email) @if !user.email_verified { " (not verified)" } }
                }
            }
        }
    }
}

fn call(path: &str) -> Markup {
    html! {
        h2 { "Call the API" }
        p { "The button copies a command with a fresh access token that is good for ten minutes." }
        p.actions { button type="button" id="copy" data-path=(path) { "Copy curl command" } }
        p.small role="status" id="copied" {}
        noscript { p.small { "The button needs JavaScript." } }
    }
}

fn table(users: &Page<Entry>) -> Markup {
    html! {
        h2 id="users" { "Users" }
        div.scroll tabindex="0" role="region" aria-labelledby="users" {
            table {
                thead { tr { th scope="col" { "Name" } th scope="col" { "E-mail" } th scope="col" { "Roles" } th scope="col" { "Since" } } }
                tbody {
                    @for user in &users.items {
                        tr {
                            td { (user.name.as_deref().unwrap_or("–")) }
                            td { (user.email.as_deref().unwrap_or("–")) }
                            td { (user.roles.join(", ")) }
                            td { (day(&user.created_at.to_string())) }
                        }
                    }
                }
            }
        }
        @if users.next.is_some() { p.small { "These are the newest; " code { "GET /users" } " pages through everybody." } }
    }
}

/// The date of an RFC 3339 time.
fn day(time: &str) -> &str {
    time.split('T').next().unwrap_or(time)
}
