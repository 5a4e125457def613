//! Who calls: devices, by a proof in the style of DPoP (docs/device-protocol.md).
//!
//! The proof names user and device, so that both are read in one call with whatever the operation needs; nothing of
//! it is given out before the proof was verified against the device's auth key.

use countersign_crypto::digest::Digest;
use countersign_crypto::jwk::PublicJwk;
use countersign_crypto::jws::Unverified;
use countersign_crypto::proof::{self, ProofRefused};
use countersign_domain::device::{Device, DeviceKind, PublicKey};
use countersign_domain::id::{DeviceId, UserId};
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_store::guards::Seen;
use countersign_store::keys::{self, Key};
use countersign_store::{Found, Read, Record, Slot, StoreError, Stored, Write};
use serde::Serialize;

use crate::app::App;
use crate::call::Call;
use crate::refusal::{Refusal, internal};

/// A device that proved who it is. Its user may be suspended: see [`DeviceCaller::of_active_user`].
#[derive(Debug)]
pub struct DeviceCaller {
    /// The device.
    pub device: Record<Device>,
    /// Its user.
    pub user: Record<User>,
    /// The proof, to be taken once where something changes that would not bear it twice.
    proof: Seen,
}

/// A proof that was read but not verified.
#[derive(Debug)]
pub struct Proof<'c> {
    /// Who the device says its user is.
    pub user: UserId,
    /// Which device it says it is.
    pub device: DeviceId,
    compact: Unverified<'c>,
    prover: Prover,
}

/// With which of its keys a device proves itself.
#[derive(Debug, Clone, Copy)]
enum Prover {
    AuthKey,
    TargetKey,
}

impl Prover {
    fn key(self, kind: &DeviceKind) -> Option<&PublicKey> {
        match (self, kind) {
            (Self::AuthKey, DeviceKind::Native { auth_key, .. }) => Some(auth_key),
            (Self::TargetKey, DeviceKind::Uaf { target: Some(target), .. }) => Some(&target.signature_key),
            _ => None,
        }
    }
}

impl<'c> Proof<'c> {
    /// Reads the `Device-Proof` header.
    pub fn of<B>(call: &'c Call<B>) -> Result<Self, Refusal> {
        Self::in_header(call, "Device-Proof", Prover::AuthKey)
    }

    /// Reads the `Device-Signature` header: the same proof, by the signature key of a dispatch target.
    pub fn of_target<B>(call: &'c Call<B>) -> Result<Self, Refusal> {
        Self::in_header(call, "Device-Signature", Prover::TargetKey)
    }

    fn in_header<B>(call: &'c Call<B>, header: &'static str, prover: Prover) -> Result<Self, Refusal> {
        let header = call.parts().header(header).ok().flatten().ok_or(Refusal::Unauthorized)?;
        let compact = Unverified::parse(header).map_err(|_| Refusal::Unauthorized)?;
        let device = compact.kid().and_then(|kid| kid.parse().ok()).ok_or(Refusal::Unauthorized)?;
        let user =
            proof::claimed_user(&compact).and_then(|user| user.parse().ok()).ok_or(Refusal::Unauthorized)?;
        Ok(Self { user, device, compact, prover })
    }

    /// Verifies the proof against what was read. Every defect but a skewed clock is one refusal.
    pub fn verify<B>(
        &self,
        app: &App,
        call: &Call<B>,
        user: Option<Record<User>>,
        device: Option<Record<Device>>,
    ) -> Result<DeviceCaller, Refusal> {
        let device = device.filter(|device| device.value.is_active());
        self.verify_even_revoked(app, call, user, device)
    }

    /// Likewise, and the device may be revoked: it may still ask what became of it.
    pub fn verify_even_revoked<B>(
        &self,
        app: &App,
        call: &Call<B>,
        user: Option<Record<User>>,
        device: Option<Record<Device>>,
    ) -> Result<DeviceCaller, Refusal> {
        let (Some(user), Some(device)) = (user, device) else { return Err(Refusal::Unauthorized) };
        let key = open_key(self.prover.key(&device.value.kind).ok_or(Refusal::Unauthorized)?)?;
        let claims = proof::verify(&self.compact, &key).map_err(|_| Refusal::Unauthorized)?;
        let (parts, now) = (call.parts(), app.now());
        let url = format!("{}{}", parts.base_url(&app.settings), parts.raw_path);
        match proof::check(&claims, &parts.method, &url, &parts.raw_body, now, proof::TOLERANCE) {
            Ok(()) => {}
            Err(ProofRefused::Skewed) => return Err(Refusal::ClockSkew { server_time: now }),
            Err(_) => return Err(Refusal::Unauthorized),
        }
        let until = Timestamp::from_secs(claims.iat) + proof::TOLERANCE;
        let proof = Seen::new("proof", &format!("{} {}", self.device, claims.jti), until);
        Ok(DeviceCaller { device, user, proof })
    }
}

/// What a call of a device reads, all at once.
pub struct DeviceRead<'c> {
    proof: Proof<'c>,
    read: Read,
    user: Slot<User>,
    device: Slot<Device>,
}

impl<'c> DeviceRead<'c> {
    /// Begins with the user and device that the proof names.
    pub fn of<B>(call: &'c Call<B>) -> Result<Self, Refusal> {
        Proof::of(call).map(Self::by)
    }

    /// Begins with the user and device that `proof` names.
    pub fn by(proof: Proof<'c>) -> Self {
        let mut read = Read::new();
        let user = read.add(keys::user(proof.user));
        let device = read.add(keys::device(proof.user, proof.device));
        Self { proof, read, user, device }
    }

    /// Who the device says its user is.
    pub const fn user(&self) -> UserId {
        self.proof.user
    }

    /// Reads one more item.
    pub fn add<T: Stored>(&mut self, key: Key) -> Slot<T> {
        self.read.add(key)
    }

    /// Reads everything and verifies the proof. Only then is there anything to take.
    pub async fn authenticate<B>(self, app: &App, call: &Call<B>) -> Result<(DeviceCaller, Found), Refusal> {
        let mut found = app.store.read(self.read, app.now()).await?;
        let (user, device) = (found.take(self.user)?, found.take(self.device)?);
        let caller = self.proof.verify(app, call, user, device)?;
        Ok((caller, found))
    }

    /// Likewise, and the device may be revoked.
    pub async fn authenticate_even_revoked<B>(
        self,
        app: &App,
        call: &Call<B>,
    ) -> Result<(DeviceCaller, Found), Refusal> {
        let mut found = app.store.read(self.read, app.now()).await?;
        let (user, device) = (found.take(self.user)?, found.take(self.device)?);
        let caller = self.proof.verify_even_revoked(app, call, user, device)?;
        Ok((caller, found))
    }
}

impl DeviceCaller {
    /// The caller, if its user may act.
    pub fn of_active_user(self) -> Result<Self, Refusal> {
        match self.user.value.active() {
            Ok(_) => Ok(self),
            Err(_) => Err(Refusal::UserNotActive),
        }
    }

    /// Carries out a write for which the proof counts once.
    pub async fn write_once(&self, app: &App, write: Write) -> Result<(), Refusal> {
        let write = write.insert_over_expired("proof", &self.proof, app.now())?;
        app.store.write(write).await.map_err(|error| replayed(&error).unwrap_or_else(|| error.into()))
    }

    /// The device's key that releases strong answers, and the one for all else.
    pub fn keys(&self) -> Result<DeviceKeys, Refusal> {
        let DeviceKind::Native { auth_key, strong_key } = &self.device.value.kind else {
            return Err(Refusal::Unauthorized);
        };
        Ok(DeviceKeys { auth: open_key(auth_key)?, strong: open_key(strong_key)? })
    }
}

/// The public keys of a device, ready to verify with.
#[derive(Debug)]
pub struct DeviceKeys {
    /// Verifies calls and answers that need no strong authentication.
    pub auth: PublicJwk,
    /// Verifies strong answers.
    pub strong: PublicJwk,
}

fn replayed(error: &StoreError) -> Option<Refusal> {
    error.is_conflict_of("proof").then_some(Refusal::Replayed)
}

/// A public key as it is kept; [`PublicJwk`] and the key that pushes are encrypted to alike.
pub fn keep_key(key: &impl Serialize, thumbprint: &Digest) -> Result<PublicKey, Refusal> {
    let jwk = serde_json::to_string(key).map_err(|_| internal("a public key that has no JSON")())?;
    Ok(PublicKey { jwk, thumbprint: thumbprint.to_string() })
}

fn open_key(key: &PublicKey) -> Result<PublicJwk, Refusal> {
    PublicJwk::parse(&key.jwk).map_err(|_| internal("a stored device key cannot be read")())
}
