//! What can go wrong with the table, told so that an operator knows what to do.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// The table did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A condition did not hold: somebody else was faster. Names the writes whose conditions failed.
    #[error("the condition of a write did not hold: {}", .0.join(", "))]
    Conflict(Vec<&'static str>),
    /// Throttled, unreachable or failing; worth another try.
    #[error("DynamoDB is not available: {0}")]
    Unavailable(String),
    /// Another try would fail as well until an operator acts.
    #[error("DynamoDB refused the call: {0}")]
    Refused(String),
    /// An item is not what this version of the code writes.
    #[error("an item of kind {kind} cannot be read or written: was it written by a newer version?")]
    Unreadable {
        /// The item's kind.
        kind: &'static str,
    },
}

impl StoreError {
    /// Whether the write with this name was the one whose condition failed.
    pub fn is_conflict_of(&self, name: &str) -> bool {
        matches!(self, Self::Conflict(names) if names.contains(&name))
    }

    /// Whether any condition failed.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict(_))
    }
}

/// What an SDK error means, in an operator's words. `table` is named because a wrong one is the likeliest cause.
pub(crate) fn explain<E: ProvideErrorMetadata>(table: &str, error: &SdkError<E>) -> StoreError {
    let code = error.code().unwrap_or_default();
    match (error, code) {
        (_, "ResourceNotFoundException") => StoreError::Refused(format!(
            "there is no table {table:?} in this account and region, or it lacks the index `due`; check TABLE_NAME and the deployment"
        )),
        (
            _,
            "AccessDeniedException"
            | "UnrecognizedClientException"
            | "InvalidSignatureException"
            | "MissingAuthenticationToken"
            | "ExpiredTokenException",
        ) => StoreError::Refused(format!("{code}: this function's role may not do this on table {table:?}")),
        (
            _,
            "ThrottlingException"
            | "ProvisionedThroughputExceededException"
            | "RequestLimitExceeded"
            | "LimitExceededException"
            | "TransactionInProgressException"
            | "TransactionConflictException"
            | "InternalServerError"
            | "InternalServerErrorException"
            | "ServiceUnavailable",
        ) => StoreError::Unavailable(code.to_owned()),
        (SdkError::TimeoutError(_), _) => StoreError::Unavailable("no answer in time".into()),
        (SdkError::DispatchFailure(_), _) => StoreError::Unavailable(
            "it cannot be reached; check the network, and AWS_ENDPOINT_URL if it is set".into(),
        ),
        (SdkError::ResponseError(_), _) => StoreError::Unavailable("its answer was cut off".into()),
        (SdkError::ConstructionFailure(_), _) => {
            StoreError::Refused("the call could not be made; check the region and the credentials".into())
        }
        (_, "") => StoreError::Unavailable("it failed without saying why".into()),
        (_, code) => StoreError::Refused(code.to_owned()),
    }
}
