//! The private key of an App Space that speaks the Authenticator API: sealed in its settings, opened where it is needed.

use countersign_crypto::authenticator::ProviderKey;
use countersign_crypto::sealing::{Owner, SealingKeys};
use countersign_domain::authenticator_settings::AuthenticatorSettings;
use countersign_domain::chance::Random;
use countersign_domain::id::AppSpaceId;

use crate::app::App;
use crate::refusal::{Refusal, internal};

const fn owner(app_space: &str) -> Owner<'_> {
    Owner::new("authenticator-settings", app_space, "private-key")
}

/// The key as [`AuthenticatorSettings::private_key`] keeps it.
pub fn seal(sealing: &SealingKeys, app_space: AppSpaceId, key: &ProviderKey, random: &dyn Random) -> String {
    sealing.seal(key.to_pkcs8().expose(), &owner(&app_space.to_string()), random).to_string()
}

/// The key of these settings. Reads nothing but the sealing keys, and those rarely.
pub async fn of(app: &App, settings: &AuthenticatorSettings) -> Result<ProviderKey, Refusal> {
    let der = app.keys.open_bytes(&settings.private_key, &owner(&settings.app_space.to_string())).await?;
    ProviderKey::from_pkcs8(der.expose()).map_err(|_| internal("a stored provider key cannot be read")())
}
