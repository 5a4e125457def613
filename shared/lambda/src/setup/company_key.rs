//! The provisioning key of a company: drawn here, shown once, kept sealed.

use countersign_crypto::token::Token;
use countersign_domain::company::Company;
use countersign_domain::secret::Secret;

use crate::admin::presented::secret_owner;
use crate::app::App;
use crate::refusal::Refusal;

/// `company` with a fresh key, and the key as its holder keeps it. A former one is good no more.
pub async fn with_key(app: &App, company: Company) -> Result<(Company, Secret<String>), Refusal> {
    let key = Secret::new(Token::random(app.random()).expose().to_owned());
    let sealed = app.keys.seal(&key, &secret_owner(&company.id.to_string()), app.random()).await?;
    Ok((Company { provisioning_secret: Some(sealed), ..company }, key))
}
