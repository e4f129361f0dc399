//! Reading one row.

use crate::{
    Error, Record, Row, Table,
    record::{Item, is_alive, key},
};

impl Table {
    /// The living row with this id: strongly consistent (#97), its end compared with `now` (#100).
    pub async fn get<R: Record>(&self, id: &str, now: impl Into<i64>) -> Result<Option<Row<R>>, Error> {
        self.living::<R>(id, now.into()).await?.map(Row::read).transpose()
    }

    /// Whether there is a living row, whatever it holds.
    pub async fn has<R: Record>(&self, id: &str, now: impl Into<i64>) -> Result<bool, Error> {
        Ok(self.living::<R>(id, now.into()).await?.is_some())
    }

    async fn living<R: Record>(&self, id: &str, now: i64) -> Result<Option<Item>, Error> {
        let Some(key) = key::<R>(id) else { return Ok(None) };
        let request =
            self.client().await.get_item().table_name(self.name()).set_key(Some(key)).consistent_read(true);
        let answer = request.send().await.map_err(|error| Error::of("GetItem", &error))?;
        Ok(answer.item.filter(|item| is_alive(item, now)))
    }
}
