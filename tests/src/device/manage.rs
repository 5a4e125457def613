//! What a device asks and says about itself.

use countersign_domain::id::{AppSpaceId, ChallengeId, DeviceId, UserId};
use reqwest::Method;
use serde::{Deserialize, Serialize};

use super::error::CallError;
use super::{Device, json_body, no_body};

/// Where a device manages itself.
pub const DEVICE_PATH: &str = "/device/v1/device";
/// Where it sets its push token.
pub const PUSH_TOKEN_PATH: &str = "/device/v1/device/push-token";
/// Where it reports wrong PINs and biometrics.
pub const STRONG_FAILURES_PATH: &str = "/device/v1/strong-failures";
/// Where it reports what it saw.
pub const TELEMETRY_PATH: &str = "/device/v1/telemetry";

/// What the service knows of a device.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeviceStatus {
    /// The device.
    pub device_guid: DeviceId,
    /// What its person calls it.
    pub name: String,
    /// `android`, `ios` or `other`.
    pub platform: String,
    /// `active` or `revoked`.
    pub status: String,
    /// `none`, `wanted`, `registered` or `disabled`.
    pub push: String,
    /// When it enrolled, RFC 3339.
    pub created_at: String,
    /// How many wrong PINs or biometrics it may still report.
    pub strong_attempts_left: u32,
    /// The user.
    pub privakey_id: UserId,
    /// How the Request Origin calls the user.
    pub account_id: String,
    /// `active`, `suspended` or `revoked`.
    pub account_status: String,
    /// The App Space.
    pub app_space_guid: AppSpaceId,
    /// The App Space's name.
    pub app_space_name: String,
}

/// What became of a reported PIN or biometric failure.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StrongFailures {
    /// How many more it may report.
    pub attempts_left: u32,
    /// `active`, or `revoked` when none are left.
    pub device_status: String,
}

/// One event that a device reports. It is kept in the audit trail and decides nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TelemetryEvent {
    /// E.g. `NOTIFICATION_CLICKED`: 1 to 64 characters `A-Z0-9_`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenge_guid: Option<ChallengeId>,
    /// When it happened, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// How long it took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_millis: Option<u64>,
    /// Whatever else there is to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Device {
    /// What the service knows of this device; also when its user is suspended.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn status(&self) -> Result<DeviceStatus, CallError> {
        self.call(&Method::GET, DEVICE_PATH, no_body).await?.json()
    }

    /// A new name: 1 to 64 characters.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn rename(&self, name: &str) -> Result<DeviceStatus, CallError> {
        #[derive(Serialize)]
        struct Body<'a> {
            name: &'a str,
        }
        self.call(&Method::PATCH, DEVICE_PATH, |_| json_body(&Body { name })).await?.json()
    }

    /// Where pushes go from now on; with `None`, nowhere.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn set_push_token(&self, token: Option<&str>) -> Result<DeviceStatus, CallError> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Body<'a> {
            push_token: Option<&'a str>,
        }
        self.call(&Method::PUT, PUSH_TOKEN_PATH, |_| json_body(&Body { push_token: token })).await?.json()
    }

    /// Reports a wrong PIN or biometric. When none are left, the device is revoked.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn report_strong_failure(&self) -> Result<StrongFailures, CallError> {
        self.call(&Method::POST, STRONG_FAILURES_PATH, |_| Ok(b"{}".to_vec())).await?.json()
    }

    /// Reports 1 to 20 events, and gets how many were taken.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn report_telemetry(&self, events: &[TelemetryEvent]) -> Result<u32, CallError> {
        #[derive(Serialize)]
        struct Body<'a> {
            events: &'a [TelemetryEvent],
        }
        #[derive(Deserialize)]
        struct Reply {
            accepted: u32,
        }
        let reply = self.call(&Method::POST, TELEMETRY_PATH, |_| json_body(&Body { events })).await?;
        Ok(reply.json::<Reply>()?.accepted)
    }

    /// Revokes this device for ever.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn remove(&self) -> Result<(), CallError> {
        self.call(&Method::DELETE, DEVICE_PATH, no_body).await.map(drop)
    }
}
