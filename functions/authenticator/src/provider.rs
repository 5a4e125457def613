//! The App Space that apps and banks call a provider.

use countersign_domain::app_space::AppSpace;
use countersign_domain::authenticator_settings::AuthenticatorSettings;
use countersign_domain::id::Tenant;
use countersign_domain::refused::Refused;
use countersign_lambda::guesses::Guesses;
use countersign_lambda::login::Logins;
use countersign_lambda::{App, Call, Refusal};
use countersign_store::{Found, Read, keys};

fn unknown() -> Refused {
    Refused::Unknown("provider")
}

/// The settings of the App Space of `tenant`. Without any it is no provider.
pub(crate) async fn settings(app: &App, tenant: Option<Tenant>) -> Result<AuthenticatorSettings, Refusal> {
    let key = keys::authenticator_settings(tenant.ok_or_else(unknown)?);
    let settings = app.store.get::<AuthenticatorSettings>(key, app.now()).await?;
    Ok(settings.ok_or_else(unknown)?.value)
}

/// A provider that an app wants to be connected with, and whether the caller may begin a login there.
pub(crate) struct Connectable {
    pub(crate) settings: AuthenticatorSettings,
    pub(crate) app_space: AppSpace,
    logins: Logins,
    guesses: Guesses,
    found: Found,
}

impl Connectable {
    pub(crate) async fn find<B>(app: &App, call: &Call<B>, tenant: Option<Tenant>) -> Result<Self, Refusal> {
        let tenant = tenant.ok_or_else(unknown)?;
        let mut read = Read::new();
        let settings = read.add::<AuthenticatorSettings>(keys::authenticator_settings(tenant));
        let app_space = read.add::<AppSpace>(keys::app_space(tenant));
        let logins = Logins::of(call, &mut read);
        let guesses = Guesses::of(call, &mut read);
        let mut found = app.store.read(read, app.now()).await?;
        guesses.check(app, &mut found)?;
        let (settings, app_space) = (found.take(settings)?, found.take(app_space)?);
        let (settings, app_space) = settings.zip(app_space).ok_or_else(unknown)?;
        Ok(Self { settings: settings.value, app_space: app_space.value, logins, guesses, found })
    }

    /// Counts what could not be decrypted: whoever tries again and again learns from the answers.
    pub(crate) async fn count_undecrypted(&self, app: &App) -> Result<(), Refusal> {
        self.guesses.wrong(app, "key").await.map(|_| ())
    }

    /// Refuses whoever began too many logins.
    pub(crate) fn check_logins(&mut self, app: &App) -> Result<(), Refusal> {
        self.logins.check(app, &mut self.found)
    }
}
