//! What apps have of a person.

use authorization::apps::{self, Access, App, Cursor, Whose};
use maud::{Markup, html};
use user::User;
use web::{
    Result,
    words::{fill, text},
};

use crate::{View, act::Act, person::whom, words};

impl View<'_> {
    /// The first part of the apps of a person.
    pub(crate) async fn apps_of(&self, person: &User, acts: bool) -> Result<Markup> {
        let whose = Whose { user_id: &person.id, epoch: person.epoch };
        let found = apps::find(&self.admin.table, whose, &Cursor::default(), self.request.now).await?;
        let (w, account) = (&self.words.person, &self.words.common.account);
        let mut rows = Vec::new();
        for app in &found.apps {
            let label = text(account.remove_access_of, &[("app", name(app))]);
            let button = html! { button.quiet aria-label=(label) { (account.remove_access) } };
            rows.push((
                app,
                self.form(Act::RemoveApp(whom(person), app.client_id.clone()), &html! {}, &button)?,
            ));
        }
        Ok(html! {
            @if rows.is_empty() { p { (w.no_apps) } }
            ul.rows {
                @for (app, form) in rows {
                    li {
                        h3 { (name(app)) }
                        p.small {
                            (app.scope) ". " (fill(account.since, &[("day", self.words.common.day(app.since))])) " "
                            (access(w, app.access))
                        }
                        @if acts { (form) }
                    }
                }
            }
            @if found.next.is_some() { p.small { (w.more_apps) } }
        })
    }
}

fn name(app: &App) -> &str {
    app.name.as_deref().unwrap_or(&app.client_id)
}

fn access(words: &words::Person, access: Access) -> &'static str {
    match access {
        Access::None => words.access_none,
        Access::UntilSignOut => words.access_until,
        Access::Stays => words.access_stays,
    }
}
