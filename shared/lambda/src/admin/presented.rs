//! What a caller of the administration API shows for itself.

use countersign_crypto::cx1::Cx1Credential;
use countersign_crypto::sealing::Owner;
use countersign_domain::company::Company;
use countersign_domain::id::CompanyId;
use countersign_store::guards::Seen;

use super::cookie::SessionToken;
use crate::app::App;
use crate::call::Parts;
use crate::refusal::Refusal;
use crate::signed_call;

pub(super) enum Presented {
    /// A cookie.
    Session(SessionToken),
    /// A signature by the provisioning key of a company.
    Key(CompanyId, Cx1Credential),
}

impl Presented {
    /// A signature where there is one, else a cookie.
    pub(super) fn of(parts: &Parts, base_url: &str) -> Result<Self, Refusal> {
        match parts.header("Authorization")? {
            Some(header) => {
                let credential = Cx1Credential::parse(header).map_err(|_| Refusal::Unauthorized)?;
                let id = credential.guid().parse().map_err(|_| Refusal::Unauthorized)?;
                Ok(Self::Key(id, credential))
            }
            None => SessionToken::of(parts, base_url).map(Self::Session).ok_or(Refusal::Unauthorized),
        }
    }
}

/// Whose the sealed provisioning secret of a company is.
pub fn secret_owner(company: &str) -> Owner<'_> {
    Owner::new("company", company, "provisioning-secret")
}

/// Verifies a signature by the key of `holder`. Every way to fail is one refusal.
pub(super) async fn verify_key(
    app: &App,
    parts: &Parts,
    credential: &Cx1Credential,
    holder: Option<&Company>,
) -> Result<Seen, Refusal> {
    let id = holder.map(|company| company.id.to_string()).unwrap_or_default();
    let secret = match holder.and_then(|company| company.provisioning_secret.as_deref()) {
        Some(sealed) => Some(app.keys.open(sealed, &secret_owner(&id)).await?),
        None => None,
    };
    signed_call::verify(app, parts, credential, secret.as_ref())
}
