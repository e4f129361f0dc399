//! The page on which a role, a rule or what everybody gets is changed. It works without scripts: its first button tries, and its second
//! saves.

use http::StatusCode;
use maud::{Markup, html};
use user::{Rights, rights::EditError};
use web::{Response, Result, words::text as filled};

use crate::{
    View, Words,
    act::Act,
    edit::{Editor, Outcome, Refusal},
    editing::Editing,
    fields::Fields,
    invalid, why, words,
};

/// The conditions that are typed: the field, its label, and what helps to fill it.
fn conditions(w: &words::Edit) -> [(&'static str, &'static str, &'static str); 8] {
    [
        ("domain", w.domain, w.domain_hint),
        ("hd", w.hd, w.hd_hint),
        ("group", w.group, w.group_hint),
        ("claim", w.claim, w.claim_hint),
        ("client", w.client, w.client_hint),
        ("entitlement", w.entitlement, w.entitlement_hint),
        ("max_age", w.max_age, w.max_age_hint),
        ("keep", w.keep, w.keep_hint),
    ]
}

impl View<'_> {
    pub(crate) fn editor(&self, editor: &Editor) -> Result<Response> {
        let title = title(self.words, &editor.editing);
        let content = html! {
            h1 { (title) }
            (self.outcome(&editor.outcome))
            (self.edit_form(editor)?)
            (self.removal(editor)?)
        };
        let response = self.page(&title, &content);
        Ok(match &editor.outcome {
            Outcome::Refused(refusal) => response.status(status(refusal.status())),
            Outcome::Asked | Outcome::Tried(_) => response,
        })
    }

    fn outcome(&self, outcome: &Outcome) -> Markup {
        match outcome {
            Outcome::Asked => html! {},
            Outcome::Tried(tried) => self.what_would_change(tried),
            Outcome::Refused(Refusal::Said(error)) => html! {
                p role="alert" { strong { (self.words.edit.not_saved) } " " (invalid::unreadable(self.words, error)) }
            },
            Outcome::Refused(refusal @ Refusal::Edit(error)) => self.not_saved(refusal, error),
        }
    }

    fn edit_form(&self, editor: &Editor) -> Result<Markup> {
        let (w, Editor { editing, fields, rights, outcome }) = (&self.words.edit, editor);
        let typed = match editing {
            Editing::Role(name) => self.role_fields(name.is_none(), fields, rights),
            Editing::Rule(name) => self.rule_fields(name.is_none(), fields, rights),
            Editing::Defaults => {
                html! { p { (w.about_defaults) } (boxes(self.words.frame.roles, fields, rights)) }
            }
            Editing::RemoveRole(_) => html! { p { (w.remove_role) } },
            Editing::RemoveRule(_) => html! { p { (w.remove_rule) } },
        };
        let removes = matches!(editing, Editing::RemoveRole(_) | Editing::RemoveRule(_));
        let words = if removes { w.remove } else { w.save };
        let buttons = self.buttons(editing, words, matches!(outcome, Outcome::Tried(_)));
        self.form(Act::EditRights(editing.clone(), rights.revision()), &typed, &buttons)
    }

    /// The first one is pressed by the Enter key too, so it is the one that changes nothing.
    fn buttons(&self, editing: &Editing, save: &str, is_tried: bool) -> Markup {
        let (w, common) = (&self.words.edit, self.words.common);
        let is_fresh = self.viewer.session.is_fresh(self.request.now);
        let quiet = |is: bool| is.then_some("quiet");
        html! {
            @if !is_fresh {
                p.small { (w.sign_in_first) " " a href={ (crate::sign_in(&editing.path())) "&prompt=login" } { (common.account.again_do) } }
            }
            p.actions {
                button class=[quiet(is_tried)] name="step" value="try" { (w.try_it) }
                button class=[quiet(!is_tried)] name="step" value="save" { (save) }
                a href="/admin/roles" { (common.common.cancel) }
            }
        }
    }

    /// The form that removes what is edited.
    fn removal(&self, editor: &Editor) -> Result<Markup> {
        let w = &self.words.edit;
        let (act, text) = match &editor.editing {
            Editing::Role(Some(name)) if name != user::rights::ADMIN => {
                (Editing::RemoveRole(name.clone()), w.remove_role)
            }
            Editing::Rule(Some(name)) => (Editing::RemoveRule(name.clone()), w.remove_rule),
            _ => return Ok(html! {}),
        };
        let button = html! { p.actions { button.quiet name="step" value="try" { (w.remove) "…" } } };
        let form = self.form(Act::EditRights(act, editor.rights.revision()), &html! {}, &button)?;
        Ok(html! { h2 { (w.remove) } p { (text) } (form) })
    }

    /// Why rights cannot be changed like this, with the numbers and names of it.
    fn not_saved(&self, refusal: &Refusal, error: &EditError) -> Markup {
        let sentence = refusal.sentence().map(|sentence| self.words.common.refusal(sentence));
        let said = [sentence.map(str::to_owned), why::wrong(self.words, error)];
        html! {
            p role="alert" {
                strong { (self.words.edit.not_saved) }
                @for said in said.into_iter().flatten() { " " (said) }
            }
        }
    }

    fn role_fields(&self, is_new: bool, fields: &Fields, rights: &Rights) -> Markup {
        let (w, home) = (&self.words.edit, &self.words.common.home);
        html! {
            p { (w.about_role) }
            @if is_new { (text("name", home.name, w.name_hint, fields)) }
            (text("scope", home.scopes, w.scopes_hint, fields))
            p.small { (w.known) " " (rights.all()) }
            @if self.admin.second_factors || fields.is_on("second_factor") {
                (checkbox("second_factor", w.second_factor, fields.is_on("second_factor")))
            }
        }
    }

    fn rule_fields(&self, is_new: bool, fields: &Fields, rights: &Rights) -> Markup {
        let (w, name_of) = (&self.words.edit, self.words.common.home.name);
        let providers = self.admin.buttons.iter().map(|button| (button.name.as_str(), button.label.as_str()));
        let chosen = fields.text("provider");
        let is_other =
            chosen.filter(|name| !self.admin.buttons.iter().any(|button| button.name.as_str() == *name));
        html! {
            p { (w.about_rule) }
            @if is_new { (text("name", name_of, w.name_hint, fields)) }
            (boxes(w.gives, fields, rights))
            label for="provider" { (w.provider) }
            select #provider name="provider" {
                option value="" { (w.any) }
                @for (name, label) in providers { option value=(name) selected[chosen == Some(name)] { (label) } }
                @if let Some(name) = is_other { option value=(name) selected { (name) } }
            }
            @for (name, label, hint) in conditions(w) { (text(name, label, hint, fields)) }
        }
    }
}

fn title(words: &Words, editing: &Editing) -> String {
    let (w, defaults) = (&words.edit, words.roles.defaults);
    let of = |sentence, name: &str| filled(sentence, &[("name", name)]);
    match editing {
        Editing::Role(None) => w.new_role.to_owned(),
        Editing::Rule(None) => w.new_rule.to_owned(),
        Editing::Defaults => defaults.to_owned(),
        Editing::Role(Some(name)) => of(w.role, name),
        Editing::Rule(Some(name)) => of(w.rule, name),
        Editing::RemoveRole(name) | Editing::RemoveRule(name) => of(w.remove_of, name),
    }
}

/// A field with what helps to fill it.
pub(crate) fn text(name: &str, label: &str, hint: &str, fields: &Fields) -> Markup {
    let id = format!("{name}-hint");
    html! {
        label for=(name) { (label) }
        input.wide type="text" id=(name) name=(name) value=(fields.text(name).unwrap_or_default())
            autocomplete="off" autocapitalize="off" spellcheck="false" aria-describedby=(id);
        p.small id=(id) { (hint) }
    }
}

/// A box.
pub(crate) fn checkbox(name: &str, label: &str, is_on: bool) -> Markup {
    html! { label.check { input type="checkbox" name=(name) value="on" checked[is_on]; (label) } }
}

/// The roles that there are, and those that are chosen though there are none of their names.
fn boxes(legend: &str, fields: &Fields, rights: &Rights) -> Markup {
    let chosen = fields.chosen("role");
    let gone = chosen.iter().filter(|role| !rights.knows(role));
    html! {
        fieldset {
            legend { (legend) }
            @for role in rights.roles().keys().chain(gone) {
                (checkbox(&format!("role.{role}"), role, chosen.contains(role)))
            }
        }
    }
}

fn status(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST)
}
