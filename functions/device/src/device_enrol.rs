//! `POST /device/v1/devices`: an app redeems its token and becomes a device.

use countersign_crypto::enrolment::{EnrolmentProofRefused, Expected, verify};
use countersign_crypto::jwk::PublicJwk;
use countersign_crypto::proof::TOLERANCE;
use countersign_crypto::token::Token;
use countersign_domain::app_space::AppSpace;
use countersign_domain::device::{Device, DeviceKind, DeviceName, Platform, PushRegistration};
use countersign_domain::enrolment::Enrolment;
use countersign_domain::id::DeviceId;
use countersign_domain::invalid::Invalid;
use countersign_domain::refused::Refused;
use countersign_domain::text::PushToken;
use countersign_lambda::device::keep_key;
use countersign_lambda::guesses::Guesses;
use countersign_lambda::{App, Call, Refusal, Reply, joining};
use countersign_store::{Read, Write, keys};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Body {
    token: String,
    name: String,
    platform: String,
    push_token: Option<String>,
    auth_key: Value,
    strong_key: Value,
    auth_proof: String,
    strong_proof: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Enrolled {
    device_guid: String,
    privakey_id: String,
    app_space_guid: String,
    app_space_name: String,
}

/// What the body says, parsed. Whether its proofs hold shows only beside the enrolment.
struct Asked {
    token: Token,
    name: DeviceName,
    platform: Platform,
    push: PushRegistration,
    auth_key: PublicJwk,
    strong_key: PublicJwk,
}

/// How often the enrolment is read again after somebody was faster: as often as a user may have devices by default, for
/// each round one of them wins.
const ROUNDS: usize = 10;

pub(crate) async fn handle(app: &App, call: Call<Body>) -> Result<Reply<Enrolled>, Refusal> {
    let asked = parse(&call.body)?;
    let token_hash = asked.token.hash().to_string();
    let thumbprint = asked.auth_key.thumbprint().to_string();
    for _ in 0..ROUNDS {
        let mut read = Read::new();
        let guesses = Guesses::of(&call, &mut read);
        let slot = read.add::<Enrolment>(keys::enrolment(&token_hash));
        let mut found = app.store.read(read, app.now()).await?;
        guesses.check(app, &mut found)?;
        // One that is expired, is for another key, or was redeemed by another device, is as good as none, whatever the
        // proofs say.
        let usable = |enrolment: &Enrolment| {
            enrolment.is_for(&thumbprint)
                && (enrolment.is_open(app.now()) || enrolment.redeemed_by(&thumbprint, app.now()).is_some())
        };
        let enrolment = found.take(slot)?.filter(|record| usable(&record.value));
        let Some(enrolment) = enrolment else { return Err(guesses.wrong(app, "enrolment").await?) };
        prove(app, &call.base_url(&app.settings), &call.body, &asked, &enrolment.value)?;

        let app_space = app.app_space(enrolment.value.app_space).await?;
        if let Some(device) = enrolment.value.redeemed_by(&thumbprint, app.now()) {
            return Ok(Reply::ok(enrolled(device, &enrolment.value, &app_space)));
        }
        let device = device(app, &asked, &enrolment.value)?;
        let redeemed =
            enrolment.try_map(|enrolment| enrolment.redeem(device.id, thumbprint.clone(), app.now()))?;
        let write = Write::new().replace_live("enrolment", &enrolment, &redeemed, app.now())?;
        let write = joining::join(app, write, &app_space, &device).await?;
        match app.store.write(write).await {
            Ok(()) => {
                return Ok(Reply::created(
                    enrolled(device.id, &redeemed, &app_space),
                    format!("{}/device/v1/device", call.base_url(&app.settings)),
                ));
            }
            Err(error) if error.is_conflict() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Refusal::Conflict)
}

fn parse(body: &Body) -> Result<Asked, Refusal> {
    // A malformed token is as wrong as an unknown one.
    let token = body.token.parse().map_err(|_| Refused::Unknown("enrolment"))?;
    let push_token = body.push_token.clone().map(|token| PushToken::parse("pushToken", token)).transpose()?;
    let (auth_key, strong_key) = (key("authKey", &body.auth_key)?, key("strongKey", &body.strong_key)?);
    // One key for both would let an answer be signed without PIN or biometric.
    if auth_key == strong_key {
        return Err(Invalid::new("strongKey", "is the same as authKey").into());
    }
    Ok(Asked {
        token,
        name: DeviceName::parse("name", body.name.clone())?,
        platform: Platform::parse("platform", &body.platform)?,
        push: push_token.map_or(PushRegistration::None, |token| PushRegistration::Wanted { token }),
        auth_key,
        strong_key,
    })
}

fn key(field: &'static str, jwk: &Value) -> Result<PublicJwk, Invalid> {
    PublicJwk::parse(&jwk.to_string()).map_err(|error| Invalid::new(field, error.to_string()))
}

/// Each key has signed that it belongs to this enrolment, beside the other.
fn prove(
    app: &App,
    audience: &str,
    body: &Body,
    asked: &Asked,
    enrolment: &Enrolment,
) -> Result<(), Refusal> {
    let expected = Expected {
        nonce: &enrolment.nonce,
        audience,
        auth_key: &asked.auth_key,
        strong_key: Some(&asked.strong_key),
        now: app.now(),
        tolerance: TOLERANCE,
    };
    for (field, proof, key) in [
        ("authProof", &body.auth_proof, &asked.auth_key),
        ("strongProof", &body.strong_proof, &asked.strong_key),
    ] {
        verify(proof, key, &expected).map_err(|error| match error {
            EnrolmentProofRefused::Skewed => Refusal::ClockSkew { server_time: expected.now },
            error => Invalid::new(field, format!("is not valid: {error}")).into(),
        })?;
    }
    Ok(())
}

fn device(app: &App, asked: &Asked, enrolment: &Enrolment) -> Result<Device, Refusal> {
    let key = |key: &PublicJwk| keep_key(key, &key.thumbprint());
    let kind = DeviceKind::Native { auth_key: key(&asked.auth_key)?, strong_key: key(&asked.strong_key)? };
    let (id, now) = (DeviceId::new(app.now(), app.random()), app.now());
    let device = Device::new(id, enrolment, asked.name.clone(), asked.platform, kind, now);
    Ok(Device { push: asked.push.clone(), ..device })
}

fn enrolled(device: DeviceId, enrolment: &Enrolment, app_space: &AppSpace) -> Enrolled {
    Enrolled {
        device_guid: device.to_string(),
        privakey_id: enrolment.user.to_string(),
        app_space_guid: app_space.id.to_string(),
        app_space_name: app_space.name.clone(),
    }
}
