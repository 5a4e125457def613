//! `Publish`: to an endpoint, a topic or a phone number.

use countersign_domain::time::Timestamp;
use serde_json::Value;

use super::answer::Refused;
use super::outbox::{Published, Recipient};
use super::{Context, State, message, platform};

/// Checks one message and addresses it.
pub(super) fn publish(state: &State, call: &Context<'_>, at: Timestamp) -> Result<Published, Refused> {
    let attributes = message::attributes(call.params)?;
    let text = message::text(call.params, &attributes)?;
    let subject = message::subject(call.params)?;
    let is_json = message::is_json(call.params)?;
    let (to, payload) = match target(call)? {
        Target::Arn(arn) if is_endpoint(arn) => to_endpoint(state, arn, text, is_json)?,
        Target::Arn(arn) => to_topic(state, arn, text, is_json)?,
        Target::Phone(number) => to_phone(number, text, is_json)?,
    };
    Ok(Published {
        id: call.ids.next().to_string(),
        at,
        to,
        message: text.to_owned(),
        structure: is_json.then(|| "json".to_owned()),
        subject: subject.map(str::to_owned),
        attributes,
        payload,
    })
}

enum Target<'a> {
    Arn(&'a str),
    Phone(&'a str),
}

fn target<'a>(call: &Context<'a>) -> Result<Target<'a>, Refused> {
    let params = call.params;
    let named = [
        params.get("TargetArn").map(|arn| ("TargetArn", arn)),
        params.get("TopicArn").map(|arn| ("TopicArn", arn)),
    ];
    match (named, params.get("PhoneNumber")) {
        ([None, None], None) => {
            Err(Refused::invalid("TopicArn or TargetArn Reason: no value for required parameter"))
        }
        ([None, None], Some(number)) => Ok(Target::Phone(number)),
        ([Some((name, arn)), None] | [None, Some((name, arn))], None) => {
            let parts = arn.split(':').count();
            if parts < 6 {
                let what = format!("{name} Reason: An ARN must have at least 6 elements, not {parts}");
                return Err(Refused::invalid(what));
            }
            Ok(Target::Arn(arn))
        }
        _ => Err(Refused::invalid("TopicArn, TargetArn or PhoneNumber Reason: only one may be given")),
    }
}

fn is_endpoint(arn: &str) -> bool {
    arn.splitn(6, ':').nth(5).is_some_and(|resource| resource.starts_with("endpoint/"))
}

type Addressed = (Recipient, Option<String>);

fn to_endpoint(state: &State, arn: &str, text: &str, is_json: bool) -> Result<Addressed, Refused> {
    let unknown = || Refused::invalid("TargetArn Reason: No endpoint found for the target arn specified");
    let endpoint = state.endpoints.get(arn).ok_or_else(unknown)?;
    let application = state.applications.get(&endpoint.application).ok_or_else(unknown)?;
    if !application.is_enabled() {
        return Err(Refused::application_disabled());
    }
    if !endpoint.enabled {
        return Err(Refused::endpoint_disabled());
    }
    let platform = &application.platform;
    let payload = if is_json {
        platform::payload_of_json(platform, text)?
    } else {
        platform::payload_of_text(platform, text)
    };
    let to = Recipient::Endpoint {
        arn: arn.to_owned(),
        platform: platform.clone(),
        token: endpoint.token.clone(),
    };
    Ok((to, Some(payload)))
}

fn to_topic(state: &State, arn: &str, text: &str, is_json: bool) -> Result<Addressed, Refused> {
    if !state.topics.contains_key(arn) {
        return Err(Refused::not_found("Topic does not exist"));
    }
    if is_json && !has_default(text)? {
        return Err(Refused::invalid("Message Structure - No default entry in JSON message body"));
    }
    Ok((Recipient::Topic { arn: arn.to_owned() }, None))
}

fn to_phone(number: &str, text: &str, is_json: bool) -> Result<Addressed, Refused> {
    if !is_e164(number) {
        return Err(Refused::invalid(format!("PhoneNumber Reason: {number} is not valid to publish to")));
    }
    if is_json && !has_default(text)? {
        return Err(Refused::invalid("Message Structure - No default entry in JSON message body"));
    }
    Ok((Recipient::Phone { number: number.to_owned() }, None))
}

fn has_default(text: &str) -> Result<bool, Refused> {
    Ok(message::structure(text)?.get("default").is_some_and(Value::is_string))
}

/// ITU-T E.164: a plus sign and up to 15 digits, the first of which is not 0.
fn is_e164(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or_default().as_bytes();
    (2..=15).contains(&digits.len()) && digits[0] != b'0' && digits.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_number_is_e164() {
        assert!(is_e164("+43123456789"));
        for bad in ["", "+", "43123456789", "+0123", "+1 234", "+1234567890123456", "+43abc"] {
            assert!(!is_e164(bad), "{bad}");
        }
    }

    #[test]
    fn an_endpoint_is_told_from_a_topic() {
        assert!(is_endpoint("arn:aws:sns:r:1:endpoint/GCM/a/b"));
        assert!(!is_endpoint("arn:aws:sns:r:1:endpoint"));
        assert!(!is_endpoint("arn:aws:sns:r:1:topic"));
    }
}
