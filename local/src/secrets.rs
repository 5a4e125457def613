//! The two secrets, made as CloudFormation makes them and filled by the rotation function.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::DisplayErrorContext;
use countersign_crypto::encoding::base64url;
use countersign_domain::chance::{self, Random};
use countersign_jobs::{JOBS, Jobs};
use serde_json::json;

/// Name of the secret with the signing keys.
pub const SIGNING_KEYS: &str = "countersign/signing-keys";
/// Name of the secret with the sealing keys.
pub const SEALING_KEYS: &str = "countersign/sealing-keys";

/// A secret could not be made or rotated.
#[derive(Debug, thiserror::Error)]
#[error("secret {secret:?}: {problem}")]
pub struct SecretFailed {
    secret: String,
    problem: String,
}

/// Makes both secrets, unless they are there, and lets them rotate once so that they hold keys.
pub async fn prepare(jobs: &Jobs, client: &Client, random: &dyn Random) -> Result<(), SecretFailed> {
    for secret in [SIGNING_KEYS, SEALING_KEYS] {
        let failed = |problem| SecretFailed { secret: secret.into(), problem };
        let placeholder = base64url(&chance::bytes::<32>(random));
        match client.create_secret().name(secret).secret_string(placeholder).send().await {
            Ok(_) => rotate(jobs, secret, random).await?,
            Err(error)
                if error.as_service_error().is_some_and(|error| error.is_resource_exists_exception()) => {}
            Err(error) => return Err(failed(DisplayErrorContext(error).to_string())),
        }
    }
    Ok(())
}

/// One rotation: the four steps in which Secrets Manager calls the function.
pub async fn rotate(jobs: &Jobs, secret: &str, random: &dyn Random) -> Result<(), SecretFailed> {
    let failed = |problem: String| SecretFailed { secret: secret.into(), problem };
    let job = JOBS
        .iter()
        .find(|job| job.name == "key-rotate")
        .ok_or_else(|| failed("no rotation function".into()))?;
    let token = base64url(&chance::bytes::<24>(random));
    for step in ["createSecret", "setSecret", "testSecret", "finishSecret"] {
        let event = json!({ "Step": step, "SecretId": secret, "ClientRequestToken": token });
        (job.run)(jobs, event).await.map_err(|error| failed(format!("{step}: {error}")))?;
    }
    Ok(())
}
