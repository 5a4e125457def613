//! A new challenge is pushed to its user's devices.

use countersign_crypto::jwe::EncryptionKey;
use countersign_domain::account::PushTarget;
use countersign_domain::authenticator_key::KeyName;
use countersign_domain::challenge::{Challenge, ChallengeState};
use countersign_domain::channel::Channel;
use countersign_domain::device::{Device, DeviceKind};
use countersign_domain::id::{DeviceId, UserId};
use countersign_domain::refused::Refused;
use countersign_domain::user::User;
use countersign_lambda::dispatch::{self, Dispatched, NmaData};
use countersign_push::{Notice, PushError};
use countersign_store::{Read, Write, keys};

use crate::Jobs;
use crate::error::JobError;

/// Pushes `challenge`, as it was made, unless it is decided or over by now.
///
/// A device whose push cannot be delivered finds the challenge in its list; only where another try may help is this an
/// error, so that the record comes again. The push service shows a push that comes twice once, by its collapse id.
pub(crate) async fn notify(jobs: &Jobs, challenge: &Challenge) -> Result<(), JobError> {
    let (ChallengeState::Pending { user, .. }, true) = (&challenge.state, challenge.notification.show) else {
        return Ok(());
    };
    let now = jobs.app.now();
    let mut read = Read::new();
    let (user_slot, current) =
        (read.add::<User>(keys::user(*user)), read.add::<Challenge>(keys::challenge(challenge.id)));
    let mut found = jobs.app.store.read(read, now).await?;
    let waits = found.take(current)?.is_some_and(|current| current.value.at(now).state.is_open());
    let (true, Some(person)) = (waits, found.take(user_slot)?) else { return Ok(()) };
    let Some(account) = jobs.app.store.account_of(&person.value, now).await? else { return Ok(()) };
    for target in account.value.targets.iter().filter(|target| takes(challenge, target)) {
        send(jobs, challenge, *user, target).await?;
    }
    Ok(())
}

/// Whether `challenge` is pushed there: an approval to the authenticators that may answer it, all else to devices of the
/// Device API, which alone have more answers than one; and what is a yes or a no to apps of the Authenticator API.
fn takes(challenge: &Challenge, target: &PushTarget) -> bool {
    if target.authenticator.is_some() {
        return challenge.is_for_authenticator(target.device);
    }
    match (&challenge.approval, &target.key) {
        (None, key) => key.is_none(),
        (Some(approval), Some(KeyName::Uaf { .. })) => {
            approval.channel == Channel::Push && approval.is_for(target.device)
        }
        (Some(_), _) => false,
    }
}

/// What an approval dispatches, encrypted to the device; nothing where the device gave no key for that. It then asks
/// for what is pending.
async fn dispatched(
    jobs: &Jobs,
    challenge: &Challenge,
    user: UserId,
    device: DeviceId,
) -> Result<Option<String>, JobError> {
    let Some(approval) = &challenge.approval else { return Ok(None) };
    let app = &jobs.app;
    let kind = app.store.get::<Device>(keys::device(user, device), app.now()).await?;
    let kind = kind.map(|device| device.value.kind);
    let Some(DeviceKind::Uaf { target: Some(target), .. }) = kind else { return Ok(None) };
    let Some(key) = target.encryption_key else { return Ok(None) };
    let key = EncryptionKey::parse(&key.jwk).map_err(JobError::unexpected)?;
    let token = dispatch::challenge_token(app, &approval.token_key, challenge.id, Some(device));
    let token = token.await.map_err(JobError::refused)?;
    let base_url = app.settings.public_url.as_deref().unwrap_or_default();
    let data = NmaData::new(base_url, Dispatched::Authentication, &token, challenge.id);
    let data = serde_json::to_vec(&data).map_err(JobError::unexpected)?;
    key.encrypt(&data, app.random()).map(Some).map_err(JobError::unexpected)
}

async fn send(jobs: &Jobs, challenge: &Challenge, user: UserId, target: &PushTarget) -> Result<(), JobError> {
    let Some(endpoint) = &target.endpoint else { return Ok(()) };
    let now = jobs.app.now();
    let dispatched = dispatched(jobs, challenge, user, target.device).await?;
    let notice = Notice {
        dispatched: dispatched.as_deref(),
        authenticator: target.authenticator,
        app_space: challenge.app_space,
        device: target.device,
        challenge: challenge.id,
        title: &challenge.notification.title,
        body: &challenge.notification.body,
        time_left: challenge.expires_at - now,
    };
    match jobs.app.push.notify(endpoint, &notice).await {
        Ok(()) => Ok(()),
        Err(PushError::EndpointDisabled) => {
            change(jobs, user, target, |device| device.push_disabled(endpoint, now)).await
        }
        Err(PushError::EndpointGone) => {
            change(jobs, user, target, |device| device.endpoint_gone(endpoint)).await
        }
        Err(PushError::Refused(problem)) => {
            tracing::error!(problem, challenge = %challenge.id, "a push is not sent; the device must ask");
            Ok(())
        }
        Err(error @ PushError::Unavailable(_)) => Err(error.into()),
    }
}

/// What SNS told about an endpoint changes the device and its place in the account together. Whoever was faster has
/// changed the registration since, and that counts.
async fn change(
    jobs: &Jobs,
    user: UserId,
    target: &PushTarget,
    transition: impl FnOnce(Device) -> Result<Device, Refused>,
) -> Result<(), JobError> {
    let store = &jobs.app.store;
    let Some((device, account)) = store.device_with_account(user, target.device, jobs.app.now()).await?
    else {
        return Ok(());
    };
    let Ok(changed) = device.try_map(transition) else { return Ok(()) };
    let write = Write::new().replace_device(&device, &account, &changed)?;
    store.write(write).await.map_err(JobError::from)
}
