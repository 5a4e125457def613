//! What a device sees, says of itself, and how it proves that it is itself.

mod inbox;
mod itself;
mod proofs;
mod telemetry;

use countersign_tests::device::Device;
use countersign_tests::device::challenges::{CHALLENGES_PATH, CLAIMS_PATH};
use countersign_tests::device::manage::{DEVICE_PATH, PUSH_TOKEN_PATH, STRONG_FAILURES_PATH, TELEMETRY_PATH};
use reqwest::Method;
use serde_json::{Value, json};

use crate::backend::Answer;
use crate::device_calls::call;

/// Every call that carries a proof, with a body that is well-formed. The last one ends the device.
fn every_call() -> Vec<(Method, String, Value)> {
    let challenge = format!("{CHALLENGES_PATH}/01931f3e-0000-7000-8000-000000000000");
    let telemetry = json!({ "events": [{ "type": "REQUEST_VIEWED" }] });
    vec![
        (Method::GET, CHALLENGES_PATH.into(), Value::Null),
        (Method::GET, challenge.clone(), Value::Null),
        (Method::POST, format!("{challenge}/answer"), json!({ "answer": "x" })),
        (Method::POST, CLAIMS_PATH.into(), json!({ "claimToken": "A".repeat(43) })),
        (Method::POST, TELEMETRY_PATH.into(), telemetry),
        (Method::POST, STRONG_FAILURES_PATH.into(), json!({})),
        (Method::PATCH, DEVICE_PATH.into(), json!({ "name": "Other" })),
        (Method::PUT, PUSH_TOKEN_PATH.into(), json!({ "pushToken": "token" })),
        (Method::GET, DEVICE_PATH.into(), Value::Null),
        (Method::DELETE, DEVICE_PATH.into(), Value::Null),
    ]
}

/// GET of the device's status with a right proof.
async fn status(device: &Device) -> Answer {
    call(device, Method::GET, DEVICE_PATH, &Value::Null).await
}

/// Every call of the device is refused, as the calls of one who never was.
async fn is_gone(device: &Device) {
    for (method, path, body) in every_call() {
        call(device, method, &path, &body).await.refused(401, "unauthorized");
    }
}
