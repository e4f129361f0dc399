//! Rows: what is ours in them and what is the record's.

use std::{collections::HashMap, ops::Deref};

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Serialize, de::DeserializeOwned};
use serde_dynamo::aws_sdk_dynamodb_1::{from_item, to_item};

use crate::{
    Error,
    owned::Owner,
    schema::{EXPIRES_AT, LIST_KEY, LIST_SORT, OWNER, PARTITION_KEY, SORT_KEY, TAKEN_FROM, VERSION},
};

/// A row as DynamoDB has it.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// DynamoDB's limit for a partition key, in bytes.
const LONGEST_KEY: usize = 2048;

/// Something that is stored in the table, as a struct whose fields become attributes. A field without a value (`None`) is
/// not written; `pk`, `sk`, `version`, `gsi`, `belongs_to` and `expires_at` are this crate's names, and `id` as well in a listed
/// record.
pub trait Record: Serialize + DeserializeOwned + Send + Sync {
    /// What it is: the prefix of its partition key. With `SESSION`, the key is `SESSION#<id>`.
    const KIND: &'static str;
    /// The sort key.
    const SORT: &'static str = Self::KIND;
    /// The list in which it is found, if any. A listed record never expires.
    const LIST: Option<&'static str> = None;

    /// When it ends, in epoch seconds. From that second on the row is absent, whether or not it has been deleted.
    fn expires_at(&self) -> Option<i64>;

    /// To whom it belongs, if it is to be found by that: [`Table::list_of`](crate::Table::list_of) lists it then and
    /// [`Table::sweep`](crate::Table::sweep) ends it. Each write that creates or ends such a row writes the index as well, so what
    /// is written at each sign-in belongs to nobody. An update of some attributes does not change it.
    fn owner(&self) -> Option<Owner<'_>> {
        None
    }
}

/// A record as it was read, with the version it had then.
#[derive(Debug, Clone)]
pub struct Row<R> {
    record: R,
    version: String,
}

impl<R> Row<R> {
    /// The record alone.
    pub fn into_inner(self) -> R {
        self.record
    }

    /// The id of the write that left the row like this.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }
}

impl<R> Deref for Row<R> {
    type Target = R;

    fn deref(&self) -> &R {
        &self.record
    }
}

impl<R: Record> Row<R> {
    /// Reads a row.
    pub(crate) fn read(item: Item) -> Result<Self, Error> {
        let version = version(&item).unwrap_or_default().to_owned();
        Ok(Self { record: record(item)?, version })
    }
}

/// The record in a row. What the decoder says is dropped: it quotes values (#103).
pub(crate) fn record<R: Record>(mut item: Item) -> Result<R, Error> {
    for ours in [PARTITION_KEY, SORT_KEY, VERSION, LIST_KEY, OWNER] {
        item.remove(ours);
    }
    from_item(item).map_err(|_| Error::Malformed(R::KIND))
}

/// The key of a row; none if no row can have it.
pub(crate) fn key<R: Record>(id: &str) -> Option<Item> {
    key_of(R::KIND, id, R::SORT)
}

/// The key of a row of this kind, of which the sort key says more.
pub(crate) fn key_of(kind: &str, id: &str, sort: &str) -> Option<Item> {
    let partition = format!("{kind}#{id}");
    (partition.len() <= LONGEST_KEY).then(|| {
        HashMap::from([
            (PARTITION_KEY.to_owned(), AttributeValue::S(partition)),
            (SORT_KEY.to_owned(), AttributeValue::S(sort.to_owned())),
        ])
    })
}

/// The whole row for a record, as this attempt writes it.
pub(crate) fn item<R: Record>(id: &str, row: &R, attempt: &str) -> Result<Item, Error> {
    let malformed = || Error::Malformed(R::KIND);
    let mut item: Item = to_item(row).map_err(|_| malformed())?;
    item.retain(|_, value| !value.is_null());
    item.extend(key::<R>(id).ok_or_else(malformed)?);
    item.insert(VERSION.to_owned(), AttributeValue::S(attempt.to_owned()));
    if let Some(at) = row.expires_at() {
        item.insert(EXPIRES_AT.to_owned(), AttributeValue::N(at.to_string()));
    }
    if let Some(owner) = row.owner() {
        item.insert(OWNER.to_owned(), owner.attribute());
    }
    if let Some(list) = R::LIST {
        if item.contains_key(EXPIRES_AT) {
            return Err(malformed());
        }
        item.insert(LIST_KEY.to_owned(), AttributeValue::S(list.to_owned()));
        item.insert(LIST_SORT.to_owned(), AttributeValue::S(id.to_owned()));
    }
    Ok(item)
}

/// Whether this attempt wrote the row (#98).
pub(crate) fn is_ours(item: &Item, attempt: &str) -> bool {
    version(item) == Some(attempt)
}

/// Whether the row has not ended (#100). An end that is no whole number is taken for one that has come.
pub(crate) fn is_alive(item: &Item, now: i64) -> bool {
    item.get(EXPIRES_AT).is_none_or(|end| number(end).is_some_and(|end| end > now))
}

/// Puts back the end that a taken row had before it was taken.
pub(crate) fn untake(item: &mut Item) {
    match item.remove(TAKEN_FROM) {
        Some(end) if end.is_n() => item.insert(EXPIRES_AT.to_owned(), end),
        _ => item.remove(EXPIRES_AT),
    };
}

fn version(item: &Item) -> Option<&str> {
    item.get(VERSION)?.as_s().ok().map(String::as_str)
}

fn number(value: &AttributeValue) -> Option<i64> {
    value.as_n().ok()?.parse().ok()
}
