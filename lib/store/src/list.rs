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
}

impl Table {
    /// At most `limit` rows of a list, newest first, as far as the index holds them
    /// ([`LIST_PROJECTED`](crate::schema::LIST_PROJECTED)). The index lags behind the table: for showing, never for
    /// deciding (#97).
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
        page(answer.items.unwrap_or_default(), limit as usize, cut)
    }
}

fn page<R: DeserializeOwned>(mut items: Vec<Item>, limit: usize, cut: bool) -> Result<Page<R>, Error> {
    let more = cut || items.len() > limit;
    items.truncate(limit);
    let last = items.last().and_then(|item| item.get(LIST_SORT)?.as_s().ok()).cloned();
    let next = last.filter(|_| more);
    let items = items.into_iter().map(from_item).collect::<Result<_, _>>();
    // What the decoder says is dropped: it quotes values (#103).
    Ok(Page { items: items.map_err(|_| Error::Malformed("list"))?, next })
}
