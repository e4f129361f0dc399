//! What is around every page.

use http::{Method, header};
use maud::{Markup, html};
use oauth::Time;
use user::{Status, User};
use web::Response;

use crate::{PAGES, ROOT, View, Words};

/// The pages that are linked everywhere, and what they are called.
fn links(words: &Words) -> [(&'static str, &'static str); 5] {
    let w = &words.frame;
    [
        (ROOT, w.people),
        ("/admin/roles", w.roles),
        ("/admin/apps", w.apps),
        ("/admin/keys", w.keys),
        ("/admin/trail", w.trail),
    ]
}

/// What has just been done, as a page is told in its address.
fn done(words: &Words) -> [(&'static str, &'static str); 13] {
    let w = &words.done;
    [
        ("ended", words.common.account.done_ended),
        ("changed", w.changed),
        ("disabled", w.shut_out),
        ("enabled", w.let_in),
        ("signed-out", w.signed_out),
        ("removed", w.removed),
        ("factors-taken", words.factors.taken),
        ("deleted", w.deleted),
        ("created", w.created),
        ("registered", w.registered),
        ("invited", w.invited),
        ("last", w.last_way),
        ("wrong", w.wrong_name),
    ]
}

impl View<'_> {
    /// A page: the navigation has what this person may see. With `no-referrer`, a browser would send `Origin: null` with the forms, and
    /// that is a stranger's (#27).
    pub(crate) fn page(&self, title: &str, content: &Markup) -> Response {
        let may = |path: &str| PAGES.iter().any(|page| page.path == path && self.viewer.may(page.scope));
        let done = done(self.words).into_iter().find(|(name, _)| self.request.text(name).is_some());
        // A form is sent to the address of the list of people, and is about something else.
        let is_form = self.request.method() == Method::POST;
        let here = |path: &str| (!is_form && self.request.path() == path).then_some("page");
        let framed = html! {
            nav.bar aria-label=(self.words.frame.console) {
                @for (path, name) in links(self.words).iter().filter(|(path, _)| may(path)) {
                    a href=(path) aria-current=[here(path)] { (name) }
                }
                a href="/account" { (self.viewer.name(self.words)) }
            }
            @if let Some((_, done)) = done { p role="status" { (done) } }
            (content)
        };
        self.request.look().page(title, &framed).header(header::REFERRER_POLICY, "same-origin")
    }
}

/// What to call somebody.
pub(crate) fn name(user: &User) -> &str {
    user.name.as_deref().or(user.email.as_deref()).unwrap_or(&user.id)
}

pub(crate) fn status(words: &Words, user: &User) -> &'static str {
    match user.status {
        Status::Active => words.frame.active,
        Status::Disabled => words.frame.disabled,
        Status::Deleted => words.frame.deleted,
    }
}

/// A date for a table, short and the same in every language (ISO 8601).
pub(crate) fn day(time: Time) -> Markup {
    let text = time.to_string();
    let day = text.split('T').next().unwrap_or(&text);
    html! { time datetime=(text) { (day) } }
}

/// The same with the time of day.
pub(crate) fn moment(time: Time) -> Markup {
    let text = time.to_string();
    let shown = text.get(..16).unwrap_or(&text).replace('T', " ");
    html! { time datetime=(text) { (shown) " UTC" } }
}
