//! Reading rows of several kinds at once.

use std::collections::{HashMap, HashSet};

use aws_sdk_dynamodb::types::KeysAndAttributes;

use crate::{
    Error, Owner, Record, Row, Table,
    record::{Item, began_before, is_alive, key},
    schema::{OWNER, PARTITION_KEY, SORT_KEY},
};

/// A row that was asked for: nothing if there is none, an error if there is one that cannot be read. That concerns the person of the row, and not the rows beside it.
pub type Found<R> = Option<Result<Row<R>, Error>>;

/// What to read in one request: at most 100 rows.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    keys: Vec<Item>,
    places: HashSet<Place>,
}

/// The keys of a row: partition and sort key.
type Place = (String, String);

impl Batch {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// And the row of this kind with this id; without an id, nothing more. To ask twice for a row is to ask for it once.
    #[must_use]
    pub fn and<'a, R: Record>(mut self, id: impl Into<Option<&'a str>>) -> Self {
        let wanted = id.into().and_then(key::<R>);
        let is_new = |key: &Item| place(key).is_some_and(|place| self.places.insert(place));
        self.keys.extend(wanted.filter(is_new));
        self
    }
}

fn place(item: &Item) -> Option<Place> {
    let text = |name: &str| item.get(name)?.as_s().ok().cloned();
    Some((text(PARTITION_KEY)?, text(SORT_KEY)?))
}

/// The living rows that a batch found.
#[derive(Debug)]
pub struct Rows {
    items: HashMap<Place, Item>,
    restored_at: Option<i64>,
}

impl Rows {
    /// The row of this kind with this id, once: it is not there any more for anyone who asks again.
    pub fn take<'a, R: Record>(&mut self, id: impl Into<Option<&'a str>>) -> Found<R> {
        let place = self.place::<R>(id.into()?)?;
        self.items.remove(&place).map(Row::read)
    }

    /// Where it is, if it counts.
    fn place<R: Record>(&self, id: &str) -> Option<Place> {
        let place = key::<R>(id).as_ref().and_then(place)?;
        let item = self.items.get(&place)?;
        let is_back = |restored: i64| began_before::<R>(item, restored);
        (!self.restored_at.is_some_and(is_back)).then_some(place)
    }

    fn item<R: Record>(&self, id: &str) -> Option<&Item> {
        self.items.get(&self.place::<R>(id)?)
    }

    /// The same as [`Rows::take`], and it stays there for whoever asks again.
    pub fn see<'a, R: Record>(&self, id: impl Into<Option<&'a str>>) -> Found<R> {
        self.item::<R>(id.into()?).cloned().map(Row::read)
    }

    /// Whether there is a row of this kind with this id, whether or not it can be read.
    pub fn has<R: Record>(&self, id: &str) -> bool {
        self.item::<R>(id).is_some()
    }

    /// Whether there is one that belongs to this owner, as its own row says.
    pub fn belongs_to<R: Record>(&self, id: &str, owner: Owner<'_>) -> bool {
        self.item::<R>(id).is_some_and(|item| item.get(OWNER) == Some(&owner.attribute()))
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
        let found = self.get_items(batch.keys).await?;
        let alive = found.into_iter().filter(|item| is_alive(item, now));
        let items = alive.filter_map(|item| Some((place(&item)?, item))).collect();
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
