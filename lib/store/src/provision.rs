//! Making the table, where nobody else does: the local cloud and tests.

use aws_sdk_dynamodb::{
    error::BuildError,
    operation::{create_table::CreateTableError, describe_table::DescribeTableError},
    types::{
        AttributeDefinition, BillingMode, CreateGlobalSecondaryIndexAction, GlobalSecondaryIndex,
        GlobalSecondaryIndexUpdate, KeySchemaElement, KeyType, Projection, ProjectionType,
        ScalarAttributeType, TableDescription, TimeToLiveSpecification,
    },
};

use crate::{
    Error, Table,
    schema::{
        EXPIRES_AT, LIST_INDEX, LIST_KEY, LIST_PROJECTED, LIST_SORT, OWNED_INDEX, OWNER, PARTITION_KEY,
        SORT_KEY,
    },
};

impl Table {
    /// Makes the table unless it is there, and whatever index one of an older version lacks, with the rows that belong into it.
    /// Only for an embedded DynamoDB: it does not wait until a real one is ready.
    ///
    /// One DescribeTable. To make it, CreateTable and UpdateTimeToLive; for each index that is missing, an UpdateTable.
    pub async fn provision(&self) -> Result<(), Error> {
        let Some(table) = self.described().await? else { return self.make().await };
        for index in indexes().map_err(malformed)? {
            if !has(&table, &index) {
                self.add(&index).await?;
            }
        }
        Ok(())
    }

    /// What the table is made of, if it is there.
    async fn described(&self) -> Result<Option<TableDescription>, Error> {
        match self.client().await.describe_table().table_name(self.name()).send().await {
            Ok(answer) => Ok(Some(answer.table.ok_or(Error::Malformed("schema"))?)),
            Err(error) => match error.as_service_error() {
                Some(DescribeTableError::ResourceNotFoundException(_)) => Ok(None),
                _ => Err(Error::of("DescribeTable", &error)),
            },
        }
    }

    async fn make(&self) -> Result<(), Error> {
        let request = self
            .client()
            .await
            .create_table()
            .table_name(self.name())
            .billing_mode(BillingMode::PayPerRequest)
            .set_attribute_definitions(Some(strings().map_err(malformed)?))
            .set_key_schema(Some(keys(PARTITION_KEY, SORT_KEY).map_err(malformed)?))
            .set_global_secondary_indexes(Some(indexes().map_err(malformed)?.to_vec()));
        if let Err(error) = request.send().await {
            let somebody_was_faster =
                matches!(error.as_service_error(), Some(CreateTableError::ResourceInUseException(_)));
            return if somebody_was_faster { Ok(()) } else { Err(Error::of("CreateTable", &error)) };
        }
        let specification =
            TimeToLiveSpecification::builder().attribute_name(EXPIRES_AT).enabled(true).build();
        let request = self.client().await.update_time_to_live().table_name(self.name());
        let request = request.time_to_live_specification(specification.map_err(malformed)?);
        request.send().await.map(drop).map_err(|error| Error::of("UpdateTimeToLive", &error))
    }

    /// Adds an index to a table that is there: DynamoDB takes one at a time.
    async fn add(&self, index: &GlobalSecondaryIndex) -> Result<(), Error> {
        let create = CreateGlobalSecondaryIndexAction::builder()
            .index_name(index.index_name())
            .set_key_schema(Some(index.key_schema().to_vec()))
            .set_projection(index.projection().cloned())
            .build()
            .map_err(malformed)?;
        let request = self
            .client()
            .await
            .update_table()
            .table_name(self.name())
            .set_attribute_definitions(Some(strings().map_err(malformed)?))
            .global_secondary_index_updates(GlobalSecondaryIndexUpdate::builder().create(create).build());
        let Err(error) = request.send().await else { return Ok(()) };
        let somebody_was_faster = self.described().await?.is_some_and(|table| has(&table, index));
        if somebody_was_faster { Ok(()) } else { Err(Error::of("UpdateTable", &error)) }
    }
}

fn malformed(_: BuildError) -> Error {
    Error::Malformed("schema")
}

fn has(table: &TableDescription, index: &GlobalSecondaryIndex) -> bool {
    table.global_secondary_indexes().iter().any(|there| there.index_name() == Some(index.index_name()))
}

fn strings() -> Result<Vec<AttributeDefinition>, BuildError> {
    let string = |name| {
        AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build()
    };
    [PARTITION_KEY, SORT_KEY, LIST_KEY, LIST_SORT, OWNER].into_iter().map(string).collect()
}

fn keys(partition: &str, sort: &str) -> Result<Vec<KeySchemaElement>, BuildError> {
    let key = |(name, kind)| KeySchemaElement::builder().attribute_name(name).key_type(kind).build();
    [(partition, KeyType::Hash), (sort, KeyType::Range)].into_iter().map(key).collect()
}

fn indexes() -> Result<[GlobalSecondaryIndex; 2], BuildError> {
    let projected = LIST_PROJECTED.map(str::to_owned).to_vec();
    let shown = Projection::builder()
        .projection_type(ProjectionType::Include)
        .set_non_key_attributes(Some(projected))
        .build();
    let keys_only = Projection::builder().projection_type(ProjectionType::KeysOnly).build();
    Ok([
        index(LIST_INDEX, keys(LIST_KEY, LIST_SORT)?, shown)?,
        index(OWNED_INDEX, keys(OWNER, PARTITION_KEY)?, keys_only)?,
    ])
}

fn index(
    name: &str,
    keys: Vec<KeySchemaElement>,
    projection: Projection,
) -> Result<GlobalSecondaryIndex, BuildError> {
    let index = GlobalSecondaryIndex::builder().index_name(name).set_key_schema(Some(keys));
    index.projection(projection).build()
}
