//! Making the table, where nobody else does: the local cloud and tests.

use aws_sdk_dynamodb::{
    error::BuildError,
    operation::{create_table::CreateTableError, describe_table::DescribeTableError},
    types::{
        AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
        ProjectionType, ScalarAttributeType, TimeToLiveSpecification,
    },
};

use crate::{
    Error, Table,
    schema::{EXPIRES_AT, LIST_INDEX, LIST_KEY, LIST_PROJECTED, LIST_SORT, PARTITION_KEY, SORT_KEY},
};

impl Table {
    /// Makes the table unless it is there. Only for an embedded DynamoDB: it does not wait until a real one is ready.
    pub async fn provision(&self) -> Result<(), Error> {
        let described = self.client().await.describe_table().table_name(self.name()).send().await;
        let Err(error) = described else { return Ok(()) };
        match error.as_service_error() {
            Some(DescribeTableError::ResourceNotFoundException(_)) => self.make().await,
            _ => Err(Error::of("DescribeTable", &error)),
        }
    }

    async fn make(&self) -> Result<(), Error> {
        let malformed = |_| Error::Malformed("schema");
        let request = self
            .client()
            .await
            .create_table()
            .table_name(self.name())
            .billing_mode(BillingMode::PayPerRequest)
            .set_attribute_definitions(Some(strings().map_err(malformed)?))
            .set_key_schema(Some(keys(PARTITION_KEY, SORT_KEY).map_err(malformed)?))
            .global_secondary_indexes(list_index().map_err(malformed)?);
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
}

fn strings() -> Result<Vec<AttributeDefinition>, BuildError> {
    let string = |name| {
        AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build()
    };
    [PARTITION_KEY, SORT_KEY, LIST_KEY, LIST_SORT].into_iter().map(string).collect()
}

fn keys(partition: &str, sort: &str) -> Result<Vec<KeySchemaElement>, BuildError> {
    let key = |(name, kind)| KeySchemaElement::builder().attribute_name(name).key_type(kind).build();
    [(partition, KeyType::Hash), (sort, KeyType::Range)].into_iter().map(key).collect()
}

fn list_index() -> Result<GlobalSecondaryIndex, BuildError> {
    let projected = Projection::builder()
        .projection_type(ProjectionType::Include)
        .set_non_key_attributes(Some(LIST_PROJECTED.map(str::to_owned).to_vec()));
    GlobalSecondaryIndex::builder()
        .index_name(LIST_INDEX)
        .set_key_schema(Some(keys(LIST_KEY, LIST_SORT)?))
        .projection(projected.build())
        .build()
}
