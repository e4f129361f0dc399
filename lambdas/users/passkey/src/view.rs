//! The page of a person's passkeys. It lists and removes without scripts; only a script can ask a device for a new one.

use http::header;
use maud::{Markup, html};
use oauth::{Digest, Sentence};
use person::Person;
use user::passkey::{MOST, Passkey};
use web::{
    Request, Response, Words,
    words::{fill, text},
};

use crate::{
    PATH, SCRIPT,
    manage::{AGAIN, LONGEST_NAME},
};

/// The page. Whoever has not just shown who they are sees what there is, and the way to sign in again (#26).
pub(crate) fn page(request: &Request, person: &Person, all: &[(Digest, Passkey)]) -> Response {
    let words = request.look().words;
    let w = &words.passkeys;
    let is_fresh = person.session.is_fresh(request.now);
    let content = html! {
        h1 { (w.title) }
        @if let Some(done) = done(request, words) { p role="status" { (done) } }
        p { (w.text) }
        @if all.is_empty() {
            p { (w.none) }
        } @else {
            ul.rows { @for (id, passkey) in all { li { (row(words, person, id, passkey, is_fresh)) } } }
        }
        @if !is_fresh {
            p { (w.stale) }
            p.actions { a.button href=(AGAIN) { (words.account.again_do) } }
        } @else if all.len() < MOST {
            (adding(words, person))
        } @else {
            p { (words.refusal(Sentence::PasskeyTooMany)) }
        }
        p.small { a href="/account" { (words.home.account) } }
    };
    // With `no-referrer`, a browser sends `Origin: null` with the forms, and that is a stranger's (#27).
    request.look().page(w.title, &content).header(header::REFERRER_POLICY, "same-origin")
}

/// What has just been done, as the page is told in its address.
fn done(request: &Request, words: &Words) -> Option<&'static str> {
    let w = &words.passkeys;
    let said = [("added", w.added), ("renamed", w.renamed), ("removed", w.removed)];
    said.into_iter().find(|(name, _)| request.text(name).is_some()).map(|(_, text)| text)
}

fn row(words: &Words, person: &Person, id: &Digest, passkey: &Passkey, is_fresh: bool) -> Markup {
    let w = &words.passkeys;
    html! {
        h2 { (passkey.name) }
        p.small {
            (fill(w.since, &[("day", words.day(passkey.added_at))])) " "
            @match passkey.used_at {
                Some(at) => (fill(w.used, &[("day", words.day(at))])),
                None => (w.unused),
            }
            @if passkey.is_backed_up { " " (w.synced) }
        }
        @if is_fresh {
            form method="post" action=(PATH) {
                (whose(person, id))
                label for={ "name-" (id.as_str()) } { (w.name) }
                input id={ "name-" (id.as_str()) } name="name" value=(passkey.name) required maxlength=(LONGEST_NAME) autocomplete="off";
                div.actions { button.quiet aria-label=(text(w.rename_of, &[("name", &passkey.name)])) { (w.rename) } }
            }
            form method="post" action=(PATH) {
                (whose(person, id))
                div.actions { button.quiet aria-label=(text(w.remove_of, &[("name", &passkey.name)])) { (words.account.remove) } }
            }
        }
    }
}

fn whose(person: &Person, id: &Digest) -> Markup {
    html! {
        input type="hidden" name="session" value=(person.session.id);
        input type="hidden" name="id" value=(id.as_str());
    }
}

fn adding(words: &Words, person: &Person) -> Markup {
    let w = &words.passkeys;
    html! {
        div #passkey-new data-session=(person.session.id) data-failed=(words.refusal(Sentence::PasskeyNotAdded)) data-known=(w.known) data-again=(AGAIN) {
            p.actions { button type="button" #add disabled { (w.add) } }
            p #passkey-said role="status" {}
            noscript { p { (w.needs_script) } }
        }
        script src=(SCRIPT) defer {}
    }
}
