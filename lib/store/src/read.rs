//! Reading one row.

use crate::{
    Error, Record, Row, Table,
    record::{Item, key},
};

/// What is found under an id.
#[derive(Debug)]
pub enum Seen<R> {
    /// A living row.
    Alive(Row<R>),
    /// A row that has ended, or was taken, and that time-to-live has not deleted yet.
    Ended,
    /// No row at all.
    Nothing,
}

impl Table {
    /// The living row with this id: strongly consistent (#97), its end compared with `now` (#100).
    ///
    /// One GetItem: a read unit for each 4 KB of the row, and one where there is none.
    pub async fn get<R: Record>(&self, id: &str, now: impl Into<i64>) -> Result<Option<Row<R>>, Error> {
        let now = now.into();
        self.get_item::<R>(id).await?.filter(|item| self.has_alive::<R>(item, now)).map(Row::read).transpose()
    }

    /// Whether there is a living row, whatever it holds. It costs what [`Table::get`] costs.
    pub async fn has<R: Record>(&self, id: &str, now: impl Into<i64>) -> Result<bool, Error> {
        let now = now.into();
        Ok(self.get_item::<R>(id).await?.is_some_and(|item| self.has_alive::<R>(&item, now)))
    }

    /// The same as [`Table::get`], for whom it matters whether there was such a row. `Nothing` does not say that there never
    /// was: a row that has ended is deleted some time later. It costs the same, too.
    pub async fn see<R: Record>(&self, id: &str, now: impl Into<i64>) -> Result<Seen<R>, Error> {
        let now = now.into();
        match self.get_item::<R>(id).await? {
            Some(item) if self.has_alive::<R>(&item, now) => Row::read(item).map(Seen::Alive),
            Some(_) => Ok(Seen::Ended),
            None => Ok(Seen::Nothing),
        }
    }

    /// The row as it is in the table.
    async fn get_item<R: Record>(&self, id: &str) -> Result<Option<Item>, Error> {
        let Some(key) = key::<R>(id) else { return Ok(None) };
        let request =
            self.client().await.get_item().table_name(self.name()).set_key(Some(key)).consistent_read(true);
        Ok(request.send().await.map_err(|error| Error::of("GetItem", &error))?.item)
    }
}
