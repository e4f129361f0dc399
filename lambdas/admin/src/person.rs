//! One person: what is known of them, what they may do, how they sign in, their apps, and what happened.

use maud::{Markup, html};
use user::{LinkedIdentity, Status, User, rights::Question};
use web::{Response, Result};

use crate::{
    View,
    act::{Act, Whom},
    frame, missing, trail,
};

/// How many events of theirs are on the page.
const EVENTS: u32 = 10;

impl View<'_> {
    /// The person in the path.
    pub(crate) async fn found(&self) -> Result<User> {
        let id = self.request.segment("id").unwrap_or_default();
        let found = user::manage::find(&self.admin.table, id, self.request.now).await?;
        Ok(found.ok_or_else(|| missing("person"))?)
    }

    pub(crate) async fn person(&self) -> Result<Response> {
        let (table, now) = (&self.admin.table, self.request.now);
        let person = self.found().await?;
        let identities = user::identities_of(table, &person, now).await?;
        let of = audit::Query { of: Some(&person.id), ..audit::Query::default() };
        let events = audit::list(table, &of, EVENTS, None, now).await?.events;
        let acts = self.viewer.may("users:write");
        let content = html! {
            h1 { (frame::name(&person)) }
            (facts(&person))
            h2 { "Roles" }
            (self.roles_of(&person, acts)?)
            h2 { "Entitlements" }
            (self.entitlements_of(&person, acts)?)
            h2 { "How they sign in" }
            (self.identities(&person, &identities, acts)?)
            h2 { "Sessions" }
            (self.sessions_of(&person, acts).await?)
            h2 { "Apps" }
            (self.apps_of(&person, acts).await?)
            h2 { "What happened" }
            (trail::table(&events))
            @if !events.is_empty() { p { a href={ "/admin/trail?of=" (person.id) } { "All of it" } } }
            (self.acts(&person, acts)?)
        };
        Ok(self.page(frame::name(&person), &content))
    }

    fn roles_of(&self, person: &User, acts: bool) -> Result<Markup> {
        let whom = whom(person);
        let mut rows = Vec::new();
        for role in &person.roles {
            let button = html! { button.quiet aria-label={ "Take away " (role) } { "Take away" } };
            let form = self.form(Act::TakeRole(whom.clone(), role.clone()), &html! {}, &button)?;
            rows.push((role, self.viewer.rights.allowed([role.as_str()]), acts.then_some(form)));
        }
        let others = self.viewer.rights.roles().iter();
        let others: Vec<_> = others.filter(|(role, _)| !person.roles.contains(role)).collect();
        let choice = html! {
            label for="give" { "One more role" }
            select #give name="role" { @for (role, _) in &others { option value=(role) { (role) } } }
        };
        let give = self.form(Act::GiveRole(whom), &choice, &html! { button { "Give" } })?;
        let why = user::rights::explain(&self.viewer.rights, person, &Question::default(), self.request.now);
        Ok(html! {
            @if rows.is_empty() { p { "None." } }
            ul.rows {
                @for (role, scope, form) in rows {
                    li { h3 { (role) } p.small { "Given to them. It allows: " (if scope.is_empty() { "nothing".to_owned() } else { scope.to_string() }) } @if let Some(form) = form { (form) } }
                }
            }
            @if acts && !others.is_empty() { (give) }
            details {
                summary { "Why they may do what they may" }
                ul { @for line in &why { li { (line) } } }
            }
        })
    }

    fn identities(&self, person: &User, identities: &[LinkedIdentity], acts: bool) -> Result<Markup> {
        let mut rows = Vec::new();
        for identity in identities {
            let label = self.admin.buttons.iter().find(|button| button.name == identity.provider);
            let label = label.map_or(identity.provider.as_str(), |button| button.label.as_str());
            let button =
                html! { button.quiet aria-label={ "Remove the sign-in with " (label) } { "Remove" } };
            let form =
                self.form(Act::Unlink(whom(person), identity.key.as_str().to_owned()), &html! {}, &button)?;
            rows.push((label.to_owned(), identity, (acts && identities.len() > 1).then_some(form)));
        }
        Ok(html! {
            @if rows.is_empty() { p { "They have not signed in yet." } }
            ul.rows {
                @for (label, identity, form) in rows {
                    li { h3 { (label) } p.small { "Since " (frame::day(identity.linked_at)) } @if let Some(form) = form { (form) } }
                }
            }
        })
    }

    /// What ends something of theirs, or them.
    fn acts(&self, person: &User, acts: bool) -> Result<Markup> {
        let whom = whom(person);
        let (act, words) = match person.status {
            Status::Disabled => (Act::Enable(whom.clone()), "Let them sign in again"),
            _ => (Act::Disable(whom.clone()), "Disable"),
        };
        let status = self.form(act, &html! {}, &html! { button.quiet { (words) } })?;
        let out =
            self.form(Act::SignOut(whom), &html! {}, &html! { button.quiet { "Sign out everywhere" } })?;
        Ok(html! {
            @if acts {
                h2 { "Access" }
                p { "Both end all their sessions and all access of apps at once. Whoever is disabled cannot sign in again." }
                div.actions { (status) (out) }
            }
            @if self.viewer.may("users:delete") {
                h2 { "Delete" }
                p { "Nothing is left of them but the number in the trail." }
                p.actions { a.button.quiet href={ "/admin/people/" (person.id) "/delete" } { "Delete this person" } }
            }
        })
    }
}

/// The person as this page shows them.
pub(crate) fn whom(person: &User) -> Whom {
    Whom { id: person.id.clone(), revision: person.revision() }
}

fn facts(person: &User) -> Markup {
    html! {
        dl {
            dt { "E-mail address" }
            dd { (person.email.as_deref().unwrap_or("–")) @if person.email.is_some() && !person.email_verified { " (not verified)" } }
            dt { "Status" } dd { (frame::status(person)) }
            dt { "Since" } dd { (frame::day(person.created_at)) }
            dt { "Latest sign-in" } dd { @match person.last_login_at { Some(at) => (frame::moment(at)), None => "never" } }
            dt { "Number" } dd { code { (person.id) } }
        }
    }
}
