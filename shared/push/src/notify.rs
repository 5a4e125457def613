//! Sending a push.

use aws_sdk_sns::types::MessageAttributeValue;

use crate::Push;
use crate::error::{PushError, explain};
use crate::message::{Notice, Service, attributes, message};

impl Push {
    /// Sends `notice` to the endpoint with this ARN.
    pub async fn notify(&self, endpoint: &str, notice: &Notice<'_>) -> Result<(), PushError> {
        let service = Service::of_endpoint(endpoint).ok_or_else(|| {
            PushError::Refused("the endpoint's ARN names no push service that is known".into())
        })?;
        let mut publish = self
            .client
            .publish()
            .target_arn(endpoint)
            .message_structure("json")
            .message(message(service, notice));
        for (name, value) in attributes(service, notice) {
            let value = MessageAttributeValue::builder()
                .data_type("String")
                .string_value(value)
                .build()
                .map_err(|_| PushError::Refused("a message attribute is incomplete".into()))?;
            publish = publish.message_attributes(name, value);
        }
        publish.send().await.map(drop).map_err(|error| explain(&error))
    }
}
