//! Where a person is signed in.

use maud::{Markup, html};
use session::Session;
use user::User;
use web::Result;

use crate::{View, act::Act, frame, person::whom};

/// How many are on the page.
const MOST: usize = 20;

impl View<'_> {
    /// The sessions of a person that count, the last used first.
    pub(crate) async fn sessions_of(&self, person: &User, acts: bool) -> Result<Markup> {
        let all = session::list_of(&self.admin.table, &person.id, self.request.now).await?;
        let counting: Vec<_> = all.into_iter().filter(|past| past.counts(person.epoch)).collect();
        let mut rows = Vec::new();
        for past in counting.iter().take(MOST) {
            let session = &past.session;
            let button =
                html! { button.quiet aria-label={ "End the session of " (device(session)) } { "End" } };
            rows.push((
                session,
                self.form(Act::EndSession(whom(person), session.id.clone()), &html! {}, &button)?,
            ));
        }
        Ok(html! {
            @if rows.is_empty() { p { "They are not signed in anywhere." } }
            ul.rows {
                @for (session, form) in rows {
                    li {
                        h3 { (device(session)) }
                        p.small {
                            "Since " (frame::moment(session.started_at))
                            @if let Some(from) = &session.from { ", from " (from) }
                            ". Used last about " (frame::moment(session.used_at())) "."
                        }
                        @if acts { (form) }
                    }
                }
            }
            @if counting.len() > MOST { p.small { "There are " (counting.len() - MOST) " more." } }
        })
    }
}

fn device(session: &Session) -> &str {
    session.device.as_deref().unwrap_or("An unknown browser")
}
