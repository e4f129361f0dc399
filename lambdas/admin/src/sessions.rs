//! Where a person is signed in.

use maud::{Markup, html};
use session::Session;
use user::User;
use web::{
    Result, Words,
    words::{fill, text},
};

use crate::{View, act::Act, person::whom};

/// How many are on the page.
const MOST: usize = 20;

impl View<'_> {
    /// The sessions of a person that count, the last used first.
    pub(crate) async fn sessions_of(&self, person: &User, acts: bool) -> Result<Markup> {
        let all = session::list_of(&self.admin.table, &person.id, self.request.now).await?;
        let counting: Vec<_> = all.into_iter().filter(|past| past.counts(person.epoch)).collect();
        let (w, common) = (&self.words.person, self.words.common);
        let mut rows = Vec::new();
        for past in counting.iter().take(MOST) {
            let session = &past.session;
            let label = text(common.account.end_of, &[("device", &device(common, session))]);
            let button = html! { button.quiet aria-label=(label) { (common.account.end) } };
            rows.push((
                session,
                self.form(Act::EndSession(whom(person), session.id.clone()), &html! {}, &button)?,
            ));
        }
        Ok(html! {
            @if rows.is_empty() { p { (w.nowhere) } }
            ul.rows {
                @for (session, form) in rows {
                    li {
                        h3 { (device(common, session)) }
                        p.small { (about(common, session)) }
                        @if acts { (form) }
                    }
                }
            }
            @if counting.len() > MOST { p.small { (text(w.more_sessions, &[("count", &(counting.len() - MOST).to_string())])) } }
        })
    }
}

fn device(common: &Words, session: &Session) -> String {
    common.device(session.device.as_deref())
}

fn about(common: &Words, session: &Session) -> Markup {
    let (since, used) = (common.moment(session.started_at), common.moment(session.used_at()));
    match &session.from {
        Some(from) => {
            let place = html! { (from) };
            fill(common.account.session_from, &[("since", since), ("place", place), ("used", used)])
        }
        None => fill(common.account.session, &[("since", since), ("used", used)]),
    }
}
