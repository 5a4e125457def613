//! What `cargo local` tells whoever started it.

use std::path::Path;

use countersign_local::Bundle;
use countersign_local::demo_admin::page_address;
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
    let pages = page_address(&demo.base_url);
    println!("\nWeb device      {pages}/web/device{}", login_part(bundle));
    println!("Portal          {pages}/web/portal");
    if let Some(link) = demo.admin.as_ref().and_then(|admin| admin.link.as_ref()) {
        println!("                its first administrator joins, once, by {link}");
    }
    println!("\nTry it, in a second terminal:");
    println!("  . {}", data.join("demo.env").display());
    match &bundle.identity_provider {
        Some(name) => {
            println!("  cargo phone login        (users log in at {name}; then: cargo phone enrol <link>)")
        }
        None => println!(
            "  curl -s -u \"$ORIGIN\" -X PUT $BASE_URL/api/account/bind -d accountId=ann | cargo phone enrol -"
        ),
    }
    println!(
        "  curl -s -u \"$ORIGIN\" $BASE_URL/api/request/add -d accountId=ann -d 'content=Pay 120 EUR to ACME?' -d callback=$CALLBACK"
    );
    println!("  cargo phone inbox && cargo phone approve");
    println!("And in a third, before that, to see the callback:  cargo listen\n");
}

/// Where the demo's users log in somewhere, the App Space to log in to.
fn login_part(bundle: &Bundle) -> String {
    let guid = bundle.identity_provider.as_ref().map(|_| &bundle.demo.app_space.guid);
    guid.map(|guid| format!("#appSpace={guid}")).unwrap_or_default()
}

/// Shows each push and each text message that would be sent.
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
    match &published.to {
        Recipient::Endpoint { arn, .. } => push(arn, published),
        Recipient::Phone { number } => println!("sms     to {number}: {}", published.message),
        Recipient::Topic { .. } => {}
    }
}

fn push(arn: &str, published: &Published) {
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
