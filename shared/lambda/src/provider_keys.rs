//! The private keys of App Spaces, kept in memory for a while: with them, an answer of the Authenticator API v2 costs no
//! call more than any other.

use std::collections::HashMap;
use std::sync::Arc;

use countersign_crypto::authenticator::ProviderKey;
use countersign_domain::authenticator_settings::AuthenticatorSettings;
use countersign_domain::id::AppSpaceId;
use countersign_domain::time::{Span, Timestamp};
use countersign_store::keys;
use tokio::sync::Mutex;

use crate::app::App;
use crate::provider_key;
use crate::refusal::{Refusal, internal};

/// How long a key is used before the settings are read again.
const KEPT: Span = Span::minutes(5);

/// The keys that were opened.
#[derive(Debug, Default)]
pub(crate) struct ProviderKeys {
    kept: Mutex<HashMap<AppSpaceId, (Timestamp, Arc<ProviderKey>)>>,
}

/// The private key of `app_space`.
pub async fn get(app: &App, app_space: AppSpaceId) -> Result<Arc<ProviderKey>, Refusal> {
    let now = app.now();
    let kept = app.provider_keys.kept.lock().await.get(&app_space).cloned();
    if let Some((_, key)) = kept.filter(|(since, _)| now < *since + KEPT) {
        return Ok(key);
    }
    let settings =
        app.store.get::<AuthenticatorSettings>(keys::authenticator_settings(app_space.tenant()), now);
    let settings = settings.await?.ok_or_else(internal("a connection of no provider"))?;
    let key = Arc::new(provider_key::of(app, &settings.value).await?);
    app.provider_keys.kept.lock().await.insert(app_space, (now, Arc::clone(&key)));
    Ok(key)
}
