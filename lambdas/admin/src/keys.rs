//! The keys that sign, as verifiers know them. They are changed by `bin/deploy` and by the clock.

use maud::html;
use web::Response;

use crate::{View, frame};

impl View<'_> {
    pub(crate) fn keys(&self) -> Response {
        let now = self.request.now;
        let content = html! {
            h1 { "Keys" }
            p { "Each verifies until its end. They change places by the clock, and by " code { "bin/deploy keys" } "." }
            ul.rows {
                @for (kid, algorithm, end) in self.admin.keys.list() {
                    li {
                        h2 { code { (kid) } }
                        p.small {
                            (algorithm)
                            @match end {
                                Some(end) if end <= now => { ", retired since " (frame::moment(end)) },
                                Some(end) => { ", verifies until " (frame::moment(end)) },
                                None => ", signs or will sign",
                            }
                        }
                    }
                }
            }
        };
        self.page("Keys", &content)
    }
}
