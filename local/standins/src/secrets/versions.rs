//! The versions of a secret and their staging labels.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use winterbaume_secretsmanager::views::{
    SecretVersionView as Version, SecretView as Secret, SecretsmanagerStateView as View,
};

use super::{Context, Refused};

pub(super) const CURRENT: &str = "AWSCURRENT";
pub(super) const PENDING: &str = "AWSPENDING";
pub(super) const PREVIOUS: &str = "AWSPREVIOUS";

/// The largest value: 64 KiB.
const LARGEST: usize = 65_536;

/// A value as a caller sends it: text or bytes, one of the two at most.
#[derive(PartialEq, Eq)]
pub(super) struct Content {
    text: Option<String>,
    bytes: Option<Vec<u8>>,
}

impl Content {
    pub(super) fn of(request: &Value) -> Result<Self, Refused> {
        let text = request["SecretString"].as_str().map(str::to_owned);
        let bytes = request["SecretBinary"].as_str().map(|text| STANDARD.decode(text)).transpose();
        let bytes = bytes.map_err(|_| Refused::of("SerializationException", "SecretBinary is not base64"))?;
        if text.is_some() && bytes.is_some() {
            return Err(Refused::of(
                "InvalidParameterException",
                "You can't specify both a binary secret value and a string secret value in the same secret.",
            ));
        }
        let length = text.as_ref().map(String::len).or(bytes.as_ref().map(Vec::len)).unwrap_or(0);
        if length > LARGEST {
            return Err(Refused::of(
                "ValidationException",
                "1 validation error detected: the value must have length less than or equal to 65536",
            ));
        }
        Ok(Self { text, bytes })
    }

    pub(super) fn is_none(&self) -> bool {
        self.text.is_none() && self.bytes.is_none()
    }

    pub(super) fn is_of(&self, version: &Version) -> bool {
        self.text == version.secret_string && self.bytes == version.secret_binary
    }

    pub(super) fn write_to(self, version: &mut Version) {
        version.secret_string = self.text;
        version.secret_binary = self.bytes;
    }
}

/// A version that `RotateSecret` made and nobody has filled yet.
pub(super) fn is_empty(version: &Version) -> bool {
    version.secret_string.is_none() && version.secret_binary.is_none()
}

/// The secret that `SecretId` means: its name or its ARN.
pub(super) fn named<'a>(call: &Context<'_>, view: &'a View) -> Option<&'a Secret> {
    let id = call.request["SecretId"].as_str()?;
    view.secrets.get(id).or_else(|| view.secrets.values().find(|secret| secret.arn == id))
}

/// [`named`], to change it.
pub(super) fn named_mut<'a>(call: &Context<'_>, view: &'a mut View) -> Option<&'a mut Secret> {
    let name = named(call, view)?.name.clone();
    view.secrets.get_mut(&name)
}

/// The version that a staging label is on.
pub(super) fn holder<'a>(secret: &'a Secret, label: &str) -> Option<&'a Version> {
    secret.versions.values().find(|version| has(version, label))
}

pub(super) fn has(version: &Version, label: &str) -> bool {
    version.version_stages.iter().any(|stage| stage == label)
}

/// Puts `AWSPREVIOUS` on `version_id` alone: AWS keeps one previous version.
pub(super) fn set_previous(secret: &mut Secret, version_id: &str) {
    for version in secret.versions.values_mut() {
        version.version_stages.retain(|stage| stage != PREVIOUS);
        if version.version_id == version_id {
            version.version_stages.push(PREVIOUS.to_owned());
        }
    }
}

/// The answer that names a version.
pub(super) fn answer(secret: &Secret, version: &Version) -> Value {
    json!({
        "ARN": secret.arn,
        "Name": secret.name,
        "VersionId": version.version_id,
        "VersionStages": version.version_stages,
    })
}

/// Bytes as JSON carries them.
pub(super) fn encode(bytes: &[u8]) -> Value {
    STANDARD.encode(bytes).into()
}
