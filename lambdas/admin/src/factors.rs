//! What a person shows beside a way in, on their page; and taking it away from somebody who has lost it.

use authenticate::Button;
use mail::{Factor, Mailer, What};
use maud::{Markup, html};
use oauth::{Code, Error, Sentence};
use user::{Factors, Gone, User, manage};
use web::{
    Response, Result,
    words::{fill, text},
};

use crate::{View, act::Act, form::Typed, frame, perform::Doing, perform::said, person::whom};

/// Where everybody looks after their own.
const OWN: &str = "/users/factor/setup";

impl View<'_> {
    /// Which there are, and the way to take them away.
    pub(crate) fn factors_of(&self, person: &User, acts: bool) -> Markup {
        let (w, factors) = (&self.words.factors, person.factors);
        let passkeys = text(w.passkeys, &[("count", &factors.passkeys.to_string())]);
        html! {
            @if factors == Factors::default() { p { (w.none) } }
            ul.rows {
                @if factors.totp { li { h3 { (w.app) } } }
                @if factors.passkeys > 0 { li { h3 { (passkeys) } } }
            }
            @if acts && factors != Factors::default() {
                p.actions { a.button.quiet href={ "/admin/people/" (person.id) "/factors" } { (w.take) } }
            }
        }
    }

    /// Asks for the name of the person from whom they are taken.
    pub(crate) async fn confirm_factors(&self) -> Result<Response> {
        let person = self.found().await?;
        let (w, name) = (&self.words.factors, frame::name(&person));
        let back = format!("/admin/people/{}", person.id);
        let cancel = self.words.common.common.cancel;
        let content = if person.id == self.viewer.user.id {
            html! {
                p { (self.words.common.refusal(Sentence::OwnFactors)) }
                p.actions { a.button href=(OWN) { (w.own_do) } a href=(back) { (cancel) } }
            }
        } else {
            let typed = html! {
                label for="name" { (fill(w.type_name, &[("name", html! { b { (name) } })])) }
                input #name name="name" autocomplete="off" required;
            };
            let button = html! { p.actions { button { (w.take) } a href=(back) { (cancel) } } };
            let form = self.form(Act::TakeFactors(whom(&person)), &typed, &button)?;
            html! { p { (w.ends) } p { (w.make_sure) } (form) }
        };
        Ok(self.page(w.take, &html! { h1 { (text(w.ask, &[("name", name)])) } (content) }))
    }
}

impl Doing<'_> {
    /// Takes away what somebody has lost, and ends what was issued to them: where the browser goes next. Nobody's own, because that needs
    /// a code.
    pub(crate) async fn take_factors(&self, person: &User, revision: u64, typed: &Typed) -> Result<String> {
        if person.id == self.viewer.user.id {
            return Err(Error::said(Code::AccessDenied, Sentence::OwnFactors).into());
        }
        if !typed.is_name_of(person) {
            return Ok(format!("/admin/people/{}/factors?wrong", person.id));
        }
        let event = self.event(audit::What::FactorRemoved, person);
        let (table, now) = (&self.admin.table, self.request.now);
        let written = |_: &str| vec![self.admin.trail.write(&event)];
        let taking = async {
            let taken = manage::take_factors(table, &person.id, Some(revision), &written, now).await;
            taken.map_err(said)?;
            event.log();
            Ok(())
        };
        self.ending(person, taking).await?;
        self.tell_taken(person, Factor::All).await;
        Ok(format!("/admin/people/{}?factors-taken", person.id))
    }

    /// What a mail tells of by what somebody comes in no more: nothing of a name whose password has another one.
    pub(crate) fn lost(&self, gone: Gone) -> Option<Factor> {
        let label = |name: String| Button::label_of(&self.admin.buttons, &name).to_owned();
        Some(match gone {
            Gone::Provider(name) => Factor::Provider { name: label(name) },
            Gone::Mail => Factor::Mail,
            Gone::Password => Factor::Password,
            Gone::Name => return None,
        })
    }

    /// Tells somebody by mail, in their own language if it is known, that others have taken this from them.
    pub(crate) async fn tell_taken(&self, person: &User, what: Factor) {
        let language = person.language().unwrap_or(self.request.look().words.tag);
        let what = What::FactorRemoved { what, by_others: true };
        Mailer::tell(self.admin.mailer.as_ref(), person.verified_email(), language, what).await;
    }
}
