//! Rows: what is ours in them and what is the record's.

use std::{collections::HashMap, ops::Deref};

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Serialize, de::DeserializeOwned};
use serde_dynamo::aws_sdk_dynamodb_1::to_item;

use crate::{
    Error,
    owned::Owner,
    schema::{
        EXPIRES_AT, LIST_KEY, LIST_SORT, LIVES_UNTIL, OWNER, PARTITION_KEY, SORT_KEY, TAKEN_AT, TAKEN_FROM,
        VERSION,
    },
    value,
};

/// A row as DynamoDB has it.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// DynamoDB's limit for a partition key, in bytes.
const LONGEST_KEY: usize = 2048;

/// Something that is stored in the table, as a struct whose fields become attributes. A field without a value (`None`) is
/// not written; `pk`, `sk`, `version`, `gsi`, `belongs_to` and `expires_at` are this crate's names (and `lives_until`, `taken_at` and `taken_from` in
/// one that is kept), and `id` as well in a listed
/// record.
pub trait Record: Serialize + DeserializeOwned + Send + Sync {
    /// What it is: the prefix of its partition key. With `SESSION`, the key is `SESSION#<id>`.
    const KIND: &'static str;
    /// The sort key.
    const SORT: &'static str = Self::KIND;
    /// The list in which it is found, if any. A listed record never expires.
    const LIST: Option<&'static str> = None;

    /// The list in which this very record is found, where the kind has several, as by month. Such a record may expire: whoever lists
    /// it reads it by its key.
    fn list(&self) -> Option<String> {
        Self::LIST.map(str::to_owned)
    }

    /// When it ends, in epoch seconds. From that second on the row is absent, whether or not it has been deleted.
    fn expires_at(&self) -> Option<i64>;

    /// Whether its row is kept beyond its end, for those who list what there was ([`Table::past`](crate::Table::past)): for everybody
    /// else it is absent from its end on, like any other. A record of such a kind has a [`kept_until`](Self::kept_until).
    const KEPT: bool = false;

    /// Until when it is kept, in epoch seconds: from then on the row may be deleted. Nothing where the end is all there is.
    fn kept_until(&self) -> Option<i64> {
        None
    }

    /// The member that says when it began, in epoch seconds, where that decides whether it counts after the table was restored from a
    /// backup: in a backup, what has ended since lives again.
    const BEGAN: Option<&'static str> = None;

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
pub(crate) fn record<R: Record>(item: Item) -> Result<R, Error> {
    let ours = [PARTITION_KEY, SORT_KEY, VERSION, LIST_KEY, OWNER, LIVES_UNTIL, TAKEN_AT];
    value::read(item, &ours).map_err(|_| Error::Malformed(R::KIND))
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
    let (lives, kept) = (row.expires_at(), row.kept_until());
    let ends = if R::KEPT {
        item.extend(lives.map(|at| (LIVES_UNTIL.to_owned(), AttributeValue::N(at.to_string()))));
        kept.max(lives)
    } else {
        lives
    };
    item.extend(ends.map(|at| (EXPIRES_AT.to_owned(), AttributeValue::N(at.to_string()))));
    if let Some(owner) = row.owner() {
        item.insert(OWNER.to_owned(), owner.attribute());
    }
    if let Some(list) = row.list() {
        if R::LIST.is_some() && item.contains_key(EXPIRES_AT) {
            return Err(malformed());
        }
        item.insert(LIST_KEY.to_owned(), AttributeValue::S(list));
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
    [EXPIRES_AT, LIVES_UNTIL].iter().all(|end| is_before(now, item.get(*end)))
}

/// Whether a row of a kind that ends when the table is restored began before that. One that does not say when did.
pub(crate) fn began_before<R: Record>(item: &Item, at: i64) -> bool {
    R::BEGAN.is_some_and(|began| item.get(began).and_then(number).is_none_or(|began| began < at))
}

/// Whether a row that is kept has not been given up as well.
pub(crate) fn is_kept(item: &Item, now: i64) -> bool {
    is_before(now, item.get(EXPIRES_AT))
}

fn is_before(now: i64, end: Option<&AttributeValue>) -> bool {
    end.is_none_or(|end| number(end).is_some_and(|end| end > now))
}

/// When a row that is kept ended, if it has.
pub(crate) fn ended_at(item: &Item, now: i64) -> Option<i64> {
    let time = |name: &str| item.get(name).and_then(number);
    time(TAKEN_AT).or_else(|| time(LIVES_UNTIL).filter(|end| *end <= now))
}

/// Puts back the end that a taken row had before it was taken.
pub(crate) fn untake<R: Record>(item: &mut Item) {
    if R::KEPT {
        item.remove(TAKEN_FROM);
        return;
    }
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
