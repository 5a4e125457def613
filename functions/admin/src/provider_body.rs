//! The settings of an identity provider, as administrators give them.

use countersign_domain::secret::Secret;
use countersign_identity::Proposal;
use countersign_lambda::setup::given::given;
use countersign_lambda::setup::identity_provider::ClientSecret;
use serde::Deserialize;

/// All of them: which belong to which protocol is found out when they are taken. No `Debug`: there is a secret in it.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProviderBody {
    idp_server_name: String,
    client_id: String,
    /// Nothing keeps the former one, null is for a public client.
    #[serde(default, deserialize_with = "given")]
    client_secret: Option<Option<String>>,
    token_fail_behaviour: Option<String>,
    scopes: Option<String>,
    discovery_url: Option<String>,
    authorization_url: Option<String>,
    access_token_url: Option<String>,
    user_profile_url: Option<String>,
    verify_token_url: Option<String>,
    end_user_id_name: Option<String>,
}

impl ProviderBody {
    /// As a provider of this kind.
    pub(crate) fn chosen(self, idp_type: &str) -> (Proposal, ClientSecret) {
        let secret = match self.client_secret {
            None => ClientSecret::Kept,
            Some(None) => ClientSecret::None,
            Some(Some(secret)) => ClientSecret::New(Secret::new(secret)),
        };
        let proposal = Proposal {
            idp_type: idp_type.to_owned(),
            idp_server_name: self.idp_server_name,
            client_id: self.client_id,
            token_fail_behaviour: self.token_fail_behaviour,
            scopes: self.scopes,
            discovery_url: self.discovery_url,
            authorization_url: self.authorization_url,
            access_token_url: self.access_token_url,
            user_profile_url: self.user_profile_url,
            verify_token_url: self.verify_token_url,
            end_user_id_name: self.end_user_id_name,
        };
        (proposal, secret)
    }
}
