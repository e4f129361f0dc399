//! Reading rows of several kinds at once.

use aws_sdk_dynamodb::types::KeysAndAttributes;

use crate::{
    Error, Record, Row, Table,
    record::{Item, began_before, is_alive, key},
    schema::{PARTITION_KEY, SORT_KEY},
};

/// A row that was asked for: nothing if there is none, an error if there is one that cannot be read. That concerns the person of the row, and not the rows beside it.
pub type Found<R> = Option<Result<Row<R>, Error>>;

/// What to read in one request: at most 100 rows.
#[derive(Debug, Clone, Default)]
pub struct Batch(Vec<Item>);

impl Batch {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// And the row of this kind with this id; without an id, nothing more. To ask twice for a row is to ask for it once.
    #[must_use]
    pub fn and<'a, R: Record>(mut self, id: impl Into<Option<&'a str>>) -> Self {
        let wanted = id.into().and_then(key::<R>).filter(|key| !self.0.contains(key));
        self.0.extend(wanted);
        self
    }
}

/// The living rows that a batch found.
#[derive(Debug)]
pub struct Rows {
    items: Vec<Item>,
    restored_at: Option<i64>,
}

impl Rows {
    /// The row of this kind with this id, once: it is not there any more for anyone who asks again.
    pub fn take<'a, R: Record>(&mut self, id: impl Into<Option<&'a str>>) -> Found<R> {
        let at = self.position::<R>(id.into()?)?;
        Some(Row::read(self.items.swap_remove(at)))
    }

    fn position<R: Record>(&self, id: &str) -> Option<usize> {
        let key = key::<R>(id)?;
        let is = |item: &Item, name: &str| item.get(name).is_some_and(|value| key.get(name) == Some(value));
        let at = self.items.iter().position(|item| is(item, PARTITION_KEY) && is(item, SORT_KEY))?;
        let is_back = |restored: i64| began_before::<R>(&self.items[at], restored);
        (!self.restored_at.is_some_and(is_back)).then_some(at)
    }

    /// The same, and it stays there for whoever asks again.
    pub fn see<'a, R: Record>(&self, id: impl Into<Option<&'a str>>) -> Found<R> {
        self.position::<R>(id.into()?).map(|at| Row::read(self.items[at].clone()))
    }

    /// The same for anyone who does without a row that cannot be read: what depends on it is refused, and the operator learns of it
    /// (#78).
    pub fn read<'a, R: Record>(&mut self, id: impl Into<Option<&'a str>>) -> Option<R> {
        let row = self.take::<R>(id)?;
        let row = row.inspect_err(|_| {
            tracing::warn!(kind = R::KIND, "a row cannot be read: what depends on it is refused");
        });
        row.ok().map(Row::into_inner)
    }
}

impl Table {
    /// The living rows of a batch: each strongly consistent (#97), its end compared with `now` (#100). What the service leaves
    /// undone because it is busy counts as no answer.
    ///
    /// One BatchGetItem: a read unit for each 4 KB of each row, and one for each that is not there. An empty batch is no call.
    pub async fn get_batch(&self, batch: Batch, now: impl Into<i64>) -> Result<Rows, Error> {
        let now = now.into();
        let mut items = self.get_items(batch.0).await?;
        items.retain(|item| is_alive(item, now));
        Ok(Rows { items, restored_at: self.restored_at() })
    }

    pub(crate) async fn get_items(&self, keys: Vec<Item>) -> Result<Vec<Item>, Error> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let wanted = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build();
        let wanted = wanted.map_err(|_| Error::Malformed("a batch"))?;
        let request = self.client().await.batch_get_item().request_items(self.name(), wanted);
        let answer = request.send().await.map_err(|error| Error::of("BatchGetItem", &error))?;
        if answer.unprocessed_keys.is_some_and(|left| !left.is_empty()) {
            return Err(std::io::Error::from(std::io::ErrorKind::ResourceBusy).into());
        }
        Ok(answer.responses.unwrap_or_default().remove(self.name()).unwrap_or_default())
    }
}
