//! Records of the table's stream, and what is made of them.

#![no_main]

use aws_lambda_events::dynamodb::EventRecord;
use countersign_domain::event::EventKind;
use countersign_fuzz::reread;
use countersign_lambda::processed_request::ProcessedRequest;
use countersign_store::stream::{Change, Changed};
use libfuzzer_sys::fuzz_target;
use serde::Serialize;
use serde::de::DeserializeOwned;

fuzz_target!(|json: &str| {
    let Ok(record) = serde_json::from_str::<EventRecord>(json) else { return };
    let Ok(change) = Change::read(&record) else { return };
    let again = Change::read(&record).expect("what was read can be read again");
    assert_eq!(
        (&again.id, again.at),
        (&change.id, change.at),
        "a record that comes again is the same change"
    );
    if !change.id.is_empty() {
        assert_eq!(change.id.len(), "evt_".len() + 22);
        assert!(!change.id.contains('.'), "a webhook's id has no full stop");
    }
    match &change.what {
        Changed::Challenge(old, new) => {
            both(old, new);
            if let Some(event) = EventKind::of_challenge(old.as_ref(), new) {
                let told = ProcessedRequest::event(new, event);
                assert!(serde_json::to_string(&told).is_ok());
            }
            assert!(EventKind::of_challenge(Some(new), new).is_none(), "nothing changed");
        }
        Changed::User(old, new) => both(old, new),
        Changed::Device(old, new) => both(old, new),
        Changed::Enrolment(old, new) => both(old, new),
        Changed::Consent(old, new) => {
            both(old, new);
            assert!(EventKind::of_consent(Some(new), new).is_none(), "nothing changed");
        }
        Changed::Telemetry(telemetry) => {
            reread(telemetry);
        }
        Changed::Delivery(delivery) => {
            reread(delivery);
        }
        Changed::Other => {}
    }
});

fn both<T: Serialize + DeserializeOwned>(old: &Option<T>, new: &T) {
    if let Some(old) = old {
        reread(old);
    }
    reread(new);
}
