//! Roles, and what they allow.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use oauth::Scope;

use crate::{User, address::Address};

/// The role that `ADMINS` have.
const ADMIN: &str = "admin";

/// Which roles there are, who is an administrator, and what a new person may do. Read from settings at the start.
#[derive(Debug, Clone, Default)]
pub struct Rights {
    roles: BTreeMap<String, Scope>,
    admins: HashSet<Address>,
    defaults: Vec<String>,
}

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

    /// Everything this person may do: the one place where roles become a scope, for whatever shows it or issues a token.
    pub fn scope(&self, user: &User) -> Scope {
        self.allowed(&user.roles)
    }

    /// The roles by name, and what each allows.
    pub fn roles(&self) -> impl Iterator<Item = (&str, &Scope)> {
        self.roles.iter().map(|(name, scope)| (name.as_str(), scope))
    }

    /// Everything that any role allows: the scopes of latchkey's own API.
    pub fn all(&self) -> Scope {
        let mut scope = Scope::default();
        self.roles.values().for_each(|more| scope.extend(more));
        scope
    }

    /// Those of the person's roles that allow something of `scope`: what an API is told of them, which knows these scopes only.
    pub fn roles_within(&self, user: &User, scope: &Scope) -> Vec<String> {
        let allows = |role: &&String| {
            self.roles.get(*role).is_some_and(|allowed| !allowed.intersection(scope).is_empty())
        };
        user.roles.iter().filter(allows).cloned().collect()
    }

    /// Everything these roles allow together. A role that is no longer in `ROLES` allows nothing.
    fn allowed(&self, roles: &[String]) -> Scope {
        let mut scope = Scope::default();
        for role in roles {
            if let Some(more) = self.roles.get(role) {
                scope.extend(more);
            }
        }
        scope
    }

    /// Whether there is such a role.
    pub(crate) fn knows(&self, role: &str) -> bool {
        self.roles.contains_key(role)
    }

    /// Whether somebody with these roles and this proven address is still to become an administrator.
    pub(crate) fn promotes(&self, roles: &[String], address: Option<&Address>) -> bool {
        address.is_some_and(|address| self.admins.contains(address))
            && !roles.iter().any(|role| role == ADMIN)
    }

    /// What somebody who has `roles` has after signing in with this proven address: never less.
    pub(crate) fn after(&self, roles: &[String], address: Option<&Address>) -> Vec<String> {
        if self.promotes(roles, address) { union(roles, &[ADMIN.to_owned()]) } else { roles.to_vec() }
    }

    /// The roles of a new person: those of everybody and those of the invitation.
    pub(crate) fn initial(&self, invited: &[String]) -> Vec<String> {
        union(&self.defaults, invited)
    }
}

/// Both lists as one, sorted, each role once.
pub(crate) fn union(first: &[String], second: &[String]) -> Vec<String> {
    let all: BTreeSet<_> = first.iter().chain(second).cloned().collect();
    all.into_iter().collect()
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

fn is_name(text: &str) -> bool {
    let fits = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
    !text.is_empty() && text.len() <= 64 && text.bytes().all(fits)
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
        let scope = |roles: &[&str]| rights.allowed(&names(roles)).to_string();
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
        assert!(rights.allowed(&names(&[ADMIN])).is_empty());
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
