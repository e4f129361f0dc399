//! Keeping events in the table.

use std::time::Duration;

use setting::{Action, Permission, Permissions};
use store::{Error, Record, Table, Transacted, Write};

use crate::Event;

/// How long a row is kept that is there only to be told: as long as what could not be told.
const TOLD: Duration = Duration::from_secs(14 * 24 * 3600);

/// What [`Trail`] does with the table.
pub const WRITE: Permissions = Permissions::new(&[Permission::on(Event::KIND, &[Action::Put])]);

/// The trail of this installation: how long it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trail {
    keep: Duration,
}

impl Trail {
    /// A trail that is kept for so long.
    pub const fn keeping(keep: Duration) -> Self {
        Self { keep }
    }

    /// How long it is kept.
    pub const fn keep(&self) -> Duration {
        self.keep
    }

    /// The row of an event, for the transaction of what it is about. Once that is done, the event is to be [logged](Event::log).
    pub fn write(&self, event: &Event) -> Write {
        Write::create(&event.id, &self.kept(event), event.at)
    }

    /// Writes all of these and the event, or nothing; what is written is logged. The row of the event is the last one: the positions of
    /// what was refused are those of `writes`.
    ///
    /// One TransactWriteItems: for the event two write units, two for each of two indexes.
    pub async fn transact(
        &self,
        table: &Table,
        mut writes: Vec<Write>,
        event: &Event,
    ) -> Result<Transacted, Error> {
        writes.push(self.write(event));
        let done = table.transact(writes).await?;
        if done == Transacted::Done {
            event.log();
        }
        Ok(done)
    }

    /// Writes and logs an event of something that is no write of this table.
    ///
    /// One PutItem: a write unit, and one for each of two indexes.
    pub async fn note(&self, table: &Table, event: &Event) -> Result<(), Error> {
        table.create(&event.id, &self.kept(event), event.at).await?;
        event.log();
        Ok(())
    }

    /// Puts the row of an event back that the table has lost, as it was. Whether it was not there. It was logged when it happened.
    ///
    /// One PutItem: a write unit, and one for each of two indexes.
    pub async fn put_back(&self, table: &Table, event: &Event) -> Result<bool, Error> {
        table.create(&event.id, &self.kept(event), event.at).await
    }

    fn kept(&self, event: &Event) -> Event {
        let keep = if event.is_only_told() { self.keep.min(TOLD) } else { self.keep };
        Event { ends_at: Some(event.at.after(keep)), ..event.clone() }
    }
}
