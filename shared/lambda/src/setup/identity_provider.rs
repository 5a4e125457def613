//! Setting the identity provider of an App Space.

use countersign_domain::id::AppSpaceId;
use countersign_domain::identity_provider::IdentityProvider;
use countersign_domain::invalid::Invalid;
use countersign_domain::secret::Secret;
use countersign_identity::{IdpError, Proposal, Refusal as NotTaken};

use crate::app::App;
use crate::identity::seal_client_secret;
use crate::refusal::Refusal;

/// What this service proves itself with at the provider.
#[derive(Debug)]
pub enum ClientSecret {
    /// What it had.
    Kept,
    /// Nothing: it is a public client there.
    None,
    /// This one.
    New(Secret<String>),
}

/// Why settings of an identity provider were not taken.
#[derive(Debug)]
pub enum NotAccepted {
    /// A setting is wrong, or the provider is not what the settings say.
    Settings(NotTaken),
    /// Something of this service.
    Here(Refusal),
}

impl From<NotTaken> for NotAccepted {
    fn from(not_taken: NotTaken) -> Self {
        Self::Settings(not_taken)
    }
}

impl From<Invalid> for NotAccepted {
    fn from(invalid: Invalid) -> Self {
        Self::Settings(invalid.into())
    }
}

impl From<Refusal> for NotAccepted {
    fn from(refusal: Refusal) -> Self {
        Self::Here(refusal)
    }
}

/// Takes `proposal` for `app_space`, whose provider was `old`, after asking the provider too.
///
/// A secret is only kept for the same client of the same provider: otherwise it would be shown to whoever stands at the
/// new address.
pub async fn accept(
    app: &App,
    app_space: AppSpaceId,
    proposal: Proposal,
    secret: &ClientSecret,
    old: Option<&IdentityProvider>,
) -> Result<IdentityProvider, NotAccepted> {
    let provider = app.idp()?.accept(proposal).await?;
    let client_secret = match secret {
        ClientSecret::None => None,
        ClientSecret::New(secret) => Some(seal_client_secret(app, app_space, secret).await?),
        ClientSecret::Kept => {
            let old = old.filter(|old| old.shares_secret_with(&provider));
            let needed = || Invalid::new("clientSecret", "must be given for another client or provider");
            old.ok_or_else(needed)?.client_secret.clone()
        }
    };
    Ok(IdentityProvider { client_secret, ..provider })
}

impl NotAccepted {
    /// As an administrator is told, whose fields begin with `prefix`. What the provider does wrong is told of the address
    /// that led to it.
    pub fn refusal(self, prefix: &str) -> Refusal {
        let invalid = |field: &str, problem: String| Invalid::new(format!("{prefix}{field}"), problem).into();
        match self {
            Self::Here(refusal) => refusal,
            Self::Settings(NotTaken::Invalid(Invalid { field, problem })) => {
                invalid(&field, problem.into_owned())
            }
            Self::Settings(NotTaken::Provider(error)) => {
                let problem = match error {
                    IdpError::Unavailable(why) => format!("leads to no answer: {why}"),
                    IdpError::Misconfigured(why) => {
                        format!("leads to a provider that cannot be used: {why}")
                    }
                    refused @ IdpError::Refused { .. } => format!("leads to a refusal: {refused}"),
                };
                invalid("discoveryUrl", problem)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_that_does_not_answer_is_told_of_its_address() {
        let error = NotTaken::Provider(IdpError::Unavailable("it took too long".into()));
        let told = NotAccepted::Settings(error).refusal("identityProvider.").tell();
        assert_eq!(told.body.field.as_deref(), Some("identityProvider.discoveryUrl"));
        assert_eq!(told.body.message, "identityProvider.discoveryUrl leads to no answer: it took too long.");
        let told = NotAccepted::from(Invalid::new("scopes", "is wrong")).refusal("").tell();
        assert_eq!((told.status.as_u16(), told.body.field.as_deref()), (400, Some("scopes")));
    }
}
