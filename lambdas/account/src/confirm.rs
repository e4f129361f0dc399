//! Pages between the wish and the act: a question, a sign-in, the way to a provider. They change nothing.

use authenticate::Button;
use maud::{Markup, html};
use oauth::{Code, Error, Sentence};
use person::Person;
use serde::Deserialize;
use url::form_urlencoded::Serializer;
use web::{
    Request, Response, Result, Words,
    words::{fill, text},
};

use crate::{AGAIN, Account, DELETE, EVERYWHERE, PATH, about::who, act::What, own_page};

/// The provider to whom a person goes to link one more way in, and what goes along, sealed ([`authenticate::LinkWish`]).
#[derive(Deserialize)]
struct Link {
    provider: String,
    wish: String,
}

impl Account {
    /// The page at this path, for the person who acts.
    pub(crate) async fn confirm(&self, request: &Request, page: &str) -> Result<Response> {
        let person = match self.acting(request).await? {
            Ok(person) => person,
            Err(elsewhere) => return Ok(elsewhere),
        };
        let words = request.look().words;
        let w = &words.account;
        match page {
            AGAIN => Ok(own_page(request, w.again, &again(words, &self.buttons))),
            EVERYWHERE => {
                let form = self.seal(&person.session, What::Everywhere, request.now)?;
                Ok(own_page(request, w.everywhere_ask, &everywhere(words, &person, &form)))
            }
            DELETE if !person.session.is_fresh(request.now) => Ok(Response::see_own(AGAIN)),
            DELETE => {
                let form = self.seal(&person.session, What::Delete, request.now)?;
                let wrong = request.text("wrong").is_some();
                Ok(own_page(request, w.delete_ask, &delete(words, &person, &form, wrong)))
            }
            _ => {
                let link: Link = request.query()?;
                let button = self.buttons.iter().find(|button| button.name == link.provider);
                let button =
                    button.ok_or_else(|| Error::said(Code::InvalidRequest, Sentence::NoSuchProvider))?;
                let title = text(w.link, &[("provider", &button.label)]);
                Ok(own_page(request, &title, &to_provider(words, &person, button, &link.wish)))
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

fn again(words: &Words, buttons: &[Button]) -> Markup {
    let w = &words.account;
    let never = buttons.iter().filter(|button| button.never_asks_again);
    let never: Vec<_> = never.map(|button| button.label.as_str()).collect();
    html! {
        h1 { (w.again) }
        p { (w.again_text) }
        @if !never.is_empty() { p.small { (text(w.again_never, &[("providers", &words.list(&never))])) } }
        p.actions {
            a.button href="/users/login?prompt=login&return_to=%2Faccount" { (w.again_do) }
            a href=(PATH) { (words.common.cancel) }
        }
    }
}

fn everywhere(words: &Words, person: &Person, form: &str) -> Markup {
    let w = &words.account;
    html! {
        h1 { (w.everywhere_ask) }
        p { (fill(w.everywhere_ends, &[("who", who(words, person))])) }
        p { (w.everywhere_kept) }
        form.actions method="post" action=(PATH) {
            input type="hidden" name="request" value=(form);
            button { (w.everywhere) }
            a href=(PATH) { (words.common.cancel) }
        }
    }
}

fn delete(words: &Words, person: &Person, form: &str, wrong: bool) -> Markup {
    let w = &words.account;
    html! {
        h1 { (w.delete_ask) }
        @if wrong { p role="alert" { (w.delete_wrong) } }
        p { (w.delete_ends) }
        form method="post" action=(PATH) {
            input type="hidden" name="request" value=(form);
            label for="name" { (fill(w.delete_type, &[("what", html! { b { (to_type(person)) } })])) }
            input #name name="name" autocomplete="off" required;
            div.actions {
                button { (w.delete_do) }
                a href=(PATH) { (words.common.cancel) }
            }
        }
    }
}

/// What a person types who means it: their address, else their name, else a word.
pub(crate) fn to_type(person: &Person) -> &str {
    person.user.email.as_deref().or(person.user.name.as_deref()).unwrap_or("delete")
}

/// A link and not a form's answer: after a form, a browser follows only to places that the page's policy names.
fn to_provider(words: &Words, person: &Person, button: &Button, wish: &str) -> Markup {
    let (w, provider) = (&words.account, html! { (button.label) });
    let query = Serializer::new(String::new()).append_pair("link", wish).finish();
    html! {
        h1 { (fill(w.link, &[("provider", provider.clone())])) }
        p { (fill(w.link_text, &[("provider", provider.clone()), ("who", who(words, person))])) }
        p.actions {
            a.button href={ "/users/login/" (button.name) "?" (query) } { (fill(w.link_go, &[("provider", provider)])) }
            a href=(PATH) { (words.common.cancel) }
        }
    }
}
