//! What a person is entitled to, on their page.

use audit::What;
use maud::{Markup, html};
use user::{Entitlement, Granted, User, entitlement, manage::Change};
use web::{Result, words::text};

use crate::{View, Words, act::Act, perform::Doing, person::whom};

impl View<'_> {
    /// Those that there are, with who gave them; those that were given by hand can be taken away.
    pub(crate) fn entitlements_of(&self, person: &User, acts: bool) -> Result<Markup> {
        let w = &self.words.person;
        let mut rows = Vec::new();
        for one in &person.entitlements {
            let manual = one.source == entitlement::MANUAL && one.order.is_none();
            let button = html! { button.quiet aria-label=(text(w.take_away_of, &[("role", &one.name)])) { (w.take_away) } };
            let form = self.form(Act::Unentitle(whom(person), one.name.clone()), &html! {}, &button)?;
            rows.push((one, (acts && manual).then_some(form)));
        }
        let typed = html! {
            label for="entitlement" { (w.more_entitlement) }
            input #entitlement type="text" name="entitlement" autocomplete="off" aria-describedby="entitlement-hint" required;
            p.small #entitlement-hint { (w.entitlement_hint) }
        };
        let give = self.form(Act::Entitle(whom(person)), &typed, &html! { button { (w.entitle) } })?;
        Ok(html! {
            @if rows.is_empty() { p { (w.no_entitlement) } }
            ul.rows {
                @for (one, form) in rows {
                    li { h3 { (one.name) } (origin(self.words, one)) @if let Some(form) = form { (form) } }
                }
            }
            @if acts { (give) }
        })
    }
}

fn origin(words: &Words, one: &Entitlement) -> Markup {
    html! {
        p.small {
            @match &one.order {
                Some(order) => { (one.source) ", " (order) },
                None if one.source == entitlement::MANUAL => (words.person.by_hand),
                None => (one.source),
            }
            @if let Some(since) = one.since { ", " (words.common.day(since)) }
        }
    }
}

impl Doing<'_> {
    /// Gives one or takes one back, by hand: only for whoever holds what rules give by it (#81).
    pub(crate) async fn entitle(
        &self,
        person: &User,
        revision: u64,
        name: &str,
        is_given: bool,
    ) -> Result<&'static str> {
        let mut names = entitlement::manual_names(&person.entitlements);
        names.retain(|one| one != name.trim());
        if is_given {
            names.push(name.to_owned());
        }
        let granted = Granted::manual(&names);
        let touched = granted.touched(&person.entitlements);
        self.viewer.holds(&self.viewer.rights.by_entitlements(&touched), "this entitlement")?;
        let (before, after) = granted.told(&person.entitlements);
        let event = self.event(What::EntitlementsChanged, person).turned(before, after);
        let change = Change { entitlements: Some(granted), ..Change::default() };
        self.change(person, revision, &change, &event).await?;
        Ok("changed")
    }
}
