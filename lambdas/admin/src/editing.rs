//! What of the rights a form is about, and from what is typed to the change.

use oauth::{Code, Error, Sentence};
use serde::{Deserialize, Serialize};
use user::{
    Rights,
    rights::{Claim, Edit, Rule},
};

use crate::fields::Fields;

/// What is changed. It is in the form, sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Editing {
    /// The role of this name; a new one if there is none.
    Role(Option<String>),
    /// The same of a rule.
    Rule(Option<String>),
    /// What everybody gets at the first sign-in.
    Defaults,
    /// A role that goes.
    RemoveRole(String),
    /// A rule that goes.
    RemoveRule(String),
}

impl Editing {
    /// The page on which it is edited.
    pub(crate) fn path(&self) -> String {
        let named = |path: &str, name: &str| {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            format!("{path}?{}", query.append_pair("name", name).finish())
        };
        match self {
            Self::Role(None) => "/admin/roles/edit".to_owned(),
            Self::Role(Some(name)) | Self::RemoveRole(name) => named("/admin/roles/edit", name),
            Self::Rule(None) => "/admin/rules/edit".to_owned(),
            Self::Rule(Some(name)) | Self::RemoveRule(name) => named("/admin/rules/edit", name),
            Self::Defaults => "/admin/defaults".to_owned(),
        }
    }

    /// What the form shows before anybody has typed.
    pub(crate) fn fields(&self, rights: &Rights) -> Fields {
        let fields = Fields::default();
        match self {
            Self::Role(Some(name)) => {
                let demands = rights.demands_factor(name).then_some("on");
                let scope = rights.roles().get(name).map(ToString::to_string);
                fields.with("scope", scope.as_deref()).with("second_factor", demands)
            }
            Self::Rule(Some(name)) => of_rule(&rule(rights, name).unwrap_or_default()),
            Self::Defaults => fields.checked("role", rights.defaults()),
            _ => fields,
        }
    }

    /// The change.
    pub(crate) fn edit(&self, fields: &Fields, rights: &Rights) -> Result<Edit, Error> {
        let name = fields.text("name").unwrap_or_default().to_owned();
        Ok(match self {
            Self::Role(None) if rights.knows(&name) => return Err(taken()),
            Self::Rule(None) if rule(rights, &name).is_some() => return Err(taken()),
            Self::Role(old) => {
                let (name, demands) = (old.clone().unwrap_or(name), fields.is_on("second_factor"));
                let second_factor = Some(demands).filter(|demands| *demands != rights.demands_factor(&name));
                Edit::SetRole { name, scope: fields.scope("scope")?, second_factor }
            }
            Self::Rule(old) => Edit::SetRule(Box::new(typed(
                fields,
                old.as_deref().and_then(|old| rule(rights, old)).unwrap_or(Rule { name, ..Rule::default() }),
            )?)),
            Self::Defaults => Edit::SetDefaults(fields.chosen("role")),
            Self::RemoveRole(name) => Edit::RemoveRole { name: name.clone() },
            Self::RemoveRule(name) => Edit::RemoveRule { name: name.clone() },
        })
    }
}

pub(crate) fn rule(rights: &Rights, name: &str) -> Option<Rule> {
    rights.rules().iter().find(|rule| rule.name == name).cloned()
}

fn taken() -> Error {
    Error::said(Code::InvalidRequest, Sentence::NameTaken).with_status(409)
}

fn of_rule(rule: &Rule) -> Fields {
    let claim = rule.claim.as_ref().map(|claim| format!("{}={}", claim.name, claim.value));
    let (age, keep) = (rule.max_age.map(|age| age.to_string()), rule.keep.map(|keep| keep.to_string()));
    Fields::default()
        .checked("role", &rule.roles)
        .with("provider", rule.provider.as_deref())
        .with("domain", rule.domain.as_deref())
        .with("hd", rule.hd.as_deref())
        .with("group", rule.group.as_deref())
        .with("claim", claim.as_deref())
        .with("client", rule.client.as_deref())
        .with("entitlement", rule.entitlement.as_deref())
        .with("max_age", age.as_deref())
        .with("keep", keep.as_deref())
}

/// The rule as it is typed. What the form has no field for stays as it was.
fn typed(fields: &Fields, old: Rule) -> Result<Rule, Error> {
    let text = |name: &str| fields.text(name).map(str::to_owned);
    let claim = fields.text("claim").map(claim).transpose()?;
    let seconds = |name: &str| {
        let number = fields.text(name).map(str::parse).transpose();
        number.map_err(|_| Error::said(Code::InvalidRequest, Sentence::AgeInSeconds))
    };
    Ok(Rule {
        roles: fields.chosen("role"),
        provider: text("provider"),
        domain: text("domain"),
        hd: text("hd"),
        group: text("group"),
        claim,
        client: text("client"),
        entitlement: text("entitlement"),
        max_age: seconds("max_age")?,
        keep: seconds("keep")?,
        ..old
    })
}

fn claim(text: &str) -> Result<Claim, Error> {
    let parts = text.split_once('=');
    let (name, value) = parts.ok_or_else(|| Error::said(Code::InvalidRequest, Sentence::ClaimAsPair))?;
    Ok(Claim { name: name.trim().to_owned(), value: value.trim().to_owned() })
}

#[cfg(test)]
mod tests {
    use user::rights::Actor;

    use super::*;

    fn rights() -> Rights {
        let rights = Rights::parse("admin=a b; member=a", "", "member").unwrap();
        let claim = Some(Claim { name: "department".to_owned(), value: "a=b".to_owned() });
        let (name, scope, second_factor) = ("cook".to_owned(), "a".parse().unwrap(), Some(true));
        let role = Edit::SetRole { name, scope, second_factor };
        let rights = rights.edited(&role, &Actor::Operator).unwrap();
        let rule = Rule {
            name: "staff".to_owned(),
            roles: vec!["member".to_owned()],
            provider: Some("google".to_owned()),
            domain: Some("company.com".to_owned()),
            hd: Some("company.com".to_owned()),
            group: Some("cooks".to_owned()),
            claim,
            client: Some("latchkey".to_owned()),
            entitlement: Some("gold".to_owned()),
            max_age: Some(60),
            keep: Some(3600),
            ..Rule::default()
        };
        rights.edited(&Edit::SetRule(Box::new(rule)), &Actor::Operator).unwrap()
    }

    #[test]
    fn a_form_that_is_sent_as_it_was_shown_changes_nothing() {
        let rights = rights();
        for editing in [
            Editing::Role(Some("admin".to_owned())),
            Editing::Role(Some("cook".to_owned())),
            Editing::Rule(Some("staff".to_owned())),
            Editing::Defaults,
        ] {
            let edit = editing.edit(&editing.fields(&rights), &rights).unwrap();
            assert_eq!(rights.edited(&edit, &Actor::Operator).unwrap(), rights, "{editing:?}");
        }
    }

    #[test]
    fn what_is_new_replaces_nothing() {
        let named = |name: &str| Fields::default().with("name", Some(name));
        for (editing, old) in [(Editing::Role(None), "member"), (Editing::Rule(None), "staff")] {
            assert_eq!(editing.edit(&named(old), &rights()).unwrap_err().status(), 409);
            assert!(editing.edit(&named("new"), &rights()).is_ok());
        }
        for (field, wrong) in
            [("claim", "department"), ("max_age", "a day"), ("max_age", "-1"), ("keep", "7d")]
        {
            let fields = named("new").with(field, Some(wrong));
            assert_eq!(Editing::Rule(None).edit(&fields, &rights()).unwrap_err().status(), 400, "{wrong}");
        }
    }
}
