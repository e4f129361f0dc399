//! How often somebody who has proven nothing may let a request wait in the table (#105).

use oauth::{Digest, Error, Sentence, Time};
use setting::{Action, Permission, Permissions};
use store::{Counted, Limit, Table};

const KIND: &str = "PARREQUESTS";

/// For one client, from one place. A whole office may be behind one address, and a minute is not long to wait.
const FROM_PLACE: Limit = Limit::new(KIND, 60, 60);

/// What [`count_waiting`] does with the table.
pub const COUNT_WAITING: Permissions = Permissions::new(&[Permission::on(KIND, &[Action::Update])]);

/// Why a request may not wait.
#[derive(Debug, thiserror::Error)]
pub enum LimitError {
    /// There are too many.
    #[error("too many authorization requests wait")]
    TooMany(#[source] Error),
    /// The table failed.
    #[error("the authorization request cannot be counted")]
    Store(#[from] store::Error),
}

/// Counts one request of a client from a place, before it is stored; beyond the limit, 429. One UpdateItem.
pub async fn count_waiting(table: &Table, client_id: &str, place: &str, now: Time) -> Result<(), LimitError> {
    let id = Digest::of_parts(&[client_id, place]);
    match table.count(&FROM_PLACE, id.as_str(), now).await? {
        Counted::Within(_) => Ok(()),
        Counted::Beyond(end) => {
            let left = u32::try_from(end.saturating_sub(now.epoch())).unwrap_or(1).max(1);
            Err(LimitError::TooMany(Error::too_many(Sentence::TooManySignIns, left)))
        }
    }
}
