//! The pages of forgotten passwords and of addresses to be proven.

use maud::{Markup, html};
use oauth::{Secret, Sentence};
use user::password::mailed::Opened;
use web::{Request, Response};

use crate::{
    FORGOTTEN, LOGIN, PROVE, RESET,
    view::{another, own_page, said},
};

/// The page on which somebody says which address is theirs.
pub(crate) fn forgotten(request: &Request, email: &str, wrong: Option<&str>) -> Response {
    let words = request.look().words;
    let w = &words.passwords;
    let content = html! {
        h1 { (w.forgotten) }
        @if let Some(wrong) = wrong { p role="alert" { (wrong) } }
        p { (w.forgotten_text) }
        form method="post" action=(FORGOTTEN) {
            label for="email" { (words.home.email) }
            input #email type="email" name="email" value=(email) autocomplete="username" autocapitalize="none" spellcheck="false" required maxlength="254" size="32";
            div.actions {
                button { (w.forgotten_do) }
                a href=(LOGIN) { (words.common.cancel) }
            }
        }
    };
    own_page(request, w.forgotten, &content)
}

/// The same again, with what was wrong.
pub(crate) fn forgotten_again(request: &Request, email: &str, error: web::Error) -> web::Error {
    let Some(said) = said(request, &error) else { return error };
    let page = forgotten(request, email, Some(said));
    error.with_page(page)
}

/// After somebody asked for a mail: the same whether one was sent or not (#84).
pub(crate) fn sent(request: &Request) -> Response {
    let w = &request.look().words.passwords;
    done(request, w.sent, w.sent_text)
}

/// The page on which a link leads to another password. The address is there for password managers, which keep it with the password.
pub(crate) fn reset(request: &Request, token: &Secret, address: &str, wrong: Option<&str>) -> Response {
    let words = request.look().words;
    let w = &words.passwords;
    let content = html! {
        h1 { (w.reset) }
        @if let Some(wrong) = wrong { p role="alert" { (wrong) } }
        p { (w.reset_text) }
        form method="post" action=(RESET) {
            (hidden(token, address))
            (another(words))
            div.actions { button { (w.reset) } }
        }
    };
    own_page(request, w.reset, &content)
}

/// The same again, with what was wrong; not where the link is dead by now.
pub(crate) fn reset_again(
    request: &Request,
    token: &Secret,
    opened: &Opened,
    error: web::Error,
) -> web::Error {
    let Some(said) = mendable(request, &error) else { return error };
    let page = reset(request, token, opened.address.as_str(), Some(said));
    error.with_page(page)
}

/// After another password was set.
pub(crate) fn reset_done(request: &Request) -> Response {
    let w = &request.look().words.passwords;
    done(request, w.changed, w.reset_done)
}

/// The page on which a link leads to the proof of an address.
pub(crate) fn prove(request: &Request, token: &Secret, address: &str, wrong: Option<&str>) -> Response {
    let words = request.look().words;
    let w = &words.passwords;
    let content = html! {
        h1 { (w.prove) }
        @if let Some(wrong) = wrong { p role="alert" { (wrong) } }
        p { b { (address) } }
        p { (w.prove_text) }
        form method="post" action=(PROVE) {
            (hidden(token, address))
            label for="password" { (w.password) }
            input #password type="password" name="password" autocomplete="current-password" required size="32";
            div.actions { button { (w.prove) } }
        }
    };
    own_page(request, w.prove, &content)
}

/// The same again, with what was wrong; not where the link is dead by now.
pub(crate) fn prove_again(
    request: &Request,
    token: &Secret,
    opened: &Opened,
    error: web::Error,
) -> web::Error {
    let Some(said) = mendable(request, &error) else { return error };
    let page = prove(request, token, opened.address.as_str(), Some(said));
    error.with_page(page)
}

/// After an address was proven.
pub(crate) fn proven(request: &Request) -> Response {
    let w = &request.look().words.passwords;
    done(request, w.proven, w.proven_text)
}

fn done(request: &Request, title: &str, text: &str) -> Response {
    let words = request.look().words;
    let content = html! {
        h1 { (title) }
        p { (text) }
        p.actions { a.button href=(LOGIN) { (words.common.sign_in) } }
    };
    own_page(request, title, &content)
}

/// The field for password managers has no name, so it is not sent.
fn hidden(token: &Secret, address: &str) -> Markup {
    html! {
        input type="hidden" name="token" value=(token.expose());
        input type="text" hidden readonly autocomplete="username" value=(address);
    }
}

fn mendable(request: &Request, error: &web::Error) -> Option<&'static str> {
    let is_dead = error.refusal()?.sentence() == Some(Sentence::LinkDead);
    said(request, error).filter(|_| !is_dead)
}
