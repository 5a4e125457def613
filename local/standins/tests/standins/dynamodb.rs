use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType, Put, ScalarAttributeType,
    StreamSpecification, StreamViewType, TimeToLiveSpecification, TransactWriteItem,
};
use aws_sdk_dynamodbstreams::types::{OperationType, ShardIteratorType};
use countersign_domain::time::Span;
use countersign_standins::Service;

use crate::harness::{START, World};

/// DynamoDB takes no shorter names than three characters.
pub(crate) const TABLE: &str = "tbl";

pub(crate) fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

/// A table with the key `id`, a stream of new and old images, and TTL on `gone`.
pub(crate) async fn make_table(client: &aws_sdk_dynamodb::Client) {
    let id = AttributeDefinition::builder()
        .attribute_name("id")
        .attribute_type(ScalarAttributeType::S)
        .build()
        .unwrap();
    let stream = StreamSpecification::builder()
        .stream_enabled(true)
        .stream_view_type(StreamViewType::NewAndOldImages)
        .build();
    client
        .create_table()
        .table_name(TABLE)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(id)
        .key_schema(KeySchemaElement::builder().attribute_name("id").key_type(KeyType::Hash).build().unwrap())
        .stream_specification(stream.unwrap())
        .send()
        .await
        .unwrap();
    let ttl = TimeToLiveSpecification::builder().enabled(true).attribute_name("gone").build().unwrap();
    client.update_time_to_live().table_name(TABLE).time_to_live_specification(ttl).send().await.unwrap();
}

fn put(id: &str) -> Put {
    Put::builder()
        .table_name(TABLE)
        .item("id", text(id))
        .condition_expression("attribute_not_exists(id)")
        .build()
        .unwrap()
}

fn in_transaction(id: &str) -> TransactWriteItem {
    TransactWriteItem::builder().put(put(id)).build()
}

#[tokio::test]
async fn a_condition_holds_and_every_call_is_counted() {
    let world = World::in_memory().await;
    let client = world.dynamodb();
    make_table(&client).await;
    world.standins.calls().take();

    let write = || {
        client
            .put_item()
            .table_name(TABLE)
            .item("id", text("a"))
            .condition_expression("attribute_not_exists(id)")
            .send()
    };
    write().await.unwrap();
    let error = write().await.expect_err("the item is there").into_service_error();
    assert!(error.is_conditional_check_failed_exception(), "{error:?}");
    let got = client.get_item().table_name(TABLE).key("id", text("a")).send().await.unwrap();
    assert_eq!(got.item.unwrap()["id"], text("a"));

    assert_eq!(world.standins.calls().count(), 3);
    assert_eq!(world.standins.calls().count_of(Service::DynamoDb), 3);
    let calls = world.standins.calls().take();
    assert_eq!(
        calls.iter().map(|call| call.action.as_str()).collect::<Vec<_>>(),
        ["PutItem", "PutItem", "GetItem"]
    );
    assert!(calls.iter().all(|call| call.resource.as_deref() == Some(TABLE) && call.at == START));
    assert_eq!(calls[1].number, calls[0].number + 1);
    assert_eq!(world.standins.calls().count(), 0);
}

#[tokio::test]
async fn a_transaction_is_all_or_nothing() {
    let world = World::in_memory().await;
    let client = world.dynamodb();
    make_table(&client).await;

    client.transact_write_items().transact_items(in_transaction("a")).send().await.unwrap();
    let error = client
        .transact_write_items()
        .transact_items(in_transaction("b"))
        .transact_items(in_transaction("a"))
        .send()
        .await
        .expect_err("a is there")
        .into_service_error();
    let TransactWriteItemsError::TransactionCanceledException(cancelled) = error else { panic!("{error:?}") };
    let codes: Vec<_> =
        cancelled.cancellation_reasons().iter().map(|reason| reason.code().unwrap()).collect();
    assert_eq!(codes, ["None", "ConditionalCheckFailed"]);
    let got = client.get_item().table_name(TABLE).key("id", text("b")).send().await.unwrap();
    assert!(got.item.is_none());
}

#[tokio::test]
async fn the_stream_tells_of_writes_and_of_what_ttl_deletes() {
    let world = World::in_memory().await;
    let client = world.dynamodb();
    make_table(&client).await;
    let gone = (START + Span::minutes(1)).secs().to_string();
    client
        .put_item()
        .table_name(TABLE)
        .item("id", text("a"))
        .item("gone", AttributeValue::N(gone))
        .send()
        .await
        .unwrap();
    assert_eq!(world.standins.sweep_ttl().unwrap(), 0);
    world.clock.advance(Span::minutes(2));
    assert_eq!(world.standins.sweep_ttl().unwrap(), 1);

    let streams = world.streams();
    let listed = streams.list_streams().table_name(TABLE).send().await.unwrap();
    let arn = listed.streams()[0].stream_arn().unwrap().to_owned();
    let described = streams.describe_stream().stream_arn(&arn).send().await.unwrap();
    let shard = described.stream_description().unwrap().shards()[0].shard_id().unwrap().to_owned();
    let iterator = streams
        .get_shard_iterator()
        .stream_arn(&arn)
        .shard_id(shard)
        .shard_iterator_type(ShardIteratorType::TrimHorizon)
        .send()
        .await
        .unwrap();
    let records =
        streams.get_records().shard_iterator(iterator.shard_iterator().unwrap()).send().await.unwrap();
    let kinds: Vec<_> = records.records().iter().map(|record| record.event_name().unwrap().clone()).collect();
    assert_eq!(kinds, [OperationType::Insert, OperationType::Remove]);
    // How AWS marks what TTL deleted.
    let by = records.records()[1].user_identity().unwrap();
    assert_eq!(by.principal_id(), Some("dynamodb.amazonaws.com"));
    assert_eq!(world.standins.calls().count_of(Service::Streams), 4);
}

#[tokio::test]
async fn many_writers_at_once_have_one_winner() {
    let world = World::in_memory().await;
    let client = world.dynamodb();
    make_table(&client).await;
    let tries: Vec<_> = (0..50)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move {
                let item = client.put_item().table_name(TABLE).item("id", text("a"));
                item.condition_expression("attribute_not_exists(id)").send().await.is_ok()
            })
        })
        .collect();
    let mut winners = 0;
    for one in tries {
        winners += usize::from(one.await.unwrap());
    }
    assert_eq!(winners, 1);
}
