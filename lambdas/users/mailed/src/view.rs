//! The pages.

use http::header;
use maud::{Markup, html};
use oauth::Secret;
use url::form_urlencoded::Serializer;
use web::{Request, Response, words::fill};

use crate::{ASK, CODE, LINK, words::Words};

/// Where all ways to sign in are.
const LOGIN: &str = "/users/login";

/// The page on which somebody says which address is theirs.
pub(crate) fn ask(request: &Request, email: &str, return_to: &str, wrong: Option<&str>) -> Response {
    let (all, w) = (request.look().words, words(request));
    let content = html! {
        h1 { (w.ask) }
        @if let Some(wrong) = wrong { p role="alert" { (wrong) } }
        p { (w.ask_text) }
        form method="post" action=(ASK) {
            input type="hidden" name="return_to" value=(return_to);
            label for="email" { (all.home.email) }
            input #email type="email" name="email" value=(email) autocomplete="username" autocapitalize="none" spellcheck="false" required maxlength="254" size="32";
            div.actions { button { (w.ask_do) } }
        }
        p.small { a href=(with_return(LOGIN, return_to)) { (all.passwords.other_ways) } }
    };
    own_page(request, w.ask, &content)
}

/// The same again, with what was wrong. An error that is no refusal is nobody's to mend here.
pub(crate) fn ask_again(request: &Request, email: &str, return_to: &str, error: web::Error) -> web::Error {
    let Some(said) = said(request, &error) else { return error };
    let page = ask(request, email, return_to, Some(said));
    error.with_page(page)
}

/// The page on which the code is typed. It says the same whether a mail was sent or not (#84).
pub(crate) fn code(request: &Request, address: &str, wrong: Option<&str>) -> Response {
    let (all, w) = (request.look().words, words(request));
    let content = html! {
        h1 { (w.code) }
        @if let Some(wrong) = wrong { p role="alert" { (wrong) } }
        p { (fill(w.code_text, &[("address", html! { b { (address) } })])) }
        form method="post" action=(CODE) {
            label for="code" { (w.code_label) }
            input #code name="code" inputmode="numeric" autocomplete="one-time-code" autofocus required maxlength="20" size="8";
            div.actions { button { (all.common.sign_in) } }
        }
        p.small { a href=(ASK) { (w.another) } }
    };
    own_page(request, w.code, &content)
}

/// The same again, with what was wrong; where nobody asked for a code, the way to one.
pub(crate) fn code_again(request: &Request, address: Option<&str>, error: web::Error) -> web::Error {
    let Some(said) = said(request, &error) else { return error };
    match address {
        Some(address) => error.with_page(code(request, address, Some(said))),
        None => error.with_again(ASK.to_owned()),
    }
}

/// The page to which the link leads.
pub(crate) fn link(request: &Request, address: &str, token: &Secret) -> Response {
    let (all, w) = (request.look().words, words(request));
    let content = html! {
        h1 { (all.common.sign_in) }
        p { (fill(w.link_text, &[("address", html! { b { (address) } })])) }
        form method="post" action=(LINK) {
            input type="hidden" name="token" value=(token.expose());
            div.actions { button autofocus { (all.common.sign_in) } }
        }
    };
    own_page(request, all.common.sign_in, &content)
}

/// What a person reads of a refusal.
fn said(request: &Request, error: &web::Error) -> Option<&'static str> {
    error.refusal()?.sentence().map(|sentence| request.look().words.refusal(sentence))
}

fn words(request: &Request) -> &'static Words {
    Words::of(request.look().words)
}

fn with_return(path: &str, return_to: &str) -> String {
    match return_to {
        "" | "/" => path.to_owned(),
        wanted => {
            format!("{path}?{}", Serializer::new(String::new()).append_pair("return_to", wanted).finish())
        }
    }
}

/// With `no-referrer`, a browser sends `Origin: null` with the forms, and that is a stranger's (#27).
fn own_page(request: &Request, title: &str, content: &Markup) -> Response {
    request.look().page(title, content).header(header::REFERRER_POLICY, "same-origin")
}
