//! Platform applications: what SNS reaches a push service with.

use aws_sdk_sns::error::{ProvideErrorMetadata, SdkError};
use countersign_domain::secret::Secret;

use crate::Push;
use crate::error::{PushError, explain};

/// What an app's owner has from a push service. It is given to SNS and kept nowhere else.
#[derive(Debug)]
pub enum PlatformCredentials {
    /// Of Firebase Cloud Messaging: the JSON file of a service account.
    Firebase {
        /// The file.
        service_account: Secret<String>,
    },
    /// Of Apple Push Notification service: a key that signs tokens.
    Apple {
        /// The `.p8` file.
        key: Secret<String>,
        /// The key's id.
        key_id: String,
        /// The developer team's id.
        team_id: String,
        /// The app's bundle id.
        bundle_id: String,
        /// Whether the app is one that Xcode installed, and none of the App Store.
        sandbox: bool,
    },
}

impl PlatformCredentials {
    /// SNS's word for the push service.
    pub const fn platform(&self) -> &'static str {
        match self {
            Self::Firebase { .. } => "GCM",
            Self::Apple { sandbox: false, .. } => "APNS",
            Self::Apple { sandbox: true, .. } => "APNS_SANDBOX",
        }
    }

    fn attributes(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Firebase { service_account } => {
                vec![("PlatformCredential", service_account.expose().clone())]
            }
            Self::Apple { key, key_id, team_id, bundle_id, .. } => vec![
                ("PlatformCredential", key.expose().clone()),
                ("PlatformPrincipal", key_id.clone()),
                ("ApplePlatformTeamID", team_id.clone()),
                ("ApplePlatformBundleID", bundle_id.clone()),
            ],
        }
    }
}

impl Push {
    /// A new platform application with these credentials; gives its ARN.
    ///
    /// # Errors
    /// [`PushError::Refused`] where SNS does not take the credentials, or this function may not do this.
    pub async fn make_application(
        &self,
        name: &str,
        credentials: &PlatformCredentials,
    ) -> Result<String, PushError> {
        let mut create =
            self.client.create_platform_application().name(name).platform(credentials.platform());
        for (name, value) in credentials.attributes() {
            create = create.attributes(name, value);
        }
        let made = create.send().await.map_err(|error| told(&error))?;
        made.platform_application_arn
            .ok_or_else(|| PushError::Unavailable("it named no platform application".into()))
    }

    /// Other credentials for a platform application. Its endpoints, and so the devices, stay.
    ///
    /// # Errors
    /// As [`Push::make_application`], and where there is no such platform application.
    pub async fn renew_application(
        &self,
        application: &str,
        credentials: &PlatformCredentials,
    ) -> Result<(), PushError> {
        let mut set = self.client.set_platform_application_attributes().platform_application_arn(application);
        for (name, value) in credentials.attributes() {
            set = set.attributes(name, value);
        }
        set.attributes("Enabled", "true").send().await.map(drop).map_err(|error| told(&error))
    }
}

/// SNS's own messages may repeat what was sent, so that only its codes are told.
fn told<E: ProvideErrorMetadata>(error: &SdkError<E>) -> PushError {
    match error.code().unwrap_or_default() {
        "InvalidParameter" | "InvalidParameterException" | "ValidationError" => {
            PushError::Refused("the push service does not take these credentials".into())
        }
        _ => explain(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_not_shown() {
        let credentials = PlatformCredentials::Apple {
            key: Secret::new("hush".into()),
            key_id: "ABCDE12345".into(),
            team_id: "FGHIJ67890".into(),
            bundle_id: "com.example.bank".into(),
            sandbox: true,
        };
        assert!(!format!("{credentials:?}").contains("hush"));
        assert_eq!(credentials.platform(), "APNS_SANDBOX");
        assert!(credentials.attributes().contains(&("PlatformCredential", "hush".to_owned())));
    }
}
