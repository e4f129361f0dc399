//! One person: what is known of them, what they may do, how they sign in, their apps, and what happened.

use authenticate::Button;
use maud::{Markup, html};
use oauth::Sentence;
use user::{LinkedIdentity, Status, User, by_mail, password, rights::Question};
use web::{
    Response, Result,
    words::{fill, text},
};

use crate::{
    View, Words,
    act::{Act, Whom},
    frame, missing, why,
};

/// How many events of theirs are on the page.
const EVENTS: u32 = 10;

impl View<'_> {
    /// The person in the path.
    pub(crate) async fn found(&self) -> Result<User> {
        let id = self.request.segment("id").unwrap_or_default();
        let found = user::manage::find(&self.admin.table, id, self.request.now).await?;
        Ok(found.ok_or_else(|| missing(Sentence::NoSuchPerson))?)
    }

    pub(crate) async fn person(&self) -> Result<Response> {
        let (table, now) = (&self.admin.table, self.request.now);
        let person = self.found().await?;
        let identities = user::identities_of(table, &person, now).await?;
        let of = audit::Query { of: Some(&person.id), ..audit::Query::default() };
        let events = audit::list(table, &of, EVENTS, None, now).await?.events;
        let acts = self.viewer.may("users:write");
        let (w, f) = (&self.words.person, &self.words.frame);
        let content = html! {
            h1 { (frame::name(&person)) }
            (facts(self.words, &person))
            h2 { (f.roles) }
            (self.roles_of(&person, acts)?)
            h2 { (w.entitlements) }
            (self.entitlements_of(&person, acts)?)
            h2 { (w.sign_ins) }
            (self.identities(&person, &identities, acts)?)
            h2 { (self.words.factors.title) }
            (self.factors_of(&person, acts))
            h2 { (w.sessions) }
            (self.sessions_of(&person, acts).await?)
            h2 { (f.apps) }
            (self.apps_of(&person, acts).await?)
            h2 { (w.happened) }
            (self.events(&events).await?)
            @if !events.is_empty() { p { a href={ "/admin/trail?of=" (person.id) } { (w.all_of_it) } } }
            (self.acts(&person, acts)?)
        };
        Ok(self.page(frame::name(&person), &content))
    }

    fn roles_of(&self, person: &User, acts: bool) -> Result<Markup> {
        let (whom, w) = (whom(person), &self.words.person);
        let mut rows = Vec::new();
        for role in &person.roles {
            let label = text(w.take_away_of, &[("role", role)]);
            let button = html! { button.quiet aria-label=(label) { (w.take_away) } };
            let form = self.form(Act::TakeRole(whom.clone(), role.clone()), &html! {}, &button)?;
            let scope = self.viewer.rights.allowed([role.as_str()]).to_string();
            let scope = if scope.is_empty() { self.words.frame.nothing } else { &scope };
            rows.push((role, text(w.allows, &[("scope", scope)]), acts.then_some(form)));
        }
        let others = self.viewer.rights.roles().iter();
        let others: Vec<_> = others.filter(|(role, _)| !person.roles.contains(role)).collect();
        let choice = html! {
            label for="give" { (w.one_more) }
            select #give name="role" { @for (role, _) in &others { option value=(role) { (role) } } }
        };
        let give = self.form(Act::GiveRole(whom), &choice, &html! { button { (w.give) } })?;
        let why = user::rights::explain(&self.viewer.rights, person, &Question::default(), self.request.now);
        Ok(html! {
            @if rows.is_empty() { p { (w.no_role) } }
            ul.rows {
                @for (role, allows, form) in rows {
                    li { h3 { (role) } p.small { (allows) } @if let Some(form) = form { (form) } }
                }
            }
            @if acts && !others.is_empty() { (give) }
            details {
                summary { (w.why) }
                ul { @for line in &why { li { (why::line(self.words, line)) } } }
            }
        })
    }

    fn identities(&self, person: &User, identities: &[LinkedIdentity], acts: bool) -> Result<Markup> {
        let (w, account) = (&self.words.person, &self.words.common.account);
        let mut rows = Vec::new();
        for identity in identities {
            let label = self.way(&identity.provider);
            let remove = text(account.remove_sign_in, &[("provider", label)]);
            let button = html! { button.quiet aria-label=(remove) { (account.remove) } };
            let form =
                self.form(Act::Unlink(whom(person), identity.key.as_str().to_owned()), &html! {}, &button)?;
            rows.push((label.to_owned(), identity, (acts && identities.len() > 1).then_some(form)));
        }
        Ok(html! {
            @if rows.is_empty() { p { (w.no_sign_in) } }
            ul.rows {
                @for (label, identity, form) in rows {
                    li {
                        h3 { (label) }
                        p.small { (fill(account.since, &[("day", self.words.common.day(identity.linked_at))])) }
                        @if let Some(form) = form { (form) }
                    }
                }
            }
        })
    }

    /// What a way in is called; by its name in the settings if it is there no more.
    fn way<'b>(&'b self, provider: &'b str) -> &'b str {
        let words = self.words.common;
        match provider {
            password::PROVIDER => return words.passwords.password,
            by_mail::PROVIDER => return words.sign_in.mailed_way,
            _ => {}
        }
        Button::label_of(&self.admin.buttons, provider)
    }

    /// What ends something of theirs, or them.
    fn acts(&self, person: &User, acts: bool) -> Result<Markup> {
        let (w, f) = (&self.words.person, &self.words.frame);
        let whom = whom(person);
        let (act, words) = match person.status {
            Status::Disabled => (Act::Enable(whom.clone()), w.enable),
            _ => (Act::Disable(whom.clone()), f.disable),
        };
        let button = |words: &str| html! { button.quiet { (words) } };
        let status = self.form(act, &html! {}, &button(words))?;
        let out = self.form(Act::SignOut(whom), &html! {}, &button(self.words.common.account.everywhere))?;
        Ok(html! {
            @if acts {
                h2 { (f.access) }
                p { (w.access_text) }
                div.actions { (status) (out) }
            }
            @if self.viewer.may("users:delete") {
                h2 { (f.delete) }
                p { (w.delete_text) }
                p.actions { a.button.quiet href={ "/admin/people/" (person.id) "/delete" } { (w.delete_do) } }
            }
        })
    }
}

/// The person as this page shows them.
pub(crate) fn whom(person: &User) -> Whom {
    Whom { id: person.id.clone(), revision: person.revision() }
}

fn facts(words: &Words, person: &User) -> Markup {
    let (w, f, common) = (&words.person, &words.frame, words.common);
    html! {
        dl {
            dt { (f.address) }
            dd {
                (person.email.as_deref().unwrap_or("–"))
                @if person.email.is_some() && !person.email_verified { " (" (common.home.not_verified) ")" }
                @if person.email_verified && !person.owns_address() { " (" (w.only_vouched) ")" }
            }
            dt { (f.status) } dd { (frame::status(words, person)) }
            dt { (common.home.since) } dd { (common.day(person.created_at)) }
            dt { (common.account.latest) } dd { @match person.last_login_at { Some(at) => (common.moment(at)), None => (f.never) } }
            dt { (w.number) } dd { code { (person.id) } }
        }
    }
}
