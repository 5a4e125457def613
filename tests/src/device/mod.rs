//! The reference client of the device protocol (`docs/device-protocol.md`).
//!
//! An app enrols with [`enrol::Enrolment`], after a [`login`] where the users of its App Space live at an identity provider, keeps what [`Device`] is made of ([`Identity`], [`keys::DeviceKeys`],
//! [`service_url::ServiceUrl`]), and makes every later call through [`Device`]:
//!
//! | call | where |
//! |---|---|
//! | list, fetch, answer, claim | [`challenges`] |
//! | status, rename, push token, strong failure, telemetry, remove | [`manage`] |
//!
//! Whoever wants to send something that the protocol does not allow builds it from the same parts: claims with
//! [`Device::proof_claims`] and [`challenges::AnswerClaims`], signatures with [`keys::KeyPair::sign`] and
//! [`keys::KeyPair::sign_raw`], the bare call with [`service::Service::send`].

pub mod challenges;
pub mod document;
pub mod enrol;
pub mod error;
pub mod keys;
pub mod link;
pub mod login;
pub mod manage;
pub mod proof;
pub mod service;
pub mod service_url;
#[cfg(test)]
mod tests;

use countersign_domain::id::{AppSpaceId, DeviceId, UserId};
use countersign_domain::time::Timestamp;
use reqwest::Method;
use serde::{Deserialize, Serialize};

use error::{CallError, ErrorCode};
use keys::DeviceKeys;
use service::{RawReply, Service};

/// Who a device is at the service, as its enrolment answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// `kid` of its proofs and answers.
    pub device_guid: DeviceId,
    /// The user it belongs to; `sub` of its proofs.
    pub privakey_id: UserId,
    /// The App Space it belongs to.
    pub app_space_guid: AppSpaceId,
    /// The App Space's name, to show.
    pub app_space_name: String,
}

/// An enrolled device.
#[derive(Debug)]
pub struct Device {
    service: Service,
    identity: Identity,
    keys: DeviceKeys,
}

impl Device {
    /// The device that enrolled at `service` as `identity` with `keys`.
    pub const fn new(service: Service, identity: Identity, keys: DeviceKeys) -> Self {
        Self { service, identity, keys }
    }

    /// Where it was enrolled.
    pub const fn service(&self) -> &Service {
        &self.service
    }

    /// Who it is.
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Its keys.
    pub const fn keys(&self) -> &DeviceKeys {
        &self.keys
    }

    /// Calls `method path` with a proof. `body` is made anew for each try, from the time that the service agrees
    /// with: when it says `clock_skew`, the offset is learnt and everything is signed anew, once.
    ///
    /// # Errors
    /// [`CallError`], where the reply is none of 2xx too.
    pub async fn call<F>(&self, method: &Method, path: &str, body: F) -> Result<RawReply, CallError>
    where
        F: Fn(Timestamp) -> Result<Vec<u8>, CallError>,
    {
        match self.call_once(method, path, &body).await {
            Err(CallError::Refused(refusal)) if refusal.code == ErrorCode::ClockSkew => {
                let Some(server_time) = refusal.server_time else { return Err(CallError::Refused(refusal)) };
                self.service.learn_time(server_time);
                self.call_once(method, path, &body).await
            }
            result => result,
        }
    }

    async fn call_once<F>(&self, method: &Method, path: &str, body: &F) -> Result<RawReply, CallError>
    where
        F: Fn(Timestamp) -> Result<Vec<u8>, CallError>,
    {
        let body = body(self.service.now())?;
        let proof = self.sign_proof(&self.proof_claims(method, path, &body))?;
        self.service.send(method, path, body, Some(&proof)).await?.accepted()
    }
}

/// A call without a body.
fn no_body(_: Timestamp) -> Result<Vec<u8>, CallError> {
    Ok(Vec::new())
}

/// `value` as the JSON of a body.
fn json_body(value: &impl Serialize) -> Result<Vec<u8>, CallError> {
    serde_json::to_vec(value).map_err(|_| CallError::Unsendable)
}
