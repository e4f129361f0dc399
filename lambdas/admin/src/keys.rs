//! The keys that sign, as verifiers know them. They are changed by `latchkey keys` and by the clock.

use maud::{Markup, html};
use token::{KeyInfo, State};
use web::{Response, words::fill};

use crate::{View, Words};

impl View<'_> {
    pub(crate) fn keys(&self) -> Response {
        let (w, title) = (&self.words.keys, self.words.frame.keys);
        let content = html! {
            h1 { (title) }
            p { (fill(w.text, &[("command", html! { code { "latchkey keys" } })])) }
            ul.rows {
                @for key in self.admin.keys.list(self.request.now) {
                    li {
                        h2 { code { (key.kid) } }
                        p.small { (key.alg) ", " (state(self.words, &key)) }
                    }
                }
            }
        };
        self.page(title, &content)
    }
}

/// Where a key is on its way.
fn state(words: &Words, key: &KeyInfo) -> Markup {
    let w = &words.keys;
    let at = |sentence, time| fill(sentence, &[("at", words.common.moment(time))]);
    html! {
        @match (key.state, key.signs_from, key.verifies_until) {
            (State::Next, Some(from), _) => (at(w.signs_from, from)),
            (State::Next, None, _) => (w.waits),
            (State::Retired, _, Some(end)) => (at(w.retired, end)),
            (State::Previous, _, Some(end)) => (at(w.verifies, end)),
            (_, _, Some(end)) => { (w.signs) ", " (at(w.verifies, end)) }
            (_, _, None) => (w.signs),
        }
    }
}
