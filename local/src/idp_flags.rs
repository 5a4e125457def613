//! An identity provider on the command line.

use clap::{Args, ValueEnum};
use countersign_domain::secret::Secret;
use countersign_identity::Proposal;
use countersign_local::identity_provider::{Chosen, Wanted};

/// Which identity provider an App Space is to have, and its settings.
#[derive(Args)]
pub(crate) struct IdpFlags {
    /// Users log in at an identity provider: the stand-in of this machine, or one that the other --idp options describe
    #[arg(long, value_enum)]
    idp: Option<Kind>,
    /// Its name, as users see it
    #[arg(long, requires = "idp")]
    idp_name: Option<String>,
    /// What we are called there
    #[arg(long, requires = "idp")]
    idp_client_id: Option<String>,
    /// What we prove ourselves with there
    #[arg(long, requires = "idp", env = "IDP_CLIENT_SECRET", hide_env_values = true)]
    idp_client_secret: Option<String>,
    /// What happens to users whose tokens no longer work: suspend, revoke or nothing
    #[arg(long, requires = "idp")]
    idp_token_fail: Option<String>,
    /// What is asked for, with spaces between
    #[arg(long, requires = "idp")]
    idp_scopes: Option<String>,
    /// OpenID Connect: …/.well-known/openid-configuration
    #[arg(long, requires = "idp")]
    idp_discovery_url: Option<String>,
    /// OAuth2: where users log in
    #[arg(long, requires = "idp")]
    idp_authorization_url: Option<String>,
    /// OAuth2: where codes become tokens
    #[arg(long, requires = "idp")]
    idp_access_token_url: Option<String>,
    /// OAuth2: who a user is
    #[arg(long, requires = "idp")]
    idp_user_profile_url: Option<String>,
    /// OAuth2: whether a token is good; without it the profile tells
    #[arg(long, requires = "idp")]
    idp_verify_token_url: Option<String>,
    /// OAuth2: the field of the profile that denotes the user, e.g. user_id
    #[arg(long, requires = "idp")]
    idp_end_user_id_name: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// None: Request Origins bind the users
    None,
    /// The stand-in of the embedded AWS
    Demo,
    /// OpenID Connect
    Oidc,
    /// OAuth2
    Oauth2,
}

impl IdpFlags {
    /// What the flags say.
    pub(crate) fn wanted(self) -> Result<Wanted, String> {
        let idp_type = match self.idp {
            None => return Ok(Wanted::AsItIs),
            Some(Kind::None) => return Ok(Wanted::None),
            Some(Kind::Demo) => {
                return Ok(Wanted::StandIn {
                    name: self.idp_name,
                    token_fail_behaviour: self.idp_token_fail,
                });
            }
            Some(Kind::Oidc) => "oidc",
            Some(Kind::Oauth2) => "oauth2",
        };
        Ok(Wanted::Provider(Box::new(Chosen {
            client_secret: self.idp_client_secret.map(Secret::new),
            proposal: Proposal {
                idp_type: idp_type.into(),
                idp_server_name: self.idp_name.unwrap_or_else(|| "Identity provider".into()),
                client_id: self.idp_client_id.ok_or("--idp-client-id is missing")?,
                token_fail_behaviour: self.idp_token_fail,
                scopes: self.idp_scopes,
                discovery_url: self.idp_discovery_url,
                authorization_url: self.idp_authorization_url,
                access_token_url: self.idp_access_token_url,
                user_profile_url: self.idp_user_profile_url,
                verify_token_url: self.idp_verify_token_url,
                end_user_id_name: self.idp_end_user_id_name,
            },
        })))
    }
}
