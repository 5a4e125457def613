//! The table's shape, for local use and tests. In AWS, template.yaml makes the table; a test compares the two.

use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType, StreamSpecification, StreamViewType, TimeToLiveSpecification,
};

use crate::error::{StoreError, explain};
use crate::store::Store;

impl Store {
    /// Makes the table as template.yaml does, unless it is there.
    pub async fn create_table(&self) -> Result<(), StoreError> {
        let build = |_| StoreError::Refused("the table's description is incomplete".into());
        let attribute = |name: &str, kind| {
            AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build()
        };
        let key = |name: &str, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build();
        let due = GlobalSecondaryIndex::builder()
            .index_name("due")
            .key_schema(key("due_shard", KeyType::Hash).map_err(build)?)
            .key_schema(key("due_at", KeyType::Range).map_err(build)?)
            .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build())
            .build()
            .map_err(build)?;
        let stream = StreamSpecification::builder()
            .stream_enabled(true)
            .stream_view_type(StreamViewType::NewAndOldImages)
            .build()
            .map_err(build)?;
        let created = self
            .client
            .create_table()
            .table_name(&self.table)
            .billing_mode(BillingMode::PayPerRequest)
            .attribute_definitions(attribute("pk", ScalarAttributeType::S).map_err(build)?)
            .attribute_definitions(attribute("sk", ScalarAttributeType::S).map_err(build)?)
            .attribute_definitions(attribute("due_shard", ScalarAttributeType::S).map_err(build)?)
            .attribute_definitions(attribute("due_at", ScalarAttributeType::N).map_err(build)?)
            .key_schema(key("pk", KeyType::Hash).map_err(build)?)
            .key_schema(key("sk", KeyType::Range).map_err(build)?)
            .global_secondary_indexes(due)
            .stream_specification(stream)
            .send()
            .await;
        match created {
            Ok(_) => {}
            Err(error)
                if error.as_service_error().is_some_and(|error| error.is_resource_in_use_exception()) =>
            {
                return Ok(());
            }
            Err(error) => return Err(explain(&self.table, &error)),
        }
        let ttl =
            TimeToLiveSpecification::builder().enabled(true).attribute_name("ttl").build().map_err(build)?;
        self.client
            .update_time_to_live()
            .table_name(&self.table)
            .time_to_live_specification(ttl)
            .send()
            .await
            .map(drop)
            .map_err(|error| explain(&self.table, &error))
    }

    /// The ARN of the table's stream.
    pub async fn stream_arn(&self) -> Result<String, StoreError> {
        let answer = self
            .client
            .describe_table()
            .table_name(&self.table)
            .send()
            .await
            .map_err(|error| explain(&self.table, &error))?;
        answer
            .table
            .and_then(|table| table.latest_stream_arn)
            .ok_or_else(|| StoreError::Refused(format!("table {:?} has no stream", self.table)))
    }
}
