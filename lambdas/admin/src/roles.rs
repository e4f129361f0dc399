//! Roles, and what they allow.

use maud::html;
use user::rights::Rule;
use web::{Response, Result};

use crate::{ROOT, View, editing::Editing};

const CHANGE: &str = "Change";
const ADD_ROLE: &str = "Add a role";
const ADD_RULE: &str = "Add a rule";
const DEFAULTS: &str = "What everybody gets";
const NO_ROLE: &str = "Whoever signs in for the first time gets no role.";

impl View<'_> {
    pub(crate) async fn roles(&self) -> Result<Response> {
        // What was changed a moment ago is here already.
        let rights = self.rights_now().await?;
        let edits = self.viewer.may("roles:write");
        let content = html! {
            h1 { "Roles" }
            p { "A role is a bag of scopes. Nobody gives one that has a scope which they do not have themselves." }
            ul.rows {
                @for (role, scope) in rights.roles() {
                    li {
                        h2 { (role) }
                        ul.tags aria-label={ "Scopes of " (role) } { @for scope in scope.iter() { li { (scope) } } }
                        p.actions {
                            @if self.viewer.may("users:read") { a href={ (ROOT) "?role=" (role) } { "Who has it" } }
                            @if edits { a href=(Editing::Role(Some(role.clone())).path()) aria-label={ (CHANGE) " " (role) } { (CHANGE) } }
                        }
                    }
                }
            }
            @if edits { p.actions { a.button.quiet href=(Editing::Role(None).path()) { (ADD_ROLE) } } }
            h2 { (DEFAULTS) }
            p { (if rights.defaults().is_empty() { NO_ROLE.to_owned() } else { rights.defaults().join(", ") }) }
            @if edits { p { a href=(Editing::Defaults.path()) aria-label={ (CHANGE) ": " (DEFAULTS) } { (CHANGE) } } }
            h2 { "Rules" }
            p { "A rule gives roles to whoever signs in, as long as its conditions hold." }
            @if rights.rules().is_empty() { p { "There is none." } }
            ul.rows {
                @for rule in rights.rules() {
                    li {
                        h3 { (rule.name) }
                        p { "Gives " (rule.roles.join(", ")) " where " (conditions(rule)) "." }
                        @if edits { p { a href=(Editing::Rule(Some(rule.name.clone())).path()) aria-label={ (CHANGE) " " (rule.name) } { (CHANGE) } } }
                    }
                }
            }
            @if edits { p.actions { a.button.quiet href=(Editing::Rule(None).path()) { (ADD_RULE) } } }
        };
        Ok(self.page("Roles", &content))
    }
}

/// What must hold, in words.
fn conditions(rule: &Rule) -> String {
    let claim = rule.claim.as_ref().map(|claim| format!("{} is {}", claim.name, claim.value));
    let said = [
        ("the provider is ", &rule.provider),
        ("the address is of ", &rule.domain),
        ("hd is ", &rule.hd),
        ("they are in the group ", &rule.group),
        ("the claim ", &claim),
        ("the app is ", &rule.client),
        ("they have the entitlement ", &rule.entitlement),
    ];
    let said: Vec<_> =
        said.iter().filter_map(|(words, value)| Some(format!("{words}{}", value.as_ref()?))).collect();
    if said.is_empty() { "nothing holds".to_owned() } else { said.join(" and ") }
}
