//! Registered keys as the table has them and as `countersign_uaf` has them.

use countersign_crypto::encoding::{base64url, from_base64url};
use countersign_crypto::uaf_signature::UafPublicKey;
use countersign_domain::authenticator_key::{KeyName, RegisteredKey as Stored, UafKey};
use countersign_domain::device::PublicKey;
use countersign_lambda::Refusal;
use countersign_lambda::refusal::internal;
use countersign_uaf::aaid::{Aaid, KeyId};
use countersign_uaf::metadata::{Metadata, Statement};
use countersign_uaf::registration::{RegisteredKey, read_key};

/// What the table calls a key.
pub(crate) fn name(aaid: &Aaid, key_id: &KeyId) -> KeyName {
    KeyName::Uaf { aaid: aaid.to_string(), key_id: key_id.to_string() }
}

/// The other way round; nothing for a key of another protocol.
pub(crate) fn parts(name: &KeyName) -> Option<(Aaid, KeyId)> {
    match name {
        KeyName::Uaf { aaid, key_id } => Some((aaid.parse().ok()?, key_id.parse().ok()?)),
        KeyName::Fido2 { .. } => None,
    }
}

/// To be stored.
pub(crate) fn store(key: &RegisteredKey) -> Stored {
    Stored::Uaf(UafKey {
        aaid: key.aaid.to_string(),
        key_id: key.key_id.to_string(),
        key_encoding: key.key_encoding.into(),
        public_key: base64url(&key.public_key),
        sign_counter: key.sign_counter,
        registration_counter: key.registration_counter,
        authenticator_version: key.authenticator_version,
    })
}

/// As it was stored. Whether its device is revoked is not known here: the write that stores an answer demands that it is not.
pub(crate) fn open(key: &UafKey) -> Option<RegisteredKey> {
    Some(RegisteredKey {
        aaid: key.aaid.parse().ok()?,
        key_id: key.key_id.parse().ok()?,
        key_encoding: key.key_encoding.try_into().ok()?,
        public_key: from_base64url(&key.public_key).ok()?,
        sign_counter: key.sign_counter,
        registration_counter: key.registration_counter,
        authenticator_version: key.authenticator_version,
        revoked: false,
    })
}

/// The public key for whoever verifies an answer again.
pub(crate) fn public(models: &[Statement], key: &RegisteredKey) -> Result<PublicKey, Refusal> {
    let unreadable = internal("a registered key that cannot be read");
    let model = models.statement(&key.aaid).ok_or_else(&unreadable)?;
    let key: UafPublicKey = read_key(model, key.key_encoding, &key.public_key).map_err(|_| unreadable())?;
    Ok(PublicKey { jwk: key.jwk().to_string(), thumbprint: key.thumbprint().to_string() })
}
