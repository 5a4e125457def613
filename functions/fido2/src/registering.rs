//! A new credential becomes a device of the enrolment's user.

use countersign_domain::app_space::AppSpace;
use countersign_domain::authenticator_key::{AuthenticatorKey, RegisteredKey};
use countersign_domain::device::{Device, DeviceKind, DeviceName, Platform};
use countersign_domain::enrolment::Enrolment;
use countersign_domain::id::DeviceId;
use countersign_domain::refused::Refused;
use countersign_lambda::device::keep_key;
use countersign_lambda::joining;
use countersign_lambda::refusal::internal;
use countersign_lambda::{App, Refusal, web_authn};
use countersign_store::{Record, StoreError, Write};
use countersign_webauthn::{Expected, RegistrationResponse, StoredCredential, verify_registration};

use crate::credential;

/// As often as a user may have devices by default: of as many registrations at once one wins each round.
pub(crate) const ROUNDS: usize = 10;

/// Verifies the answer. Gives the enrolment as it is redeemed, and the one write that makes it so: with it the device
/// and its key come to be.
pub(crate) async fn redeem(
    app: &App,
    app_space: &AppSpace,
    enrolment: &Record<Enrolment>,
    response: &RegistrationResponse,
    name: Option<&DeviceName>,
) -> Result<(Write, Enrolment), Refusal> {
    let found = &enrolment.value;
    let unknown = Refused::Unknown("enrolment");
    // One that is over, or of another kind, is as good as none, whatever the credential says.
    if !found.is_open(app.now()) {
        return Err(unknown.into());
    }
    let ceremony = found.cloud.as_ref().and_then(|cloud| cloud.web_authn.as_ref()).ok_or(unknown)?;
    let expected = Expected {
        challenge: &web_authn::challenge_of_enrolment(found)?,
        user_verification: web_authn::user_verification(ceremony),
    };
    let party = web_authn::relying_party(&ceremony.rp);
    let new = verify_registration(&party, expected, response).map_err(credential::refused)?;
    let device = device(app, found, &new.stored, name)?;
    let key = AuthenticatorKey {
        app_space: device.app_space,
        user: device.user,
        device: device.id,
        key: RegisteredKey::Fido2 {
            credential_id: new.stored.credential_id.to_string(),
            credential: written(&new.stored)?,
        },
    };
    let thumbprint = new.jwk().thumbprint().to_string();
    let redeemed = enrolment.try_map(|enrolment| enrolment.redeem(device.id, thumbprint, app.now()))?;
    let write = Write::new().replace_live("enrolment", enrolment, &redeemed, app.now())?.insert(KEY, &key)?;
    Ok((joining::join(app, write, app_space, &device).await?, redeemed))
}

const KEY: &str = "key";

/// Why another try would be refused as well: the credential is known already.
pub(crate) fn known(conflict: &StoreError) -> Option<Refusal> {
    let state = "registered already";
    conflict.is_conflict_of(KEY).then(|| Refused::WrongState { what: "credential", state }.into())
}

fn device(
    app: &App,
    enrolment: &Enrolment,
    stored: &StoredCredential,
    name: Option<&DeviceName>,
) -> Result<Device, Refusal> {
    let name = match name {
        Some(name) => name.clone(),
        None => DeviceName::parse("name", "WebAuthn".to_owned())?,
    };
    let key = keep_key(&stored.public_key, &stored.public_key.thumbprint())?;
    let kind = DeviceKind::Fido2 { credential_id: stored.credential_id.to_string(), key };
    let (id, now) = (DeviceId::new(app.now(), app.random()), app.now());
    Ok(Device::new(id, enrolment, name, Platform::Other, kind, now))
}

/// The credential as it is kept.
pub(crate) fn written(stored: &StoredCredential) -> Result<String, Refusal> {
    serde_json::to_string(stored).map_err(|_| internal("a credential that has no JSON")())
}
