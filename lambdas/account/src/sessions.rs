//! Where the person is signed in, and was.

use maud::{Markup, html};
use oauth::Time;
use session::{Past, Session};
use web::{
    Words,
    words::{fill, text},
};

use crate::PATH;

/// How many that live, and how many that have ended, are on the page.
const LIVING: usize = 50;
const ENDED: usize = 10;

/// The sessions of a person, as the page shows them.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    /// Those that count, each with the value of the form that ends it.
    living: Vec<(Past, String)>,
    ended: Vec<Past>,
}

impl Sessions {
    /// Of all of them: those that count in this epoch, and the latest of the others.
    pub(crate) fn of<E>(
        all: Vec<Past>,
        epoch: u64,
        form: impl Fn(&Session) -> Result<String, E>,
    ) -> Result<Self, E> {
        let (living, ended): (Vec<_>, Vec<_>) = all.into_iter().partition(|past| past.counts(epoch));
        let with_form = |past: Past| form(&past.session).map(|form| (past, form));
        let living = living.into_iter().take(LIVING).map(with_form).collect::<Result<_, E>>()?;
        Ok(Self { living, ended: ended.into_iter().take(ENDED).collect() })
    }
}

/// The part of the page. `here` is the session in which it is shown.
pub(crate) fn part(words: &Words, sessions: &Sessions, here: &str) -> Markup {
    let w = &words.account;
    html! {
        h2 { (w.sessions) }
        ul.rows {
            @for (past, form) in &sessions.living {
                li {
                    h3 { (device(words, &past.session)) @if past.session.id == here { " (" (w.this_browser) ")" } }
                    p.small { (about(words, &past.session)) }
                    @if past.session.id != here {
                        form method="post" action=(PATH) {
                            input type="hidden" name="request" value=(form);
                            button.quiet aria-label=(text(w.end_of, &[("device", &device(words, &past.session))])) { (w.end) }
                        }
                    }
                }
            }
        }
        @if !sessions.ended.is_empty() {
            details {
                summary { (w.earlier) }
                ul.rows {
                    @for past in &sessions.ended {
                        li {
                            h3 { (device(words, &past.session)) }
                            p.small { (about(words, &past.session)) " " (ended(words, past.ended_at)) }
                        }
                    }
                }
            }
        }
    }
}

fn device(words: &Words, session: &Session) -> String {
    words.device(session.device.as_deref())
}

fn about(words: &Words, session: &Session) -> Markup {
    let (since, used) = (words.moment(session.started_at), words.moment(session.used_at()));
    match &session.from {
        Some(from) => {
            let place = html! { (from) };
            fill(words.account.session_from, &[("since", since), ("place", place), ("used", used)])
        }
        None => fill(words.account.session, &[("since", since), ("used", used)]),
    }
}

/// One that was ended together with all others has no time of its own.
fn ended(words: &Words, at: Option<Time>) -> Markup {
    match at {
        Some(at) => fill(words.account.ended_at, &[("at", words.moment(at))]),
        None => html! { (words.account.ended_with_all) },
    }
}
