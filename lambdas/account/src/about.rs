//! What the page shows of the person: what is stored, and how they sign in.

use authenticate::Button;
use maud::{Markup, html};
use oauth::Time;
use user::{LinkedIdentity, MOST_IDENTITIES, User};

use crate::{PATH, Person, view::Shown};

/// What is stored of the person.
pub(crate) fn data(user: &User, identities: &[LinkedIdentity], buttons: &[Button]) -> Markup {
    let first = identities.iter().find(|identity| identity.is_first);
    html! {
        h2 id="data" { "What is stored about you" }
        @if let Some(first) = first {
            p { "Name, address and picture come from " (label(buttons, &first.provider)) ". They are read again each time you sign in with it." }
        }
        dl {
            dt { "Name" } dd { (user.name.as_deref().unwrap_or("–")) }
            dt { "E-mail address" }
            dd { (user.email.as_deref().unwrap_or("–")) @if user.email.is_some() && !user.email_verified { " (not verified)" } }
            dt { "Picture" } dd { (user.picture.as_deref().unwrap_or("–")) }
            @if let Some(claims) = &user.claims {
                @for (name, value) in claims.said.shown() { dt { (name) } dd { (value) } }
            }
            dt { "Roles" } dd { (if user.roles.is_empty() { "–".to_owned() } else { user.roles.join(", ") }) }
            dt { "First sign-in" } dd { (day(user.created_at)) }
            dt { "Latest sign-in" } dd { (day(user.last_login_at)) }
            dt { "Your number here" } dd { code { (user.id) } }
        }
    }
}

/// How they sign in.
pub(crate) fn identities(shown: &Shown<'_>) -> Markup {
    html! {
        h2 id="sign-ins" { "How you sign in" }
        ul.rows {
            @for (identity, form) in shown.identities.iter().zip(&shown.forms.unlink) {
                li {
                    h3 { (label(shown.buttons, &identity.provider)) }
                    p.small { "Since " (day(identity.linked_at)) @if identity.is_first { ". Your name and address come from here" } "." }
                    @if shown.identities.len() > 1 {
                        form method="post" action=(PATH) {
                            input type="hidden" name="request" value=(form);
                            button.quiet aria-label={ "Remove the sign-in with " (label(shown.buttons, &identity.provider)) } { "Remove" }
                        }
                    }
                }
            }
        }
        @if shown.identities.len() < MOST_IDENTITIES {
            p { "With one more you still come in if you lose this one. An address alone links nothing: you sign in there once." }
            div.actions {
                @for (button, form) in shown.buttons.iter().zip(&shown.forms.link) {
                    form method="post" action=(PATH) {
                        input type="hidden" name="request" value=(form);
                        button.quiet { "Link " (button.label) }
                    }
                }
            }
        }
    }
}

/// What a provider is called; by its name in the settings if it is there no more.
fn label<'a>(buttons: &'a [Button], provider: &'a str) -> &'a str {
    buttons.iter().find(|button| button.name == provider).map_or(provider, |button| &button.label)
}

pub(crate) fn address(person: &Person) -> Markup {
    let email = person.user.name.as_ref().and(person.user.email.as_ref());
    html! { @if let Some(email) = email { " (" (email) ")" } }
}

pub(crate) fn day(time: Time) -> Markup {
    let text = time.to_string();
    let day = text.split('T').next().unwrap_or(&text);
    html! { time datetime=(text) { (day) } }
}

pub(crate) fn moment(time: Time) -> Markup {
    let text = time.to_string();
    let shown = text.get(..16).unwrap_or(&text).replace('T', " ");
    html! { time datetime=(text) { (shown) " UTC" } }
}
