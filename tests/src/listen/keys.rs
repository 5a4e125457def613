//! What webhooks are verified with: shared secrets, and the key set that the service publishes.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use countersign_crypto::jwk::{Algorithm, PublicJwk};
use countersign_crypto::jwk_set::JwkSet;
use countersign_crypto::webhook::WebhookSecret;
use countersign_domain::time::{Span, Timestamp};
use serde_json::Value;
use tokio::sync::Mutex;

use super::demo::Demo;
use crate::device::service_url::ServiceUrl;

/// The key set is not fetched more often than this, whatever comes in.
const REFETCH_AFTER: Span = Span::secs(5);

/// What webhooks are verified with.
pub(crate) struct Keys {
    pub(crate) secrets: Vec<WebhookSecret>,
    pub(crate) published: Option<Published>,
}

impl fmt::Display for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "verifying with {} secret(s)", self.secrets.len())?;
        match &self.published {
            Some(published) => write!(f, " and {}", published.url),
            None => f.write_str(" and no key set"),
        }
    }
}

/// From the options, and from the demo file when there are none.
pub(crate) fn from_options(secrets: Vec<String>, jwks: Option<String>, demo: &Path) -> Result<Keys, String> {
    let (secrets, jwks) = if secrets.is_empty() && jwks.is_none() {
        let demo = Demo::read(demo)?;
        (demo.secrets, demo.jwks_url)
    } else {
        (secrets, jwks)
    };
    let secrets = secrets
        .iter()
        .map(|text| text.parse().map_err(|error| format!("A webhook secret {error}.")))
        .collect::<Result<Vec<WebhookSecret>, String>>()?;
    let published = jwks.map(|url| Published::new(&url)).transpose()?;
    if secrets.is_empty() && published.is_none() {
        return Err("There is nothing to verify with.\nGive --secret or --jwks.".to_owned());
    }
    Ok(Keys { secrets, published })
}

/// The key set that the service publishes, fetched when it is first needed: the service may start later.
pub(crate) struct Published {
    url: String,
    http: reqwest::Client,
    kept: Mutex<Option<(KeySet, Timestamp)>>,
}

/// A key set as it was fetched.
#[derive(Debug, Clone)]
pub(crate) struct KeySet {
    /// The text, as verification of receipts wants it.
    pub(crate) text: String,
    /// Its Ed25519 keys: a webhook's signature does not say which of them made it.
    pub(crate) ed25519: Vec<PublicJwk>,
}

impl KeySet {
    /// Reads a key set; nothing if it is none.
    pub(crate) fn parse(text: String) -> Option<Self> {
        let keys = JwkSet::parse(&text).ok()?;
        let value: Value = serde_json::from_str(&text).ok()?;
        let kids = value.get("keys")?.as_array()?.iter().filter_map(|key| key.get("kid")?.as_str());
        let found = kids.filter_map(|kid| keys.find(kid));
        let ed25519 = found.filter(|key| key.algorithm() == Algorithm::EdDsa).cloned().collect();
        Some(Self { text, ed25519 })
    }
}

impl Published {
    /// The key set at `url`.
    pub(crate) fn new(url: &str) -> Result<Self, String> {
        let parsed = ServiceUrl::parse("--jwks", url)
            .map_err(|invalid| format!("The key set's URL is no good: {invalid}."))?;
        let mut http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(5));
        if parsed.is_loopback() {
            http = http.no_proxy();
        }
        let http = http.build().map_err(|error| format!("This machine cannot do TLS: {error}."))?;
        Ok(Self { url: parsed.as_str().to_owned(), http, kept: Mutex::new(None) })
    }

    /// The key set, fetched where there is none yet.
    pub(crate) async fn get(&self, now: Timestamp) -> Result<KeySet, String> {
        let mut kept = self.kept.lock().await;
        match kept.as_ref() {
            Some((set, _)) => Ok(set.clone()),
            None => self.fetch(&mut kept, now).await,
        }
    }

    /// The key set fetched anew, for a signature that none of its keys made: keys are rotated. Nothing if the one
    /// that is kept is fresh.
    pub(crate) async fn renewed(&self, now: Timestamp) -> Option<KeySet> {
        let mut kept = self.kept.lock().await;
        match kept.as_ref() {
            Some((_, at)) if *at + REFETCH_AFTER > now => None,
            _ => self.fetch(&mut kept, now).await.ok(),
        }
    }

    async fn fetch(&self, kept: &mut Option<(KeySet, Timestamp)>, now: Timestamp) -> Result<KeySet, String> {
        let unreachable = |_| format!("{} cannot be fetched", self.url);
        let reply = self.http.get(&self.url).send().await.and_then(reqwest::Response::error_for_status);
        let bytes = reply.map_err(unreachable)?.bytes().await.map_err(unreachable)?;
        let text = String::from_utf8(bytes.to_vec()).ok();
        let set = text.and_then(KeySet::parse).ok_or_else(|| format!("{} is not a key set", self.url))?;
        *kept = Some((set.clone(), now));
        Ok(set)
    }
}
