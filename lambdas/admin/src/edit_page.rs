//! The page on which a role, a rule or what everybody gets is changed. It works without scripts: its first button tries, and its second
//! saves.

use http::StatusCode;
use maud::{Markup, html};
use oauth::Error;
use user::Rights;
use web::{Response, Result};

use crate::{
    View,
    act::Act,
    edit::{Editor, Outcome},
    editing::Editing,
    fields::Fields,
};

const NEW_ROLE: &str = "A new role";
const NEW_RULE: &str = "A new rule";
const DEFAULTS: &str = "What everybody gets";
const ROLE: &str = "The role";
const RULE: &str = "The rule";
const REMOVE: &str = "Remove";
const REMOVE_ROLE: &str = "Whoever has the role keeps its name, which allows nothing any more.";
const REMOVE_RULE: &str = "What it gives ends within 30 seconds.";
const ABOUT_ROLE: &str =
    "A change counts within 30 seconds. You can give and take only scopes that you have yourself.";
const ABOUT_RULE: &str =
    "It gives its roles to whoever meets all of its conditions. An empty field is no condition.";
const ABOUT_DEFAULTS: &str =
    "Whoever signs in for the first time gets these roles. Who is here already keeps what they have.";
const NOT_SAVED: &str = "This was not saved:";
const TRY: &str = "Show who would gain or lose what";
const SAVE: &str = "Save";
const CANCEL: &str = "Cancel";
const SIGN_IN_FIRST: &str = "To save, you must have signed in within the last five minutes.";
const SIGN_IN: &str = "Sign in again";
const NAME: &str = "Name";
const NAME_HINT: &str = "Up to 64 of a-z, 0-9, - and _";
const SCOPES: &str = "Scopes";
const SCOPES_HINT: &str = "With blanks between them, such as pets:read pets:write";
const KNOWN: &str = "Scopes that there are:";
const GIVES: &str = "Gives the roles";
const ROLES: &str = "Roles";
const ANY: &str = "Any";
const PROVIDER: &str = "Provider";
/// The conditions that are typed: the field, its label, and what helps to fill it.
const CONDITIONS: [(&str, &str, &str); 7] = [
    ("domain", "Domain of the address", "Such as company.com. Without a provider, Google's signed hd counts"),
    ("hd", "Organization at Google (hd)", "Such as company.com"),
    ("group", "Group", "One of the values of the claim groups"),
    ("claim", "Claim", "NAME=VALUE, as the provider says it"),
    ("client", "App", "The client_id for whose tokens it holds; latchkey is our own sign-in"),
    ("entitlement", "Entitlement", "Such as gold"),
    ("max_age", "Seconds for which a sign-in proves it", "Seven days if nothing is here"),
];

impl View<'_> {
    pub(crate) fn editor(&self, editor: &Editor) -> Result<Response> {
        let title = title(&editor.editing);
        let content = html! {
            h1 { (title) }
            (self.outcome(&editor.outcome))
            (self.edit_form(editor)?)
            (self.removal(editor)?)
        };
        let response = self.page(&title, &content);
        Ok(match &editor.outcome {
            Outcome::Refused(error) => response.status(status(error)),
            Outcome::Asked | Outcome::Tried(_) => response,
        })
    }

    fn outcome(&self, outcome: &Outcome) -> Markup {
        match outcome {
            Outcome::Asked => html! {},
            Outcome::Tried(tried) => self.what_would_change(tried),
            Outcome::Refused(error) => {
                html! { p role="alert" { strong { (NOT_SAVED) } " " (error.description()) "." } }
            }
        }
    }

    fn edit_form(&self, editor: &Editor) -> Result<Markup> {
        let Editor { editing, fields, rights, outcome } = editor;
        let typed = match editing {
            Editing::Role(name) => role_fields(name.is_none(), fields, rights),
            Editing::Rule(name) => self.rule_fields(name.is_none(), fields, rights),
            Editing::Defaults => html! { p { (ABOUT_DEFAULTS) } (boxes(ROLES, fields, rights)) },
            Editing::RemoveRole(_) => html! { p { (REMOVE_ROLE) } },
            Editing::RemoveRule(_) => html! { p { (REMOVE_RULE) } },
        };
        let removes = matches!(editing, Editing::RemoveRole(_) | Editing::RemoveRule(_));
        let words = if removes { REMOVE } else { SAVE };
        let buttons = self.buttons(editing, words, matches!(outcome, Outcome::Tried(_)));
        self.form(Act::EditRights(editing.clone(), rights.revision()), &typed, &buttons)
    }

    /// The first one is pressed by the Enter key too, so it is the one that changes nothing.
    fn buttons(&self, editing: &Editing, save: &str, is_tried: bool) -> Markup {
        let is_fresh = self.viewer.session.is_fresh(self.request.now);
        let quiet = |is: bool| is.then_some("quiet");
        html! {
            @if !is_fresh {
                p.small { (SIGN_IN_FIRST) " " a href={ (crate::sign_in(&editing.path())) "&prompt=login" } { (SIGN_IN) } }
            }
            p.actions {
                button class=[quiet(is_tried)] name="step" value="try" { (TRY) }
                button class=[quiet(!is_tried)] name="step" value="save" { (save) }
                a href="/admin/roles" { (CANCEL) }
            }
        }
    }

    /// The form that removes what is edited.
    fn removal(&self, editor: &Editor) -> Result<Markup> {
        let (act, text) = match &editor.editing {
            Editing::Role(Some(name)) if name != user::rights::ADMIN => {
                (Editing::RemoveRole(name.clone()), REMOVE_ROLE)
            }
            Editing::Rule(Some(name)) => (Editing::RemoveRule(name.clone()), REMOVE_RULE),
            _ => return Ok(html! {}),
        };
        let button = html! { p.actions { button.quiet name="step" value="try" { (REMOVE) "…" } } };
        let form = self.form(Act::EditRights(act, editor.rights.revision()), &html! {}, &button)?;
        Ok(html! { h2 { (REMOVE) } p { (text) } (form) })
    }

    fn rule_fields(&self, is_new: bool, fields: &Fields, rights: &Rights) -> Markup {
        let providers = self.admin.buttons.iter().map(|button| (button.name.as_str(), button.label.as_str()));
        let chosen = fields.text("provider");
        let is_other =
            chosen.filter(|name| !self.admin.buttons.iter().any(|button| button.name.as_str() == *name));
        html! {
            p { (ABOUT_RULE) }
            @if is_new { (text("name", NAME, NAME_HINT, fields)) }
            (boxes(GIVES, fields, rights))
            label for="provider" { (PROVIDER) }
            select #provider name="provider" {
                option value="" { (ANY) }
                @for (name, label) in providers { option value=(name) selected[chosen == Some(name)] { (label) } }
                @if let Some(name) = is_other { option value=(name) selected { (name) } }
            }
            @for (name, label, hint) in CONDITIONS { (text(name, label, hint, fields)) }
        }
    }
}

fn title(editing: &Editing) -> String {
    match editing {
        Editing::Role(None) => NEW_ROLE.to_owned(),
        Editing::Rule(None) => NEW_RULE.to_owned(),
        Editing::Defaults => DEFAULTS.to_owned(),
        Editing::Role(Some(name)) => format!("{ROLE} {name}"),
        Editing::Rule(Some(name)) => format!("{RULE} {name}"),
        Editing::RemoveRole(name) | Editing::RemoveRule(name) => format!("{REMOVE} {name}"),
    }
}

fn role_fields(is_new: bool, fields: &Fields, rights: &Rights) -> Markup {
    html! {
        p { (ABOUT_ROLE) }
        @if is_new { (text("name", NAME, NAME_HINT, fields)) }
        (text("scope", SCOPES, SCOPES_HINT, fields))
        p.small { (KNOWN) " " (rights.all()) }
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

fn status(error: &Error) -> StatusCode {
    StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST)
}
