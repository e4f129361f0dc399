//! The rights of a new installation, as the settings say them.

use std::collections::BTreeMap;

use oauth::Scope;

use super::{ADMIN, Rights, is_name};
use crate::address::Address;

/// What is wrong with a setting; each sentence names it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RightsError {
    /// An entry of `ROLES` is not `name=scopes`.
    #[error("ROLES: {0:?} is not a role: write name=scope scope, with ; between roles")]
    Role(String),
    /// A name that is no plain word.
    #[error("ROLES: {0:?} cannot be the name of a role: use up to 64 of a-z, 0-9, - and _")]
    Name(String),
    /// Two entries for one role: neither may win in silence.
    #[error("ROLES: the role {0:?} is written twice: keep one")]
    Twice(String),
    /// RFC 6749 §3.3 has no such scope.
    #[error("ROLES: the role {0:?} has a scope with a character that scopes cannot have")]
    Scope(String),
    /// An entry of `ADMINS` is no e-mail address, or one that could be taken for another.
    #[error("ADMINS: {0:?} is not a plain e-mail address")]
    Admin(String),
    /// `ADMINS` without the role they would have.
    #[error("ADMINS is set, but there is no role admin: add admin=… to ROLES")]
    NoAdminRole,
    /// An entry of `DEFAULT_ROLES` that `ROLES` does not have.
    #[error("DEFAULT_ROLES: there is no role {0:?} in ROLES")]
    Default(String),
}

impl Rights {
    /// Reads the settings `ROLES` (`admin=users:read users:write; member=get:profile`), `ADMINS` (e-mail addresses) and
    /// `DEFAULT_ROLES` (names of roles), the latter two separated by commas or spaces.
    pub fn parse(roles: &str, admins: &str, default_roles: &str) -> Result<Self, RightsError> {
        let mut rights = Self { roles: parse_roles(roles)?, ..Self::default() };
        for address in entries(admins) {
            let admin = Address::parse(address).ok_or_else(|| RightsError::Admin(address.to_owned()))?;
            rights.admins.insert(admin);
        }
        if !rights.admins.is_empty() && !rights.knows(ADMIN) {
            return Err(RightsError::NoAdminRole);
        }
        for role in entries(default_roles) {
            if !rights.knows(role) {
                return Err(RightsError::Default(role.to_owned()));
            }
            rights.defaults.push(role.to_owned());
        }
        Ok(rights)
    }
}

fn entries(setting: &str) -> impl Iterator<Item = &str> {
    setting.split([',', ' ']).filter(|entry| !entry.is_empty())
}

fn parse_roles(setting: &str) -> Result<BTreeMap<String, Scope>, RightsError> {
    let mut roles = BTreeMap::new();
    for entry in setting.split(';').map(str::trim).filter(|entry| !entry.is_empty()) {
        let (name, scope) = entry.split_once('=').ok_or_else(|| RightsError::Role(entry.to_owned()))?;
        let name = name.trim().to_owned();
        if !is_name(&name) {
            return Err(RightsError::Name(name));
        }
        let scope = scope.trim().parse().map_err(|_| RightsError::Scope(name.clone()))?;
        if roles.insert(name.clone(), scope).is_some() {
            return Err(RightsError::Twice(name));
        }
    }
    Ok(roles)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLES: &str = "admin=users:read users:write get:profile; member=get:profile; guest=";

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    fn wrong(roles: &str, admins: &str, defaults: &str) -> RightsError {
        let error = Rights::parse(roles, admins, defaults).unwrap_err();
        let sentence = error.to_string();
        let setting = sentence.split([':', ' ']).next().unwrap();
        assert!(["ROLES", "ADMINS", "DEFAULT_ROLES"].contains(&setting), "names the setting: {sentence}");
        error
    }

    #[test]
    fn roles_are_bags_of_scopes() {
        let rights = Rights::parse(ROLES, "", "").unwrap();
        let scope = |roles: &[&str]| rights.allowed(roles.iter().copied()).to_string();
        assert_eq!(scope(&["member"]), "get:profile");
        assert_eq!(scope(&["guest"]), "");
        assert_eq!(scope(&["member", "admin", "admin"]), "get:profile users:read users:write");
        assert_eq!(scope(&["gone", "Admin", ""]), "", "what is not a role allows nothing");
    }

    #[test]
    fn an_api_knows_all_scopes_and_is_told_the_roles_behind_its_own() {
        let rights = Rights::parse(ROLES, "", "").unwrap();
        assert_eq!(rights.all().to_string(), "get:profile users:read users:write");
    }

    #[test]
    fn settings_may_be_empty() {
        let rights = Rights::parse("", "", "").unwrap();
        assert!(rights.allowed([ADMIN]).is_empty());
        assert!(rights.initial(&[]).is_empty());
    }

    #[test]
    fn lists_take_commas_and_spaces() {
        let rights = Rights::parse(ROLES, "Ann@example.com, bob@example.com", "member,guest").unwrap();
        let bob = Address::parse("BOB@example.com");
        assert_eq!(rights.after(&names(&["member"]), bob.as_ref()), ["admin", "member"]);
        assert_eq!(rights.after(&names(&["x", "admin"]), bob.as_ref()), ["x", "admin"], "left as they are");
        assert_eq!(rights.after(&names(&["member"]), None), ["member"]);
        // Two domains are two addresses, no matter who owns them: only their provider could say that they are one.
        let other = Rights::parse(ROLES, "ann@googlemail.com", "").unwrap();
        let gmail = Address::parse("ann@gmail.com");
        assert_eq!(other.after(&names(&["member"]), gmail.as_ref()), ["member"]);
        assert_eq!(rights.initial(&names(&["member", "admin"])), ["admin", "guest", "member"]);
    }

    #[test]
    fn a_wrong_setting_stops_with_a_sentence_that_names_it() {
        assert_eq!(wrong("admin", "", ""), RightsError::Role("admin".into()));
        assert_eq!(wrong("a b=x", "", ""), RightsError::Name("a b".into()));
        assert_eq!(wrong("=x", "", ""), RightsError::Name("".into()));
        assert_eq!(wrong("Admin=x", "", ""), RightsError::Name("Admin".into()));
        assert_eq!(wrong("a=x; a=y", "", ""), RightsError::Twice("a".into()));
        assert_eq!(wrong("a=x\"y", "", ""), RightsError::Scope("a".into()));
        assert_eq!(wrong("a=x\ty", "", ""), RightsError::Scope("a".into()));
        assert_eq!(wrong("a=sch\u{f6}n", "", ""), RightsError::Scope("a".into()));
        assert_eq!(wrong("admin=x", "ann", ""), RightsError::Admin("ann".into()));
        assert_eq!(wrong("admin=x", "ann@ex@ample.com", ""), RightsError::Admin("ann@ex@ample.com".into()));
        assert_eq!(wrong("admin=x", "\u{ff41}nn@a.com", ""), RightsError::Admin("\u{ff41}nn@a.com".into()));
        assert_eq!(wrong("member=x", "ann@example.com", ""), RightsError::NoAdminRole);
        assert_eq!(wrong("member=x", "", "member other"), RightsError::Default("other".into()));
    }
}
