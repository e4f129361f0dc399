//! What belongs to a person or a client: listed and swept by an index, which lags behind the table and decides nothing (#97).
//! Who may do what is in the row of the person, which is read consistently (#35).

use std::fmt;

use aws_sdk_dynamodb::{operation::query::builders::QueryFluentBuilder, types::AttributeValue};

use crate::{
    Error, Record, Table, attempt,
    expression::Expression,
    record::{Item, is_ours, key},
    schema::{OWNED_INDEX, OWNER, PARTITION_KEY, SORT_KEY},
    take::ending,
};

/// How many rows a sweep ends at a time.
const SWEPT: u32 = 25;

/// To whom a row belongs: whose it is to see, and with whom it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner<'a> {
    /// The user with this id.
    User(&'a str),
    /// The client with this id.
    Client(&'a str),
    /// The trail of the user with this id, which stays when they are gone.
    Trail(&'a str),
    /// Nobody: a list that is read by key, such as that of all addresses.
    List(&'a str),
    /// A part of such a list, such as the people with one role.
    ListOf(&'a str, &'a str),
}

/// As it is in a row: the partition key of the owner's own.
impl fmt::Display for Owner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "USER#{id}"),
            Self::Client(id) => write!(f, "CLIENT#{id}"),
            Self::Trail(id) => write!(f, "TRAIL#{id}"),
            Self::List(name) => write!(f, "LIST#{name}"),
            Self::ListOf(name, part) => write!(f, "LIST#{name}/{part}"),
        }
    }
}

impl Owner<'_> {
    pub(crate) fn attribute(self) -> AttributeValue {
        AttributeValue::S(self.to_string())
    }
}

/// A part of the ids of somebody's rows of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ids {
    /// In the order of the alphabet. A row may have ended, or may have been created a moment ago and be missing.
    pub ids: Vec<String>,
    /// Where the next part begins: what to pass as `after`. None on the last one.
    pub next: Option<String>,
}

/// What one round of sweeping did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swept {
    /// How many rows the index had. It may still have those of the round before.
    pub found: usize,
    /// How many of them were there, and have ended.
    pub ended: usize,
}

impl Table {
    /// At most `limit` ids of the rows of one kind that belong to somebody, from behind `after`.
    ///
    /// One Query of the index `owned`: half a read unit for each 4 KB of keys, about 30 rows.
    pub async fn list_of<R: Record>(
        &self,
        owner: Owner<'_>,
        limit: u32,
        after: Option<&str>,
    ) -> Result<Ids, Error> {
        self.list_with_prefix::<R>(owner, "", limit, after).await
    }

    /// The same, of the ids alone that begin with this.
    pub async fn list_with_prefix<R: Record>(
        &self,
        owner: Owner<'_>,
        start: &str,
        limit: u32,
        after: Option<&str>,
    ) -> Result<Ids, Error> {
        let begins = format!("{}{start}", prefix::<R>());
        let limit = limit.clamp(1, 1000);
        let start = after.and_then(key::<R>).map(|mut key| {
            key.insert(OWNER.to_owned(), owner.attribute());
            key
        });
        let request = self
            .owned(owner, "#owner = :owner AND begins_with(#pk, :kind)")
            .await
            .expression_attribute_names("#pk", PARTITION_KEY)
            .expression_attribute_values(":kind", AttributeValue::S(begins))
            // One more than is given tells whether there is another part.
            .limit(limit as i32 + 1)
            .set_exclusive_start_key(start);
        let answer = request.send().await.map_err(|error| Error::of("Query", &error))?;
        let cut = answer.last_evaluated_key.is_some();
        Ok(part::<R>(&answer.items.unwrap_or_default(), limit as usize, cut))
    }

    /// Ends some of the rows that belong to somebody, of whatever kind: each is gone like one that was taken. To be repeated
    /// until nothing is found any more, twice in a row: the index lags. What must not be used from this moment on is refused by
    /// its owner's row, not by this.
    ///
    /// One Query of the index `owned` (half a read unit), and for each of at most 25 rows one UpdateItem: a write unit for each
    /// KB of the row, and one for the index that it leaves.
    pub async fn sweep(&self, owner: Owner<'_>, now: impl Into<i64>) -> Result<Swept, Error> {
        let now = now.into();
        let request = self.owned(owner, "#owner = :owner").await.limit(SWEPT as i32);
        let answer = request.send().await.map_err(|error| Error::of("Query", &error))?;
        let items = answer.items.unwrap_or_default();
        let (found, mut ended) = (items.len(), 0);
        for mut item in items {
            item.retain(|name, _| [PARTITION_KEY, SORT_KEY].contains(&name.as_str()));
            ended += usize::from(self.end(item, owner, now).await?);
        }
        Ok(Swept { found, ended })
    }

    pub(crate) async fn owned(&self, owner: Owner<'_>, condition: &str) -> QueryFluentBuilder {
        let request = self.client().await.query().table_name(self.name()).index_name(OWNED_INDEX);
        request
            .key_condition_expression(condition)
            .expression_attribute_names("#owner", OWNER)
            .expression_attribute_values(":owner", owner.attribute())
    }

    /// Ends a row, alive or not, if it does belong to the owner as the index has it.
    async fn end(&self, key: Item, owner: Owner<'_>, now: i64) -> Result<bool, Error> {
        let attempt = attempt::fresh();
        let expression = ending(Expression::owned_by(owner), &attempt, now);
        Ok(match self.change(key, expression).await? {
            Ok(_) => true,
            Err(row) => row.is_some_and(|row| is_ours(&row, &attempt)),
        })
    }
}

pub(crate) fn prefix<R: Record>() -> String {
    format!("{}#", R::KIND)
}

/// The ids in what the index said. Under a key of this kind there may be rows that are about something else.
pub(crate) fn part<R: Record>(items: &[Item], limit: usize, cut: bool) -> Ids {
    let text = |item: &Item, name: &str| item.get(name)?.as_s().ok().cloned();
    let id = |item: &Item| text(item, PARTITION_KEY)?.strip_prefix(&prefix::<R>()).map(str::to_owned);
    let more = cut || items.len() > limit;
    let items = &items[..items.len().min(limit)];
    let next = items.last().and_then(id).filter(|_| more);
    let ours = items.iter().filter(|item| text(item, SORT_KEY).as_deref() == Some(R::SORT));
    Ids { ids: ours.filter_map(id).collect(), next }
}
