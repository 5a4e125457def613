//! The Device API: apps become devices, see what is asked, and sign answers. docs/device-protocol.md is its contract.
//!
//! One operation per file; the table below is all that the bootstrap, the local gateway and the tests know of them.

mod challenge_answer;
mod challenge_claim;
mod challenge_fetch;
mod challenge_list;
mod challenge_view;
mod device_enrol;
mod device_remove;
mod device_rename;
mod device_status;
mod device_view;
mod enrolment_lookup;
mod push_token_update;
mod strong_failure_report;
mod telemetry_report;

use countersign_lambda::{HttpOperation, http_operations};

/// Every operation of this package.
pub const OPERATIONS: &[HttpOperation] = http_operations! {
    Countersign:
    "enrolment-lookup", POST, "/device/v1/enrolments/lookup", TABLE => enrolment_lookup;
    "device-enrol", POST, "/device/v1/devices", TABLE => device_enrol;
    "challenge-list", GET, "/device/v1/challenges", TABLE => challenge_list;
    "challenge-fetch", GET, "/device/v1/challenges/{challenge}", TABLE => challenge_fetch;
    "challenge-answer", POST, "/device/v1/challenges/{challenge}/answer", ALL => challenge_answer;
    "challenge-claim", POST, "/device/v1/claims", TABLE => challenge_claim;
    "telemetry-report", POST, "/device/v1/telemetry", TABLE => telemetry_report;
    "strong-failure-report", POST, "/device/v1/strong-failures", TABLE => strong_failure_report;
    "device-status", GET, "/device/v1/device", TABLE => device_status;
    "device-rename", PATCH, "/device/v1/device", TABLE => device_rename;
    "push-token-update", PUT, "/device/v1/device/push-token", TABLE => push_token_update;
    "device-remove", DELETE, "/device/v1/device", TABLE => device_remove;
};
