//! The pages: for the code, what a device asks for, and what became of it.

use client::{Api, Client};
use http::header;
use maud::{Markup, html};
use oauth::{Sentence, Time, server};
use person::Person;
use session::{UserCode, device::Progress};
use web::{Look, Response, Words, page, words};

use crate::{
    DECISION,
    there::{self, Asking},
};

/// Asks for the code, and says what was wrong with the one before.
pub(crate) fn enter(
    look: &Look,
    code: Option<&UserCode>,
    person: &Person,
    wrong: Option<Sentence>,
) -> Response {
    let (common, said) = (&look.words.common, &look.words.device);
    let value = code.map(ToString::to_string);
    let content = html! {
        h1 { (said.title) }
        @if let Some(wrong) = wrong { p role="alert" id="wrong" { b { (look.words.refusal(wrong)) } } }
        p { (if wrong.is_none() && value.is_some() { said.compare } else { said.enter }) }
        form method="post" action=(server::VERIFY_DEVICE) {
            label for="user_code" { (said.code) }
            input.code type="text" id="user_code" name="user_code" value=[value] required autofocus
                autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="40"
                placeholder="XXXX-XXXX" aria-describedby=[wrong.map(|_| "wrong")];
            p.actions { button { (common.go_on) } }
        }
        (account(look.words, person))
        p.small { (common.not_you) " " a href=(there::sign_in(code, true)) { (common.other_account) } }
    };
    framed(look, said.title, &content)
}

/// Asks the person.
pub(crate) fn confirm(
    look: &Look,
    code: &UserCode,
    asking: &Asking,
    apis: &[Api],
    person: &Person,
    sealed: &str,
    now: Time,
) -> Response {
    let (common, said) = (&look.words.common, &look.words.device);
    let api = |name: &str| {
        let mut apis = apis.iter();
        apis.find(|api| api.scopes.iter().any(|scope| scope.name == name)).map(|api| api.name.as_str())
    };
    let title = words::text(said.confirm, &[("app", &asking.client.name)]);
    let content = html! {
        h1 { (title) }
        p {
            (asked(look.words, asking, now)) " "
            (words::fill(said.shows, &[("code", html! { code { (code) } })]))
        }
        p { (common.asks_to) }
        (page::scope_in_words(look.words, &asking.device.scope, api))
        (account(look.words, person))
        p { (said.yourself) }
        form.actions method="post" action=(DECISION) {
            input type="hidden" name="request" value=(sealed);
            button name="decision" value="allow" { (common.allow) }
            button.quiet name="decision" value="deny" { (common.deny) }
        }
    };
    framed(look, &title, &content)
}

/// Which app asked, when, and from where.
fn asked(words: &Words, asking: &Asking, now: Time) -> Markup {
    let app = ("app", html! { b { (asking.client.name) } });
    let when = ("when", html! { (age(words, asking.device.asked_at, now)) });
    match &asking.device.source {
        Some(source) => {
            words::fill(words.device.asks_from, &[app, when, ("place", html! { b { (source) } })])
        }
        None => words::fill(words.device.asks, &[app, when]),
    }
}

/// What became of it.
pub(crate) fn decided(look: &Look, progress: Progress, client: &Client) -> Response {
    let said = &look.words.device;
    let (title, text) = match progress {
        Progress::Denied => (said.denied, said.denied_text),
        _ => (said.connected, said.connected_text),
    };
    let content = html! {
        h1 { (title) }
        p { (words::text(text, &[("app", &client.name)])) }
        p.actions { a href="/" { (look.words.common.home) } }
    };
    framed(look, title, &content)
}

fn account(words: &Words, person: &Person) -> Markup {
    let who = html! {
        b { (person.name().unwrap_or(words.common.this_account)) }
        @if let (Some(_), Some(email)) = (&person.user.name, &person.user.email) { " (" (email) ")" }
    };
    html! { p { (words::fill(words.common.signed_in_as, &[("who", who)])) } }
}

/// How long ago that was, in words.
fn age(words: &Words, then: Time, now: Time) -> String {
    match now.since(then).as_secs() {
        0..60 => words.device.now.to_owned(),
        60..120 => words.device.minute.to_owned(),
        seconds => words::text(words.device.minutes, &[("count", &(seconds / 60).to_string())]),
    }
}

/// With `no-referrer`, a browser sends `Origin: null` with the form, and that is a stranger's (#27).
fn framed(look: &Look, title: &str, content: &Markup) -> Response {
    look.page(title, content).header(header::REFERRER_POLICY, "same-origin")
}
