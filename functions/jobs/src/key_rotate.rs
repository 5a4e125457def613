//! Rotation by Secrets Manager, in its four steps: the signing keys and the sealing keys.
//!
//! <https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html>

use aws_sdk_secretsmanager::error::ProvideErrorMetadata;
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueOutput;
use countersign_crypto::keyring::SigningKeys;
use countersign_crypto::sealing::SealingKeys;
use countersign_domain::secret::Secret;
use countersign_lambda::keys::{KeySet, explain};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Jobs;
use crate::error::JobError;

const CURRENT: &str = "AWSCURRENT";
const PENDING: &str = "AWSPENDING";

/// What Secrets Manager sends.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Rotation {
    step: Step,
    secret_id: String,
    client_request_token: String,
}

#[derive(Deserialize)]
enum Step {
    #[serde(rename = "createSecret")]
    Create,
    #[serde(rename = "setSecret")]
    Set,
    #[serde(rename = "testSecret")]
    Test,
    #[serde(rename = "finishSecret")]
    Finish,
}

pub(crate) async fn handle(jobs: &Jobs, rotation: Rotation) -> Result<Value, JobError> {
    let key_set = key_set(jobs, &rotation.secret_id)?;
    match rotation.step {
        Step::Create => create(jobs, &rotation, key_set).await?,
        // There is no other system that has to be told.
        Step::Set => {}
        Step::Test => test(jobs, &rotation, key_set).await?,
        Step::Finish => finish(jobs, &rotation).await?,
    }
    Ok(json!({}))
}

/// Secrets Manager names the secret by ARN, the settings by ARN or name; an ARN ends with six random characters.
fn key_set(jobs: &Jobs, secret_id: &str) -> Result<KeySet, JobError> {
    let settings = &jobs.app.settings;
    let is = |setting: &str| secret_id == setting || secret_id.contains(&format!(":secret:{setting}-"));
    match (is(&settings.signing_keys_secret), is(&settings.sealing_keys_secret)) {
        (true, _) => Ok(KeySet::Signing),
        (_, true) => Ok(KeySet::Sealing),
        _ => Err(JobError::Event("SecretId is neither SIGNING_KEYS_SECRET nor SEALING_KEYS_SECRET".into())),
    }
}

/// The next key set lies beside the current one. A step that comes again finds its work done.
async fn create(jobs: &Jobs, rotation: &Rotation, key_set: KeySet) -> Result<(), JobError> {
    if get(jobs, rotation, PENDING).await?.is_some() {
        return Ok(());
    }
    let current = get(jobs, rotation, CURRENT).await?;
    let current = current.as_ref().and_then(GetSecretValueOutput::secret_string);
    let next = rotated(jobs, key_set, current)?;
    jobs.app
        .keys
        .secrets_manager()
        .put_secret_value()
        .secret_id(&rotation.secret_id)
        .client_request_token(&rotation.client_request_token)
        .secret_string(next.expose())
        .version_stages(PENDING)
        .send()
        .await
        .map(drop)
        .map_err(|error| JobError::unexpected(explain(&error)))
}

fn rotated(jobs: &Jobs, key_set: KeySet, current: Option<&str>) -> Result<Secret<String>, JobError> {
    let (random, now) = (jobs.app.random(), jobs.app.now());
    // A fresh secret holds whatever the template generated. What looks like keys is never thrown away, even if it
    // cannot be read: with the sealing keys all that they sealed would be lost.
    let current = current.filter(|text| looks_like_keys(text));
    match key_set {
        KeySet::Signing => {
            let keys = match current {
                Some(text) => SigningKeys::parse(text).map_err(JobError::unexpected)?.rotated(random, now),
                None => SigningKeys::generate(random, now),
            };
            keys.and_then(|keys| keys.to_json()).map_err(JobError::unexpected)
        }
        KeySet::Sealing => Ok(match current {
            Some(text) => SealingKeys::parse(text).map_err(JobError::unexpected)?.rotated(random).to_json(),
            None => SealingKeys::generate(random).to_json(),
        }),
    }
}

fn looks_like_keys(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok_and(|value| value.is_object())
}

async fn test(jobs: &Jobs, rotation: &Rotation, key_set: KeySet) -> Result<(), JobError> {
    let pending = get(jobs, rotation, PENDING).await?;
    let text = pending.as_ref().and_then(GetSecretValueOutput::secret_string);
    let text = text.ok_or_else(|| JobError::unexpected("there is no pending key set to test"))?;
    match key_set {
        KeySet::Signing => {
            SigningKeys::parse(text).map_err(JobError::unexpected)?.self_test().map_err(JobError::unexpected)
        }
        KeySet::Sealing => SealingKeys::parse(text).map(drop).map_err(JobError::unexpected),
    }
}

async fn finish(jobs: &Jobs, rotation: &Rotation) -> Result<(), JobError> {
    let client = jobs.app.keys.secrets_manager();
    let described = client.describe_secret().secret_id(&rotation.secret_id).send().await;
    let described = described.map_err(|error| JobError::unexpected(explain(&error)))?;
    let versions = described.version_ids_to_stages.unwrap_or_default();
    let current =
        versions.iter().find(|(_, stages)| stages.iter().any(|stage| stage == CURRENT)).map(|(id, _)| id);
    if current == Some(&rotation.client_request_token) {
        return Ok(());
    }
    client
        .update_secret_version_stage()
        .secret_id(&rotation.secret_id)
        .version_stage(CURRENT)
        .move_to_version_id(&rotation.client_request_token)
        .set_remove_from_version_id(current.cloned())
        .send()
        .await
        .map(drop)
        .map_err(|error| JobError::unexpected(explain(&error)))
}

/// The secret's version in `stage`; none if there is none.
async fn get(
    jobs: &Jobs,
    rotation: &Rotation,
    stage: &str,
) -> Result<Option<GetSecretValueOutput>, JobError> {
    let mut get = jobs
        .app
        .keys
        .secrets_manager()
        .get_secret_value()
        .secret_id(&rotation.secret_id)
        .version_stage(stage);
    if stage == PENDING {
        get = get.version_id(&rotation.client_request_token);
    }
    match get.send().await {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.code() == Some("ResourceNotFoundException") => Ok(None),
        Err(error) => Err(JobError::unexpected(explain(&error))),
    }
}
