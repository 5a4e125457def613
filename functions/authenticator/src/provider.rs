//! The App Space that apps and banks call a provider.

use countersign_domain::authenticator_settings::AuthenticatorSettings;
use countersign_domain::id::Tenant;
use countersign_domain::refused::Refused;
use countersign_lambda::{App, Refusal};
use countersign_store::keys;

/// The settings of the App Space of `tenant`. Without any it is no provider.
pub(crate) async fn settings(app: &App, tenant: Option<Tenant>) -> Result<AuthenticatorSettings, Refusal> {
    let unknown = || Refused::Unknown("provider");
    let key = keys::authenticator_settings(tenant.ok_or_else(unknown)?);
    let settings = app.store.get::<AuthenticatorSettings>(key, app.now()).await?;
    Ok(settings.ok_or_else(unknown)?.value)
}
