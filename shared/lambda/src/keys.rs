//! Signing and sealing keys: from Secrets Manager, kept in memory for a while.

use std::sync::Arc;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};
use countersign_crypto::keyring::SigningKeys;
use countersign_crypto::sealing::{NotOpened, Owner, Sealed, SealingKeys};
use countersign_domain::chance::Random;
use countersign_domain::secret::Secret;
use countersign_domain::time::{Clock, Span, Timestamp};
use tokio::sync::Mutex;

use crate::settings::Settings;

/// How long keys are used before they are asked for again. A rotation publishes a key long before it signs, so this
/// may be slow.
const KEPT: Span = Span::minutes(5);

/// The keys, loaded when first needed.
pub struct Keys {
    client: Client,
    clock: Arc<dyn Clock>,
    signing: Cached<SigningKeys>,
    sealing: Cached<SealingKeys>,
}

/// One of the two secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeySet {
    /// What signs.
    Signing,
    /// What seals.
    Sealing,
}

/// What became of a wish to rotate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// It will be carried out.
    Begun,
    /// One that was begun before is not over yet.
    UnderWay,
}

/// A secret does not hold keys that can be used.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// Secrets Manager did not give the secret.
    #[error("secret {secret:?} cannot be read: {problem}")]
    Unread {
        /// Its ARN or name.
        secret: String,
        /// What is wrong and what to do.
        problem: String,
    },
    /// Secrets Manager did not begin a rotation.
    #[error("secret {secret:?} cannot be rotated: {problem}")]
    NotRotated {
        /// Its ARN or name.
        secret: String,
        /// What is wrong and what to do.
        problem: String,
    },
    /// A sealed value of the table cannot be opened.
    #[error("a sealed {what} cannot be opened: {problem}; was the sealing key replaced?")]
    Unopened {
        /// What it is.
        what: String,
        /// What is wrong, without the value.
        problem: String,
    },
    /// The secret's value is not a key set.
    #[error("secret {secret:?} holds no usable keys: {problem}; let its rotation run once")]
    Unusable {
        /// Its ARN or name.
        secret: String,
        /// What is wrong, without the value.
        problem: String,
    },
}

struct Cached<T> {
    secret: String,
    kept: Mutex<Option<(Timestamp, Arc<T>)>>,
}

impl Keys {
    pub(crate) fn new(client: Client, settings: &Settings, clock: Arc<dyn Clock>) -> Self {
        let signing = Cached { secret: settings.signing_keys_secret.clone(), kept: Mutex::default() };
        let sealing = Cached { secret: settings.sealing_keys_secret.clone(), kept: Mutex::default() };
        Self { client, clock, signing, sealing }
    }

    /// The keys that sign receipts, tokens and webhooks.
    pub async fn signing(&self) -> Result<Arc<SigningKeys>, KeysError> {
        self.load(&self.signing, |text| SigningKeys::parse(text).map_err(|error| error.to_string())).await
    }

    /// The keys that seal what must be read again.
    pub async fn sealing(&self) -> Result<Arc<SealingKeys>, KeysError> {
        self.load(&self.sealing, |text| SealingKeys::parse(text).map_err(|error| error.to_string())).await
    }

    /// The sealing keys, read anew if what is kept lacks the key `kid`: another function may have used a newer one.
    pub async fn sealing_with(&self, kid: &str) -> Result<Arc<SealingKeys>, KeysError> {
        self.sealing_where(|keys| keys.has(kid)).await
    }

    /// The sealing keys, read anew if what is kept is not what is `wanted`.
    pub async fn sealing_where(
        &self,
        wanted: impl Fn(&SealingKeys) -> bool,
    ) -> Result<Arc<SealingKeys>, KeysError> {
        let kept = self.sealing().await?;
        if wanted(&kept) {
            return Ok(kept);
        }
        *self.sealing.kept.lock().await = None;
        self.sealing().await
    }

    /// Opens a sealed text of `owner`.
    pub async fn open(&self, sealed: &str, owner: &Owner<'_>) -> Result<Secret<String>, KeysError> {
        self.opened(sealed, owner, SealingKeys::open_text).await
    }

    /// Opens sealed bytes of `owner`.
    pub async fn open_bytes(&self, sealed: &str, owner: &Owner<'_>) -> Result<Secret<Vec<u8>>, KeysError> {
        self.opened(sealed, owner, SealingKeys::open).await
    }

    async fn opened<T>(
        &self,
        sealed: &str,
        owner: &Owner<'_>,
        open: impl FnOnce(&SealingKeys, &Sealed, &Owner<'_>) -> Result<T, NotOpened>,
    ) -> Result<T, KeysError> {
        let unopened = |problem: String| KeysError::Unopened { what: owner.to_string(), problem };
        let sealed: Sealed = sealed.parse().map_err(|_| unopened("it is not a sealed value".into()))?;
        let keys = self.sealing_with(sealed.kid()).await?;
        open(&keys, &sealed, owner).map_err(|error| unopened(error.to_string()))
    }

    /// Seals a text for `owner`.
    pub async fn seal(
        &self,
        text: &Secret<String>,
        owner: &Owner<'_>,
        random: &dyn Random,
    ) -> Result<String, KeysError> {
        Ok(self.sealing().await?.seal(text.expose().as_bytes(), owner, random).to_string())
    }

    /// Has Secrets Manager rotate a key set at once. It calls the rotation function by itself, some time after this.
    pub async fn rotate(&self, key_set: KeySet) -> Result<Rotation, KeysError> {
        let secret = match key_set {
            KeySet::Signing => &self.signing.secret,
            KeySet::Sealing => &self.sealing.secret,
        };
        match self.client.rotate_secret().secret_id(secret).rotate_immediately(true).send().await {
            Ok(_) => Ok(Rotation::Begun),
            // The code is that of other mistakes, too.
            Err(error) if error.message().is_some_and(|text| text.contains("previous rotation")) => {
                Ok(Rotation::UnderWay)
            }
            Err(error) => Err(KeysError::NotRotated { secret: secret.clone(), problem: explain(&error) }),
        }
    }

    /// Secrets Manager itself, for the rotation.
    pub fn secrets_manager(&self) -> &Client {
        &self.client
    }

    async fn load<T>(
        &self,
        cached: &Cached<T>,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Arc<T>, KeysError> {
        let mut kept = cached.kept.lock().await;
        let now = self.clock.now();
        if let Some((since, keys)) = &*kept
            && now < *since + KEPT
        {
            return Ok(Arc::clone(keys));
        }
        match (self.fetch(&cached.secret, parse).await, &*kept) {
            (Ok(keys), _) => {
                let keys = Arc::new(keys);
                *kept = Some((now, Arc::clone(&keys)));
                Ok(keys)
            }
            // Keys of five minutes ago still sign and open: better than to refuse every call.
            (Err(error), Some((_, keys))) => {
                tracing::warn!(%error, "keys not refreshed, the former ones stay in use");
                Ok(Arc::clone(keys))
            }
            (Err(error), None) => Err(error),
        }
    }

    async fn fetch<T>(
        &self,
        secret: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, KeysError> {
        let value = self.client.get_secret_value().secret_id(secret).send().await;
        let value =
            value.map_err(|error| KeysError::Unread { secret: secret.into(), problem: explain(&error) })?;
        let text = value.secret_string().unwrap_or_default();
        parse(text).map_err(|problem| KeysError::Unusable { secret: secret.into(), problem })
    }
}

/// What an error of Secrets Manager means to an operator.
pub fn explain<E: ProvideErrorMetadata>(error: &SdkError<E>) -> String {
    match (error, error.code()) {
        (_, Some("ResourceNotFoundException")) => {
            "there is no such secret; check the setting and the deployment".into()
        }
        (_, Some("AccessDeniedException")) => "this function's role may not use it".into(),
        (_, Some(code)) => code.to_owned(),
        (SdkError::DispatchFailure(_), None) => {
            "Secrets Manager cannot be reached; check the network, and AWS_ENDPOINT_URL if it is set".into()
        }
        (SdkError::TimeoutError(_), None) => "Secrets Manager did not answer in time".into(),
        _ => "the call failed without saying why; check the region and the credentials".into(),
    }
}
