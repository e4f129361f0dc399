//! None any more.

use oauth::Time;
use store::{Table, Write};

use super::{Passkey, Passkeys};
use crate::Error;

/// The end of somebody's passkeys, before it is written.
pub(crate) struct Gone {
    /// How many there are.
    pub(crate) count: u32,
    /// They fail where the person gets one more meanwhile.
    pub(crate) writes: Vec<Write>,
}

/// The writes by which somebody has no passkey any more.
///
/// One GetItem.
pub(crate) async fn forget_all(table: &Table, user_id: &str, now: Time) -> Result<Gone, Error> {
    let old = table.get::<Passkeys>(user_id, now).await?;
    let none = Passkeys { user_id: user_id.to_owned(), ids: Vec::new() };
    let list = match &old {
        Some(old) => Write::replace(user_id, old, &none, now),
        None => Write::create(user_id, &none, now),
    };
    let theirs = old.as_ref().map(|list| &list.ids[..]).unwrap_or_default();
    let gone = theirs.iter().map(|id| {
        let is_theirs = Passkey::USER_ID.is(user_id);
        Write::delete::<Passkey>(id.as_str(), [is_theirs], now)
    });
    let count = u32::try_from(theirs.len()).unwrap_or(u32::MAX);
    Ok(Gone { count, writes: gone.chain([list]).collect() })
}
