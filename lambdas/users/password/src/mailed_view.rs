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
    titled(request, w.forgotten, wrong, &content)
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

/// What a link opens, as its page needs it.
#[derive(Clone, Copy)]
pub(crate) struct Link<'a> {
    token: &'a Secret,
    address: &'a str,
}

impl<'a> Link<'a> {
    /// This token, which opened this.
    pub(crate) fn of(token: &'a Secret, opened: &'a Opened) -> Self {
        Self { token, address: opened.address.as_str() }
    }
}

/// A page to which a link leads, with what was wrong.
pub(crate) type LinkPage = fn(&Request, Link<'_>, Option<&str>) -> Response;

/// The same page again, with what was wrong; not where the link is dead by now.
pub(crate) fn again(request: &Request, page: LinkPage, link: Link<'_>, error: web::Error) -> web::Error {
    let Some(said) = mendable(request, &error) else { return error };
    error.with_page(page(request, link, Some(said)))
}

/// The page on which a link leads to another password.
pub(crate) fn reset(request: &Request, link: Link<'_>, wrong: Option<&str>) -> Response {
    let words = request.look().words;
    let w = &words.passwords;
    let content = html! {
        p { (w.reset_text) }
        form method="post" action=(RESET) {
            (hidden(link))
            (another(words))
            div.actions { button { (w.reset) } }
        }
    };
    titled(request, w.reset, wrong, &content)
}

/// After another password was set.
pub(crate) fn reset_done(request: &Request) -> Response {
    let w = &request.look().words.passwords;
    done(request, w.changed, w.reset_done)
}

/// The page on which a link leads to the proof of an address.
pub(crate) fn prove(request: &Request, link: Link<'_>, wrong: Option<&str>) -> Response {
    let w = &request.look().words.passwords;
    let content = html! {
        p { b { (link.address) } }
        p { (w.prove_text) }
        form method="post" action=(PROVE) {
            (hidden(link))
            label for="password" { (w.password) }
            input #password type="password" name="password" autocomplete="current-password" required size="32";
            div.actions { button { (w.prove) } }
        }
    };
    titled(request, w.prove, wrong, &content)
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

/// A page with this title, and below it what was wrong.
fn titled(request: &Request, title: &str, wrong: Option<&str>, content: &Markup) -> Response {
    let content = html! {
        h1 { (title) }
        @if let Some(wrong) = wrong { p role="alert" { (wrong) } }
        (content)
    };
    own_page(request, title, &content)
}

/// The address is there for password managers, which keep it with the password. Its field has no name, so it is not sent.
fn hidden(link: Link<'_>) -> Markup {
    html! {
        input type="hidden" name="token" value=(link.token.expose());
        input type="text" hidden readonly autocomplete="username" value=(link.address);
    }
}

fn mendable(request: &Request, error: &web::Error) -> Option<&'static str> {
    let is_dead = error.refusal()?.sentence() == Some(Sentence::LinkDead);
    said(request, error).filter(|_| !is_dead)
}
