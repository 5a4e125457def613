//! Push platforms as administrators give them: an SNS platform application, or the credentials to make one from.

use countersign_domain::id::AppSpaceId;
use countersign_domain::invalid::Invalid;
use countersign_domain::secret::Secret;
use countersign_lambda::lenient::Flag;
use countersign_push::PlatformCredentials;
use serde::Deserialize;
use serde_json::Value;

use crate::application_arn;

/// What is wanted of one platform.
#[derive(Debug)]
pub(crate) enum PushWanted {
    AsItIs,
    None,
    /// The application with this ARN.
    Application(String),
    /// One that is made here.
    Credentials(PlatformCredentials),
}

/// Firebase Cloud Messaging: one of the two. No `Debug`, here and below: there are credentials in it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AndroidBody {
    application: Option<String>,
    /// The JSON file of a service account, or its text.
    service_account: Option<Value>,
}

/// Apple Push Notification service: an application, or all of a key.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IosBody {
    application: Option<String>,
    /// The text of the `.p8` file.
    key: Option<String>,
    key_id: Option<String>,
    team_id: Option<String>,
    bundle_id: Option<String>,
    sandbox: Option<Flag>,
}

/// What is read of a service account's file to know that it is one.
#[derive(Deserialize)]
struct ServiceAccount {
    #[serde(rename = "type")]
    kind: String,
    project_id: String,
    client_email: String,
    private_key: String,
}

impl AndroidBody {
    /// Checks what is wanted for `app_space`.
    pub(crate) fn read(given: &Option<Option<Self>>, app_space: AppSpaceId) -> Result<PushWanted, Invalid> {
        let body = match given {
            None => return Ok(PushWanted::AsItIs),
            Some(None) => return Ok(PushWanted::None),
            Some(Some(body)) => body,
        };
        match (&body.application, &body.service_account) {
            (Some(arn), None) => {
                let arn = application_arn::parse("android.application", arn, &["GCM"], app_space)?;
                Ok(PushWanted::Application(arn))
            }
            (None, Some(file)) => Ok(PushWanted::Credentials(service_account(file)?)),
            _ => Err(Invalid::new("android", "needs either application or serviceAccount")),
        }
    }
}

fn service_account(file: &Value) -> Result<PlatformCredentials, Invalid> {
    let text = match file {
        Value::String(text) => text.clone(),
        file => file.to_string(),
    };
    let complete = serde_json::from_str::<ServiceAccount>(&text).is_ok_and(|account| {
        let parts = [&account.project_id, &account.client_email];
        account.kind == "service_account"
            && parts.iter().all(|part| !part.is_empty())
            && is_private_key(&account.private_key)
    });
    if !complete {
        let problem = "is not the JSON file of a Firebase service account";
        return Err(Invalid::new("android.serviceAccount", problem));
    }
    Ok(PlatformCredentials::Firebase { service_account: Secret::new(text) })
}

impl IosBody {
    /// Checks what is wanted for `app_space`.
    pub(crate) fn read(given: &Option<Option<Self>>, app_space: AppSpaceId) -> Result<PushWanted, Invalid> {
        let body = match given {
            None => return Ok(PushWanted::AsItIs),
            Some(None) => return Ok(PushWanted::None),
            Some(Some(body)) => body,
        };
        match (&body.application, &body.key) {
            (Some(arn), None) => {
                let platforms = ["APNS", "APNS_SANDBOX"];
                let arn = application_arn::parse("ios.application", arn, &platforms, app_space)?;
                Ok(PushWanted::Application(arn))
            }
            (None, Some(key)) => Ok(PushWanted::Credentials(body.credentials(key)?)),
            _ => Err(Invalid::new("ios", "needs either application or key")),
        }
    }

    fn credentials(&self, key: &str) -> Result<PlatformCredentials, Invalid> {
        if !is_private_key(key) || key.len() > 4096 {
            return Err(Invalid::new("ios.key", "is not the text of a .p8 file"));
        }
        let is_id = |text: &str| text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let is_bundle = |text: &str| {
            let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
            (1..=155).contains(&text.len()) && text.bytes().all(fits)
        };
        Ok(PlatformCredentials::Apple {
            key: Secret::new(key.to_owned()),
            key_id: plain("ios.keyId", &self.key_id, is_id)?,
            team_id: plain("ios.teamId", &self.team_id, is_id)?,
            bundle_id: plain("ios.bundleId", &self.bundle_id, is_bundle)?,
            sandbox: self.sandbox.is_some_and(|Flag(flag)| flag),
        })
    }
}

fn plain(field: &'static str, text: &Option<String>, fits: impl Fn(&str) -> bool) -> Result<String, Invalid> {
    let text = text.as_ref().ok_or_else(|| Invalid::new(field, "is missing"))?;
    if fits(text) { Ok(text.clone()) } else { Err(Invalid::new(field, "is not one of Apple's")) }
}

/// Whether it looks like PEM; whether the push service takes it, only SNS knows.
fn is_private_key(text: &str) -> bool {
    let text = text.trim();
    text.starts_with("-----BEGIN PRIVATE KEY-----") && text.ends_with("-----END PRIVATE KEY-----")
}

#[cfg(test)]
mod tests {
    use countersign_crypto::system::SystemRandom;
    use serde_json::json;

    use super::*;

    const KEY: &str = "-----BEGIN PRIVATE KEY-----\nhush\n-----END PRIVATE KEY-----\n";

    fn android(body: Value) -> Result<PushWanted, Invalid> {
        let body = serde_json::from_value(body).unwrap();
        AndroidBody::read(&Some(Some(body)), AppSpaceId::new(&SystemRandom))
    }

    fn ios(body: Value) -> Result<PushWanted, Invalid> {
        let body = serde_json::from_value(body).unwrap();
        IosBody::read(&Some(Some(body)), AppSpaceId::new(&SystemRandom))
    }

    #[test]
    fn a_service_account_is_an_object_or_its_text_and_is_not_shown() {
        let file = json!({
            "type": "service_account", "project_id": "bank", "client_email": "push@bank.example",
            "private_key": KEY, "private_key_id": "1",
        });
        for given in [file.clone(), json!(file.to_string())] {
            let wanted = android(json!({"serviceAccount": given})).unwrap();
            assert!(!format!("{wanted:?}").contains("hush"));
        }
        let other = json!({"type": "authorized_user", "private_key": KEY});
        for bad in [json!({"serviceAccount": other}), json!({"serviceAccount": "no JSON"})] {
            assert_eq!(android(bad).unwrap_err().field, "android.serviceAccount");
        }
        let both = json!({"application": "arn", "serviceAccount": file});
        for bad in [json!({}), both] {
            assert_eq!(android(bad).unwrap_err().field, "android");
        }
    }

    #[test]
    fn a_key_of_apples_has_all_its_ids() {
        let whole = json!({
            "key": KEY, "keyId": "ABCDE12345", "teamId": "FGHIJ67890", "bundleId": "com.example.bank",
        });
        assert!(ios(whole.clone()).is_ok());
        for (field, value) in [
            ("key", json!("PEM")),
            ("keyId", json!("short")),
            ("teamId", Value::Null),
            ("bundleId", json!("com example")),
        ] {
            let mut body = whole.clone();
            body[field] = value;
            assert_eq!(ios(body).unwrap_err().field, format!("ios.{field}"));
        }
    }
}
