//! What an operation works with, built once per process.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_config::SdkConfig;
use countersign_crypto::system::SystemRandom;
use countersign_domain::app_space::AppSpace;
use countersign_domain::chance::Random;
use countersign_domain::id::AppSpaceId;
use countersign_domain::time::{Clock, Timestamp};
use countersign_identity::Idp;
use countersign_outbound::Outbound;
use countersign_push::Push;
use countersign_store::{Store, keys};

use crate::aws;
use crate::keys::Keys;
use crate::operation::Needs;
use crate::provider_keys::ProviderKeys;
use crate::refusal::{Refusal, internal};
use crate::settings::{Incomplete, Settings};
use crate::system_clock::SystemClock;

/// The table, push, keys, settings, clock and randomness.
pub struct App {
    /// The table.
    pub store: Store,
    /// Mobile push.
    pub push: Push,
    /// Signing and sealing keys.
    pub keys: Keys,
    /// What the environment says.
    pub settings: Settings,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    idp: OnceLock<Idp>,
    outbound: OnceLock<Outbound>,
    pub(crate) provider_keys: ProviderKeys,
}

/// How long a bank may take: the app that waits gives up soon after.
const BANK_TIMEOUT: Duration = Duration::from_secs(8);

impl App {
    /// An app over the given AWS configuration and clock.
    pub fn new(settings: Settings, aws: &SdkConfig, clock: Arc<dyn Clock>) -> Self {
        Self {
            store: Store::new(aws_sdk_dynamodb::Client::new(aws), settings.table.clone()),
            push: Push::new(aws_sdk_sns::Client::new(aws)),
            keys: Keys::new(aws_sdk_secretsmanager::Client::new(aws), &settings, Arc::clone(&clock)),
            settings,
            clock,
            random: Arc::new(SystemRandom),
            idp: OnceLock::new(),
            outbound: OnceLock::new(),
            provider_keys: ProviderKeys::default(),
        }
    }

    /// The app of a Lambda function, warm: what `needs` names is open before the first request comes.
    ///
    /// What cannot be reached yet is logged and tried again when a request needs it.
    pub async fn start(needs: Needs) -> Result<Self, Incomplete> {
        let settings = Settings::from_env()?;
        let app = Self::new(settings, &aws::from_environment(), Arc::new(SystemClock));
        let table = async {
            if needs.table { app.store.warm_up().await.map_err(|error| error.to_string()) } else { Ok(()) }
        };
        let signing = async {
            if needs.signing_keys {
                app.keys.signing().await.map(drop).map_err(|error| error.to_string())
            } else {
                Ok(())
            }
        };
        let sealing = async {
            if needs.sealing_keys {
                app.keys.sealing().await.map(drop).map_err(|error| error.to_string())
            } else {
                Ok(())
            }
        };
        let (table, signing, sealing) = tokio::join!(table, signing, sealing);
        for problem in [table, signing, sealing].into_iter().filter_map(Result::err) {
            tracing::error!(problem, "not ready at start");
        }
        Ok(app)
    }

    /// What speaks with identity providers. Made when first needed: most calls never do.
    pub fn idp(&self) -> Result<&Idp, Refusal> {
        if let Some(idp) = self.idp.get() {
            return Ok(idp);
        }
        let idp = Idp::new(self.settings.loopback).map_err(|error| {
            tracing::error!(%error, "identity providers cannot be reached");
            Refusal::Internal
        })?;
        Ok(self.idp.get_or_init(|| idp))
    }

    /// What calls banks. Made when first needed, likewise.
    pub fn outbound(&self) -> Result<&Outbound, Refusal> {
        if let Some(outbound) = self.outbound.get() {
            return Ok(outbound);
        }
        let outbound = Outbound::new("Countersign-Authenticator/1", BANK_TIMEOUT, self.settings.loopback);
        let outbound = outbound.map_err(|error| {
            tracing::error!(%error, "banks cannot be reached");
            Refusal::Internal
        })?;
        Ok(self.outbound.get_or_init(|| outbound))
    }

    /// The App Space that something in the table belongs to.
    pub async fn app_space(&self, id: AppSpaceId) -> Result<AppSpace, Refusal> {
        let found = self.store.get::<AppSpace>(keys::app_space(id.tenant()), self.now()).await?;
        Ok(found.ok_or_else(internal("an App Space that an item names is not there"))?.value)
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Randomness.
    pub fn random(&self) -> &dyn Random {
        &*self.random
    }
}
