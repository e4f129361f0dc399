//! The sessions of a person, those that have ended too: what a person sees of their own sign-ins, and an admin of another's.

use oauth::Time;
use setting::{Action, Permission, Permissions};
use store::{Owner, Record, Table};

use crate::{Error, Session};

/// How many keys are read at a time, and how many rows at most.
const PART: u32 = 1000;
const PARTS: usize = 10;

/// What [`list_of`] does with the table.
pub const LIST_OF: Permissions = Permissions::new(&[
    Permission::on("USER", &[Action::ListOwned]),
    Permission::on(Session::KIND, &[Action::BatchGet]),
]);

/// A session of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// As it was at its end, or is.
    pub session: Session,
    /// When it ended; none while it lives.
    pub ended_at: Option<Time>,
}

impl Past {
    /// Whether it lives, and counts: in the epoch that its person has. One of an epoch before has ended too, and nobody wrote down when.
    pub fn counts(&self, epoch: u64) -> bool {
        self.ended_at.is_none() && self.session.epoch == epoch
    }
}

/// The sessions of a person as far as their rows are kept, the last used first. The index lags: one of a second ago may be missing (#97).
///
/// One Query of the index `owned` for each thousand, and one BatchGetItem for each hundred; at most 10,000.
pub async fn list_of(table: &Table, user_id: &str, now: Time) -> Result<Vec<Past>, Error> {
    let (mut found, mut after) = (Vec::new(), None::<String>);
    for _ in 0..PARTS {
        let ids = table.list_of::<Session>(Owner::User(user_id), PART, after.as_deref()).await?;
        let rows = table.past::<Session>(&ids.ids, now).await?;
        // Whose it is, the row itself says.
        let own = rows.into_iter().filter(|row| row.record.user_id == user_id);
        found.extend(
            own.map(|row| Past { session: row.record, ended_at: row.ended_at.map(Time::from_epoch) }),
        );
        after = ids.next;
        if after.is_none() {
            break;
        }
    }
    found.sort_by_key(|past| std::cmp::Reverse((past.session.used_at(), past.session.id.clone())));
    Ok(found)
}
