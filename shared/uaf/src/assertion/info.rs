//! TAG_ASSERTION_INFO (FIDO UAF Authenticator Commands, UAFV1TLV assertions).

use crate::tlv::Malformed;

/// How an authenticator was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// The user was verified.
    Verified,
    /// The user was verified and confirmed what the authenticator showed.
    Confirmed,
}

/// Version, mode and algorithm numbers, which may be unknown ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Info {
    /// The version of the authenticator.
    pub authenticator_version: u16,
    /// How it was used; a registration has the first mode.
    pub mode: Mode,
    /// The number of the signature algorithm.
    pub signature_algorithm: u16,
}

impl Info {
    /// From the five bytes that both kinds of assertion begin with.
    pub(crate) fn read(bytes: [u8; 5]) -> Result<Self, Malformed> {
        let [v0, v1, mode, s0, s1] = bytes;
        let mode = match mode {
            1 => Mode::Verified,
            2 => Mode::Confirmed,
            _ => return Err(Malformed),
        };
        Ok(Self {
            authenticator_version: u16::from_le_bytes([v0, v1]),
            mode,
            signature_algorithm: u16::from_le_bytes([s0, s1]),
        })
    }
}
