//! Faults on purpose, in the shape each service gives them.

use std::sync::Arc;

use http::StatusCode;
use serde_json::{Value, json};

use crate::calls::{Call, Service};
use crate::reply::{self, Reply};
use crate::sns;

/// Says for each call whether it goes wrong. It is asked once per attempt, before the call is carried out.
pub type FaultPlan = Arc<dyn Fn(&Call) -> Option<Fault> + Send + Sync>;

/// How a call goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Too many calls. Not carried out.
    Throttled,
    /// The service failed. Not carried out.
    Internal,
    /// The connection is closed without an answer. Not carried out.
    Dropped,
    /// The connection is closed without an answer, but the call WAS carried out.
    LostAnswer,
    /// Another transaction holds the item. Not carried out. DynamoDB only; elsewhere it is `Internal`.
    TransactionConflict,
}

/// The answer of a fault that has one.
pub(crate) fn answer(fault: Fault, call: &Call, body: &[u8], request_id: &str) -> Option<Reply> {
    match fault {
        Fault::Dropped | Fault::LostAnswer => None,
        Fault::Throttled => Some(throttled(call, request_id)),
        Fault::TransactionConflict if call.service == Service::DynamoDb => Some(conflict(call, body)),
        Fault::Internal | Fault::TransactionConflict => Some(internal(call.service, request_id)),
    }
}

fn throttled(call: &Call, request_id: &str) -> Reply {
    let status = StatusCode::BAD_REQUEST;
    match call.service {
        Service::DynamoDb if on_items(&call.action) => dynamodb(
            status,
            "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
            json!({"message": "The level of configured provisioned throughput for the table was exceeded. \
                Consider increasing your provisioning level with the UpdateTable API."}),
        ),
        Service::DynamoDb | Service::Streams => dynamodb(
            status,
            "com.amazon.coral.availability#ThrottlingException",
            json!({"message": "Rate exceeded"}),
        ),
        Service::Sns => sns::Refused::throttled().reply(request_id),
        Service::SecretsManager => secrets(status, "ThrottlingException", "Rate exceeded"),
    }
}

fn internal(service: Service, request_id: &str) -> Reply {
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    match service {
        Service::DynamoDb | Service::Streams => dynamodb(
            status,
            "com.amazonaws.dynamodb.v20120810#InternalServerError",
            json!({"message": "Internal server error"}),
        ),
        Service::Sns => sns::Refused::internal().reply(request_id),
        Service::SecretsManager => {
            secrets(status, "InternalServiceError", "An error occurred on the server side.")
        }
    }
}

/// A transaction is cancelled with one reason per item, of which the first conflicts; a single write is
/// refused.
fn conflict(call: &Call, body: &[u8]) -> Reply {
    let status = StatusCode::BAD_REQUEST;
    const MESSAGE: &str = "Transaction is ongoing for the item";
    if !call.action.starts_with("Transact") {
        let kind = "com.amazonaws.dynamodb.v20120810#TransactionConflictException";
        return dynamodb(status, kind, json!({"message": MESSAGE}));
    }
    let request: Value = serde_json::from_slice(body).unwrap_or_default();
    let items = request["TransactItems"].as_array().map_or(1, |items| items.len().max(1));
    let codes: Vec<&str> = (0..items).map(|n| if n == 0 { "TransactionConflict" } else { "None" }).collect();
    let reasons: Vec<Value> =
        codes
            .iter()
            .map(|code| {
                if *code == "None" {
                    json!({"Code": code})
                } else {
                    json!({"Code": code, "Message": MESSAGE})
                }
            })
            .collect();
    dynamodb(
        status,
        "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        json!({
            "Message": format!(
                "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
                codes.join(", ")
            ),
            "CancellationReasons": reasons,
        }),
    )
}

fn on_items(action: &str) -> bool {
    action.contains("Item") || matches!(action, "Query" | "Scan" | "ExecuteStatement" | "ExecuteTransaction")
}

fn dynamodb(status: StatusCode, kind: &str, mut content: Value) -> Reply {
    content["__type"] = kind.into();
    reply::json(status, reply::JSON_1_0, &content)
}

fn secrets(status: StatusCode, kind: &str, message: &str) -> Reply {
    reply::json(status, reply::JSON_1_1, &json!({"__type": kind, "message": message}))
}
