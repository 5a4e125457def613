//! The two secrets, made as CloudFormation makes them and filled by the rotation function.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::DisplayErrorContext;
use aws_sdk_secretsmanager::types::RotationRulesType;
use countersign_crypto::encoding::base64url;
use countersign_domain::chance::{self, Random};
use countersign_jobs::{JOBS, Jobs};
use serde_json::json;

/// Name of the secret with the signing keys.
pub const SIGNING_KEYS: &str = "countersign/signing-keys";
/// Name of the secret with the sealing keys.
pub const SEALING_KEYS: &str = "countersign/sealing-keys";

/// The rotation function. Here it is called by its name in the table of jobs.
const FUNCTION: &str = "arn:aws:lambda:eu-west-1:123456789012:function:countersign-JobsKeyRotate";

/// A secret could not be made or rotated.
#[derive(Debug, thiserror::Error)]
#[error("secret {secret:?}: {problem}")]
pub struct SecretFailed {
    secret: String,
    problem: String,
}

impl SecretFailed {
    fn of<E: std::error::Error>(secret: &str, error: E) -> Self {
        Self { secret: secret.into(), problem: DisplayErrorContext(error).to_string() }
    }
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

/// Names the function that rotates them, as CloudFormation does: what asks for a rotation needs no more than that.
pub async fn schedule(client: &Client) -> Result<(), SecretFailed> {
    for secret in [SIGNING_KEYS, SEALING_KEYS] {
        let rules = RotationRulesType::builder().automatically_after_days(30).build();
        let scheduled = client
            .rotate_secret()
            .secret_id(secret)
            .rotation_lambda_arn(FUNCTION)
            .rotation_rules(rules)
            .rotate_immediately(false);
        scheduled.send().await.map_err(|error| SecretFailed::of(secret, error))?;
    }
    Ok(())
}

/// Carries out the rotations that were asked for, as Secrets Manager does by calling the function.
pub async fn rotate_asked(jobs: &Jobs) -> Result<(), SecretFailed> {
    for secret in [SIGNING_KEYS, SEALING_KEYS] {
        let described = jobs.app().keys.secrets_manager().describe_secret().secret_id(secret).send().await;
        let described = described.map_err(|error| SecretFailed::of(secret, error))?;
        let has = |stages: &[String], stage: &str| stages.iter().any(|known| known == stage);
        let versions = described.version_ids_to_stages.unwrap_or_default();
        let asked =
            versions.iter().find(|(_, stages)| has(stages, "AWSPENDING") && !has(stages, "AWSCURRENT"));
        if let Some((token, _)) = asked {
            carry_out(jobs, secret, token).await?;
        }
    }
    Ok(())
}

/// One rotation: the four steps in which Secrets Manager calls the function.
pub async fn rotate(jobs: &Jobs, secret: &str, random: &dyn Random) -> Result<(), SecretFailed> {
    carry_out(jobs, secret, &base64url(&chance::bytes::<24>(random))).await
}

async fn carry_out(jobs: &Jobs, secret: &str, token: &str) -> Result<(), SecretFailed> {
    let failed = |problem: String| SecretFailed { secret: secret.into(), problem };
    let job = JOBS
        .iter()
        .find(|job| job.name == "key-rotate")
        .ok_or_else(|| failed("no rotation function".into()))?;
    for step in ["createSecret", "setSecret", "testSecret", "finishSecret"] {
        let event = json!({ "Step": step, "SecretId": secret, "ClientRequestToken": token });
        (job.run)(jobs, event).await.map_err(|error| failed(format!("{step}: {error}")))?;
    }
    Ok(())
}
