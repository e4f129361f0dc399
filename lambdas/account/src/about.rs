//! What the page shows of the person: what is stored, and how they sign in.

use authenticate::Button;
use maud::{Markup, html};
use oauth::Said;
use person::Person;
use user::{LinkedIdentity, MOST_IDENTITIES, by_mail, password::PROVIDER};
use web::{
    Words,
    words::{fill, text},
};

use crate::{PATH, view::Shown};

/// What is stored of the person.
pub(crate) fn data(shown: &Shown<'_>) -> Markup {
    let (words, w, user) = (shown.words, &shown.words.account, &shown.person.user);
    let first = shown.identities.iter().find(|identity| identity.is_first);
    let roles = if user.roles.is_empty() { "–".to_owned() } else { user.roles.join(", ") };
    html! {
        h2 id="data" { (w.data) }
        @if let Some(first) = first.filter(|first| !is_own(first)) {
            p { (text(w.data_from, &[("provider", label(words, shown.buttons, &first.provider))])) }
        }
        dl {
            dt { (words.home.name) } dd { (user.name.as_deref().unwrap_or("–")) }
            dt { (words.home.email) }
            dd {
                (user.email.as_deref().unwrap_or("–"))
                @if user.email.is_some() && !user.email_verified { " (" (words.home.not_verified) ")" }
            }
            @if let Some(form) = prove(shown) { dd { (form) } }
            dt { (w.picture) } dd { (user.picture.as_deref().unwrap_or("–")) }
            @if let Some(claims) = &user.claims {
                @for (name, value) in claims.said.shown() { dt { (words.claim(name)) } dd { (said(words, &value)) } }
            }
            dt { (w.roles) } dd { (roles) }
            dt { (w.first_sign_in) } dd { (words.day(user.created_at)) }
            dt { (w.latest) }
            dd { @if let Some(at) = user.last_login_at { (words.day(at)) } @else { "–" } }
            dt { (w.number) } dd { code { (user.id) } }
        }
    }
}

/// What a provider says of the person, as people read it.
fn said(words: &Words, value: &Said<'_>) -> Markup {
    html! {
        @match value {
            Said::Text(text) => { (text) }
            Said::Phone { number, is_verified } => { (number) @if !is_verified { " (" (words.home.not_verified) ")" } }
            Said::Date(date) => { (words.birthday(date)) }
            Said::Moment(at) => { (words.day(*at)) }
            Said::Lines(lines) => { @for (n, line) in lines.iter().enumerate() { @if n > 0 { br; } (line) } }
        }
    }
}

/// Where a mail is asked for that proves the address.
const PROVE: &str = "/users/password/prove/again";

/// The way to such a mail, of somebody who wrote an address down and has not proven it.
fn prove(shown: &Shown<'_>) -> Option<Markup> {
    let (words, user) = (&shown.words.passwords, &shown.person.user);
    let is_open = user.email.is_some() && !user.email_verified;
    let by_password = shown.identities.iter().any(|identity| identity.provider == PROVIDER);
    (shown.proves && is_open && by_password).then(|| {
        html! {
            @if shown.mailed { p role="status" { (words.prove_mailed) } }
            form method="post" action=(PROVE) { button.quiet { (words.prove_mail) } }
        }
    })
}

/// How they sign in.
pub(crate) fn identities(shown: &Shown<'_>) -> Markup {
    let (words, w) = (shown.words, &shown.words.account);
    let provider = |identity: &LinkedIdentity| label(words, shown.buttons, &identity.provider).to_owned();
    let by_password = shown.identities.iter().any(|identity| identity.provider == PROVIDER);
    html! {
        h2 id="sign-ins" { (w.sign_ins) }
        ul.rows {
            @for (identity, form) in shown.identities.iter().zip(&shown.forms.unlink) {
                li {
                    h3 { (provider(identity)) }
                    p.small {
                        (fill(w.since, &[("day", words.day(identity.linked_at))]))
                        @if identity.is_first && !is_own(identity) { " " (w.first) }
                    }
                    @if identity.provider == PROVIDER { p { a href=(PASSWORD) { (words.passwords.change) } } }
                    @if shown.identities.len() > 1 {
                        form method="post" action=(PATH) {
                            input type="hidden" name="request" value=(form);
                            button.quiet aria-label=(text(w.remove_sign_in, &[("provider", &provider(identity))])) { (w.remove) }
                        }
                    }
                }
            }
        }
        @if shown.passwords && !by_password { p { a href=(PASSWORD) { (words.passwords.add) } } }
        @if shown.passkeys { p { a href=(PASSKEYS) { (words.passkeys.title) } } }
        @if shown.second_factors { p { a href=(FACTOR) { (w.second_factor) } } }
        @if shown.identities.len() < MOST_IDENTITIES {
            p { (w.more_ways) }
            div.actions {
                @for (button, form) in shown.buttons.iter().zip(&shown.forms.link) {
                    form method="post" action=(PATH) {
                        input type="hidden" name="request" value=(form);
                        button.quiet { (text(w.link, &[("provider", &button.label)])) }
                    }
                }
            }
        }
    }
}

/// Where the passkeys are.
const PASSKEYS: &str = "/users/passkey";

/// Where a second factor is looked after.
const FACTOR: &str = "/users/factor/setup";

/// Where a password is changed, and added.
const PASSWORD: &str = "/users/password";

/// What a provider is called; by its name in the settings if it is there no more.
fn label<'a>(words: &'static Words, buttons: &'a [Button], provider: &'a str) -> &'a str {
    match provider {
        PROVIDER => return words.passwords.password,
        by_mail::PROVIDER => return words.sign_in.mailed_way,
        _ => {}
    }
    Button::label_of(buttons, provider)
}

/// Whether it is a way of ours, which says nothing of its person.
fn is_own(identity: &LinkedIdentity) -> bool {
    [PROVIDER, by_mail::PROVIDER].contains(&identity.provider.as_str())
}

/// What to call somebody.
pub(crate) fn name<'a>(words: &Words, person: &'a Person) -> &'a str {
    person.name().unwrap_or(words.common.this_account)
}

/// A person by name and address.
pub(crate) fn who(words: &Words, person: &Person) -> Markup {
    let email = person.user.name.as_ref().and(person.user.email.as_ref());
    html! { b { (name(words, person)) } @if let Some(email) = email { " (" (email) ")" } }
}
