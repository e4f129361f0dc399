//! The one lock of everything that changes keys or functions: a row of the table. `bin/deploy` takes it too (infra/deploy/lock.sh).

use std::time::Duration;

use oauth::{Secret, Time};
use serde::{Deserialize, Serialize};
use setting::{Action, Permission, Permissions};
use store::{Change, Member, Record, Table, Updated, member};

use crate::Error;

/// How long it is held at most: longer than the function may run, so that nobody else begins before it has ended. After a crash it
/// is free again then.
const LONGEST: Duration = Duration::from_secs(600);

/// The id of the row.
const ID: &str = "keys";

/// What the lock does with the table.
pub const LOCK: Permissions =
    Permissions::new(&[Permission::on(Held::KIND, &[Action::Put, Action::Get, Action::Update])]);

/// The row.
#[derive(Debug, Serialize, Deserialize)]
struct Held {
    /// Who has it, in words.
    owner: String,
    /// Whose release counts.
    holder: String,
    expires_at: i64,
}

impl Held {
    const HOLDER: Member<Self, String> = member!(Self, holder);
}

impl Record for Held {
    const KIND: &'static str = "LOCK";

    fn expires_at(&self) -> Option<i64> {
        Some(self.expires_at)
    }
}

/// The lock, as long as it is ours.
pub(crate) struct Lock(String);

impl Lock {
    /// Takes the lock, or says who has it.
    pub(crate) async fn take(table: &Table, now: Time) -> Result<Self, Error> {
        let holder = Secret::random().expose().to_owned();
        let row = Held {
            owner: "the function keys-rotate".to_owned(),
            holder: holder.clone(),
            expires_at: now.after(LONGEST).epoch(),
        };
        if table.create(ID, &row, now).await? {
            return Ok(Self(holder));
        }
        let other = table.get::<Held>(ID, now).await?;
        let (owner, until) = other.map_or(("somebody".to_owned(), now), |row| {
            (row.owner.clone(), Time::from_epoch(row.expires_at))
        });
        Err(Error::Locked { owner, until })
    }

    /// Gives it back. If that fails, it ends by itself.
    pub(crate) async fn release(self, table: &Table, now: Time) {
        let over = Some(now.epoch().saturating_sub(1));
        let change = Change::<Held>::new().when(Held::HOLDER.is(&self.0)).ends_at(over);
        match table.update(ID, change, now).await {
            Ok(Updated::Done(_)) => {}
            Ok(_) => tracing::warn!("the lock was not ours any more"),
            Err(error) => tracing::warn!(cause = %error, "the lock ends by itself"),
        }
    }
}
