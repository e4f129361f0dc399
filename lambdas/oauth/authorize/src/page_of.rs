//! The pages: what an app asks for, whether to go on to it, and to sign in again.

use authorization::{Agreement, AuthorizationRequest, Question, SignIn};
use http::header;
use maud::{Markup, html};
use web::{Response, page};

use crate::{DECISION, person::Person};

/// Asks the person. `other` leads to a sign-in with another account.
pub(crate) fn question(
    checked: &AuthorizationRequest,
    question: Question,
    asked_for: &Markup,
    person: &Person,
    other: &str,
    sealed: &str,
) -> Response {
    let app = &checked.client().name;
    let (title, yes) = match question {
        Question::Consent => (format!("{app} asks for access"), "Allow".to_owned()),
        Question::Continue => (format!("Continue to {app}?"), format!("Continue as {}", person.name())),
    };
    let content = html! {
        h1 { (title) }
        (asked_for)
        (account(person))
        p { "You go on to " b { (checked.to().target().place()) } "." }
        @if checked.to().target().is_native() {
            p { "Go on only if you have just started this in an app on this device." }
        }
        (decide(sealed, &html! { button name="decision" value="allow" { (yes) } }))
        p.small { "Not you? " a href=(other) { "Use another account" } }
    };
    framed(checked, &title, &content)
}

/// Asks the person to sign in, at `link`.
pub(crate) fn sign_in(
    checked: &AuthorizationRequest,
    why: SignIn,
    person: &Person,
    link: &str,
    sealed: &str,
) -> Response {
    let app = &checked.client().name;
    let (title, text) = match why {
        SignIn::AsSomebodyElse => (
            "Another account is needed",
            format!("{app} expects another account than the one with which you are signed in."),
        ),
        SignIn::Nobody | SignIn::Again => {
            ("Please sign in again", format!("{app} wants to be sure that it is you."))
        }
    };
    let content = html! {
        h1 { (title) }
        p { (text) }
        (account(person))
        (decide(sealed, &html! { a.button href=(link) { "Sign in" } }))
    };
    framed(checked, title, &content)
}

/// Asks which of those who are signed in here goes on. `other` leads to a sign-in with another account.
pub(crate) fn accounts(
    checked: &AuthorizationRequest,
    people: &[Person],
    other: &str,
    sealed: &str,
) -> Response {
    let target = checked.to().target();
    let content = html! {
        h1 { "Choose an account" }
        p { "You go on to " b { (checked.client().name) } " at " b { (target.place()) } "." }
        @if target.is_native() {
            p { "Go on only if you have just started this in an app on this device." }
        }
        form method="post" action=(DECISION) {
            input type="hidden" name="request" value=(sealed);
            ul.choices {
                @for person in people {
                    li {
                        button name="account" value=(person.session.id) {
                            (person.name())
                            @if let (Some(_), Some(email)) = (&person.user.name, &person.user.email) {
                                span.detail { (email) }
                            }
                        }
                    }
                }
                li { a.button.quiet href=(other) { "Use another account" } }
            }
            p.actions { button.quiet name="decision" value="deny" { "Cancel" } }
        }
    };
    framed(checked, "Choose an account", &content)
}

/// The same for a browser in which nobody is signed in.
pub(crate) fn first_sign_in(checked: &AuthorizationRequest, link: &str) -> Response {
    let content = html! {
        h1 { "Please sign in" }
        p { (checked.client().name) " wants to be sure that it is you." }
        p.actions { a.button href=(link) { "Sign in" } }
    };
    framed(checked, "Please sign in", &content)
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

/// The form: to go on, or not.
fn decide(sealed: &str, go_on: &Markup) -> Markup {
    html! {
        form.actions method="post" action=(DECISION) {
            input type="hidden" name="request" value=(sealed);
            (go_on)
            button.quiet name="decision" value="deny" { "Cancel" }
        }
    }
}

/// What the app is going to get, in a person's words where we have them.
pub(crate) fn asked_for(checked: &AuthorizationRequest, agreement: &Agreement) -> Markup {
    let api = |name: &str| {
        let mut apis = agreement.apis.iter();
        apis.find(|api| api.scopes.iter().any(|scope| scope.name == name)).map(|api| api.name.as_str())
    };
    html! {
        p { "It asks to:" }
        (page::scope_in_words(checked.scope(), api))
    }
}

/// With `no-referrer`, a browser sends `Origin: null` with the form, and that is a stranger's (#27).
fn framed(checked: &AuthorizationRequest, title: &str, content: &Markup) -> Response {
    Response::page(page::layout(title, content))
        .header(header::CONTENT_SECURITY_POLICY, &page::policy_towards(checked.to().target()))
        .header(header::REFERRER_POLICY, "same-origin")
}
