//! What can go wrong with a push, by what to do about it.

use aws_sdk_sns::error::{ProvideErrorMetadata, SdkError};

/// SNS did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// The push service gave the device's token up: only a new token from the device helps.
    #[error("the endpoint is disabled")]
    EndpointDisabled,
    /// There is no such endpoint any more: it must be registered again.
    #[error("the endpoint does not exist")]
    EndpointGone,
    /// Throttled, unreachable or failing; worth another try.
    #[error("SNS is not available: {0}")]
    Unavailable(String),
    /// Another try would fail as well until an operator or the app's developer acts.
    #[error("SNS refused the call: {0}")]
    Refused(String),
}

/// What an SDK error means. Messages of SNS may repeat the token, so only codes are told.
pub(crate) fn explain<E: ProvideErrorMetadata>(error: &SdkError<E>) -> PushError {
    match (error, error.code().unwrap_or_default()) {
        (_, "EndpointDisabled" | "EndpointDisabledException") => PushError::EndpointDisabled,
        (_, "InvalidParameter" | "InvalidParameterException") if no_endpoint(error.message()) => {
            PushError::EndpointGone
        }
        (_, "PlatformApplicationDisabled" | "PlatformApplicationDisabledException") => PushError::Refused(
            "the platform application is disabled: its credentials have expired or were withdrawn".into(),
        ),
        (_, "NotFound" | "NotFoundException") => PushError::Refused(
            "there is no such platform application: check the App Space's push settings".into(),
        ),
        (
            _,
            "AuthorizationError" | "AuthorizationErrorException" | "InvalidClientTokenId" | "AccessDenied",
        ) => PushError::Refused("this function's role may not do this".into()),
        (
            _,
            code @ ("Throttled"
            | "ThrottledException"
            | "Throttling"
            | "ThrottlingException"
            | "InternalError"
            | "InternalErrorException"
            | "ServiceUnavailable"
            | "InternalFailure"),
        ) => PushError::Unavailable(code.to_owned()),
        (SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_), _) => {
            PushError::Unavailable(
                "it cannot be reached; check the network, and AWS_ENDPOINT_URL if it is set".into(),
            )
        }
        (_, "") => PushError::Unavailable("it failed without saying why".into()),
        (_, code) => PushError::Refused(code.to_owned()),
    }
}

fn no_endpoint(message: Option<&str>) -> bool {
    message.is_some_and(|message| message.contains("No endpoint found"))
}
