//! Samples for unit tests.

use countersign_domain::answer::{Evidence, Signed};
use countersign_domain::challenge::Challenge;
use countersign_domain::id::{DeviceId, UserId};
use countersign_domain::time::Timestamp;
use serde_json::json;

pub(crate) fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(secs)
}

pub(crate) fn user_id() -> UserId {
    UserId::from_bytes([1; 16])
}

pub(crate) fn device_id() -> DeviceId {
    DeviceId::from_bytes([2; 16])
}

/// Pending until second 100.
pub(crate) fn challenge() -> Challenge {
    let id = "00000000-0000-7000-8000-000000000001";
    serde_json::from_value(json!({
        "id": id, "app_space": id, "origin": null, "account_id": "ann", "document": "{}", "digest": "", "options": [],
        "nonce": "", "matching_code": null, "transaction_id": null, "callback": null,
        "notification": { "show": true, "title": "Title", "body": "Body" }, "wrong_codes_max": 5, "cool_down": 0,
        "asked_at": 0, "expires_at": 100_000, "wrong_answers": [],
        "state": { "state": "pending", "user": user_id(), "wrong_codes": 0 },
    }))
    .unwrap()
}

pub(crate) fn evidence() -> Evidence {
    let signed = Signed::Jws { jws: String::new() };
    Evidence { device: device_id(), key_thumbprint: String::new(), key: String::new(), signed, receipt: None }
}
