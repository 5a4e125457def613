//! `POST /_app/uaf/1.1/request/deregistration/`: an app gives its device up, or learns that its backend has revoked it. Either
//! way the client is asked to forget the key.

use countersign_domain::device::{Device, DeviceKind};
use countersign_domain::user::User;
use countersign_lambda::device::{DeviceRead, Proof};
use countersign_lambda::device_change::replace;
use countersign_lambda::dialect::FIDO_UAF;
use countersign_lambda::{App, Call, Refusal, Reply, dispatch};
use countersign_store::Record;
use countersign_uaf::messages::{self, Authenticator, DeregistrationRequest, Operation, Version};
use serde::Deserialize;

use crate::device_token::Bearer;
use crate::uaf::keys::parts;
use crate::uaf::messages::{GetRequest, ReturnRequest};

/// How often the device is read again after somebody was faster.
const ROUNDS: usize = 3;

#[derive(Deserialize, Default)]
struct Context {}

pub(crate) async fn handle(app: &App, call: Call<GetRequest>) -> Result<Reply<ReturnRequest>, Refusal> {
    let Context {} = call.body.context("Dereg")?;
    for _ in 0..ROUNDS {
        let (user, device) = caller(app, &call).await?;
        let request = forget(&call.base_url(&app.settings), &device.value).ok_or(Refusal::Unauthorized)?;
        if device.value.is_active() {
            let revoked = device.try_map(|device| device.revoke_itself(app.now()))?;
            let write = replace(app, &user.value, &device, &revoked).await?;
            match app.store.write(write).await {
                Ok(()) => {}
                Err(error) if error.is_conflict() => continue,
                Err(error) => return Err(error.into()),
            }
        }
        let request = ReturnRequest::new(Operation::Dereg, request, None);
        return Ok(Reply::ok(request).media_type(FIDO_UAF));
    }
    Err(Refusal::Conflict)
}

/// By the signature of the dispatch target, or by a device token.
async fn caller(app: &App, call: &Call<GetRequest>) -> Result<(Record<User>, Record<Device>), Refusal> {
    if call.device_signature().is_some() {
        let read = DeviceRead::by(Proof::of_target(call)?);
        let (caller, _) = read.authenticate_even_revoked(app, call).await?;
        return Ok((caller.user, caller.device));
    }
    let Bearer { user, device } = Bearer::of(app, call).await?;
    Ok((user, device))
}

/// The message that names the device's key; nothing for a device of another protocol.
fn forget(base_url: &str, device: &Device) -> Option<String> {
    let DeviceKind::Uaf { .. } = &device.kind else { return None };
    let (aaid, key_id) = parts(&device.kind.key_name()?)?;
    let app_id = dispatch::app_id(base_url, device.app_space);
    let key = vec![Authenticator::Key(aaid, key_id)];
    Some(messages::write(&DeregistrationRequest::new(Version::V1_1, &app_id, key)))
}
