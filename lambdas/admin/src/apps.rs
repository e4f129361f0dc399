//! What apps have of a person.

use authorization::apps::{self, Access, App, Cursor, Whose};
use maud::{Markup, html};
use user::User;
use web::Result;

use crate::{View, act::Act, frame, person::whom};

impl View<'_> {
    /// The first part of the apps of a person.
    pub(crate) async fn apps_of(&self, person: &User, acts: bool) -> Result<Markup> {
        let whose = Whose { user_id: &person.id, epoch: person.epoch };
        let found = apps::find(&self.admin.table, whose, &Cursor::default(), self.request.now).await?;
        let mut rows = Vec::new();
        for app in &found.apps {
            let button =
                html! { button.quiet aria-label={ "Remove access of " (name(app)) } { "Remove access" } };
            rows.push((
                app,
                self.form(Act::RemoveApp(whom(person), app.client_id.clone()), &html! {}, &button)?,
            ));
        }
        Ok(html! {
            @if rows.is_empty() { p { "No app has access to anything of theirs." } }
            ul.rows {
                @for (app, form) in rows {
                    li {
                        h3 { (name(app)) }
                        p.small { (app.scope) ". Since " (frame::day(app.since)) ". " (access(app.access)) }
                        @if acts { (form) }
                    }
                }
            }
            @if found.next.is_some() { p.small { "There are more." } }
        })
    }
}

fn name(app: &App) -> &str {
    app.name.as_deref().unwrap_or(&app.client_id)
}

fn access(access: Access) -> &'static str {
    match access {
        Access::None => "It has no access at the moment.",
        Access::UntilSignOut => "The access ends when they sign out.",
        Access::Stays => "The access stays when they sign out.",
    }
}
