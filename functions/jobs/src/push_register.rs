//! A device's push token is made known to SNS, and forgotten with the device.

use countersign_domain::app_space::AppSpace;
use countersign_domain::device::{Device, PushRegistration};
use countersign_domain::id::DeviceId;
use countersign_push::PushError;
use countersign_store::{Write, keys};

use crate::Jobs;
use crate::error::JobError;

/// Follows the change of a device from `old` to `new`.
pub(crate) async fn follow(jobs: &Jobs, old: Option<&Device>, new: &Device) -> Result<(), JobError> {
    if let Some(endpoint) = old.and_then(endpoint)
        && self::endpoint(new).is_none()
    {
        forget(jobs, endpoint, new.id).await?;
    }
    if matches!(new.push, PushRegistration::Wanted { .. }) {
        register(jobs, new).await?;
    }
    Ok(())
}

fn endpoint(device: &Device) -> Option<&str> {
    match &device.push {
        PushRegistration::Registered { endpoint, .. } | PushRegistration::Disabled { endpoint, .. } => {
            Some(endpoint)
        }
        PushRegistration::None | PushRegistration::Wanted { .. } => None,
    }
}

async fn register(jobs: &Jobs, wanted: &Device) -> Result<(), JobError> {
    let (store, now) = (&jobs.app.store, jobs.app.now());
    let Some((device, account)) = store.device_with_account(wanted.user, wanted.id, now).await? else {
        return Ok(());
    };
    // The record may be old: only what the device wants now is made known.
    let PushRegistration::Wanted { token } = &device.value.push else { return Ok(()) };
    let app_space = store.get::<AppSpace>(keys::app_space(wanted.app_space.tenant()), now).await?;
    let push = app_space.map(|record| record.value.push).unwrap_or_default();
    let Some(application) = push.application(wanted.platform) else { return Ok(()) };
    let endpoint = match jobs.app.push.register(application, token, wanted.id).await {
        Ok(endpoint) => endpoint,
        Err(error @ PushError::Unavailable(_)) => return Err(error.into()),
        Err(error) => {
            tracing::error!(%error, device = %wanted.id, "a push token is not registered; the device must ask");
            return Ok(());
        }
    };
    let registered = device.try_map(|device| device.registered(endpoint)).map_err(JobError::unexpected)?;
    let write = Write::new().replace_device(&device, &account, &registered)?;
    store.write(write).await.map_err(JobError::from)
}

async fn forget(jobs: &Jobs, endpoint: &str, device: DeviceId) -> Result<(), JobError> {
    match jobs.app.push.forget(endpoint, device).await {
        Err(error @ PushError::Unavailable(_)) => Err(error.into()),
        Err(error) => {
            tracing::warn!(%error, "an endpoint is not deleted");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}
