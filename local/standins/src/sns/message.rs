//! A message and its attributes, checked as AWS checks them.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::answer::Refused;
use super::params::Params;

/// The largest message, with its attributes: 256 KiB.
const LARGEST: usize = 262_144;
/// FCM keeps a message for at most four weeks (in seconds).
const LONGEST_GCM: u64 = 2_419_200;

/// One message attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// `String`, `Number`, `Binary` or `String.Array`, perhaps with a suffix, e.g. `Number.int`.
    pub data_type: String,
    /// The value; a binary one in base64.
    pub value: String,
}

/// The message's text: not empty, and not too long together with the attributes.
pub(super) fn text<'a>(
    params: &'a Params,
    attributes: &BTreeMap<String, Attribute>,
) -> Result<&'a str, Refused> {
    let message = params.required("Message")?;
    if message.is_empty() {
        return Err(Refused::invalid("Empty message"));
    }
    let size = |(name, attribute): (&String, &Attribute)| {
        name.len() + attribute.data_type.len() + attribute.value.len()
    };
    if message.len() + attributes.iter().map(size).sum::<usize>() > LARGEST {
        return Err(Refused::invalid("Message too long"));
    }
    Ok(message)
}

/// Up to 100 ASCII characters without line breaks or control characters.
pub(super) fn subject(params: &Params) -> Result<Option<&str>, Refused> {
    let subject = params.get("Subject");
    let fits =
        |text: &str| (1..100).contains(&text.len()) && text.bytes().all(|b| (b' '..=b'~').contains(&b));
    if subject.is_none_or(fits) { Ok(subject) } else { Err(Refused::invalid("Subject")) }
}

/// Whether the message is one JSON object with an entry per protocol.
pub(super) fn is_json(params: &Params) -> Result<bool, Refused> {
    match params.get("MessageStructure") {
        None => Ok(false),
        Some("json") => Ok(true),
        Some(_) => Err(Refused::invalid("MessageStructure")),
    }
}

/// The entries of a message with `MessageStructure=json`.
pub(super) fn structure(message: &str) -> Result<Map<String, Value>, Refused> {
    serde_json::from_str(message)
        .map_err(|_| Refused::invalid("Message Structure - JSON message body failed to parse"))
}

/// The attributes: `MessageAttributes.entry.N.Name`, `.Value.DataType`, `.Value.StringValue` or
/// `.Value.BinaryValue`.
pub(super) fn attributes(params: &Params) -> Result<BTreeMap<String, Attribute>, Refused> {
    let mut all = BTreeMap::new();
    for n in 1.. {
        let field = |name: &str| params.get(&format!("MessageAttributes.entry.{n}.{name}"));
        let Some(name) = field("Name") else { break };
        let data_type = field("Value.DataType").unwrap_or_default();
        let value =
            field(if data_type.starts_with("Binary") { "Value.BinaryValue" } else { "Value.StringValue" });
        let attribute = attribute(name, data_type, value.unwrap_or_default())?;
        if name.starts_with("AWS.SNS.MOBILE.") && name.ends_with(".TTL") {
            check_ttl(name, &attribute)?;
        }
        all.insert(name.to_owned(), attribute);
    }
    Ok(all)
}

fn attribute(name: &str, data_type: &str, value: &str) -> Result<Attribute, Refused> {
    let base = data_type.split('.').next().unwrap_or_default();
    if !matches!(base, "String" | "Number" | "Binary") {
        return Err(Refused::invalid_value(format!(
            "The message attribute '{name}' has an invalid message attribute type, \
             the set of supported type prefixes is Binary, Number, and String."
        )));
    }
    if value.is_empty() {
        return Err(Refused::invalid_value(format!(
            "The message attribute '{name}' must contain non-empty message attribute value \
             for message attribute type '{data_type}'."
        )));
    }
    let fits = match base {
        "Number" => value.parse::<f64>().is_ok_and(f64::is_finite),
        "Binary" => STANDARD.decode(value).is_ok(),
        _ => true,
    };
    if !fits {
        return Err(Refused::invalid_value(format!(
            "Could not cast message attribute '{name}' value to {}.",
            base.to_ascii_lowercase()
        )));
    }
    Ok(Attribute { data_type: data_type.to_owned(), value: value.to_owned() })
}

/// Seconds that the push service may keep the message; 0 is now or never.
fn check_ttl(name: &str, attribute: &Attribute) -> Result<(), Refused> {
    let seconds = attribute.value.parse::<u64>().ok();
    let most = if name == "AWS.SNS.MOBILE.GCM.TTL" { LONGEST_GCM } else { u64::MAX };
    match seconds {
        Some(seconds) if seconds <= most && !attribute.data_type.starts_with("Binary") => Ok(()),
        _ => Err(Refused::invalid(format!("MessageAttributes Reason: Invalid value for attribute: {name}"))),
    }
}
