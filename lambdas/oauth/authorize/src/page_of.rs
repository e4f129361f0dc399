//! The pages: what an app asks for, whether to go on to it, and to sign in again.

use authorization::{Agreement, Question, SignIn};
use http::header;
use maud::{Markup, html};
use person::Person;
use web::{Response, Words, page, words};

use crate::{At, DECISION};

/// Asks the person. `other` leads to a sign-in with another account.
pub(crate) fn question(
    at: &At<'_>,
    question: Question,
    asked_for: &Markup,
    person: &Person,
    other: &str,
    sealed: &str,
) -> Response {
    let (common, said) = (&at.look.words.common, &at.look.words.consent);
    let app = [("app", at.checked.client().name.as_str())];
    let who = person.name().unwrap_or(common.this_account);
    let (title, yes) = match question {
        Question::Consent => (words::text(said.asks_for_access, &app), common.allow.to_owned()),
        Question::Continue => {
            (words::text(said.continue_to, &app), words::text(said.continue_as, &[("who", who)]))
        }
    };
    let target = at.checked.to().target();
    let content = html! {
        h1 { (title) }
        (asked_for)
        (account(at.look.words, person))
        p { (words::fill(common.go_on_to, &[("place", html! { b { (target.place()) } })])) }
        @if target.is_native() { p { (said.native) } }
        (decide(at.look.words, sealed, &html! { button name="decision" value="allow" { (yes) } }))
        p.small { (common.not_you) " " a href=(other) { (common.other_account) } }
    };
    framed(at, &title, &content)
}

/// Asks the person to sign in, at `link`.
pub(crate) fn sign_in(at: &At<'_>, why: SignIn, person: &Person, link: &str, sealed: &str) -> Response {
    let said = &at.look.words.consent;
    let (title, text) = match why {
        SignIn::AsSomebodyElse => (said.other_needed, said.other_needed_text),
        SignIn::Nobody | SignIn::Again => (said.again, said.again_text),
    };
    let content = html! {
        h1 { (title) }
        p { (words::text(text, &[("app", &at.checked.client().name)])) }
        (account(at.look.words, person))
        (decide(at.look.words, sealed, &html! { a.button href=(link) { (at.look.words.common.sign_in) } }))
    };
    framed(at, title, &content)
}

/// Asks which of those who are signed in here goes on. `other` leads to a sign-in with another account.
pub(crate) fn accounts(at: &At<'_>, people: &[Person], other: &str, sealed: &str) -> Response {
    let (common, said) = (&at.look.words.common, &at.look.words.consent);
    let target = at.checked.to().target();
    let bold = |text: &str| html! { b { (text) } };
    let gaps = [("app", bold(&at.checked.client().name)), ("place", html! { b { (target.place()) } })];
    let content = html! {
        h1 { (common.choose_account) }
        p { (words::fill(said.go_on_to_app, &gaps)) }
        @if target.is_native() { p { (said.native) } }
        form method="post" action=(DECISION) {
            input type="hidden" name="request" value=(sealed);
            ul.choices {
                @for person in people {
                    li {
                        button name="account" value=(person.session.id) {
                            (person.name().unwrap_or(common.this_account))
                            @if let (Some(_), Some(email)) = (&person.user.name, &person.user.email) {
                                span.detail { (email) }
                            }
                        }
                    }
                }
                li { a.button.quiet href=(other) { (common.other_account) } }
            }
            p.actions { button.quiet name="decision" value="deny" { (common.cancel) } }
        }
    };
    framed(at, common.choose_account, &content)
}

/// The same for a browser in which nobody is signed in.
pub(crate) fn first_sign_in(at: &At<'_>, link: &str) -> Response {
    let said = &at.look.words.consent;
    let content = html! {
        h1 { (said.please) }
        p { (words::text(said.again_text, &[("app", &at.checked.client().name)])) }
        p.actions { a.button href=(link) { (at.look.words.common.sign_in) } }
    };
    framed(at, said.please, &content)
}

fn account(words: &Words, person: &Person) -> Markup {
    let who = html! {
        b { (person.name().unwrap_or(words.common.this_account)) }
        @if let (Some(_), Some(email)) = (&person.user.name, &person.user.email) { " (" (email) ")" }
    };
    html! { p { (words::fill(words.common.signed_in_as, &[("who", who)])) } }
}

/// The form: to go on, or not.
fn decide(words: &Words, sealed: &str, go_on: &Markup) -> Markup {
    html! {
        form.actions method="post" action=(DECISION) {
            input type="hidden" name="request" value=(sealed);
            (go_on)
            button.quiet name="decision" value="deny" { (words.common.cancel) }
        }
    }
}

/// What the app is going to get, in a person's words where we have them.
pub(crate) fn asked_for(at: &At<'_>, agreement: &Agreement) -> Markup {
    let api = |name: &str| {
        let mut apis = agreement.apis.iter();
        apis.find(|api| api.scopes.iter().any(|scope| scope.name == name)).map(|api| api.name.as_str())
    };
    html! {
        p { (at.look.words.common.asks_to) }
        (page::scope_in_words(at.look.words, at.checked.scope(), api))
    }
}

/// With `no-referrer`, a browser sends `Origin: null` with the form, and that is a stranger's (#27).
fn framed(at: &At<'_>, title: &str, content: &Markup) -> Response {
    at.look
        .page_towards(at.checked.to().target(), title, content)
        .header(header::REFERRER_POLICY, "same-origin")
}
