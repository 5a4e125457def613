//! `POST /device/v1/telemetry`: a device tells what its person saw and did. It decides nothing.

use countersign_domain::id::ChallengeId;
use countersign_domain::invalid::Invalid;
use countersign_domain::text;
use countersign_domain::time::Timestamp;
use countersign_lambda::device::{DeviceCaller, DeviceRead};
use countersign_lambda::{App, Call, Refusal, Reply};
use countersign_store::Write;
use countersign_store::entities::Telemetry;
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
pub(crate) struct Body {
    events: Vec<Event>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    r#type: String,
    challenge_guid: Option<String>,
    at: Option<String>,
    duration_millis: Option<u64>,
    detail: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct Accepted {
    accepted: usize,
}

/// Most events of one report.
const EVENTS_MAX: usize = 20;

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<Accepted>, Refusal> {
    if !(1..=EVENTS_MAX).contains(&call.body.events.len()) {
        return Err(Invalid::new("events", format!("must have 1 to {EVENTS_MAX} items")).into());
    }
    let (caller, _) = DeviceRead::of(&call)?.authenticate(app, &call).await?;
    let caller = caller.of_active_user()?;
    let mut write = Write::new();
    for (index, event) in call.body.events.iter().enumerate() {
        let telemetry = telemetry(app, &caller, index, event).map_err(|Invalid { field, problem }| {
            Invalid::new(format!("events[{index}].{field}"), problem)
        })?;
        write = write.insert("telemetry", &telemetry)?;
    }
    caller.write_once(app, write).await?;
    Ok(Reply::accepted(Accepted { accepted: call.body.events.len() }))
}

fn telemetry(app: &App, caller: &DeviceCaller, index: usize, event: &Event) -> Result<Telemetry, Invalid> {
    let word = &event.r#type;
    let well_formed = (1..=64).contains(&word.len())
        && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    if !well_formed {
        return Err(Invalid::new("type", "is not 1 to 64 of A-Z, 0-9 and _"));
    }
    if matches!(word.as_str(), "REQUEST_FETCHED" | "REQUEST_PROCESSED") {
        return Err(Invalid::new("type", "is recorded by the service itself"));
    }
    let challenge = event.challenge_guid.as_deref().map(str::parse::<ChallengeId>).transpose();
    let happened_at = event.at.as_deref().map(str::parse::<Timestamp>).transpose();
    let device = &caller.device.value;
    let random: [u8; 8] = countersign_domain::chance::bytes(app.random());
    Ok(Telemetry {
        id: format!("{index:02}#{}", countersign_crypto::encoding::base64url(&random)),
        app_space: device.app_space,
        device: device.id,
        user: device.user,
        challenge: challenge.map_err(|_| Invalid::new("challengeGuid", "is not a GUID"))?,
        event: word.clone(),
        at: app.now(),
        happened_at: happened_at.map_err(|_| Invalid::new("at", "is not an RFC 3339 time"))?,
        duration_millis: event.duration_millis,
        detail: event.detail.clone().map(|detail| text::line("detail", detail, 200)).transpose()?,
    })
}
