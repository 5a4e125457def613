//! What an app of version 2 says with its decision, encrypted to the provider.

use countersign_crypto::authenticator::Envelope;
use countersign_domain::challenge::Challenge;
use countersign_domain::invalid::Invalid;
use countersign_lambda::connection::{Connection, Said};
use countersign_lambda::{App, Refusal, provider_keys};
use serde::Deserialize;

use crate::authorization;

/// `{"authorization_code", "user_authorization_type", "geolocation"}`.
#[derive(Deserialize)]
struct Bundle {
    authorization_code: String,
    user_authorization_type: Option<String>,
    geolocation: Option<String>,
}

/// What the app says in `envelope`, where it knows what it decides about. One that cannot be decrypted, cannot be read, or
/// holds another code is refused in the same words: they tell nothing about what was wrong.
pub(crate) async fn open(
    app: &App,
    connection: &Connection,
    challenge: &Challenge,
    envelope: &Envelope,
) -> Result<Said, Refusal> {
    let key = provider_keys::get(app, challenge.app_space).await?;
    let code = authorization::code(challenge, connection.device_id())?;
    let plain = key.decrypt(envelope).ok();
    let bundle = plain.and_then(|plain| serde_json::from_slice::<Bundle>(plain.expose()).ok());
    match bundle.filter(|bundle| code.matches(&bundle.authorization_code)) {
        Some(Bundle { user_authorization_type, geolocation, .. }) => {
            Ok(Said { authorization_type: user_authorization_type, geolocation })
        }
        None => Err(Invalid::new("authorization_code", "is not valid").into()),
    }
}
