//! Calls that no well-behaved device makes, and what the service says to them.

use std::fmt::Debug;

use countersign_tests::device::Device;
use countersign_tests::device::error::{CallError, Refusal};
use countersign_tests::device::proof::ProofClaims;
use countersign_tests::device::service::{RawReply, Service};
use reqwest::Method;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde_json::Value;

use crate::backend::Answer;

/// The refusal of a call that must be refused.
#[track_caller]
pub(crate) fn refusal<T: Debug>(result: Result<T, CallError>) -> Refusal {
    match result {
        Err(CallError::Refused(refusal)) => *refusal,
        other => panic!("not refused: {other:?}"),
    }
}

/// A refusal with this status and word; gives the field it names.
#[track_caller]
pub(crate) fn refused<T: Debug>(result: Result<T, CallError>, status: u16, error: &str) -> Option<String> {
    let refusal = refusal(result);
    assert_eq!((refusal.status, refusal.code.name()), (status, error), "{refusal}");
    refusal.field
}

/// POSTs `body` without a proof.
pub(crate) async fn post(service: &Service, path: &str, body: &Value) -> Answer {
    answer(service.send(&Method::POST, path, body.to_string().into_bytes(), None).await.unwrap())
}

/// Calls with a right proof, whatever the body.
pub(crate) async fn call(device: &Device, method: Method, path: &str, body: &Value) -> Answer {
    call_with(device, method, path, body, |_| ()).await
}

/// Calls with a proof that `change` has spoilt before it is signed.
pub(crate) async fn call_with(
    device: &Device,
    method: Method,
    path: &str,
    body: &Value,
    change: impl FnOnce(&mut ProofClaims),
) -> Answer {
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    let mut claims = device.proof_claims(&method, path, &body);
    change(&mut claims);
    let proof = device.sign_proof(&claims).unwrap();
    send(device, method, path, body, Some(&proof)).await
}

/// Sends exactly this.
pub(crate) async fn send(
    device: &Device,
    method: Method,
    path: &str,
    body: Vec<u8>,
    proof: Option<&str>,
) -> Answer {
    answer(device.service().send(&method, path, body, proof).await.unwrap())
}

fn answer(reply: RawReply) -> Answer {
    let mut headers = HeaderMap::new();
    if let Some(wait) = reply.retry_after {
        headers.insert(RETRY_AFTER, (wait.as_millis() / 1000).into());
    }
    let body = if reply.body.is_empty() { Value::Null } else { serde_json::from_slice(&reply.body).unwrap() };
    Answer { status: reply.status, headers, body }
}
