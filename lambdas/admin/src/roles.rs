//! Roles, and what they allow.

use maud::html;
use user::rights::{Claim, Rule};
use web::{Response, Result, words::text};

use crate::{ROOT, View, Words, editing::Editing};

impl View<'_> {
    pub(crate) async fn roles(&self) -> Result<Response> {
        // What was changed a moment ago is here already.
        let rights = self.rights_now().await?;
        let edits = self.viewer.may("roles:write");
        let w = &self.words.roles;
        let change_of = |name: &str| text(w.change_of, &[("name", name)]);
        let content = html! {
            h1 { (self.words.frame.roles) }
            p { (w.text) }
            ul.rows {
                @for (role, scope) in rights.roles() {
                    li {
                        h2 { (role) }
                        ul.tags aria-label=(text(w.scopes_of, &[("name", role)])) { @for scope in scope.iter() { li { (scope) } } }
                        @if rights.demands_factor(role) { p { (w.demands) } }
                        p.actions {
                            @if self.viewer.may("users:read") { a href={ (ROOT) "?role=" (role) } { (w.who_has) } }
                            @if edits { a href=(Editing::Role(Some(role.clone())).path()) aria-label=(change_of(role)) { (w.change) } }
                        }
                    }
                }
            }
            @if edits { p.actions { a.button.quiet href=(Editing::Role(None).path()) { (w.add_role) } } }
            h2 { (w.defaults) }
            p { (if rights.defaults().is_empty() { w.no_default.to_owned() } else { rights.defaults().join(", ") }) }
            @if edits { p { a href=(Editing::Defaults.path()) aria-label={ (w.change) ": " (w.defaults) } { (w.change) } } }
            h2 { (w.rules) }
            p { (w.rules_text) }
            @if rights.rules().is_empty() { p { (w.no_rule) } }
            ul.rows {
                @for rule in rights.rules() {
                    li {
                        h3 { (rule.name) }
                        p { (text(w.gives, &[("roles", &rule.roles.join(", ")), ("conditions", &conditions(self.words, rule))])) }
                        @if edits { p { a href=(Editing::Rule(Some(rule.name.clone())).path()) aria-label=(change_of(&rule.name)) { (w.change) } } }
                    }
                }
            }
            @if edits { p.actions { a.button.quiet href=(Editing::Rule(None).path()) { (w.add_rule) } } }
        };
        Ok(self.page(self.words.frame.roles, &content))
    }
}

/// What must hold, in words.
fn conditions(words: &Words, rule: &Rule) -> String {
    let w = &words.roles;
    let one = |sentence: &str, value: &Option<String>| Some(text(sentence, &[("value", value.as_ref()?)]));
    let claim = |claim: &Claim| text(w.claim, &[("name", &claim.name), ("value", &claim.value)]);
    let said = [
        one(w.provider, &rule.provider),
        one(w.domain, &rule.domain),
        one(w.hd, &rule.hd),
        one(w.group, &rule.group),
        rule.claim.as_ref().map(claim),
        one(w.client, &rule.client),
        one(w.entitlement, &rule.entitlement),
    ];
    let said: Vec<_> = said.iter().flatten().map(String::as_str).collect();
    if said.is_empty() { w.nothing_holds.to_owned() } else { words.common.list(&said) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_hold_is_said_in_the_readers_language() {
        let claim = Claim { name: "team".to_owned(), value: "red".to_owned() };
        let rule = Rule {
            provider: Some("google".to_owned()),
            hd: Some("example.com".to_owned()),
            claim: Some(claim),
            ..Rule::default()
        };
        let said = Words::ALL.map(|words| conditions(words, &rule));
        assert_eq!(said[0], "the provider is google, hd is example.com and the claim team is red");
        assert_eq!(said[1], "der Anbieter ist google, hd ist example.com und der Claim team ist red");
        assert!(
            said.iter()
                .all(|said| ["google", "example.com", "team", "red"].iter().all(|it| said.contains(it)))
        );
        assert_eq!(conditions(Words::ALL[0], &Rule::default()), "nothing holds");
    }
}
