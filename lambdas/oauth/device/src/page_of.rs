//! The pages: for the code, what a device asks for, and what became of it.

use client::{Api, Client};
use http::header;
use maud::{Markup, html};
use oauth::{Time, server};
use session::{UserCode, device::Progress};
use web::{Response, page};

use crate::{
    DECISION,
    there::{self, Asking, Person},
};

/// Asks for the code, and says what was wrong with the one before.
pub(crate) fn enter(code: Option<&UserCode>, person: &Person, wrong: Option<&str>) -> Response {
    let value = code.map(ToString::to_string);
    let content = html! {
        h1 { "Connect a device" }
        @if let Some(wrong) = wrong { p role="alert" id="wrong" { b { (wrong) } } }
        @if wrong.is_none() && value.is_some() {
            p { "Compare this code with the one that your device shows, and go on only if they are the same." }
        } @else {
            p { "Enter the code that your device shows." }
        }
        form method="post" action=(server::VERIFY_DEVICE) {
            label for="user_code" { "Code" }
            input.code type="text" id="user_code" name="user_code" value=[value] required autofocus
                autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="40"
                placeholder="XXXX-XXXX" aria-describedby=[wrong.map(|_| "wrong")];
            p.actions { button { "Continue" } }
        }
        (account(person))
        p.small { "Not you? " a href=(there::sign_in(code, true)) { "Use another account" } }
    };
    framed("Connect a device", &content)
}

/// Asks the person.
pub(crate) fn confirm(
    code: &UserCode,
    asking: &Asking,
    apis: &[Api],
    person: &Person,
    sealed: &str,
    now: Time,
) -> Response {
    let (app, device) = (&asking.client.name, &asking.device);
    let api = |name: &str| {
        let mut apis = apis.iter();
        apis.find(|api| api.scopes.iter().any(|scope| scope.name == name)).map(|api| api.name.as_str())
    };
    let title = format!("Connect {app} on another device?");
    let content = html! {
        h1 { (title) }
        p {
            b { (app) } " asked for access " (age(device.asked_at, now))
            @if let Some(source) = &device.source { ", from " b { (source) } }
            ". The device shows the code " code { (code) } "."
        }
        p { "It asks to:" }
        (page::scope_in_words(&device.scope, api))
        (account(person))
        p { "Allow this only if you have just started it yourself, on a device that you have. If somebody sent you the code, they would get this access." }
        form.actions method="post" action=(DECISION) {
            input type="hidden" name="request" value=(sealed);
            button name="decision" value="allow" { "Allow" }
            button.quiet name="decision" value="deny" { "Deny" }
        }
    };
    framed(&title, &content)
}

/// What became of it.
pub(crate) fn decided(progress: Progress, client: &Client) -> Response {
    let app = &client.name;
    let (title, text) = match progress {
        Progress::Denied => ("Access denied", format!("{app} gets nothing. You can close this page.")),
        _ => (
            "Your device is connected",
            format!("{app} goes on by itself in a moment. You can close this page."),
        ),
    };
    let content = html! {
        h1 { (title) }
        p { (text) }
        p.actions { a href="/" { "Home" } }
    };
    framed(title, &content)
}

fn account(person: &Person) -> Markup {
    html! {
        p {
            "You are signed in as " b { (person.name()) }
            @if let (Some(_), Some(email)) = (&person.user.name, &person.user.email) { " (" (email) ")" }
            "."
        }
    }
}

/// How long ago that was, in words.
fn age(then: Time, now: Time) -> String {
    match now.since(then).as_secs() {
        0..60 => "less than a minute ago".to_owned(),
        60..120 => "a minute ago".to_owned(),
        seconds => format!("{} minutes ago", seconds / 60),
    }
}

/// With `no-referrer`, a browser sends `Origin: null` with the form, and that is a stranger's (#27).
fn framed(title: &str, content: &Markup) -> Response {
    Response::page(page::layout(title, content)).header(header::REFERRER_POLICY, "same-origin")
}
