//! Changing somebody.

use oauth::{Sentence, Time, text};
use store::{Table, Transacted, Updated, Write};

use super::{Error, MOST_ROLES, ROUNDS, Trail, admins};
use crate::{Granted, Rights, Status, User, lists};

/// The longest name, in characters.
const LONGEST_NAME: usize = 200;

/// What is to be changed of somebody; what is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// The name, or none. The next sign-in brings back that of the provider.
    pub name: Option<Option<String>>,
    /// All roles that they are given.
    pub roles: Option<Vec<String>>,
    /// Active or disabled. Disabling ends at once all that was issued to them (#34, #35).
    pub status: Option<Status>,
    /// All entitlements of one source and order.
    pub entitlements: Option<Granted>,
}

impl Change {
    /// Nobody may act as this person until they are enabled again.
    pub fn disable() -> Self {
        Self { status: Some(Status::Disabled), ..Self::default() }
    }

    /// They may sign in again. What was issued to them before stays ended.
    pub fn enable() -> Self {
        Self { status: Some(Status::Active), ..Self::default() }
    }

    /// These roles, and no others.
    pub fn roles(roles: &[String]) -> Self {
        Self { roles: Some(roles.to_vec()), ..Self::default() }
    }

    /// These entitlements are given by hand, and no others; what other sources gave stays.
    pub fn entitlements(names: &[String]) -> Self {
        Self { entitlements: Some(Granted::manual(names)), ..Self::default() }
    }

    /// What becomes of somebody by this change.
    pub fn of(&self, old: &User, rights: &Rights, now: Time) -> Result<User, Error> {
        let mut new = old.clone();
        if let Some(name) = &self.name {
            new.name = name.as_deref().map(checked_name).transpose()?;
        }
        if let Some(roles) = &self.roles {
            new.roles = checked_roles(roles, &old.roles, rights)?;
        }
        if let Some(granted) = &self.entitlements {
            new.entitlements = granted.after(&old.entitlements, now)?;
        }
        match self.status {
            Some(Status::Deleted) => return Err(Error::Wrong("a status is active or disabled")),
            Some(status) => new.status = status,
            None => {}
        }
        if old.is_active() && !new.is_active() {
            new.epoch += 1;
        }
        if new != *old {
            new.revision = Some(old.revision() + 1);
        }
        Ok(new)
    }
}

/// A name as it can be shown, in full.
pub(crate) fn checked_name(given: &str) -> Result<String, Error> {
    let shown = text::shown(given, LONGEST_NAME).filter(|shown| shown.trim() == given.trim());
    shown.ok_or(Error::Unfit(Sentence::NameNotFit))
}

/// Names of roles in order, each once. One that they have may stay, even if it is no role any more.
pub(crate) fn checked_roles(
    given: &[String],
    before: &[String],
    rights: &Rights,
) -> Result<Vec<String>, Error> {
    if let Some(role) = given.iter().find(|role| !rights.knows(role) && !before.contains(role)) {
        return Err(Error::NoSuchRole(role.clone()));
    }
    let mut roles = given.to_vec();
    roles.sort();
    roles.dedup();
    if roles.len() > MOST_ROLES { Err(Error::Unfit(Sentence::TooManyRoles)) } else { Ok(roles) }
}

/// Changes somebody, if they are as the caller has seen them (`if_revision`). A change of nothing writes nothing.
///
/// One GetItem, where an administrator loses that a Query and a BatchGetItem, and one TransactWriteItems.
pub async fn change(
    table: &Table,
    rights: &Rights,
    id: &str,
    if_revision: Option<u64>,
    change: &Change,
    trail: Trail<'_>,
    now: Time,
) -> Result<User, Error> {
    for _ in 0..ROUNDS {
        let old = super::find(table, id, now).await?.ok_or(Error::NoSuchPerson)?;
        if if_revision.is_some_and(|seen| seen != old.revision()) {
            return Err(Error::Changed);
        }
        let new = change.of(&old, rights, now)?;
        if new == old || written(table, &old, &new, trail, now).await? {
            return Ok(new);
        }
    }
    Err(Error::contended())
}

/// Whether the change was made: not if the rows were not as they were read a moment ago.
async fn written(table: &Table, old: &User, new: &User, trail: Trail<'_>, now: Time) -> Result<bool, Error> {
    let mut writes = vec![Write::update::<User>(&old.id, difference(old, new), now)];
    writes.extend(lists::between(Some(old), new));
    if admins::loses_one(old, new) {
        writes.push(admins::another_than(table, &old.id, now).await?);
    }
    writes.extend(trail(&old.id));
    Ok(table.transact(writes).await? == Transacted::Done)
}

/// What has to be written to make one of the other, if the row still says what `old` says.
pub(crate) fn difference(old: &User, new: &User) -> store::Change<User> {
    let mut change = store::Change::new()
        .set(User::REVISION, &new.revision)
        .when(User::REVISION.is(&old.revision))
        .when(User::NAME.is(&old.name))
        .when(User::ROLES.is(&old.roles))
        .when(User::STATUS.is(&old.status));
    if old.name != new.name {
        change = change.set(User::NAME, &new.name);
    }
    if old.roles != new.roles {
        change = change.set(User::ROLES, &new.roles);
    }
    if old.status != new.status {
        change = change.set(User::STATUS, &new.status);
    }
    if old.entitlements != new.entitlements {
        change = change.set(User::ENTITLEMENTS, &new.entitlements);
    }
    if old.epoch != new.epoch { change.raise(User::EPOCH) } else { change }
}

/// Signs somebody out everywhere, as [`crate::end_everywhere`], and writes it down. Their revision stays.
///
/// One TransactWriteItems; a GetItem before it.
pub async fn sign_out(table: &Table, id: &str, trail: Trail<'_>, now: Time) -> Result<(), Error> {
    super::find(table, id, now).await?.ok_or(Error::NoSuchPerson)?;
    let raise = store::Change::new().raise(User::EPOCH);
    let mut writes = trail(id);
    if writes.is_empty() {
        return match table.update::<User>(id, raise, now).await? {
            Updated::Done(_) | Updated::Refused(_) => Ok(()),
            Updated::Missing => Err(Error::NoSuchPerson),
        };
    }
    writes.push(Write::update::<User>(id, raise, now));
    match table.transact(writes).await? {
        Transacted::Done => Ok(()),
        Transacted::Refused(_) => Err(Error::NoSuchPerson),
    }
}
