//! The pages of the stand-in. They hold no script, but for the one line that posts an answer back by itself.

use std::{borrow::Cow, sync::LazyLock};

use aws_lc_rs::digest::{SHA256, digest};
use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use web::page::sentence;

use super::{
    Refused, Request,
    behaviour::{Behaviour, Endpoint},
    groups,
    people::{FAILURES, READY, Ready},
};

const STYLE: &str = include_str!("style.css");
const POST_NOW: &str = "document.forms[0].submit()";

/// `form-action` holds for redirects after the form as well (so Chromium reads it), and a person may be sent on to any
/// address an application can register: https, or this machine.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let (style, script) = (source(STYLE), source(POST_NOW));
    format!(
        "default-src 'none'; style-src {style}; script-src {script}; img-src 'self' data:; base-uri 'none'; \
         frame-ancestors 'none'; form-action 'self' https: http://localhost:* http://127.0.0.1:*"
    )
});

/// A hash source (CSP 3 §2.3.1).
fn source(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(digest(&SHA256, text.as_bytes())))
}

/// The page to pick a person, type one, or refuse.
pub(super) fn choose(request: &Request, behaviour: &Behaviour) -> Response {
    let title = format!("Stand-in for {}", request.label);
    let content = html! {
        p.banner {
            strong { "This is not " (request.label) "." }
            " It is a stand-in that exists only on this machine: there are no passwords, and nothing leaves it."
        }
        h1 { (title) }
        (ready(request, behaviour))
        (typed(request.hint.as_deref()))
        @for refusal in behaviour.refusals {
            form.refuse method="post" {
                button.plain name="refuse" value=(refusal.key) { (refusal.button) }
                p { (refusal.note) }
            }
        }
    };
    page(StatusCode::OK, &title, &content)
}

// A form without `action` posts to the page's own address, and that holds the request.

fn ready(request: &Request, behaviour: &Behaviour) -> Markup {
    let hint = request.hint.as_deref();
    let is_asked = |endpoint: &Endpoint| *endpoint != Endpoint::Groups || groups::asked(request).is_some();
    html! {
        h2 #ready { "Sign in as" }
        form method="post" aria-labelledby="ready" {
            @if let Some(endpoint) = behaviour.user.may_fail.filter(is_asked) { (failures(endpoint)) }
            ul { @for person in &READY { li { (button(person, hint)) } } }
        }
    }
}

/// What an endpoint answers without which a sign-in can do.
fn failures(endpoint: Endpoint) -> Markup {
    let what = match endpoint {
        Endpoint::Userinfo => "Userinfo",
        Endpoint::Emails => "The list of addresses",
        Endpoint::Groups => "The list of groups",
    };
    html! {
        label.fail {
            (what) " "
            select name="fail" {
                option value="" { "answers as usual" }
                @for status in FAILURES { option value=(status) { "answers " (status) } }
            }
        }
    }
}

fn button(person: &Ready, hint: Option<&str>) -> Markup {
    html! {
        button.person name="person" value=(person.key) autofocus[is_hinted(person, hint)] {
            @match person.picture() {
                Some(path) => img src=(path.trim_start_matches('/')) alt="" width="44" height="44";,
                None => span.nobody {},
            }
            span.who {
                span.name { (person.name) }
                @if let Some(email) = person.email { " " span.email { (email) } }
                @if let Some(note) = person.note { " " span.note { "(" (note) ")" } }
                @if is_hinted(person, hint) { " " span.note { "(expected by the application)" } }
            }
        }
    }
}

fn typed(hint: Option<&str>) -> Markup {
    let address = hint.filter(|hint| hint.contains('@') && !READY.iter().any(|p| is_hinted(p, Some(hint))));
    html! {
        h2 #typed { "Somebody else" }
        form.typed method="post" aria-labelledby="typed" {
            label for="name" { "Name" }
            input #name name="name" required maxlength="100" autocomplete="off" autofocus[address.is_some()];
            label for="email" { "E-mail address, if any" }
            input #email name="email" type="email" maxlength="254" autocomplete="off" value=[address];
            label.check { input name="email_verified" type="checkbox" value="yes" checked; " The address is verified" }
            button.main { "Sign in" }
        }
    }
}

fn is_hinted(person: &Ready, hint: Option<&str>) -> bool {
    hint.is_some_and(|hint| {
        person.key == hint || person.email.is_some_and(|email| email.eq_ignore_ascii_case(hint))
    })
}

/// The answer as a form that posts itself (OAuth 2.0 Form Post Response Mode §2); without script the person presses the
/// button.
pub(super) fn post_back(request: &Request, fields: &[(Cow<'_, str>, Cow<'_, str>)]) -> Response {
    let content = html! {
        h1 { "Going back" }
        form method="post" action=(request.redirect_uri) {
            @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
            button.main { "Continue" }
        }
        script { (PreEscaped(POST_NOW)) }
    };
    page(StatusCode::OK, "Going back", &content)
}

/// A request that is not answered, for anyone who writes the application.
pub(super) fn refused(refused: &Refused) -> Response {
    let content = html! {
        h1 { "This request does not work" }
        p { (sentence(&refused.reason)) }
        p { code { (refused.code.as_str()) } }
        p { "The application that sent you here has to ask differently. Nothing was sent back to it." }
    };
    page(refused.status, "This request does not work", &content)
}

/// There is no such page.
pub(super) fn nothing(status: StatusCode) -> Response {
    let content = html! {
        h1 { "There is nothing here" }
        p { "This is the stand-in provider. An application sends you to the page where you pick a person." }
    };
    page(status, "There is nothing here", &content)
}

fn page(status: StatusCode, title: &str, content: &Markup) -> Response {
    let body = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                // Or the browser asks the front door for /favicon.ico.
                link rel="icon" href="data:,";
                style { (PreEscaped(STYLE)) }
            }
            body { main { (content) } }
        }
    };
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY.as_str()),
        (header::REFERRER_POLICY, "same-origin"),
    ];
    (status, headers, body.into_string()).into_response()
}
