//! What the front page shows.

use authenticate::{Button, Login};
use maud::{Markup, html};
use oauth::Scope;
use store::Page;
use user::{Entry, User};
use web::{Look, Words, page, words};

/// Somebody who is signed in.
pub(crate) struct SignedIn<'a> {
    pub(crate) user: &'a User,
    /// Of the session for which the page is made.
    pub(crate) sid: &'a str,
    /// Whether the browser shows no other session.
    pub(crate) is_alone: bool,
}

/// How somebody can sign in.
pub(crate) struct Ways<'a> {
    pub(crate) buttons: &'a [Button],
    /// The provider that the browser used last.
    pub(crate) last: Option<&'a str>,
    /// Whether there are passwords too.
    pub(crate) passwords: bool,
    /// Whether there are passkeys too.
    pub(crate) passkeys: bool,
    /// Whether there are mailed codes too.
    pub(crate) mailed: bool,
    /// Whether others are signed in in this browser.
    pub(crate) others: bool,
}

/// To somebody who is not signed in: a button for each provider, which lets those who signed out `just_now` choose an account.
pub(crate) fn signed_out(look: &Look, ways: &Ways<'_>, just_now: bool) -> Markup {
    let words = look.words;
    let query = if just_now { format!("?prompt={}", Login::CHOOSE_ACCOUNT) } else { String::new() };
    let said = &words.home;
    let (title, text) =
        if just_now { (said.signed_out, said.signed_out_text) } else { (said.welcome, said.welcome_text) };
    html! {
        h1 { (title) }
        p { (look.brand.sentence.as_deref().filter(|_| !just_now).unwrap_or(text)) }
        ul.choices {
            @for button in ways.buttons {
                li {
                    (page::provider_button(
                        words,
                        &button.name,
                        &button.label,
                        &format!("/users/login/{}{query}", button.name),
                        ways.last == Some(&button.name),
                    ))
                }
            }
        }
        @if ways.passkeys { p { a href="/users/login" { (words.passkeys.sign_in) } } }
        @if ways.passwords { p { a href="/users/login" { (words.passwords.sign_in_with) } } }
        @if ways.mailed { p { a href="/users/mailed" { (words.sign_in.mailed) } } }
        @if ways.others { p { a href="/account" { (said.others) } } }
    }
}

/// To somebody who is: themselves, their rights, a token, the users they may see.
pub(crate) fn signed_in(
    words: &Words,
    shown: &SignedIn<'_>,
    scope: &Scope,
    users: Option<&Page<Entry>>,
) -> Markup {
    let (user, said) = (shown.user, &words.home);
    let roles = if user.roles.is_empty() { said.none.to_owned() } else { user.roles.join(", ") };
    html! {
        (person(words, user))
        p.pages {
            a href="/account" { (said.account) }
            @if let Some(console) = console(scope) { a href=(console) { (said.console) } }
        }
        h2 { (said.rights) }
        p.soft { (words::text(said.roles, &[("roles", &roles)])) }
        ul.tags aria-label=(said.scopes) { @for scope in scope.iter() { li { (scope) } } }
        (call(words, if users.is_some() { "/users" } else { "/users/me" }))
        @if let Some(users) = users { (table(words, users)) }
        (sign_out(words, shown))
        script src="/latchkey.js" {}
    }
}

/// The page of the console with which somebody begins who may use it.
fn console(scope: &Scope) -> Option<&'static str> {
    let pages = [("users:read", "/admin"), ("roles:read", "/admin/roles")];
    pages.into_iter().find(|(needed, _)| scope.contains(needed)).map(|(_, page)| page)
}

/// One button ends every session of the browser, because somebody who leaves a shared computer looks for one. Where there are
/// several, it says so, and a second one ends the one of this page.
fn sign_out(words: &Words, shown: &SignedIn<'_>) -> Markup {
    let common = &words.common;
    html! {
        div.actions {
            form method="post" action="/users/logout" {
                button.quiet { (if shown.is_alone { common.sign_out } else { common.sign_out_all }) }
            }
            @if !shown.is_alone {
                form method="post" action="/users/logout" {
                    input type="hidden" name="session" value=(shown.sid);
                    button.quiet {
                        (words::text(
                            words.home.sign_out_only,
                            &[("who", name(shown.user).unwrap_or(common.this_account))],
                        ))
                    }
                }
            }
        }
    }
}

fn name(user: &User) -> Option<&str> {
    user.name.as_deref().or(user.email.as_deref())
}

fn person(words: &Words, user: &User) -> Markup {
    html! {
        div.who {
            @if let Some(picture) = &user.picture { img src=(picture) alt="" width="64" height="64" referrerpolicy="no-referrer"; }
            div {
                h1 { (name(user).unwrap_or(words.home.signed_in)) }
                @if let Some(email) = &user.email {
                    p.soft { (email) @if !user.email_verified { " (" (words.home.not_verified) ")" } }
                }
            }
        }
    }
}

/// What the script says is on the button, so that the script is the same in every language.
fn call(words: &Words, path: &str) -> Markup {
    let said = &words.home;
    html! {
        h2 { (said.call) }
        p { (said.call_text) }
        p.actions {
            button type="button" id="copy" data-path=(path) data-copied=(said.copied) data-expired=(said.expired)
                data-none=(said.no_token) data-refused=(said.refused) { (said.copy) }
        }
        p.small role="status" id="copied" {}
        noscript { p.small { (said.needs_script) } }
    }
}

fn table(words: &Words, users: &Page<Entry>) -> Markup {
    let said = &words.home;
    html! {
        h2 id="users" { (said.users) }
        div.scroll tabindex="0" role="region" aria-labelledby="users" {
            table {
                thead {
                    tr { @for column in [said.name, said.email, said.role, said.since] { th scope="col" { (column) } } }
                }
                tbody {
                    @for user in &users.items {
                        tr {
                            td { a href={ "/admin/people/" (user.id) } { (user.name.as_deref().unwrap_or("–")) } }
                            td { (user.email.as_deref().unwrap_or("–")) }
                            td { (user.roles.join(", ")) }
                            td { (words.day(user.created_at)) }
                        }
                    }
                }
            }
        }
        @if users.next.is_some() {
            p.small { (words::fill(said.newest, &[("call", html! { code { "GET /users" } })])) }
        }
    }
}
