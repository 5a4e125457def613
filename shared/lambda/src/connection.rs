//! Who calls: apps of the Authenticator API, by an access token, and by a signature where the call needs one.
//!
//! The token names user and device, so that one query of the user's partition has everything a call is about: user,
//! devices, inbox, what was just decided, tokens of the identity provider. Nothing of it is given out before token and
//! signature were verified.
//!
//! The order of the checks is part of the contract: a missing header, an unknown connection, the expiry, the signature.

use countersign_crypto::authenticator::signature_v1::{self, SignatureRefused, SignedCall};
use countersign_crypto::authenticator::{AccessToken, AppKey, check_expiry, signature_v2};
use countersign_crypto::digest::Digest;
use countersign_crypto::equal;
use countersign_crypto::jwk::PublicJwk;
use countersign_domain::answer::{Answer, CodeCheck, Evidence, Signed, SignedAnswer};
use countersign_domain::challenge::Challenge;
use countersign_domain::device::{AuthenticatorVersion, Device, DeviceKind, PublicKey};
use countersign_domain::id::{DeviceId, UserId};
use countersign_domain::identity_provider::IdentityTokens;
use countersign_domain::text;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_store::bank::BankToken;
use countersign_store::entities::{Concluded, InboxEntry};
use countersign_store::guards::Seen;
use countersign_store::{Record, Write, keys};

use crate::app::App;
use crate::call::{Call, Enclosed};
use crate::refusal::{AuthenticatorRefusal as Refused, Refusal, internal};

/// A connection that proved who it is: a device with its user, and what lies with them. Its user may be suspended: see
/// [`Connection::of_active_user`].
#[derive(Debug)]
pub struct Connection {
    /// The device.
    pub device: Record<Device>,
    /// Its user.
    pub user: Record<User>,
    /// The device's key: what it is shown is encrypted to it.
    pub key: AppKey,
    /// The user's open challenges, oldest first; for a moment also those whose time is over.
    pub inbox: Vec<InboxEntry>,
    /// What was decided within the last moment, or is being told to a bank, oldest first.
    pub concluded: Vec<Concluded>,
    /// The tokens of the user's identity provider.
    pub tokens: Option<Record<IdentityTokens>>,
    /// What was signed, if something was.
    signed: Option<Proof>,
}

/// A signed call.
#[derive(Clone)]
struct Proof {
    signed: Signed,
    until: Timestamp,
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Proof").field("until", &self.until).finish_non_exhaustive()
    }
}

/// What an app says beside its answer. It is kept with the evidence; where it is longer than 200 characters, or none that
/// can be shown, it is left out.
#[derive(Debug, Default)]
pub struct Said {
    /// How the person released the answer.
    pub authorization_type: Option<String>,
    /// Where the app was.
    pub geolocation: Option<String>,
}

const SAID_MAX: usize = 200;

impl Connection {
    /// The caller of version 1, all of whose calls are signed: `Access-Token`, `Expires-at`, `Signature`.
    pub async fn of_v1<B>(app: &App, call: &Call<B>) -> Result<Self, Refusal> {
        let token = access_token(call)?;
        let signature = header(call, "Signature").ok_or(Refused::SignatureMissing)?;
        let caller = Self::find(app, token, AuthenticatorVersion::V1).await?;
        let (parts, url) = (call.parts(), call.parts().full_url(&app.settings));
        let signed = SignedCall {
            method: &parts.method,
            url: &url,
            expires_at: header(call, "Expires-at").ok_or(Refused::SignatureExpired)?,
            body: &parts.raw_body,
            signature,
        };
        signature_v1::verify(&caller.key, &signed, app.now()).map_err(|refused| match refused {
            SignatureRefused::Expired(_) => Refused::SignatureExpired,
            SignatureRefused::Invalid => Refused::InvalidSignature,
        })?;
        let signed = Signed::AuthenticatorV1 {
            method: parts.method.to_ascii_lowercase(),
            expires_at: signed.expires_at.to_owned(),
            body: body(call)?,
            signature: signature.to_owned(),
            url,
            authorization_type: None,
            geolocation: None,
        };
        // The expiry was a number a moment ago.
        let until = header(call, "Expires-at").and_then(|at| at.parse().ok()).unwrap_or_default();
        Ok(Self { signed: Some(Proof { signed, until: Timestamp::from_secs(until) }), ..caller })
    }

    /// The caller of version 2 that reads: by its token alone.
    pub async fn reading_v2<B>(app: &App, call: &Call<B>) -> Result<Self, Refusal> {
        Self::find(app, access_token(call)?, AuthenticatorVersion::V2).await
    }

    /// The caller of version 2 that changes something: it signs the body, in which it says until when.
    pub async fn writing_v2(app: &App, call: &Call<Enclosed>) -> Result<Self, Refusal> {
        let token = access_token(call)?;
        let jws = detached_jws(call)?;
        let caller = Self::find(app, token, AuthenticatorVersion::V2).await?;
        let until = verify_v2(call, jws, &caller.key, app.now())?;
        let signed = Signed::AuthenticatorV2 {
            jws: jws.to_owned(),
            body: body(call)?,
            authorization_type: None,
            geolocation: None,
        };
        Ok(Self { signed: Some(Proof { signed, until }), ..caller })
    }

    async fn find(app: &App, token: &str, version: AuthenticatorVersion) -> Result<Self, Refusal> {
        let holder = match Holder::of(token) {
            Some(holder) => holder,
            // Banks speak v2 only.
            None if version == AuthenticatorVersion::V1 => return Err(Refused::ConnectionNotFound.into()),
            None => Holder::by_bank(app, token).await?.ok_or(Refused::ConnectionNotFound)?,
        };
        let partition = app.store.user_partition(holder.user, app.now()).await?;
        let device = partition.devices.into_iter().find(|device| device.value.id == holder.device);
        let (Some(user), Some(device)) = (partition.user, device) else {
            return Err(Refused::ConnectionNotFound.into());
        };
        let DeviceKind::Authenticator { version: its, key, token_hash, .. } = &device.value.kind else {
            return Err(Refused::ConnectionNotFound.into());
        };
        let is_its = equal(token_hash.as_bytes(), holder.token_hash.as_bytes());
        if !is_its || *its != version || !device.value.is_active() {
            return Err(Refused::ConnectionNotFound.into());
        }
        Ok(Self {
            key: open_key(key)?,
            device,
            user,
            inbox: partition.inbox,
            concluded: partition.concluded,
            tokens: partition.tokens,
            signed: None,
        })
    }

    /// The caller, if its user may act.
    pub fn of_active_user(self) -> Result<Self, Refusal> {
        match self.user.value.active() {
            Ok(_) => Ok(self),
            Err(_) => Err(Refusal::UserNotActive),
        }
    }

    /// The user's id.
    pub fn user_id(&self) -> UserId {
        self.user.value.id
    }

    /// The device's id.
    pub fn device_id(&self) -> DeviceId {
        self.device.value.id
    }

    /// Whether a bank made the connection's token, and encrypts for it.
    pub fn is_the_banks(&self) -> bool {
        matches!(self.device.value.kind, DeviceKind::Authenticator { token_key: None, .. })
    }

    /// Whether the app is shown `challenge`: one that it may answer, and whose answer whoever it encrypts to can read.
    pub fn is_shown(&self, challenge: &Challenge) -> bool {
        challenge.is_for_authenticator(self.device_id()) && challenge.relayed.is_some() == self.is_the_banks()
    }

    /// Refuses a call about a connection that is not the caller's own: `id` is what the call names.
    pub fn demand_own(&self, id: Option<countersign_domain::id::Number>) -> Result<(), Refusal> {
        if id == Some(self.device_id().number()) { Ok(()) } else { Err(Refused::ConnectionNotFound.into()) }
    }

    /// The signed call as an answer, and as its own evidence.
    pub fn answer(&self, answer: Answer, said: Said) -> Result<SignedAnswer, Refusal> {
        let Some(Proof { signed, .. }) = self.signed.clone() else {
            return Err(internal("an answer by a call that is not signed")());
        };
        let DeviceKind::Authenticator { key, .. } = &self.device.value.kind else {
            return Err(internal("a connection that is no authenticator")());
        };
        let (how, place) = (shown(said.authorization_type), shown(said.geolocation));
        let signed = match signed {
            Signed::AuthenticatorV1 { method, url, expires_at, body, signature, .. } => {
                Signed::AuthenticatorV1 {
                    method,
                    url,
                    expires_at,
                    body,
                    signature,
                    authorization_type: how,
                    geolocation: place,
                }
            }
            Signed::AuthenticatorV2 { jws, body, .. } => {
                Signed::AuthenticatorV2 { jws, body, authorization_type: how, geolocation: place }
            }
            other => other,
        };
        Ok(SignedAnswer {
            id: Digest::of(signature(&signed).as_bytes()).to_string(),
            answer,
            // The key is released by the person's PIN or biometric; it is the only one there is.
            strong: true,
            code: CodeCheck::Absent,
            evidence: Evidence {
                device: self.device_id(),
                key_thumbprint: key.thumbprint.clone(),
                key: key.jwk.clone(),
                signed,
                receipt: None,
            },
        })
    }

    /// Carries out a write for which the signature counts once.
    pub async fn write_once(&self, app: &App, write: Write) -> Result<(), Refusal> {
        let Some(Proof { signed, until }) = &self.signed else {
            return Err(internal("a call that is not signed and may not be repeated")());
        };
        let seen = Seen::new("authenticator", &format!("{} {}", self.device_id(), signature(signed)), *until);
        let write = write.insert_over_expired("signature", &seen, app.now())?;
        match app.store.write(write).await {
            Err(error) if error.is_conflict_of("signature") => Err(Refused::InvalidSignature.into()),
            done => Ok(done?),
        }
    }
}

/// Most characters of a token that a bank made.
pub const BANK_TOKEN_MAX: usize = 1024;

/// Whom a token names, and what must be stored of it.
struct Holder {
    user: UserId,
    device: DeviceId,
    token_hash: String,
}

impl Holder {
    fn of(token: &str) -> Option<Self> {
        let token = AccessToken::parse(token).ok()?;
        Some(Self { user: token.user(), device: token.device(), token_hash: token.hash().to_string() })
    }
}

impl Holder {
    /// Where a bank made the token, it says nothing by itself: the table has whose it is.
    async fn by_bank(app: &App, token: &str) -> Result<Option<Self>, Refusal> {
        if token.len() > BANK_TOKEN_MAX {
            return Ok(None);
        }
        let token_hash = Digest::of(token.as_bytes()).to_string();
        let found = app.store.get::<BankToken>(keys::bank_token(&token_hash), app.now()).await?;
        Ok(found.map(|found| Self { user: found.value.user, device: found.value.device, token_hash }))
    }
}

/// The `x-jws-signature` header.
pub fn detached_jws<B>(call: &Call<B>) -> Result<&str, Refusal> {
    Ok(header(call, "x-jws-signature").ok_or(Refused::SignatureMissing)?)
}

/// Checks the expiry of a body of version 2, then its signature by `key`. Gives until when it is good.
pub fn verify_v2(
    call: &Call<Enclosed>,
    jws: &str,
    key: &AppKey,
    now: Timestamp,
) -> Result<Timestamp, Refusal> {
    let exp = call.body.exp();
    check_expiry(exp, now).map_err(|_| Refused::SignatureExpired)?;
    signature_v2::verify(key, jws, &call.parts().raw_body).map_err(|_| Refused::InvalidSignature)?;
    Ok(Timestamp::from_secs(exp.unwrap_or_default()))
}

/// A kept key, ready to verify with and to encrypt to.
pub fn open_key(key: &PublicKey) -> Result<AppKey, Refusal> {
    let opened = PublicJwk::parse(&key.jwk).ok().and_then(|jwk| AppKey::from_jwk(jwk).ok());
    opened.ok_or_else(internal("a stored RSA key cannot be read"))
}

fn access_token<B>(call: &Call<B>) -> Result<&str, Refusal> {
    Ok(header(call, "Access-Token").ok_or(Refused::AccessTokenMissing)?)
}

/// A header; one without a value, or given twice, is none.
pub fn header<'c, B>(call: &'c Call<B>, name: &'static str) -> Option<&'c str> {
    call.optional_header(name).filter(|value| !value.is_empty())
}

fn body<B>(call: &Call<B>) -> Result<String, Refusal> {
    Ok(call.text().ok_or(Refusal::Malformed("the body is not text"))?.to_owned())
}

fn signature(signed: &Signed) -> &str {
    match signed {
        Signed::AuthenticatorV1 { signature, .. } => signature,
        Signed::AuthenticatorV2 { jws, .. } => jws,
        _ => "",
    }
}

fn shown(said: Option<String>) -> Option<String> {
    said.and_then(|said| text::line("said", said, SAID_MAX).ok())
}
