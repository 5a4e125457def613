//! The identity provider of an App Space, without its client secret.

use countersign_domain::identity_provider::{IdentityProvider, IdpProtocol};
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProviderView {
    idp_type: &'static str,
    idp_server_name: String,
    client_id: String,
    /// Public clients have none.
    has_client_secret: bool,
    token_fail_behaviour: &'static str,
    scopes: String,
    /// What is to be registered at the provider.
    callback_url: String,
    #[serde(flatten)]
    protocol: ProtocolView,
}

#[derive(Serialize)]
#[serde(untagged)]
enum ProtocolView {
    #[serde(rename_all = "camelCase")]
    OpenIdConnect { discovery_url: String, issuer: String },
    #[serde(rename_all = "camelCase")]
    OAuth2 {
        authorization_url: String,
        access_token_url: String,
        user_profile_url: String,
        verify_token_url: Option<String>,
        end_user_id_name: String,
    },
}

impl ProviderView {
    /// Of an App Space whose callers reach the service at `base_url`.
    pub(crate) fn of(base_url: &str, provider: IdentityProvider) -> Self {
        let idp_type = provider.protocol.name();
        let (scopes, protocol) = match provider.protocol {
            IdpProtocol::OpenIdConnect(settings) => {
                let (discovery_url, issuer) = (settings.discovery_url.to_string(), settings.issuer);
                (settings.scopes, ProtocolView::OpenIdConnect { discovery_url, issuer })
            }
            IdpProtocol::OAuth2(settings) => {
                let protocol = ProtocolView::OAuth2 {
                    authorization_url: settings.authorization_url.to_string(),
                    access_token_url: settings.access_token_url.to_string(),
                    user_profile_url: settings.user_profile_url.to_string(),
                    verify_token_url: settings.verify_token_url.map(|url| url.to_string()),
                    end_user_id_name: settings.end_user_id_name,
                };
                (settings.scopes, protocol)
            }
        };
        Self {
            idp_type,
            idp_server_name: provider.name,
            client_id: provider.client_id,
            has_client_secret: provider.client_secret.is_some(),
            token_fail_behaviour: provider.token_fail.name(),
            scopes: scopes.text(),
            callback_url: format!("{base_url}/api/idp/{idp_type}/verify"),
            protocol,
        }
    }
}
