//! Writing the rights down, and changing them: one row, one conditional write (#97).

use oauth::Time;
use setting::{
    Action::{Get, Put, Update},
    Permission, Permissions,
};
use store::{Change, Member, Record, Table, Transacted, Write, member};

use super::{ADMIN, Actor, Edit, EditError, Rights, Rule, read, row::CURRENT};
use crate::{
    Error, User,
    email::{self, Email, Waits},
};

/// How often a change starts again that names no revision, and loses to others.
const ROUNDS: usize = 5;

/// What is written down with a change, in its transactions.
#[derive(Clone, Copy)]
pub struct Trail<'a> {
    /// Of the settings' rights, where the change writes these first.
    pub begun: &'a [Write],
    /// Of the change, given the rights before it and after it. It may be asked more than once; what of it is written, is written once.
    pub changed: &'a (dyn Fn(&Rights, &Rights) -> Vec<Write> + Sync),
}

/// Nothing is written down.
pub const NO_TRAIL: Trail<'static> = Trail { begun: &[], changed: &|_, _| Vec::new() };

/// What [`begin`] and [`change`] do with the table.
pub const WRITE: Permissions = Permissions::new(&[
    Permission::on(Rights::KIND, &[Get, Put, Update]),
    Permission::on(Email::KIND, &[Get, Put, Update]),
    Permission::on(User::KIND, &[Get]),
]);

/// What [`begin`] does with the table.
pub const BEGIN: Permissions = Permissions::new(&[
    Permission::on(Rights::KIND, &[Get, Put]),
    Permission::on(Email::KIND, &[Get, Put, Update]),
    Permission::on(User::KIND, &[Get]),
]);

/// Why the rights were not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// It makes no sense, or the actor may not make it.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// They are not what they were when the caller looked at them.
    #[error("the rights have changed since: look at them again")]
    Changed,
    /// A fault.
    #[error("the rights cannot be written")]
    Failed(#[from] Error),
}

/// What a change made of the rights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Whether it wrote the rights of the settings first.
    pub is_begun: bool,
    /// As they were.
    pub before: Rights,
    /// As they are now.
    pub after: Rights,
}

/// What became of writing the rights down.
#[derive(Debug, Clone, Default)]
pub struct Begun {
    /// As they are in the row now.
    pub rights: Rights,
    /// Whether this wrote the row.
    pub is_new: bool,
    /// The addresses of `ADMINS` that nobody has: whoever proves one first within 30 days becomes an administrator.
    pub invited: Vec<String>,
    /// The addresses of `ADMINS` that somebody has, and who. They keep the roles that they have.
    pub taken: Vec<(String, String)>,
}

impl Rights {
    const REVISION: Member<Self, u64> = member!(Self, revision);
    const ROLES: Member<Self, std::collections::BTreeMap<String, oauth::Scope>> = member!(Self, roles);
    const SECOND_FACTOR: Member<Self, std::collections::BTreeSet<String>> = member!(Self, second_factor);
    const DEFAULTS: Member<Self, Vec<String>> = member!(Self, defaults);
    const RULES: Member<Self, Vec<Rule>> = member!(Self, rules);
}

/// Writes down the rights of the settings, unless there are some already: from then on the settings count no more. The addresses
/// of `ADMINS` become invitations, so an administrator who loses the role later does not get it back at the next sign-in. Repeated
/// after a crash, it does what is left.
///
/// One GetItem if there are rights; else two, one PutItem, and a GetItem and a PutItem for each address; two GetItem for one that
/// somebody has.
pub async fn begin(table: &Table, start: &Rights, trail: Vec<Write>, now: Time) -> Result<Begun, Error> {
    if let Some(rights) = read(table, now).await? {
        return Ok(Begun { rights, ..Begun::default() });
    }
    let mut begun = Begun::default();
    for address in &start.admins {
        match email::let_wait(table, address, ADMIN, now).await? {
            Waits::Waits => begun.invited.push(address.as_str().to_owned()),
            Waits::Taken(user_id) => begun.taken.push((address.as_str().to_owned(), user_id)),
        }
    }
    let first = Rights { revision: 1, admins: Default::default(), ..start.clone() };
    let writes = [vec![Write::create(CURRENT, &first, now)], trail].concat();
    begun.is_new = table.transact(writes).await? == Transacted::Done;
    begun.rights = read(table, now).await?.ok_or_else(Error::contended)?;
    Ok(begun)
}

/// Changes the rights, together with these rows of the trail: both or neither. With `if_revision`, only those that the caller has
/// seen.
///
/// One GetItem and one TransactWriteItems: two write units for each KB of the row. What [`begin`] costs, at the first change of all.
pub async fn change(
    table: &Table,
    start: &Rights,
    edit: &Edit,
    actor: &Actor,
    if_revision: Option<u64>,
    trail: Trail<'_>,
    now: Time,
) -> Result<Changed, ChangeError> {
    let (mut seen, mut is_begun) = (if_revision, false);
    for _ in 0..ROUNDS {
        let before = match read(table, now).await? {
            Some(rights) => rights,
            None => {
                // What makes no sense, or may not be, leaves no trace. Who saw the settings' has seen these.
                start.edited(edit, actor)?;
                let begun = begin(table, start, trail.begun.to_vec(), now).await?;
                is_begun |= begun.is_new;
                seen = seen.map(|seen| if seen == 0 { begun.rights.revision } else { seen });
                begun.rights
            }
        };
        if seen.is_some_and(|seen| seen != before.revision) {
            return Err(ChangeError::Changed);
        }
        let after = Rights { revision: before.revision + 1, ..before.edited(edit, actor)? };
        let writes =
            [vec![Write::update(CURRENT, turning(&before, &after), now)], (trail.changed)(&before, &after)]
                .concat();
        if table.transact(writes).await.map_err(Error::Table)? == Transacted::Done {
            return Ok(Changed { is_begun, before, after });
        }
        if seen.is_some() {
            return Err(ChangeError::Changed);
        }
    }
    Err(ChangeError::Failed(Error::contended()))
}

/// What makes one of the other, unless somebody else was faster.
fn turning(before: &Rights, after: &Rights) -> Change<Rights> {
    Change::new()
        .set(Rights::REVISION, &after.revision)
        .set(Rights::ROLES, &after.roles)
        .set(Rights::SECOND_FACTOR, &after.second_factor)
        .set(Rights::DEFAULTS, &after.defaults)
        .set(Rights::RULES, &after.rules)
        .when(Rights::REVISION.is(&before.revision))
}
