//! The rows by which people are found by name and by role: they say nothing but their key. They are written and removed in the
//! transaction that changes what they point from, so at any moment a person has exactly those of [`pointers`].

pub(crate) mod fold;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use store::{Batch, Owner, Record, Rows, Write};

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
    /// The id of its row.
    fn row(&self, id: &str) -> String {
        match self {
            Self::Name(name) => format!("{name}/{id}"),
            Self::Role(role) => format!("{role}/{id}"),
        }
    }

    fn write(self, id: &str) -> Write {
        let row = self.row(id);
        match self {
            Self::Name(_) => Write::point(&row, &Named {}),
            Self::Role(role) => Write::point(&row, &HasRole { role }),
        }
    }

    fn remove(self, id: &str) -> Write {
        let row = self.row(id);
        match self {
            Self::Name(_) => Write::unpoint(&row, &Named {}),
            Self::Role(role) => Write::unpoint(&row, &HasRole { role }),
        }
    }

    fn asked(&self, batch: Batch, id: &str) -> Batch {
        let row = self.row(id);
        match self {
            Self::Name(_) => batch.and::<Named>(&*row),
            Self::Role(_) => batch.and::<HasRole>(&*row),
        }
    }

    fn is_in(&self, rows: &Rows, id: &str) -> bool {
        let row = self.row(id);
        match self {
            Self::Name(_) => rows.has::<Named>(&row),
            Self::Role(_) => rows.has::<HasRole>(&row),
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

/// How many rows point to somebody.
pub(crate) fn count(user: &User) -> usize {
    pointers(user).len()
}

/// And the rows that point to somebody.
pub(crate) fn asked(batch: Batch, user: &User) -> Batch {
    pointers(user).iter().fold(batch, |batch, pointer| pointer.asked(batch, &user.id))
}

/// What has to be written so that somebody has all of their rows, where these are there.
pub(crate) fn missing(rows: &Rows, user: &User) -> Vec<Write> {
    let missing = pointers(user).into_iter().filter(|pointer| !pointer.is_in(rows, &user.id));
    missing.map(|pointer| pointer.write(&user.id)).collect()
}

/// The id of the person to whom a row points.
pub(crate) fn pointed_to(id: &str) -> Option<&str> {
    id.rsplit_once('/').map(|(_, user_id)| user_id)
}
