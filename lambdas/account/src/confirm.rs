//! Pages between the wish and the act: a question, a sign-in, the way to a provider. They change nothing.

use authenticate::Button;
use maud::{Markup, html};
use oauth::{Code, Error, Sentence};
use serde::Deserialize;
use url::form_urlencoded::Serializer;
use web::{Request, Response, Result};

use crate::{AGAIN, Account, EVERYWHERE, PATH, Person, SIGN_IN, about::address, act::What, own_page};

/// The provider to whom a person goes to link one more way in, and what goes along, sealed ([`authenticate::LinkWish`]).
#[derive(Deserialize)]
struct Link {
    provider: String,
    wish: String,
}

impl Account {
    /// The page at this path, for the person who acts.
    pub(crate) async fn confirm(&self, request: &Request, page: &str) -> Result<Response> {
        let Some(person) = self.acting(request).await? else { return Ok(Response::see_own(SIGN_IN)) };
        match page {
            AGAIN => Ok(own_page(request, "Please sign in again", &again(&self.buttons))),
            EVERYWHERE => {
                let form = self.seal(&person.session, What::Everywhere, request.now)?;
                Ok(own_page(request, "Sign out everywhere?", &everywhere(&person, &form)))
            }
            _ => {
                let link: Link = request.query()?;
                let button = self.buttons.iter().find(|button| button.name == link.provider);
                let button =
                    button.ok_or_else(|| Error::said(Code::InvalidRequest, Sentence::NoSuchProvider))?;
                Ok(own_page(request, "Link one more sign-in", &to_provider(&person, button, &link.wish)))
            }
        }
    }
}

/// Where the page of the way to a provider is.
pub(crate) fn link_path(provider: &str, wish: &str) -> String {
    let mut query = Serializer::new(String::new());
    query.append_pair("provider", provider).append_pair("wish", wish);
    format!("{}?{}", crate::LINK, query.finish())
}

fn again(buttons: &[Button]) -> Markup {
    let never = || buttons.iter().filter(|button| button.never_asks_again);
    html! {
        h1 { "Please sign in again" }
        p { "This is only for somebody who has signed in within the last five minutes. Afterwards you are back on your account page." }
        @if never().next().is_some() {
            p.small {
                "These send you back without asking who you are, as long as they know you: "
                @for (number, button) in never().enumerate() { @if number > 0 { ", " } (button.label) }
                "."
            }
        }
        p.actions {
            a.button href="/users/login?prompt=login&return_to=%2Faccount" { "Sign in again" }
            a href=(PATH) { "Cancel" }
        }
    }
}

fn everywhere(person: &Person, form: &str) -> Markup {
    html! {
        h1 { "Sign out everywhere?" }
        p {
            "All sessions of " b { (person.name()) } (address(person)) " end, in every browser, and so does all access that \
             apps have, also the access that stays after you sign out."
        }
        p { "What you agreed to is remembered: an app that you sign in to again does not ask again." }
        form.actions method="post" action=(PATH) {
            input type="hidden" name="request" value=(form);
            button { "Sign out everywhere" }
            a href=(PATH) { "Cancel" }
        }
    }
}

/// A link and not a form's answer: after a form, a browser follows only to places that the page's policy names.
fn to_provider(person: &Person, button: &Button, wish: &str) -> Markup {
    let query = Serializer::new(String::new()).append_pair("link", wish).finish();
    html! {
        h1 { "Link " (button.label) }
        p {
            "Sign in at " (button.label) " with the account that you want to link. From then on it leads to " b { (person.name()) }
            (address(person)) " too."
        }
        p.actions {
            a.button href={ "/users/login/" (button.name) "?" (query) } { "Go on to " (button.label) }
            a href=(PATH) { "Cancel" }
        }
    }
}
