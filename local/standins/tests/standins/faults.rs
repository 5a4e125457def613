use std::sync::Arc;

use aws_config::retry::RetryConfig;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use countersign_standins::{Call, Fault, FaultPlan, Service};

use crate::dynamodb::{TABLE, make_table, text};
use crate::harness::{World, config, refused};

fn always(fault: Fault) -> Option<FaultPlan> {
    Some(Arc::new(move |_: &Call| Some(fault)))
}

async fn write(client: &aws_sdk_dynamodb::Client, id: &str) -> Result<(), String> {
    match client.put_item().table_name(TABLE).item("id", text(id)).send().await {
        Ok(_) => Ok(()),
        Err(SdkError::DispatchFailure(_)) => Err("no answer".to_owned()),
        Err(error) => Err(error.code().unwrap_or("no code").to_owned()),
    }
}

async fn is_there(client: &aws_sdk_dynamodb::Client, id: &str) -> bool {
    client.get_item().table_name(TABLE).key("id", text(id)).send().await.unwrap().item.is_some()
}

#[tokio::test]
async fn each_fault_looks_as_dynamodb_gives_it() {
    let world = World::in_memory().await;
    let client = world.dynamodb();
    make_table(&client).await;
    for (fault, looks, carried_out) in [
        (Fault::Throttled, "ProvisionedThroughputExceededException", false),
        (Fault::Internal, "InternalServerError", false),
        (Fault::TransactionConflict, "TransactionConflictException", false),
        (Fault::Dropped, "no answer", false),
        (Fault::LostAnswer, "no answer", true),
    ] {
        world.standins.set_faults(always(fault));
        assert_eq!(write(&client, looks).await, Err(looks.to_owned()), "{fault:?}");
        world.standins.set_faults(None);
        assert_eq!(is_there(&client, looks).await, carried_out, "{fault:?}");
        client.delete_item().table_name(TABLE).key("id", text(looks)).send().await.unwrap();
    }
    world.standins.set_faults(always(Fault::Throttled));
    assert_eq!(refused!(client.list_tables()).0, "ThrottlingException");
    assert_eq!(refused!(world.streams().list_streams()).0, "ThrottlingException");
}

#[tokio::test]
async fn a_conflict_cancels_a_transaction_with_a_reason_per_item() {
    let world = World::in_memory().await;
    let client = world.dynamodb();
    make_table(&client).await;
    world.standins.set_faults(always(Fault::TransactionConflict));
    let put = |id: &str| {
        let put = Put::builder().table_name(TABLE).item("id", text(id)).build().unwrap();
        TransactWriteItem::builder().put(put).build()
    };
    let call = client.transact_write_items().transact_items(put("a")).transact_items(put("b"));
    let error = call.send().await.expect_err("a conflict").into_service_error();
    let TransactWriteItemsError::TransactionCanceledException(cancelled) = error else { panic!("{error:?}") };
    let codes: Vec<_> =
        cancelled.cancellation_reasons().iter().map(|reason| reason.code().unwrap()).collect();
    assert_eq!(codes, ["TransactionConflict", "None"]);
    assert!(cancelled.message().unwrap().ends_with("[TransactionConflict, None]"));
    world.standins.set_faults(None);
    assert!(!is_there(&client, "a").await);
}

#[tokio::test]
async fn the_other_services_have_their_own_shapes() {
    let world = World::in_memory().await;
    let sns = world.sns();
    let secrets = world.secrets();
    world.standins.set_faults(always(Fault::Throttled));
    assert_eq!(refused!(sns.list_platform_applications()).0, "Throttled");
    assert_eq!(refused!(secrets.list_secrets()).0, "ThrottlingException");
    world.standins.set_faults(always(Fault::Internal));
    assert_eq!(refused!(sns.list_platform_applications()).0, "InternalError");
    assert_eq!(refused!(secrets.list_secrets()).0, "InternalServiceError");
    let publish = sns.publish().phone_number("+43123456789").message("m").send();
    world.standins.set_faults(always(Fault::LostAnswer));
    assert!(matches!(publish.await, Err(SdkError::DispatchFailure(_))));
    assert_eq!(world.standins.published().len(), 1);
}

/// A plan sees every attempt, and can let the second one through.
#[tokio::test]
async fn the_sdk_repeats_what_a_plan_lets_through_later() {
    let world = World::in_memory().await;
    make_table(&world.dynamodb()).await;
    let retrying = config(&world.standins, RetryConfig::standard().with_max_attempts(3));
    let client = aws_sdk_dynamodb::Client::new(&retrying);
    for fault in [Fault::Throttled, Fault::Internal, Fault::Dropped] {
        let first = world.standins.calls().all().last().unwrap().number + 1;
        world.standins.calls().take();
        world.standins.set_faults(Some(Arc::new(move |call: &Call| {
            (call.service == Service::DynamoDb && call.action == "PutItem" && call.number == first)
                .then_some(fault)
        })));
        assert_eq!(write(&client, "a").await, Ok(()), "{fault:?}");
        assert_eq!(world.standins.calls().count_of(Service::DynamoDb), 2, "{fault:?}");
    }
}
