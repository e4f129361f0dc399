//! What is around every page.

use http::{Method, header};
use maud::{Markup, html};
use oauth::Time;
use user::{Status, User};
use web::{Response, Words};

use crate::{PAGES, ROOT, View};

/// The pages that are linked everywhere, and what they are called.
const LINKS: [(&str, &str); 5] = [
    (ROOT, "People"),
    ("/admin/roles", "Roles"),
    ("/admin/apps", "Apps"),
    ("/admin/keys", "Keys"),
    ("/admin/trail", "Trail"),
];

/// What has just been done, as a page is told in its address.
const DONE: [(&str, &str); 12] = [
    ("ended", "The session has ended."),
    ("changed", "It was changed."),
    ("disabled", "They are shut out, and everything that they had has ended."),
    ("enabled", "They can sign in again. What they had before stays ended."),
    ("signed-out", "All their sessions have ended, and all access that apps had."),
    ("removed", "It was removed."),
    ("deleted", "The person was deleted."),
    ("created", "The person was added."),
    ("registered", "It was registered."),
    ("invited", "The invitation waits for 30 days for somebody who proves this address."),
    ("last", "This is the only way in which they can sign in, so it stays."),
    ("wrong", "What you typed is not their name. Nothing was deleted."),
];

impl View<'_> {
    /// A page: the navigation has what this person may see. With `no-referrer`, a browser would send `Origin: null` with the forms, and
    /// that is a stranger's (#27).
    pub(crate) fn page(&self, title: &str, content: &Markup) -> Response {
        let may = |path: &str| PAGES.iter().any(|page| page.path == path && self.viewer.may(page.scope));
        let done = DONE.iter().find(|(name, _)| self.request.text(name).is_some());
        // A form is sent to the address of the list of people, and is about something else.
        let is_form = self.request.method() == Method::POST;
        let here = |path: &str| (!is_form && self.request.path() == path).then_some("page");
        let framed = html! {
            nav.bar aria-label="Console" {
                @for (path, name) in LINKS.iter().filter(|(path, _)| may(path)) {
                    a href=(path) aria-current=[here(path)] { (name) }
                }
                a href="/account" { (self.viewer.name()) }
            }
            @if let Some((_, done)) = done { p role="status" { (done) } }
            (content)
        };
        // The console speaks English, whatever its reader prefers.
        let mut look = self.request.look();
        look.words = Words::ENGLISH;
        look.page(title, &framed).header(header::REFERRER_POLICY, "same-origin")
    }
}

/// What to call somebody.
pub(crate) fn name(user: &User) -> &str {
    user.name.as_deref().or(user.email.as_deref()).unwrap_or(&user.id)
}

pub(crate) fn status(user: &User) -> &'static str {
    match user.status {
        Status::Active => "active",
        Status::Disabled => "disabled",
        Status::Deleted => "deleted",
    }
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
