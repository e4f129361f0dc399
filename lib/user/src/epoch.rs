//! Ending at once all that was issued to a person.

use oauth::Time;
use store::{Change, Table, Updated};

use crate::{Error, Status, User};

/// Signs a person out everywhere: from this moment on, no session, code or grant of theirs counts (#34). Whoever uses one compares
/// its epoch with that of the person's row, in a consistent read, so nothing is looked for and ended one by one: the rows
/// expire by themselves. Nothing if there is no such person.
pub async fn end_everywhere(table: &Table, id: &str, now: Time) -> Result<Option<User>, Error> {
    change(table, id, Change::new().raise(User::EPOCH), now).await
}

/// Disables a person, and signs them out everywhere: if they are enabled again, they sign in again (#35).
pub async fn disable(table: &Table, id: &str, now: Time) -> Result<Option<User>, Error> {
    change(table, id, Change::new().raise(User::EPOCH).set(User::STATUS, &Status::Disabled), now).await
}

async fn change(table: &Table, id: &str, change: Change<User>, now: Time) -> Result<Option<User>, Error> {
    Ok(match table.update::<User>(id, change, now).await? {
        Updated::Done(user) | Updated::Refused(user) => Some(user.into_inner()),
        Updated::Missing => None,
    })
}
