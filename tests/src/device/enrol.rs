//! Enrolment: from a bind link to a device.

use countersign_crypto::jwk::PublicJwk;
use countersign_domain::device::Platform;
use countersign_domain::id::{AppSpaceId, UserId};
use countersign_domain::secret::Secret;
use countersign_domain::time::Timestamp;
use reqwest::Method;
use serde::{Deserialize, Serialize};

use super::error::{CallError, ErrorCode};
use super::keys::DeviceKeys;
use super::link::BindLink;
use super::service::Service;
use super::{Identity, json_body};

/// `typ` of the proofs that a device holds its keys.
pub const TYP: &str = "countersign-enrolment+jwt";

/// Where a token is looked up.
pub const LOOKUP_PATH: &str = "/device/v1/enrolments/lookup";
/// Where a device is made.
pub const DEVICES_PATH: &str = "/device/v1/devices";

/// What a token is for, as the service says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lookup {
    /// What the proofs of possession must repeat.
    pub nonce: String,
    /// The App Space.
    pub app_space_guid: AppSpaceId,
    /// The App Space's name, to show.
    pub app_space_name: String,
    /// The user.
    pub privakey_id: UserId,
    /// How the Request Origin calls the user.
    pub account_id: String,
    /// Until when the token works, RFC 3339.
    pub expires_at: String,
}

/// What a device says of itself.
#[derive(Debug, Clone)]
pub struct Description {
    /// What its person calls it: 1 to 64 characters.
    pub name: String,
    /// What it runs on.
    pub platform: Platform,
    /// Where pushes go.
    pub push_token: Option<String>,
}

/// The claims that both keys sign. Both signatures name both keys, so that neither can be exchanged.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EnrolmentClaims {
    /// From the lookup.
    pub nonce: String,
    /// The public URL: a proof for one service is none for another.
    pub aud: String,
    /// RFC 7638 thumbprint of the auth key.
    pub auth_key: String,
    /// RFC 7638 thumbprint of the strong key.
    pub strong_key: String,
    /// Seconds since the epoch.
    pub iat: i64,
}

/// The body that makes a device.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewDevice<'a> {
    /// The session token.
    pub token: &'a str,
    /// The device's name.
    pub name: &'a str,
    /// `android`, `ios` or `other`.
    pub platform: &'a str,
    /// Where pushes go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub push_token: Option<&'a str>,
    /// The public auth key.
    pub auth_key: &'a PublicJwk,
    /// The public strong key.
    pub strong_key: &'a PublicJwk,
    /// [`EnrolmentClaims`] under the auth key.
    pub auth_proof: String,
    /// [`EnrolmentClaims`] under the strong key.
    pub strong_proof: String,
}

/// Step 1: asks what `token` is for. That does not use it up.
///
/// # Errors
/// [`CallError`]; `not_found` when the token is unknown, used or expired.
pub async fn lookup(service: &Service, token: &Secret<String>) -> Result<Lookup, CallError> {
    #[derive(Serialize)]
    struct Body<'a> {
        token: &'a str,
    }
    let body = json_body(&Body { token: token.expose() })?;
    service.send(&Method::POST, LOOKUP_PATH, body, None).await?.accepted()?.json()
}

/// An enrolment that was looked up.
#[derive(Debug)]
pub struct Enrolment<'a> {
    service: &'a Service,
    token: &'a Secret<String>,
    lookup: Lookup,
}

impl<'a> Enrolment<'a> {
    /// Step 1 for a link, whose words about App Space and user must be the service's.
    ///
    /// # Errors
    /// [`CallError`]; `not_found` when the link's token is unknown, used or expired.
    pub async fn begin(service: &'a Service, link: &'a BindLink) -> Result<Self, CallError> {
        let lookup = lookup(service, &link.session_token).await?;
        if lookup.app_space_guid != link.app_space_guid || lookup.privakey_id != link.privakey_id {
            return Err(CallError::NotTheProtocol(
                "the link is for another App Space or user than its token",
            ));
        }
        Ok(Self { service, token: &link.session_token, lookup })
    }

    /// What the service says of it, to show before going on.
    pub const fn lookup(&self) -> &Lookup {
        &self.lookup
    }

    /// Steps 2 and 3: proves that both keys are held, and becomes a device. Keep `keys` before this call: when its
    /// reply is lost, the same keys get the same answer.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn finish(&self, keys: &DeviceKeys, description: &Description) -> Result<Identity, CallError> {
        match self.finish_at(keys, description, self.service.now()).await {
            Err(CallError::Refused(refusal)) if refusal.code == ErrorCode::ClockSkew => {
                let Some(server_time) = refusal.server_time else { return Err(CallError::Refused(refusal)) };
                self.service.learn_time(server_time);
                self.finish_at(keys, description, self.service.now()).await
            }
            result => result,
        }
    }

    /// The claims for `keys`, made at `now`.
    pub fn claims(&self, keys: &DeviceKeys, now: Timestamp) -> EnrolmentClaims {
        EnrolmentClaims {
            nonce: self.lookup.nonce.clone(),
            aud: self.service.url().as_str().to_owned(),
            auth_key: keys.auth.thumbprint(),
            strong_key: keys.strong.thumbprint(),
            iat: now.secs(),
        }
    }

    /// The body that makes a device of `keys`, with `claims` signed by both.
    ///
    /// # Errors
    /// [`CallError::Signing`].
    pub fn body<'b>(
        &'b self,
        keys: &'b DeviceKeys,
        description: &'b Description,
        claims: &EnrolmentClaims,
    ) -> Result<NewDevice<'b>, CallError> {
        Ok(NewDevice {
            token: self.token.expose(),
            name: &description.name,
            platform: description.platform.name(),
            push_token: description.push_token.as_deref(),
            auth_key: keys.auth.public(),
            strong_key: keys.strong.public(),
            auth_proof: keys.auth.sign(TYP, None, claims)?,
            strong_proof: keys.strong.sign(TYP, None, claims)?,
        })
    }

    async fn finish_at(
        &self,
        keys: &DeviceKeys,
        description: &Description,
        now: Timestamp,
    ) -> Result<Identity, CallError> {
        let body = json_body(&self.body(keys, description, &self.claims(keys, now))?)?;
        self.service.send(&Method::POST, DEVICES_PATH, body, None).await?.accepted()?.json()
    }
}
