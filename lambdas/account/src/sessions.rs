//! Where the person is signed in, and was.

use maud::{Markup, html};
use oauth::Time;
use session::{Past, Session};

use crate::{PATH, about::moment};

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
pub(crate) fn part(sessions: &Sessions, here: &str) -> Markup {
    html! {
        h2 { "Where you are signed in" }
        ul.rows {
            @for (past, form) in &sessions.living {
                li {
                    h3 { (device(&past.session)) @if past.session.id == here { " (this browser)" } }
                    p.small { (about(&past.session)) }
                    @if past.session.id != here {
                        form method="post" action=(PATH) {
                            input type="hidden" name="request" value=(form);
                            button.quiet aria-label={ "End the session of " (device(&past.session)) } { "End" }
                        }
                    }
                }
            }
        }
        @if !sessions.ended.is_empty() {
            details {
                summary { "Earlier" }
                ul.rows {
                    @for past in &sessions.ended {
                        li {
                            h3 { (device(&past.session)) }
                            p.small { (about(&past.session)) (ended(past.ended_at)) }
                        }
                    }
                }
            }
        }
    }
}

fn device(session: &Session) -> &str {
    session.device.as_deref().unwrap_or("An unknown browser")
}

fn about(session: &Session) -> Markup {
    html! {
        "Since " (moment(session.started_at))
        @if let Some(from) = &session.from { ", from " (from) }
        ". Used last about " (moment(session.used_at())) "."
    }
}

/// One that was ended together with all others has no time of its own.
fn ended(at: Option<Time>) -> Markup {
    html! { @match at { Some(at) => { " Ended " (moment(at)) "." }, None => " Ended when you signed out everywhere." } }
}
