//! Kinds of devices in the words of the Request Origin API.

use countersign_domain::device::AuthenticatorVersion;
use countersign_domain::invalid::Invalid;

/// Which kind of app a link is made for. Whichever redeems its token becomes the device.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeviceKind {
    /// Of the Device API.
    Native,
    /// Of the Authenticator API.
    Authenticator(AuthenticatorVersion),
}

impl DeviceKind {
    /// Takes the field `deviceKind`.
    pub(crate) fn parse(text: Option<&str>) -> Result<Self, Invalid> {
        match text {
            None | Some("native") => Ok(Self::Native),
            Some("authenticatorV1") => Ok(Self::Authenticator(AuthenticatorVersion::V1)),
            Some("authenticatorV2") => Ok(Self::Authenticator(AuthenticatorVersion::V2)),
            Some(_) => {
                Err(Invalid::new("deviceKind", "is not one of native, authenticatorV1, authenticatorV2"))
            }
        }
    }

    pub(crate) fn authenticator(self) -> Option<AuthenticatorVersion> {
        match self {
            Self::Native => None,
            Self::Authenticator(version) => Some(version),
        }
    }
}
