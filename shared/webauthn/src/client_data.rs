//! `clientDataJSON`: what the client says of the ceremony (section 5.8.1).

use countersign_crypto::encoding::from_base64url;
use countersign_crypto::equal;
use serde::Deserialize;

use crate::challenge::Challenge;
use crate::refused::Refused;
use crate::relying_party::{Expected, RelyingParty};

/// The ceremony of a `clientDataJSON`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ceremony {
    Registration,
    Authentication,
}

impl Ceremony {
    const fn client_data_type(self) -> &'static str {
        match self {
            Self::Registration => "webauthn.create",
            Self::Authentication => "webauthn.get",
        }
    }
}

#[derive(Deserialize)]
struct ClientData {
    r#type: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    cross_origin: Option<bool>,
    #[serde(rename = "topOrigin", default)]
    top_origin: Option<String>,
}

impl ClientData {
    /// Reads the object. Serde would take an array of its members for it.
    fn read(json: &[u8]) -> Option<Self> {
        let is_object = json.trim_ascii_start().first() == Some(&b'{');
        if is_object { serde_json::from_slice(json).ok() } else { None }
    }
}

/// The challenge that `client_data_json` names, verified by nothing.
pub(crate) fn claimed_challenge(client_data_json: &[u8]) -> Option<Challenge> {
    let data = ClientData::read(client_data_json)?;
    Challenge::new(from_base64url(&data.challenge).ok()?).ok()
}

/// Verifies the client data (section 7.1, steps 6 to 12; section 7.2, steps 9 to 15).
pub(crate) fn verify(
    client_data_json: &[u8],
    ceremony: Ceremony,
    rp: &RelyingParty,
    expected: Expected<'_>,
) -> Result<(), Refused> {
    let data = ClientData::read(client_data_json).ok_or(Refused::ClientData)?;
    if data.r#type != ceremony.client_data_type() {
        return Err(Refused::Type);
    }
    let challenge = from_base64url(&data.challenge).map_err(|_| Refused::ClientData)?;
    if !equal(&challenge, expected.challenge.as_bytes()) {
        return Err(Refused::Challenge);
    }
    if !rp.allows(&data.origin) {
        return Err(Refused::Origin);
    }
    // Only a frame of another origin has a top origin.
    if data.cross_origin == Some(true) || data.top_origin.is_some() {
        return Err(Refused::CrossOrigin);
    }
    Ok(())
}
