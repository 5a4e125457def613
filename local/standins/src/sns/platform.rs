//! The push services behind an application, and what they are sent.

use serde_json::{Value, json};

use super::Refused;

/// The platforms of `CreatePlatformApplication`.
const PLATFORMS: [&str; 11] = [
    "ADM",
    "APNS",
    "APNS_SANDBOX",
    "APNS_VOIP",
    "APNS_VOIP_SANDBOX",
    "BAIDU",
    "GCM",
    "MACOS",
    "MACOS_SANDBOX",
    "MPNS",
    "WNS",
];

pub(super) fn is_known(platform: &str) -> bool {
    PLATFORMS.contains(&platform)
}

fn is_apple(platform: &str) -> bool {
    platform.starts_with("APNS") || platform.starts_with("MACOS")
}

/// A device token in the form of its platform.
pub(super) fn check_token(platform: &str, token: &str) -> Result<(), Refused> {
    if token.is_empty() {
        return Err(Refused::invalid("Token Reason: cannot be empty"));
    }
    if is_apple(platform) && (token.len() > 400 || !token.bytes().all(|b| b.is_ascii_hexdigit())) {
        return Err(Refused::invalid(
            "Token Reason: iOS device tokens must be no more than 400 hexadecimal characters",
        ));
    }
    if token.len() > 2048 {
        return Err(Refused::invalid("Token Reason: must be at most 2048 bytes long in UTF-8 encoding"));
    }
    Ok(())
}

/// What the push service gets for a message with `MessageStructure=json`: the platform's own entry, which
/// is itself JSON, or else the `default` text. An entry that is no string counts as absent, as with AWS.
pub(super) fn payload_of_json(platform: &str, message: &str) -> Result<String, Refused> {
    let entries = super::message::structure(message)?;
    if let Some(payload) = entries.get(platform).and_then(Value::as_str) {
        check_payload(platform, payload)?;
        return Ok(payload.to_owned());
    }
    match entries.get("default").and_then(Value::as_str) {
        Some(text) => Ok(payload_of_text(platform, text)),
        None => Err(Refused::invalid(format!("JSON must contain an entry for 'default' or '{platform}'."))),
    }
}

/// What the push service gets for plain text.
pub(super) fn payload_of_text(platform: &str, text: &str) -> String {
    if is_apple(platform) {
        json!({"aps": {"alert": text}}).to_string()
    } else if matches!(platform, "GCM" | "ADM") {
        json!({"data": {"default": text}}).to_string()
    } else {
        text.to_owned()
    }
}

fn check_payload(platform: &str, payload: &str) -> Result<(), Refused> {
    if !is_apple(platform) && !matches!(platform, "GCM" | "ADM") {
        return Ok(());
    }
    let malformed = |why: &str| {
        Refused::invalid(format!("Message Reason: Invalid notification for protocol {platform}: {why}"))
    };
    let notification: Value =
        serde_json::from_str(payload).map_err(|_| malformed("Notification is malformed"))?;
    if !notification.is_object() {
        return Err(malformed("Notification is malformed"));
    }
    if platform != "GCM" {
        return Ok(());
    }
    // FCM v1 takes a map of strings as data, at either place; a legacy payload's data SNS converts itself.
    let Some(v1) = notification.get("fcmV1Message") else { return Ok(()) };
    let Some(message) = v1.get("message").and_then(Value::as_object) else {
        return Err(malformed("fcmV1Message must contain a message object"));
    };
    if ["token", "topic", "condition"].iter().any(|target| message.contains_key(*target)) {
        return Err(malformed("fcmV1Message must not name a target"));
    }
    let of_strings = message
        .get("data")
        .is_none_or(|data| data.as_object().is_some_and(|data| data.values().all(Value::is_string)));
    if of_strings { Ok(()) } else { Err(malformed("data must be a map of strings")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_platforms_own_entry_goes_first() {
        let message = json!({"default": "d", "GCM": "{\"data\":{\"a\":\"b\"}}"}).to_string();
        assert_eq!(payload_of_json("GCM", &message).unwrap(), "{\"data\":{\"a\":\"b\"}}");
        assert_eq!(payload_of_json("APNS", &message).unwrap(), "{\"aps\":{\"alert\":\"d\"}}");
    }

    #[test]
    fn what_the_push_service_would_not_take_is_refused() {
        let refused = |platform: &str, entry: Value| {
            payload_of_json(platform, &json!({platform: entry}).to_string()).is_err()
        };
        assert!(refused("GCM", json!({"data": {}})));
        assert!(refused("GCM", json!("no json")));
        assert!(refused("APNS", json!("[]")));
        assert!(refused("GCM", json!("{\"fcmV1Message\":{}}")));
        assert!(refused("GCM", json!("{\"fcmV1Message\":{\"message\":{\"data\":{\"n\":1}}}}")));
        assert!(refused("GCM", json!("{\"fcmV1Message\":{\"message\":{\"token\":\"t\"}}}")));
        assert!(!refused("GCM", json!("{\"fcmV1Message\":{\"message\":{\"data\":{\"n\":\"1\"}}}}")));
        assert!(!refused("BAIDU", json!("anything")));
    }
}
