//! The settings of the Authenticator API that calls of Request Origins depend on.

use countersign_domain::authenticator_settings::AuthenticatorSettings;
use countersign_domain::device::AuthenticatorVersion;
use countersign_domain::refused::Refused;
use countersign_store::Record;

fn refused(state: &'static str) -> Refused {
    Refused::WrongState { what: "App Space", state }
}

/// The settings, which must be there.
pub(crate) fn required(
    found: Option<Record<AuthenticatorSettings>>,
) -> Result<AuthenticatorSettings, Refused> {
    let found = found.ok_or(refused("without settings for the Authenticator API"))?;
    Ok(found.value)
}

/// Likewise; and the service itself must encrypt for the apps.
pub(crate) fn encrypting(
    found: Option<Record<AuthenticatorSettings>>,
) -> Result<AuthenticatorSettings, Refused> {
    let settings = required(found)?;
    if settings.bank.is_some() {
        return Err(refused("one whose bank speaks with the apps itself"));
    }
    Ok(settings)
}

/// Likewise; and apps of `version` must be taken. A bank speaks v2 only.
pub(crate) fn speaking(
    found: Option<Record<AuthenticatorSettings>>,
    version: AuthenticatorVersion,
) -> Result<AuthenticatorSettings, Refused> {
    match version {
        AuthenticatorVersion::V1 => encrypting(found),
        AuthenticatorVersion::V2 => required(found),
    }
}
