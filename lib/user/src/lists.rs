//! The rows by which people are found by name and by role: they say nothing but their key. They are written and removed in the
//! transaction that changes what they point from, so at any moment a person has exactly those of [`pointers`].

pub(crate) mod fold;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use store::{Owner, Record, Write};

use crate::{Status, User};

/// The list of all addresses: proven ones, invitations, and those that accounts wait for.
pub(crate) const EMAILS: Owner<'static> = Owner::List("emails");
/// The list of all names.
pub(crate) const NAMES: Owner<'static> = Owner::List("names");

/// That somebody has a name. Its row is `NAME#<folded name>/<user id>`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Named {}

impl Record for Named {
    const KIND: &'static str = "NAME";

    fn expires_at(&self) -> Option<i64> {
        None
    }

    fn owner(&self) -> Option<Owner<'_>> {
        Some(NAMES)
    }
}

/// That somebody was given a role. Its row is `ROLE#<role>/<user id>`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct HasRole {
    role: String,
}

impl Record for HasRole {
    const KIND: &'static str = "ROLE";

    fn expires_at(&self) -> Option<i64> {
        None
    }

    fn owner(&self) -> Option<Owner<'_>> {
        Some(with_role(&self.role))
    }
}

/// The list of people who were given a role.
pub(crate) fn with_role(role: &str) -> Owner<'_> {
    Owner::ListOf("roles", role)
}

/// A row that points to a person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Pointer {
    Name(String),
    Role(String),
}

impl Pointer {
    fn write(self, id: &str) -> Write {
        match self {
            Self::Name(name) => Write::point(&format!("{name}/{id}"), &Named {}),
            Self::Role(role) => Write::point(&format!("{role}/{id}"), &HasRole { role }),
        }
    }

    fn remove(self, id: &str) -> Write {
        match self {
            Self::Name(name) => Write::unpoint(&format!("{name}/{id}"), &Named {}),
            Self::Role(role) => Write::unpoint(&format!("{role}/{id}"), &HasRole { role }),
        }
    }
}

/// The rows that point to a person.
fn pointers(user: &User) -> BTreeSet<Pointer> {
    if user.status == Status::Deleted {
        return BTreeSet::new();
    }
    let name = user.name.as_deref().map(fold::name).filter(|name| !name.is_empty());
    let roles = user.roles.iter().cloned().map(Pointer::Role);
    name.map(Pointer::Name).into_iter().chain(roles).collect()
}

/// What has to be written and removed when somebody who was `old`, or nobody yet, becomes `new`: nothing where neither name nor roles
/// differ.
pub(crate) fn between(old: Option<&User>, new: &User) -> Vec<Write> {
    let (before, after) = (old.map(pointers).unwrap_or_default(), pointers(new));
    let gone = before.difference(&after).cloned().map(|pointer| pointer.remove(&new.id));
    gone.chain(after.difference(&before).cloned().map(|pointer| pointer.write(&new.id))).collect()
}

/// The id of the person to whom a row points.
pub(crate) fn pointed_to(id: &str) -> Option<&str> {
    id.rsplit_once('/').map(|(_, user_id)| user_id)
}
