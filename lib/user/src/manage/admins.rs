//! That there is always somebody who can administrate.

use oauth::Time;
use store::{Batch, Table, Write};

use super::Error;
use crate::{
    Status, User,
    lists::{self, HasRole},
};

/// The role that somebody must have.
pub const ADMIN: &str = "admin";

/// How many candidates are read at a time, and how many times.
const PART: u32 = 100;
const MOST_PARTS: usize = 10;

/// Whether an administrator becomes none.
pub(super) fn loses_one(old: &User, new: &User) -> bool {
    is_admin(old) && !is_admin(new)
}

/// An account that waits for its person is none: nobody has come yet, and perhaps nobody ever will.
fn is_admin(user: &User) -> bool {
    user.is_active() && !user.identities.is_empty() && user.roles.iter().any(|role| role == ADMIN)
}

/// A check that there is another administrator, to take part in the transaction that ends one. The list only proposes them: each
/// is read by key (#97), and the check holds for the moment of the transaction.
///
/// One Query and one BatchGetItem for each hundred that are in the list.
pub(super) async fn another_than(table: &Table, id: &str, now: Time) -> Result<Write, Error> {
    let mut after = None;
    for _ in 0..MOST_PARTS {
        let part = table.list_of::<HasRole>(lists::with_role(ADMIN), PART, after.as_deref()).await?;
        let ids: Vec<_> =
            part.ids.iter().filter_map(|id| lists::pointed_to(id)).filter(|it| *it != id).collect();
        let batch = ids.iter().fold(Batch::new(), |batch, id| batch.and::<User>(*id));
        let mut rows = table.get_batch(batch, now).await?;
        let found = ids.iter().filter_map(|id| rows.read::<User>(*id)).find(is_admin);
        if let Some(admin) = found {
            let holds = [
                User::STATUS.is(&Status::Active),
                User::ROLES.is(&admin.roles),
                User::IDENTITIES.is(&admin.identities),
            ];
            return Ok(Write::check::<User>(&admin.id, holds, now));
        }
        after = part.next;
        if after.is_none() {
            break;
        }
    }
    Err(Error::LastAdmin)
}
