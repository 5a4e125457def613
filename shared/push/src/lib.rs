//! Mobile push and text messages through Amazon SNS: the only crate that names its types.
//!
//! A push carries ids and the notification texts that the Request Origin chose, never content and never a
//! secret. A lost push is no lost challenge: the device finds it in its list.

mod error;
mod message;
mod notify;
mod platform;
mod register;
mod sms;

pub use error::PushError;
pub use message::Notice;
pub use platform::PlatformCredentials;

/// SNS, ready for use. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Push {
    client: aws_sdk_sns::Client,
}

impl Push {
    /// Push through `client`.
    pub const fn new(client: aws_sdk_sns::Client) -> Self {
        Self { client }
    }
}
