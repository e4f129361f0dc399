//! A passkey less, and another name for one.

use std::collections::BTreeMap;

use oauth::Time;
use store::{Change, Table, Transacted, Updated, Write};

use super::{Passkey, Passkeys, count, key};
use crate::{Error, User, person::find};

/// How often it starts again when the rows were not as they were read.
const ROUNDS: usize = 5;

/// Lets somebody sign in with this passkey no more, whose digest this is. `trail` is written with it. `false`: they do not have it.
///
/// Two GetItem and one TransactWriteItems; once more for each race that is lost.
pub async fn remove(
    table: &Table,
    user_id: &str,
    id: &str,
    trail: &[Write],
    now: Time,
) -> Result<bool, Error> {
    for _ in 0..ROUNDS {
        let Some(old) = table.get::<Passkeys>(user_id, now).await? else { return Ok(false) };
        let ids: Vec<_> = old.ids.iter().filter(|it| it.as_str() != id).cloned().collect();
        if ids.len() == old.ids.len() {
            return Ok(false);
        }
        let Some(user) = find(table, user_id, now).await? else { return Ok(false) };
        let list = Passkeys { user_id: user_id.to_owned(), ids };
        let counted = count(&user, &list).when(User::STATUS.is(&user.status));
        let counted = if list.ids.is_empty() { unproven(counted, &user) } else { counted };
        let mut writes = vec![
            Write::delete::<Passkey>(id, [Passkey::USER_ID.is(user_id)], now),
            Write::update::<User>(user_id, counted, now),
            Write::replace(user_id, &old, &list, now),
        ];
        writes.extend(trail.iter().cloned());
        if table.transact(writes).await? == Transacted::Done {
            return Ok(true);
        }
    }
    Err(Error::contended())
}

/// What their passkeys proved counts no more from here on; what is left of another's is as it was read.
fn unproven(change: Change<User>, user: &User) -> Change<User> {
    let key = key(&user.id);
    let proofs: BTreeMap<_, _> =
        user.proofs.clone().into_iter().filter(|(it, _)| it != key.as_str()).collect();
    change.set(User::PROOFS, &proofs).when(User::PROOFS.is(&user.proofs))
}

/// Calls one of somebody's passkeys otherwise. `false`: they do not have it.
///
/// One UpdateItem.
pub async fn rename(table: &Table, user_id: &str, id: &str, name: &str, now: Time) -> Result<bool, Error> {
    let change = Change::new().set(Passkey::NAME, name).when(Passkey::USER_ID.is(user_id));
    Ok(matches!(table.update::<Passkey>(id, change, now).await?, Updated::Done(_)))
}
