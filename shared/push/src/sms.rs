//! Sending a text message.

use aws_sdk_sns::types::MessageAttributeValue;
use countersign_domain::phone::PhoneNumber;

use crate::Push;
use crate::error::{PushError, explain};

impl Push {
    /// Sends `text` to `phone`, as something that cannot wait.
    pub async fn text(&self, phone: &PhoneNumber, text: &str) -> Result<(), PushError> {
        let transactional = MessageAttributeValue::builder()
            .data_type("String")
            .string_value("Transactional")
            .build()
            .map_err(|_| PushError::Refused("a message attribute is incomplete".into()))?;
        self.client
            .publish()
            .phone_number(phone.as_str())
            .message(text)
            .message_attributes("AWS.SNS.SMS.SMSType", transactional)
            .send()
            .await
            .map(drop)
            .map_err(|error| explain(&error))
    }
}
