//! The page on which somebody adds a password.

use maud::{Markup, html};
use oauth::Sentence;
use web::{Request, Response, words::fill};

use crate::{
    ADD_FORM, CHANGE,
    add::{AGAIN, Acting},
    view::{another, own_page, said},
};

/// The page, for somebody who has none. Whoever has not just shown who they are is led to a sign-in (#26).
pub(crate) fn page(request: &Request, acting: &Acting, wrong: Option<&str>) -> Response {
    let words = request.look().words;
    let w = &words.passwords;
    let content = html! {
        h1 { (w.add) }
        @if let Some(wrong) = wrong { p role="alert" { (wrong) } }
        p { (w.none) }
        @match acting.address() {
            None => p { (words.refusal(Sentence::PasswordNeedsAddress)) },
            Some(_) if !acting.session.is_fresh(request.now) => {
                p { (w.add_stale) }
                p.actions { a.button href=(AGAIN) { (words.account.again_do) } }
            }
            Some(address) => (form(request, acting, address.as_email().unwrap_or_default())),
        }
        p.small { a href="/account" { (words.home.account) } }
    };
    own_page(request, w.add, &content)
}

/// The same again, with what was wrong, where another password or another try may mend it.
pub(crate) fn again(request: &Request, acting: &Acting, error: web::Error) -> web::Error {
    let Some(said) = said(request, &error) else { return error };
    match error.refusal().and_then(oauth::Error::sentence) {
        Some(Sentence::PageOfAnotherSignIn | Sentence::PasswordThere) => error.with_again(CHANGE.to_owned()),
        _ => error.with_page(page(request, acting, Some(said))),
    }
}

/// The address is there for password managers, and so that nobody adds a password for another one than they have seen.
fn form(request: &Request, acting: &Acting, address: &str) -> Markup {
    let words = request.look().words;
    let w = &words.passwords;
    html! {
        p { (fill(w.add_text, &[("address", html! { b { (address) } })])) }
        form method="post" action=(ADD_FORM) {
            input type="hidden" name="session" value=(acting.session.id);
            input type="hidden" name="address" value=(address) autocomplete="username";
            (another(words))
            div.actions {
                button { (w.add) }
                a href="/account" { (words.common.cancel) }
            }
        }
    }
}
