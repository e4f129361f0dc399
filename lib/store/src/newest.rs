//! What belongs to somebody, the newest first: for kinds whose ids are in the order of time.

use aws_sdk_dynamodb::types::AttributeValue;

use crate::{
    Error, Ids, Owner, Record, Table,
    owned::{part, prefix},
    schema::PARTITION_KEY,
};

impl Table {
    /// At most `limit` ids of the rows of one kind that belong to somebody, from the highest id downwards, each below `before`.
    ///
    /// One Query of the index `owned`: half a read unit for each 4 KB of keys, about 30 rows.
    pub async fn newest_of<R: Record>(
        &self,
        owner: Owner<'_>,
        limit: u32,
        before: Option<&str>,
    ) -> Result<Ids, Error> {
        let limit = limit.clamp(1, 1000);
        let lowest = prefix::<R>();
        // `$` comes right after `#`. Both ends of BETWEEN count, so `before` itself is one too many.
        let highest = before.map_or_else(|| format!("{}$", R::KIND), |before| format!("{lowest}{before}"));
        let request = self
            .owned(owner, "#owner = :owner AND #pk BETWEEN :lowest AND :highest")
            .await
            .expression_attribute_names("#pk", PARTITION_KEY)
            .expression_attribute_values(":lowest", AttributeValue::S(lowest))
            .expression_attribute_values(":highest", AttributeValue::S(highest.clone()))
            .scan_index_forward(false)
            .limit(limit as i32 + 2);
        let answer = request.send().await.map_err(|error| Error::of("Query", &error))?;
        let cut = answer.last_evaluated_key.is_some();
        let mut items = answer.items.unwrap_or_default();
        items.retain(|item| item.get(PARTITION_KEY) != Some(&AttributeValue::S(highest.clone())));
        Ok(part::<R>(&items, limit as usize, cut))
    }
}
