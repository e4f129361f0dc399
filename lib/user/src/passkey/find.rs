//! Whose passkey it is, and which somebody has.

use oauth::{Digest, Time};
use store::{Batch, Row, Table};

use super::{Passkey, Passkeys};
use crate::{Error, Status, User};

/// A passkey and its person.
#[derive(Debug, Clone)]
pub struct Found {
    /// The digest of its credential id.
    pub id: Digest,
    /// The passkey.
    pub passkey: Passkey,
    /// Its person, whatever their status.
    pub user: User,
}

/// The passkey with this id, if it belongs to the person whom its user handle names. Nobody who is deleted.
///
/// One BatchGetItem.
pub async fn find(table: &Table, id: &Digest, handle: &str, now: Time) -> Result<Option<Found>, Error> {
    let batch = Batch::new().and::<Passkey>(id.as_str()).and::<User>(handle);
    let mut rows = table.get_batch(batch, now).await?;
    let passkey = rows.read::<Passkey>(id.as_str());
    let user = rows.see::<User>(handle).and_then(Result::ok).map(Row::into_inner);
    let (Some(passkey), Some(user)) = (passkey, user) else { return Ok(None) };
    let fits = passkey.user_id == user.id && user.status != Status::Deleted;
    Ok(fits.then(|| Found { id: id.clone(), passkey, user }))
}

/// Somebody's passkeys, the oldest first, each with the digest of its credential id.
///
/// One GetItem, and one BatchGetItem where there are any.
pub async fn of(table: &Table, user_id: &str, now: Time) -> Result<Vec<(Digest, Passkey)>, Error> {
    let Some(list) = table.get::<Passkeys>(user_id, now).await? else { return Ok(Vec::new()) };
    let batch = list.ids.iter().fold(Batch::new(), |batch, id| batch.and::<Passkey>(id.as_str()));
    let mut rows = table.get_batch(batch, now).await?;
    let mut theirs = |id: &Digest| rows.read::<Passkey>(id.as_str()).filter(|it| it.user_id == user_id);
    Ok(list.ids.iter().filter_map(|id| Some((id.clone(), theirs(id)?))).collect())
}
