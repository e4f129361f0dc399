//! What a change is about, as the trail has it: before and after.

use super::{Edit, Rights, Rule};

impl Edit {
    /// What it changes, as it is in these rights: the scopes of a role, the roles and conditions of a rule, the names of roles. Nothing
    /// where there is no such role or rule.
    pub fn told(&self, rights: &Rights) -> Option<String> {
        let rule = |name: &str| rights.rules().iter().find(|rule| rule.name == name).map(told);
        match self {
            Self::SetRole { name, .. } | Self::RemoveRole { name } => {
                let scope = rights.roles().get(name)?;
                let demands = if rights.demands_factor(name) { " --second-factor" } else { "" };
                Some(format!("{scope}{demands}").trim_start().to_owned())
            }
            Self::SetRule(set) => rule(&set.name),
            Self::RemoveRule { name } => rule(name),
            Self::SetDefaults(_) => Some(rights.defaults().join(" ")),
        }
    }
}

/// All of a rule but its name, as `latchkey rule add` takes it.
fn told(rule: &Rule) -> String {
    let Rule {
        name: _,
        roles,
        provider,
        domain,
        hd,
        group,
        claim,
        client,
        entitlement,
        max_age,
        keep,
        unknown: _,
    } = rule;
    let claim = claim.as_ref().map(|claim| format!("{}={}", claim.name, claim.value));
    let [age, keep] = [max_age, keep].map(|seconds| seconds.map(|seconds| seconds.to_string()));
    let roles = roles.iter().map(|role| format!("--role {role}"));
    let conditions = [
        ("provider", provider),
        ("domain", domain),
        ("hd", hd),
        ("group", group),
        ("claim", &claim),
        ("client", client),
        ("entitlement", entitlement),
        ("max-age", &age),
        ("keep", &keep),
    ];
    let conditions = conditions
        .into_iter()
        .filter_map(|(name, value)| Some(format!("--{name} {}", quoted(value.as_ref()?))));
    roles.chain(conditions).collect::<Vec<_>>().join(" ")
}

/// As a shell takes it.
fn quoted(value: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.:/=@".contains(c);
    if value.chars().all(is_plain) { value.to_owned() } else { format!("'{}'", value.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rights::{Actor, Claim};

    #[test]
    fn a_change_is_told_before_and_after() {
        let rights = Rights::parse("staff=pets:read; member=", "", "member").unwrap();
        let claim = Some(Claim { name: "department".to_owned(), value: "it's here".to_owned() });
        let roles = vec!["staff".to_owned()];
        let (group, max_age, keep) = (Some("cooks".to_owned()), Some(60), Some(3600));
        let rule = Rule { name: "x".to_owned(), roles, group, claim, max_age, keep, ..Rule::default() };
        let set = |name: &str, scope: &str, second_factor| Edit::SetRole {
            name: name.to_owned(),
            scope: scope.parse().unwrap(),
            second_factor,
        };
        for (edit, before, after) in [
            (set("staff", "pets:read pets:write", None), Some("pets:read"), Some("pets:read pets:write")),
            (set("new", "", None), None, Some("")),
            (set("staff", "pets:read", Some(true)), Some("pets:read"), Some("pets:read --second-factor")),
            (set("new", "", Some(true)), None, Some("--second-factor")),
            (Edit::RemoveRole { name: "staff".to_owned() }, Some("pets:read"), None),
            (
                Edit::SetRule(Box::new(rule)),
                None,
                Some(
                    r"--role staff --group cooks --claim 'department=it'\''s here' --max-age 60 --keep 3600",
                ),
            ),
            (Edit::SetDefaults(vec!["staff".to_owned()]), Some("member"), Some("staff")),
        ] {
            let changed = rights.edited(&edit, &Actor::Operator).unwrap();
            assert_eq!(edit.told(&rights).as_deref(), before, "{edit:?}");
            assert_eq!(edit.told(&changed).as_deref(), after, "{edit:?}");
        }
    }
}
