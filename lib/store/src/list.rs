//! Reading a list from the index.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::de::DeserializeOwned;
use serde_dynamo::aws_sdk_dynamodb_1::from_item;

use crate::{
    Error, Table,
    record::Item,
    schema::{LIST_INDEX, LIST_KEY, LIST_SORT},
};

/// A part of a list.
#[derive(Debug, Clone)]
pub struct Page<R> {
    /// What is on it.
    pub items: Vec<R>,
    /// Where the next one begins: what to pass as `after`. None on the last page.
    pub next: Option<String>,
    /// The ids of rows that belong on it and cannot be read: the others are shown without them.
    pub unreadable: Vec<String>,
}

impl Table {
    /// At most `limit` rows of a list, newest first, as far as the index holds them
    /// ([`LIST_PROJECTED`](crate::schema::LIST_PROJECTED)). The index lags behind the table: for showing, never for
    /// deciding (#97).
    ///
    /// One Query of the index `list`: half a read unit for each 4 KB of all that is read, which is one row more than is shown.
    pub async fn list<R: DeserializeOwned>(
        &self,
        list: &str,
        limit: u32,
        after: Option<&str>,
    ) -> Result<Page<R>, Error> {
        let limit = limit.clamp(1, 1000);
        let condition = if after.is_some() { "#list = :list AND #id < :after" } else { "#list = :list" };
        let mut request = self
            .client()
            .await
            .query()
            .table_name(self.name())
            .index_name(LIST_INDEX)
            .scan_index_forward(false)
            // One more than is shown tells whether there is another page.
            .limit(limit as i32 + 1)
            .key_condition_expression(condition)
            .expression_attribute_names("#list", LIST_KEY)
            .expression_attribute_values(":list", AttributeValue::S(list.to_owned()));
        if let Some(id) = after {
            let id = AttributeValue::S(id.to_owned());
            request = request
                .expression_attribute_names("#id", LIST_SORT)
                .expression_attribute_values(":after", id);
        }
        let answer = request.send().await.map_err(|error| Error::of("Query", &error))?;
        let cut = answer.last_evaluated_key.is_some();
        Ok(page(answer.items.unwrap_or_default(), limit as usize, cut))
    }
}

fn page<R: DeserializeOwned>(mut rows: Vec<Item>, limit: usize, cut: bool) -> Page<R> {
    let more = cut || rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().and_then(id).filter(|_| more);
    let (mut items, mut unreadable) = (Vec::new(), Vec::new());
    for row in rows {
        let id = id(&row);
        match from_item(row) {
            Ok(item) => items.push(item),
            // What the decoder says is dropped: it quotes values (#103).
            Err(_) => unreadable.extend(id),
        }
    }
    Page { items, next, unreadable }
}

fn id(row: &Item) -> Option<String> {
    row.get(LIST_SORT)?.as_s().ok().cloned()
}
