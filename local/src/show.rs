//! What `cargo local` tells whoever started it.

use std::path::Path;

use countersign_local::Bundle;
use countersign_standins::{Published, Recipient};
use serde_json::Value;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

/// What was made, and what to do next.
pub(crate) fn started(bundle: &Bundle, data: &Path, only_aws: bool) {
    let demo = &bundle.demo;
    if only_aws {
        let url = bundle.standins().map(|standins| standins.endpoint_url()).unwrap_or_default();
        println!("The embedded AWS answers at {url}; the demo is in {}.", data.join("demo.json").display());
        return;
    }
    println!(
        "Countersign runs at {}   (Ctrl-C stops it; everything is kept in {})\n",
        demo.base_url,
        data.display()
    );
    println!("App Space       {}  {}", demo.app_space.name, demo.app_space.guid);
    for origin in &demo.origins {
        println!("Request Origin  {}  {}  {} key {}", origin.name, origin.guid, origin.key_type, origin.key);
    }
    let Some(origin) = demo.origins.iter().find(|origin| origin.key_type == "basic") else { return };
    let url = &demo.base_url;
    println!("\nTry it, in a second terminal:");
    println!("  cargo listen                    # a third one: waits for callbacks and verifies them");
    println!("  ORIGIN='{}:{}'", origin.guid, origin.key);
    println!("  curl -s -u \"$ORIGIN\" -X PUT {url}/api/account/bind -H 'content-type: application/json' \\");
    println!("    -d '{{\"accountId\":\"ann\"}}'                    # then: cargo phone enrol '<bindUri>'");
    println!("  curl -s -u \"$ORIGIN\" {url}/api/request/add -H 'content-type: application/json' \\");
    println!(
        "    -d '{{\"accountId\":\"ann\",\"content\":\"Pay 120 EUR to ACME?\",\"callback\":\"{}\"}}'",
        origin.callback
    );
    println!("  cargo phone inbox && cargo phone approve\n");
}

/// Shows each push that would be sent.
pub(crate) async fn pushes(mut published: Receiver<Published>) {
    loop {
        match published.recv().await {
            Ok(published) => show(&published),
            Err(RecvError::Lagged(missed)) => println!("push    ({missed} more)"),
            Err(RecvError::Closed) => return,
        }
    }
}

fn show(published: &Published) {
    let Recipient::Endpoint { arn, .. } = &published.to else { return };
    let payload: Value =
        published.payload.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let fcm = &payload["fcmV1Message"]["message"];
    let (alert, data) = if fcm.is_object() {
        (&fcm["notification"], &fcm["data"])
    } else {
        (&payload["aps"]["alert"], &payload)
    };
    println!("push    to {arn}");
    println!("        {}: {}", text(&alert["title"]), text(&alert["body"]));
    println!("        challenge {}", text(&data["challengeGuid"]));
}
