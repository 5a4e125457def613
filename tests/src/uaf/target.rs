//! Dispatch targets: where pushes for a device go, and the key that its calls are signed with.

use countersign_authenticator::push_key::PushKey;
use countersign_crypto::jwk::Algorithm;
use countersign_crypto::system::SystemRandom;
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::app::UafApp;
use super::call::{Authority, JSON};
use super::error::{UafError, accepted};
use super::token::who;
use super::wallet::{Account, Target};
use crate::device::error::CallError;
use crate::device::keys::KeyPair;

/// Where targets are.
pub const TARGETS: &str = "/_app/token/dispatch/targets/";

/// Where pushes go.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Push {
    /// The push token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// `fcm` or `apns`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dispatcher: Option<String>,
}

#[derive(Deserialize)]
struct Made {
    id: String,
}

impl UafApp {
    /// Gives the service a fresh signature key and encryption key of this app, and says where pushes go. `device_token` comes with
    /// a registration or an authentication.
    ///
    /// # Errors
    /// [`UafError`].
    pub async fn create_target(&mut self, device_token: &str, push: &Push) -> Result<String, UafError> {
        let keys = Target {
            signature_key: KeyPair::generate(Algorithm::Es256, &SystemRandom).map_err(CallError::from)?,
            encryption_key: PushKey::generate(),
        };
        let device = self.device_of(device_token)?;
        let body = self.target_body(&device, &keys, push).to_string().into_bytes();
        let reply = self.send(&Method::POST, TARGETS, JSON, Authority::Bearer(device_token), body).await?;
        let Made { id } = accepted(reply)?.json()?;
        let of_token = |account: &&mut Account| account.device == device;
        let account = self.wallet_mut().accounts.iter_mut().find(of_token).ok_or(UafError::NoAccount)?;
        account.device.clone_from(&id);
        account.target = Some(keys);
        Ok(id)
    }

    /// The device that a device token is of; the one in use where it does not say.
    fn device_of(&self, device_token: &str) -> Result<String, UafError> {
        match who(device_token) {
            Some(who) => Ok(who.device),
            None => Ok(self.account()?.device.clone()),
        }
    }

    /// Whether the device of this device token has no target yet.
    pub fn lacks_target(&self, device_token: &str) -> bool {
        let device = self.device_of(device_token).unwrap_or_default();
        let lacks = |account: &Account| account.device == device && account.target.is_none();
        self.wallet().accounts.iter().any(lacks)
    }

    /// The body that makes a target of these keys for this device.
    pub fn target_body(&self, device: &str, keys: &Target, push: &Push) -> Value {
        let account = self.wallet().accounts.iter().find(|account| account.device == device);
        let mut body = json!({
            "username": account.map(|account| account.username.as_str()),
            "deviceId": self.description().device_id,
            "name": self.description().name,
            "signatureKey": keys.signature_key.public(),
            "encryptionKey": keys.encryption_key.public_jwk(),
        });
        for (name, value) in [("target", &push.target), ("dispatcher", &push.dispatcher)] {
            if let Some(value) = value {
                body[name] = value.as_str().into();
            }
        }
        body
    }

    /// Changes the target: members `name`, `target`, `dispatcher`, `encryptionKey`, `signatureKey`.
    ///
    /// # Errors
    /// [`UafError`].
    pub async fn update_target(&self, changes: &Value) -> Result<(), UafError> {
        let path = format!("{TARGETS}{}", self.account()?.device);
        self.signed(&Method::PATCH, &path, JSON, changes.to_string().into_bytes()).await.map(drop)
    }

    /// Removes the target: no pushes any more, and no signed calls.
    ///
    /// # Errors
    /// [`UafError`].
    pub async fn delete_target(&mut self) -> Result<(), UafError> {
        let path = format!("{TARGETS}{}", self.account()?.device);
        self.signed(&Method::DELETE, &path, JSON, Vec::new()).await?;
        self.account_mut()?.target = None;
        Ok(())
    }
}
