//! The keys that sign, as verifiers know them. They are changed by `bin/deploy` and by the clock.

use maud::html;
use web::{Response, words::fill};

use crate::View;

impl View<'_> {
    pub(crate) fn keys(&self) -> Response {
        let (now, w, title) = (self.request.now, &self.words.keys, self.words.frame.keys);
        let at = |time| [("at", self.words.common.moment(time))];
        let content = html! {
            h1 { (title) }
            p { (fill(w.text, &[("command", html! { code { "bin/deploy keys" } })])) }
            ul.rows {
                @for (kid, algorithm, end) in self.admin.keys.list() {
                    li {
                        h2 { code { (kid) } }
                        p.small {
                            (algorithm) ", "
                            @match end {
                                Some(end) if end <= now => (fill(w.retired, &at(end))),
                                Some(end) => (fill(w.verifies, &at(end))),
                                None => (w.signs),
                            }
                        }
                    }
                }
            }
        };
        self.page(title, &content)
    }
}
