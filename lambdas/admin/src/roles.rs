//! Roles, and what they allow.

use maud::html;
use user::rights::Rule;
use web::{Response, Result};

use crate::{ROOT, View};

impl View<'_> {
    pub(crate) fn roles(&self) -> Result<Response> {
        let content = html! {
            h1 { "Roles" }
            p { "A role is a bag of scopes. Nobody gives one that has a scope which they do not have themselves." }
            ul.rows {
                @for (role, scope) in self.viewer.rights.roles() {
                    li {
                        h2 { (role) }
                        ul.tags aria-label={ "Scopes of " (role) } { @for scope in scope.iter() { li { (scope) } } }
                        @if self.viewer.may("users:read") { p { a href={ (ROOT) "?role=" (role) } { "Who has it" } } }
                    }
                }
            }
            h2 { "Rules" }
            p { "A rule gives roles to whoever signs in, as long as its conditions hold. " code { "latchkey rule" } " and the management API change them." }
            @if self.viewer.rights.rules().is_empty() { p { "There is none." } }
            ul.rows {
                @for rule in self.viewer.rights.rules() {
                    li {
                        h3 { (rule.name) }
                        p { "Gives " (rule.roles.join(", ")) " where " (conditions(rule)) "." }
                    }
                }
            }
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
