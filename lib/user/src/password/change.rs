//! Choosing another password.

use oauth::Time;
use store::{Change, Table, Transacted, Write};

use super::Holder;
use crate::{Error, User};

/// Lets another hash take the place of the one that was checked, and ends everything that was opened with it, by raising the epoch (#34).
/// `trail` is written with it. Nothing if either has changed since it was read.
///
/// One TransactWriteItems.
pub async fn change(
    table: &Table,
    holder: &Holder,
    hash: &str,
    trail: &[Write],
    now: Time,
) -> Result<Option<User>, Error> {
    let (Some(user), Some(stored)) = (&holder.user, &holder.stored) else { return Ok(None) };
    let raise = Change::new()
        .raise(User::EPOCH)
        .when(User::EPOCH.is(&user.epoch))
        .when(User::STATUS.is(&user.status));
    let writes = [stored.replaced_by(&user.id, hash, now), Write::update::<User>(&user.id, raise, now)];
    let writes = writes.into_iter().chain(trail.iter().cloned()).collect();
    let done = table.transact(writes).await? == Transacted::Done;
    Ok(done.then(|| User { epoch: user.epoch + 1, ..user.clone() }))
}
