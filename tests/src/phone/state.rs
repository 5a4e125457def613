//! What a phone remembers: its enrolments with their keys, the logins whose links have not come back, its UAF keys, and its
//! connections of the Authenticator API.

use std::fmt;
use std::sync::Arc;

use countersign_crypto::signing_key::KeyRefused;
use countersign_domain::id::{AppSpaceId, DeviceId};
use countersign_domain::time::{Clock, Span};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::authenticator::{Connection, PendingConnection};
use crate::device::error::CallError;
use crate::device::keys::{DeviceKeys, KeyPair};
use crate::device::link::BindLink;
use crate::device::service::Service;
use crate::device::service_url::ServiceUrl;
use crate::device::{Device, Identity};
use crate::uaf::wallet::Wallet;

/// All enrolments of one phone, oldest first.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct State {
    pub(crate) devices: Vec<StoredDevice>,
    /// At most one for each App Space.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) logins: Vec<PendingLogin>,
    /// What the app with a UAF client keeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) uaf: Option<StoredUaf>,
    /// What the app of the Authenticator API keeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) authenticator: Option<StoredAuthenticator>,
}

/// The app of the Authenticator API.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct StoredAuthenticator {
    /// Oldest first.
    pub(crate) connections: Vec<Connection>,
    /// The last one that waits for its login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pending: Option<PendingConnection>,
}

/// The app with a UAF client.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StoredUaf {
    /// The app's own word for this phone.
    pub(crate) device_id: String,
    #[serde(flatten)]
    pub(crate) wallet: Wallet,
}

/// One enrolment.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StoredDevice {
    /// What its person calls it.
    pub(crate) name: String,
    /// Where it was enrolled.
    pub(crate) service_url: ServiceUrl,
    /// Who it is there.
    #[serde(flatten)]
    pub(crate) identity: Identity,
    /// How far the service's clock is ahead of this machine's, as far as it is known.
    pub(crate) clock_offset_millis: i64,
    #[serde(flatten)]
    keys: StoredKeys,
}

/// A login that was begun: its link is of use to these keys alone.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PendingLogin {
    service_url: ServiceUrl,
    app_space_guid: AppSpaceId,
    #[serde(flatten)]
    keys: StoredKeys,
}

/// Both private keys.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredKeys {
    auth_key: PrivateJwk,
    strong_key: PrivateJwk,
}

impl StoredKeys {
    fn of(keys: &DeviceKeys) -> Result<Self, KeyRefused> {
        Ok(Self { auth_key: PrivateJwk::of(&keys.auth)?, strong_key: PrivateJwk::of(&keys.strong)? })
    }

    fn open(&self) -> Result<DeviceKeys, KeyRefused> {
        Ok(DeviceKeys { auth: self.auth_key.pair()?, strong: self.strong_key.pair()? })
    }
}

/// A private key as JSON; never printed.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct PrivateJwk(Value);

impl fmt::Debug for PrivateJwk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateJwk(…)")
    }
}

impl PrivateJwk {
    fn of(pair: &KeyPair) -> Result<Self, KeyRefused> {
        serde_json::from_str(pair.to_jwk()?.expose()).map(Self).map_err(|_| KeyRefused::Private)
    }

    fn pair(&self) -> Result<KeyPair, KeyRefused> {
        KeyPair::from_jwk(&self.0.to_string())
    }
}

impl StoredDevice {
    /// What must be kept of a fresh enrolment.
    pub(crate) fn new(
        name: String,
        service: &Service,
        identity: Identity,
        keys: &DeviceKeys,
    ) -> Result<Self, KeyRefused> {
        Ok(Self {
            name,
            service_url: service.url().clone(),
            identity,
            clock_offset_millis: service.offset().as_millis(),
            keys: StoredKeys::of(keys)?,
        })
    }

    /// The device itself.
    pub(crate) fn open(&self, clock: Arc<dyn Clock>) -> Result<Device, CallError> {
        let service = Service::new(self.service_url.clone(), clock, Span::millis(self.clock_offset_millis))?;
        Ok(Device::new(service, self.identity.clone(), self.keys.open()?))
    }

    /// Its id.
    pub(crate) const fn guid(&self) -> DeviceId {
        self.identity.device_guid
    }
}

impl PendingLogin {
    /// What must be kept until the link comes back.
    pub(crate) fn new(
        app_space_guid: AppSpaceId,
        service: &Service,
        keys: &DeviceKeys,
    ) -> Result<Self, KeyRefused> {
        Ok(Self { service_url: service.url().clone(), app_space_guid, keys: StoredKeys::of(keys)? })
    }

    /// Its keys.
    pub(crate) fn keys(&self) -> Result<DeviceKeys, KeyRefused> {
        self.keys.open()
    }

    /// Whether this link may have come back from it.
    fn may_have_led_to(&self, link: &BindLink) -> bool {
        // The keys of one service are not shown to another.
        self.app_space_guid == link.app_space_guid && self.service_url == link.service_url
    }
}

impl State {
    /// Remembers a login in place of the one before in the same App Space.
    pub(crate) fn begin_login(&mut self, login: PendingLogin) {
        self.logins.retain(|known| known.app_space_guid != login.app_space_guid);
        self.logins.push(login);
    }

    /// The login that this link may have come back from.
    pub(crate) fn login_of(&self, link: &BindLink) -> Option<&PendingLogin> {
        self.logins.iter().find(|login| login.may_have_led_to(link))
    }

    /// Forgets the login that this link came back from.
    pub(crate) fn end_login(&mut self, link: &BindLink) {
        self.logins.retain(|login| !login.may_have_led_to(link));
    }

    /// The enrolment of this id.
    pub(crate) fn find_mut(&mut self, guid: DeviceId) -> Option<&mut StoredDevice> {
        self.devices.iter_mut().find(|device| device.guid() == guid)
    }

    /// Adds an enrolment, as the last one. The same device again takes the place of the one before.
    pub(crate) fn add(&mut self, device: StoredDevice) {
        self.forget(device.guid());
        self.devices.push(device);
    }

    /// Forgets an enrolment with its keys.
    pub(crate) fn forget(&mut self, guid: DeviceId) {
        self.devices.retain(|device| device.guid() != guid);
    }
}
