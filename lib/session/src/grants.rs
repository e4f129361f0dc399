//! The grants of a person: ending those of one client.

use oauth::Time;
use setting::{Action, Permission, Permissions};
use store::{Batch, Owner, Record, Table};

use crate::{Error, Family, family};

/// What [`end_of_client`] does with the table.
pub const END_OF_CLIENT: Permissions = Permissions::new(&[
    Permission::on("USER", &[Action::ListOwned]),
    Permission::on(Family::KIND, &[Action::BatchGet, Action::Update]),
]);

/// How many grants are read at a time: what fits into a batch.
const PART: u32 = 100;

/// How many parts are looked through.
const MOST_PARTS: usize = 50;

/// Ends the grants of a person to one client: how many there were. The index only lists: each row is read, and ended only if it
/// says that it is of these two (#34, #81).
///
/// One Query and one BatchGetItem for each hundred grants of the person, and one UpdateItem for each that ends.
pub async fn end_of_client(table: &Table, user_id: &str, client_id: &str, now: Time) -> Result<usize, Error> {
    let (mut ended, mut after) = (0, None);
    for _ in 0..MOST_PARTS {
        let part = table.list_of::<Family>(Owner::User(user_id), PART, after.as_deref()).await?;
        let batch = part.ids.iter().fold(Batch::new(), |batch, id| batch.and::<Family>(&**id));
        let mut rows = table.get_batch(batch, now).await?;
        for id in &part.ids {
            let family = rows.read::<Family>(&**id);
            let is_theirs = |it: &Family| (&*it.user_id, &*it.client_id) == (user_id, client_id);
            if family.as_ref().is_some_and(is_theirs) && family::end(table, id, now).await? {
                ended += 1;
            }
        }
        after = part.next;
        if after.is_none() {
            break;
        }
    }
    Ok(ended)
}
