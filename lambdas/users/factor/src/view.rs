//! The pages.

use factor::State;
use http::header;
use maud::{Markup, html};
use web::{Request, Response, page, words::text};

use crate::{CODES, REMOVE, SETUP, STEP, words::Words};

/// What stands on the page on which a factor is set up.
pub(crate) struct Setup<'a> {
    pub(crate) setup: &'a factor::Setup,
    /// The same for the form.
    pub(crate) sealed: &'a str,
    /// What the app calls this place, and the person.
    pub(crate) issuer: &'a str,
    pub(crate) account: &'a str,
    /// Whether one was removed just now.
    pub(crate) removed: bool,
    /// Whether there is no session before.
    pub(crate) in_step: bool,
    pub(crate) wrong: Option<&'a str>,
}

/// By what somebody can show that it is they.
#[derive(Clone, Copy)]
pub(crate) struct Offer {
    /// The code of an app, or a recovery code.
    pub(crate) code: bool,
    /// A passkey, which needs a script.
    pub(crate) passkey: bool,
}

/// The step in a sign-in.
pub(crate) fn step(request: &Request, offer: Offer, wrong: Option<&str>) -> Response {
    let (all, w) = (request.look().words, words(request));
    let title = if offer.code { w.step } else { w.title };
    let content = html! {
        h1 { (title) }
        @if let Some(wrong) = wrong { p role="alert" { (wrong) } }
        @if offer.code { (code(request)) } @else { p { (w.passkey_text) } }
        @if offer.passkey { (page::passkey_step(all, w.use_passkey)) }
        @if offer.code { (recovery_code(request)) } @else {
            noscript { p { (w.passkey_script) } }
            p.actions { a href="/users/login" { (all.common.start_again) } }
        }
    };
    own_page(request, title, &content)
}

fn code(request: &Request) -> Markup {
    let (common, w) = (&request.look().words.common, words(request));
    html! {
        p { (w.step_text) }
        form method="post" action=(STEP) {
            label for="code" { (w.code) }
            input #code name="code" inputmode="numeric" autocomplete="one-time-code" autofocus required maxlength="6" size="8";
            div.actions { button { (common.go_on) } a href="/users/login" { (common.start_again) } }
        }
    }
}

fn recovery_code(request: &Request) -> Markup {
    let (common, w) = (&request.look().words.common, words(request));
    html! {
        details {
            summary { (w.recover) }
            form method="post" action=(STEP) {
                label for="recovery" { (w.recovery_code) }
                input #recovery name="code" autocomplete="off" autocapitalize="none" spellcheck="false" required maxlength="40" size="24";
                div.actions { button { (common.go_on) } }
            }
        }
    }
}

/// The same again, with what was wrong. An error that is no refusal is nobody's to mend here.
pub(crate) fn step_again(request: &Request, offer: Offer, error: web::Error) -> web::Error {
    let Some(said) = said(request, &error) else { return error };
    error.with_page(step(request, offer, Some(said)))
}

/// After a recovery code: how many are left, and on.
pub(crate) fn entered(request: &Request, left: usize, place: &str) -> Response {
    let (common, w) = (&request.look().words.common, words(request));
    let content = html! {
        h1 { (w.recovered) }
        p role="status" { (text(w.left, &[("count", &left.to_string())])) }
        p { (w.recovered_text) }
        p.actions {
            a.button href=(place) { (common.go_on) }
            a href=(SETUP) { (w.title) }
        }
    };
    own_page(request, w.recovered, &content)
}

/// Setting one up.
pub(crate) fn setup(request: &Request, page: &Setup<'_>) -> Response {
    let (all, w) = (request.look().words, words(request));
    let content = html! {
        h1 { (w.title) }
        @if page.removed { p role="status" { (w.removed) } }
        @if let Some(wrong) = page.wrong { p role="alert" { (wrong) } }
        @if page.in_step { p { (w.needed) } }
        p { (w.setup_text) }
        @if let Some((size, path)) = page.setup.picture(page.issuer, page.account) {
            p {
                svg viewBox={ "0 0 " (size) " " (size) } width="220" height="220" role="img" aria-label=(w.picture) {
                    rect width=(size) height=(size) fill="#fff" {}
                    path d=(path) fill="#000" {}
                }
            }
        }
        p { (w.key) ": " code { (page.setup.key()) } }
        form method="post" action=(if page.in_step { STEP } else { SETUP }) {
            input type="hidden" name="setup" value=(page.sealed);
            label for="code" { (w.code) }
            input #code name="code" inputmode="numeric" autocomplete="one-time-code" required maxlength="7" size="8";
            div.actions {
                button { (w.add) }
                @if page.in_step { a href="/users/login" { (all.common.start_again) } } @else { a href="/account" { (all.common.cancel) } }
            }
        }
    };
    own_page(request, w.title, &content)
}

/// The recovery codes, this once.
pub(crate) fn codes(request: &Request, codes: &[String]) -> Response {
    codes_and(request, codes, "/account", request.look().words.home.account)
}

/// The same for whoever comes in with it, and on.
pub(crate) fn codes_in_step(request: &Request, codes: &[String], place: &str) -> Response {
    codes_and(request, codes, place, request.look().words.common.go_on)
}

fn codes_and(request: &Request, codes: &[String], place: &str, go_on: &str) -> Response {
    let w = words(request);
    let content = html! {
        h1 { (w.codes) }
        p role="status" { (w.codes_text) }
        ul.rows { @for code in codes { li { code { (code) } } } }
        p.actions { a.button href=(place) { (go_on) } }
    };
    own_page(request, w.codes, &content)
}

/// What somebody has.
pub(crate) fn state(request: &Request, state: &State, wrong: Option<&str>) -> Response {
    let (all, w) = (request.look().words, words(request));
    let content = html! {
        h1 { (w.title) }
        @if let Some(wrong) = wrong { p role="alert" { (wrong) } }
        p { (w.has) " " (all.day(state.added_at)) }
        p { (text(w.left, &[("count", &state.codes.to_string())])) }
        p { (w.prove) }
        (act(CODES, "renew", w.any_code, w.renew))
        (act(REMOVE, "remove", w.any_code, w.remove))
        p.small { a href="/account" { (all.home.account) } }
    };
    own_page(request, w.title, &content)
}

fn act(action: &str, id: &str, label: &str, button: &str) -> Markup {
    html! {
        form method="post" action=(action) {
            label for=(id) { (label) }
            input id=(id) name="code" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" required maxlength="40" size="24";
            div.actions { button { (button) } }
        }
    }
}

/// Says that the person signs in again first.
pub(crate) fn again(request: &Request, place: &str) -> Response {
    let account = &request.look().words.account;
    let content = html! {
        h1 { (account.again) }
        p { (words(request).again_text) }
        p.actions {
            a.button href=(place) { (account.again_do) }
            a href="/account" { (request.look().words.common.cancel) }
        }
    };
    own_page(request, account.again, &content)
}

/// What a person reads of a refusal.
pub(crate) fn said(request: &Request, error: &web::Error) -> Option<&'static str> {
    error.refusal()?.sentence().map(|sentence| request.look().words.refusal(sentence))
}

fn words(request: &Request) -> &'static Words {
    Words::of(request.look().words)
}

/// With `no-referrer`, a browser sends `Origin: null` with the forms, and that is a stranger's (#27).
fn own_page(request: &Request, title: &str, content: &Markup) -> Response {
    request.look().page(title, content).header(header::REFERRER_POLICY, "same-origin")
}
