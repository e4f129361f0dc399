//! What waits for an address becomes its owner's.

use std::collections::BTreeSet;

use super::ROLE;
use crate::{Entitlement, Rights, User, entitlement::MOST, rights::union};

/// The role for which an entitlement stands.
pub(crate) fn role_of(name: &str) -> Option<&str> {
    name.strip_prefix(ROLE)
}

/// The roles for which these stand.
pub(crate) fn roles_of(entitlements: &[Entitlement]) -> BTreeSet<String> {
    entitlements.iter().filter_map(|one| role_of(&one.name)).map(str::to_owned).collect()
}

impl User {
    /// Gives them what waited for their address. A role that they have already is theirs for another reason, and one that manages
    /// something by now is not given (#90).
    pub(crate) fn receive(&mut self, waiting: &[Entitlement], rights: &Rights) {
        let owned = roles_of(&self.entitlements);
        let is_given = |one: &&Entitlement| match role_of(&one.name) {
            None => rights.manages_by_entitlement(&one.name).is_none(),
            Some(role) => {
                let is_new = owned.contains(role) || !self.roles.iter().any(|it| it == role);
                is_new && rights.knows(role) && rights.manages([role]).is_none()
            }
        };
        let given: Vec<_> = waiting.iter().filter(is_given).cloned().collect();
        let roles: Vec<_> = roles_of(&given).into_iter().collect();
        self.roles = union(&self.roles, &roles);
        self.entitlements.extend(given);
        self.entitlements.sort();
        self.entitlements.dedup();
        self.entitlements.truncate(MOST);
    }
}
