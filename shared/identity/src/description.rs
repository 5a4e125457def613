//! How a provider describes itself (OpenID Connect Discovery 1.0, section 3), and its keys.

use std::collections::HashMap;
use std::sync::Arc;

use countersign_domain::identity_provider::OpenIdConnect;
use countersign_domain::outbound_url::{Loopback, OutboundUrl};
use countersign_domain::time::{Span, Timestamp};
use openidconnect::JsonWebKeySet;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::Idp;
use crate::error::IdpError;
use crate::provider_key::ProviderKey;

/// How long a description and its keys are used before they are read again.
const KEPT: Span = Span::minutes(10);

/// The path that every description has below its issuer.
pub(crate) const WELL_KNOWN: &str = "/.well-known/openid-configuration";

/// What is used of a provider's description.
#[derive(Debug)]
pub(crate) struct Description {
    pub(crate) issuer: String,
    pub(crate) authorization_endpoint: OutboundUrl,
    pub(crate) token_endpoint: OutboundUrl,
    pub(crate) userinfo_endpoint: Option<OutboundUrl>,
    pub(crate) introspection_endpoint: Option<OutboundUrl>,
    /// It gives refresh tokens to those who ask for `offline_access` (OpenID Connect Core, section 11).
    pub(crate) offers_offline_access: bool,
    /// It takes a client secret in the body only.
    pub(crate) secret_in_body: bool,
    /// It says in each redirect who it is (RFC 9207).
    pub(crate) names_itself: bool,
    pub(crate) keys: JsonWebKeySet<ProviderKey>,
}

/// Descriptions by discovery URL, and when they were read.
#[derive(Debug, Default)]
pub(crate) struct Kept(Mutex<HashMap<String, (Timestamp, Arc<Description>)>>);

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    introspection_endpoint: Option<String>,
    #[serde(default)]
    scopes_supported: Vec<String>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl Idp {
    /// The description of a provider as it is set: one that now names another issuer does not fit.
    pub(crate) async fn description(
        &self,
        settings: &OpenIdConnect,
        now: Timestamp,
    ) -> Result<Arc<Description>, IdpError> {
        let kept = self.descriptions.0.lock().await;
        match kept.get(settings.discovery_url.url().as_str()) {
            Some((read_at, description))
                if now < *read_at + KEPT && description.issuer == settings.issuer =>
            {
                Ok(Arc::clone(description))
            }
            _ => {
                drop(kept);
                self.description_anew(settings, now).await
            }
        }
    }

    /// The same, read again: a key was unknown. Id tokens come from the provider itself, so that nobody else can make us read.
    pub(crate) async fn description_anew(
        &self,
        settings: &OpenIdConnect,
        now: Timestamp,
    ) -> Result<Arc<Description>, IdpError> {
        let description = Arc::new(self.describe(&settings.discovery_url).await?);
        if description.issuer != settings.issuer {
            return Err(IdpError::misconfigured("its discovery document names another issuer than it did"));
        }
        let url = settings.discovery_url.url().as_str().to_owned();
        self.descriptions.0.lock().await.insert(url, (now, Arc::clone(&description)));
        Ok(description)
    }

    /// Reads and checks a discovery document and the keys that it leads to.
    pub(crate) async fn describe(&self, discovery_url: &OutboundUrl) -> Result<Description, IdpError> {
        let document = self.get_json(discovery_url.url(), "discovery document").await?;
        let unfit = |problem: String| IdpError::misconfigured(format!("its discovery document {problem}"));
        let document: Document = serde_json::from_value::<Document>(document)
            .map_err(|error| unfit(format!("is not one: {error}")))?;
        // Section 4.3: the issuer is the URL without the well-known path. A slash at its end is a matter of taste.
        let expected = discovery_url.url().as_str().strip_suffix(WELL_KNOWN).unwrap_or_default();
        if document.issuer.trim_end_matches('/') != expected {
            return Err(unfit("names an issuer that is not where the document is".into()));
        }
        let url = |field, text: &str| endpoint(field, text, self.loopback).map_err(unfit);
        let jwks_uri = url("jwks_uri", &document.jwks_uri)?;
        let methods = &document.token_endpoint_auth_methods_supported;
        let has = |list: &[String], word: &str| list.iter().any(|item| item == word);
        Ok(Description {
            authorization_endpoint: url("authorization_endpoint", &document.authorization_endpoint)?,
            token_endpoint: url("token_endpoint", &document.token_endpoint)?,
            userinfo_endpoint: document
                .userinfo_endpoint
                .map(|text| url("userinfo_endpoint", &text))
                .transpose()?,
            introspection_endpoint: document
                .introspection_endpoint
                .map(|text| url("introspection_endpoint", &text))
                .transpose()?,
            offers_offline_access: has(&document.scopes_supported, "offline_access"),
            // Section 3: without a list, client_secret_basic is what it takes.
            secret_in_body: has(methods, "client_secret_post") && !has(methods, "client_secret_basic"),
            names_itself: document.authorization_response_iss_parameter_supported,
            keys: self.keys(&jwks_uri).await?,
            issuer: document.issuer,
        })
    }

    async fn keys(&self, jwks_uri: &OutboundUrl) -> Result<JsonWebKeySet<ProviderKey>, IdpError> {
        let keys: Value = self.get_json(jwks_uri.url(), "JWK set").await?;
        let keys: JsonWebKeySet<ProviderKey> =
            serde_json::from_value(keys).map_err(|_| IdpError::misconfigured("its JWK set is not one"))?;
        if keys.keys().is_empty() {
            return Err(IdpError::misconfigured(format!(
                "its JWK set at {} has no key for signatures of RSA, P-256 or Ed25519",
                jwks_uri.url()
            )));
        }
        Ok(keys)
    }
}

fn endpoint(field: &'static str, text: &str, loopback: Loopback) -> Result<OutboundUrl, String> {
    OutboundUrl::parse(field, text, loopback).map_err(|error| format!("has a {field} that {}", error.problem))
}
