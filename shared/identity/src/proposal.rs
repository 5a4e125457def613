//! Settings of an identity provider as an administrator gives them: checked before they are taken.

use countersign_domain::identity_provider::{
    IdentityProvider, IdpProtocol, OAuth2, OpenIdConnect, Scopes, TokenFailBehaviour,
};
use countersign_domain::invalid::Invalid;
use countersign_domain::outbound_url::OutboundUrl;
use countersign_domain::text;

use crate::Idp;
use crate::description::WELL_KNOWN;
use crate::error::IdpError;

/// What an administrator sets, by the names of the settings. The client secret is kept apart: it is sealed.
#[derive(Debug, Clone, Default)]
pub struct Proposal {
    /// `oidc` or `oauth2`.
    pub idp_type: String,
    /// Its name.
    pub idp_server_name: String,
    /// What we are called there.
    pub client_id: String,
    /// `suspend` (where it is not set), `revoke` or `nothing`.
    pub token_fail_behaviour: Option<String>,
    /// Scopes with a space between them; OpenID Connect asks for `openid` and, where it is offered, `offline_access` too.
    pub scopes: Option<String>,
    /// OpenID Connect: where the provider describes itself.
    pub discovery_url: Option<String>,
    /// OAuth2: where users log in.
    pub authorization_url: Option<String>,
    /// OAuth2: where codes become tokens.
    pub access_token_url: Option<String>,
    /// OAuth2: who a user is.
    pub user_profile_url: Option<String>,
    /// OAuth2: whether a token is good; without it the profile tells.
    pub verify_token_url: Option<String>,
    /// OAuth2: the field of the profile that denotes the user.
    pub end_user_id_name: Option<String>,
}

/// Why a proposal was not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// A setting is wrong.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The provider is not what the settings say.
    #[error(transparent)]
    Provider(#[from] IdpError),
}

impl Idp {
    /// Checks `proposal`, at the provider too: its discovery document is read. The client secret is still to be added.
    pub async fn accept(&self, proposal: Proposal) -> Result<IdentityProvider, Refusal> {
        let protocol = match proposal.idp_type.as_str() {
            "oidc" => IdpProtocol::OpenIdConnect(self.openid_connect(&proposal).await?),
            "oauth2" => IdpProtocol::OAuth2(Box::new(self.oauth2(&proposal)?)),
            _ => return Err(Invalid::new("idpType", "is neither oidc nor oauth2").into()),
        };
        let token_fail = proposal.token_fail_behaviour.as_deref();
        let token_fail = token_fail.map(|text| TokenFailBehaviour::parse("tokenFailBehaviour", text));
        Ok(IdentityProvider {
            name: text::line("idpServerName", proposal.idp_server_name, 100)?,
            client_id: text::line("clientId", proposal.client_id, 500)?,
            client_secret: None,
            token_fail: token_fail.transpose()?.unwrap_or_default(),
            protocol,
        })
    }

    async fn openid_connect(&self, proposal: &Proposal) -> Result<OpenIdConnect, Refusal> {
        not_set("oauth2", "authorizationUrl", &proposal.authorization_url)?;
        not_set("oauth2", "accessTokenUrl", &proposal.access_token_url)?;
        not_set("oauth2", "userProfileUrl", &proposal.user_profile_url)?;
        not_set("oauth2", "verifyTokenUrl", &proposal.verify_token_url)?;
        not_set("oauth2", "endUserIdName", &proposal.end_user_id_name)?;
        let scopes = scopes(proposal)?;
        let discovery_url = self.url("discoveryUrl", &proposal.discovery_url)?;
        if !discovery_url.url().as_str().ends_with(WELL_KNOWN) {
            return Err(Invalid::new("discoveryUrl", format!("does not end in {WELL_KNOWN}")).into());
        }
        let description = self.describe(&discovery_url).await?;
        if description.userinfo_endpoint.is_none() && description.introspection_endpoint.is_none() {
            let problem =
                "it has neither a userinfo nor an introspection endpoint, so no token can be verified";
            return Err(IdpError::misconfigured(problem).into());
        }
        Ok(OpenIdConnect { discovery_url, issuer: description.issuer, scopes })
    }

    fn oauth2(&self, proposal: &Proposal) -> Result<OAuth2, Invalid> {
        not_set("oidc", "discoveryUrl", &proposal.discovery_url)?;
        let name = required("endUserIdName", &proposal.end_user_id_name)?;
        Ok(OAuth2 {
            authorization_url: self.url("authorizationUrl", &proposal.authorization_url)?,
            access_token_url: self.url("accessTokenUrl", &proposal.access_token_url)?,
            user_profile_url: self.url("userProfileUrl", &proposal.user_profile_url)?,
            verify_token_url: proposal
                .verify_token_url
                .as_ref()
                .map(|text| OutboundUrl::parse("verifyTokenUrl", text, self.loopback))
                .transpose()?,
            scopes: scopes(proposal)?,
            end_user_id_name: text::line("endUserIdName", name.to_owned(), 100)?,
        })
    }

    fn url(&self, field: &'static str, text: &Option<String>) -> Result<OutboundUrl, Invalid> {
        OutboundUrl::parse(field, required(field, text)?, self.loopback)
    }
}

fn required<'a>(field: &'static str, value: &'a Option<String>) -> Result<&'a str, Invalid> {
    value.as_deref().ok_or_else(|| Invalid::new(field, "is missing"))
}

/// A setting of the other protocol is a mistake and not to be passed over.
fn not_set(of: &'static str, field: &'static str, value: &Option<String>) -> Result<(), Invalid> {
    match value {
        None => Ok(()),
        Some(_) => Err(Invalid::new(field, format!("belongs to {of}"))),
    }
}

fn scopes(proposal: &Proposal) -> Result<Scopes, Invalid> {
    Scopes::parse("scopes", proposal.scopes.as_deref().unwrap_or_default())
}
