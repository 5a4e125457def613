//! Calls that the app signs with its dispatch target's key: the same proof that devices of the device protocol make
//! (`docs/device-protocol.md`), in the header `Device-Signature`.

use countersign_crypto::digest::Digest;
use countersign_crypto::encoding::base64url;
use countersign_crypto::system::SystemRandom;
use countersign_domain::chance;
use reqwest::Method;
use serde::Serialize;

use super::app::UafApp;
use super::call::Authority;
use super::error::{UafError, accepted};
use super::wallet::Account;
use crate::device::error::CallError;
use crate::device::proof::{ProofClaims, TYP};
use crate::device::service::RawReply;

impl UafApp {
    /// The claims of a signature of this call, now, with a fresh `jti`.
    pub fn signature_claims(
        &self,
        account: &Account,
        method: &Method,
        path: &str,
        body: &[u8],
    ) -> ProofClaims {
        let path = path.split_once('?').map_or(path, |(path, _)| path);
        ProofClaims {
            sub: account.user.clone(),
            htm: method.to_string(),
            htu: self.service().url().join(path),
            iat: self.service().now().secs(),
            jti: base64url(&chance::bytes::<16>(&SystemRandom)),
            bh: Digest::of(body).to_string(),
        }
    }

    /// The signature itself: `claims` under the target's key, with the target's id as `kid`.
    ///
    /// # Errors
    /// [`UafError::NoTarget`].
    pub fn sign(&self, account: &Account, claims: &impl Serialize) -> Result<String, UafError> {
        let target = account.target.as_ref().ok_or(UafError::NoTarget)?;
        let signed = target.signature_key.sign(TYP, Some(&account.device), claims);
        Ok(signed.map_err(CallError::from)?)
    }

    /// Makes a call with a signature. When the service says that the app's clock is off, its time is learnt and the call is signed
    /// anew, once.
    ///
    /// # Errors
    /// [`UafError`].
    pub async fn signed(
        &self,
        method: &Method,
        path: &str,
        content_type: &str,
        body: Vec<u8>,
    ) -> Result<RawReply, UafError> {
        match self.signed_once(method, path, content_type, body.clone()).await {
            Err(UafError::Refused(refusal)) if refusal.server_time.is_some() => {
                if let Some(server_time) = refusal.server_time {
                    self.service().learn_time(server_time);
                }
                self.signed_once(method, path, content_type, body).await
            }
            result => result,
        }
    }

    async fn signed_once(
        &self,
        method: &Method,
        path: &str,
        content_type: &str,
        body: Vec<u8>,
    ) -> Result<RawReply, UafError> {
        let account = self.account()?;
        let jws = self.sign(account, &self.signature_claims(account, method, path, &body))?;
        accepted(self.send(method, path, content_type, Authority::Signature(&jws), body).await?)
    }
}
