//! What a caller of the administration API shows for itself.

use countersign_crypto::cx1::{Cx1Credential, WINDOW};
use countersign_crypto::sealing::Owner;
use countersign_domain::company::Company;
use countersign_domain::id::CompanyId;
use countersign_domain::secret::Secret;
use countersign_domain::time::Span;
use countersign_store::guards::Seen;

use super::cookie::SessionToken;
use crate::app::App;
use crate::call::Parts;
use crate::refusal::Refusal;

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
    let nobody = Secret::new(String::new());
    let url = parts.full_url(&app.settings);
    let verified =
        credential.verify(secret.as_ref().unwrap_or(&nobody), &parts.method, &url, &parts.raw_body);
    if verified.is_err() || secret.is_none() {
        return Err(Refusal::Unauthorized);
    }
    let now = app.now();
    // Only who signed well is told that the clock is off.
    credential.check_time(now).map_err(|_| Refusal::ClockSkew { server_time: now })?;
    let until = credential.timestamp() + WINDOW + Span::secs(1);
    Ok(Seen::new("cx1", &credential.once().to_string(), until))
}
