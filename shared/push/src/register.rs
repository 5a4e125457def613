//! Making a push token known to SNS.

use aws_sdk_sns::error::ProvideErrorMetadata;
use countersign_domain::id::DeviceId;
use countersign_domain::text::PushToken;

use crate::Push;
use crate::error::{PushError, explain};

impl Push {
    /// The endpoint for `token` in a platform application, enabled and noted as `device`'s.
    ///
    /// Works again and again: for a token that SNS knows already, with whatever attributes, and for an endpoint
    /// that was disabled.
    pub async fn register(
        &self,
        application: &str,
        token: &PushToken,
        device: DeviceId,
    ) -> Result<String, PushError> {
        let created = self
            .client
            .create_platform_endpoint()
            .platform_application_arn(application)
            .token(token.expose())
            .custom_user_data(device.to_string())
            .send()
            .await;
        let endpoint = match created {
            Ok(answer) => {
                answer.endpoint_arn.ok_or_else(|| PushError::Unavailable("it named no endpoint".into()))?
            }
            // SNS names the endpoint that has the token with other attributes only in its message.
            Err(error) => match error.message().and_then(existing_endpoint) {
                Some(endpoint) => endpoint.to_owned(),
                None => return Err(explain(&error)),
            },
        };
        self.client
            .set_endpoint_attributes()
            .endpoint_arn(&endpoint)
            .attributes("Enabled", "true")
            .attributes("Token", token.expose())
            .attributes("CustomUserData", device.to_string())
            .send()
            .await
            .map_err(|error| explain(&error))?;
        Ok(endpoint)
    }

    /// Forgets `device`'s endpoint. One that is gone already is gone; one that has become another device's, because the
    /// same app was bound anew, stays.
    pub async fn forget(&self, endpoint: &str, device: DeviceId) -> Result<(), PushError> {
        let found = self.client.get_endpoint_attributes().endpoint_arn(endpoint).send().await;
        let attributes = match found {
            Ok(found) => found.attributes.unwrap_or_default(),
            Err(error) if error.as_service_error().is_some_and(|error| error.is_not_found_exception()) => {
                return Ok(());
            }
            Err(error) => return Err(explain(&error)),
        };
        if attributes.get("CustomUserData").is_some_and(|owner| *owner != device.to_string()) {
            return Ok(());
        }
        self.client
            .delete_endpoint()
            .endpoint_arn(endpoint)
            .send()
            .await
            .map(drop)
            .map_err(|error| explain(&error))
    }
}

/// The ARN in `Invalid parameter: Token Reason: Endpoint arn:… already exists with the same Token, but different attributes.`
fn existing_endpoint(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("Endpoint ")?;
    let (arn, rest) = rest.split_once(' ')?;
    (arn.starts_with("arn:") && rest.starts_with("already exists with the same Token")).then_some(arn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_endpoint_that_has_the_token_is_read_from_the_message() {
        let arn = "arn:aws:sns:eu-west-1:000000000000:endpoint/GCM/demo/6a6f";
        let message = format!(
            "Invalid parameter: Token Reason: Endpoint {arn} already exists with the same Token, but different attributes."
        );
        assert_eq!(existing_endpoint(&message), Some(arn));
        assert_eq!(
            existing_endpoint(
                "Invalid parameter: Token Reason: iOS device tokens must be no more than 400 hexadecimal characters"
            ),
            None
        );
    }
}
