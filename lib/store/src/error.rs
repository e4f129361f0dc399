//! What can go wrong with the table.

use std::io;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// Why the table gave no answer. A condition that does not hold is an answer and none of these. The texts hold codes, the
/// service's own sentence and its request id, and never what is in a row (#103).
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be reached, is too busy or in trouble: the same request may succeed later. The source says which.
    #[error("the table is not available")]
    Unavailable(#[from] io::Error),
    /// It refused a request that we should not have made, or may not make.
    #[error("the table refused: {0}")]
    Refused(String),
    /// A row of this kind does not have the form its type says, or its key does not fit.
    #[error("a row of kind {0} is malformed")]
    Malformed(&'static str),
}

/// Refusals of the service that go away by themselves.
const BUSY: [&str; 7] = [
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "TransactionConflictException",
    "TransactionInProgressException",
    "InternalServerError",
    "ServiceUnavailable",
];

impl Error {
    /// Whether the table has more to do than it can, or lost to others: it is worth waiting, and then trying again.
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::Unavailable(error) if error.kind() == io::ErrorKind::ResourceBusy)
    }

    /// The error for what `operation` met.
    pub(crate) fn of<E: ProvideErrorMetadata>(operation: &'static str, error: &SdkError<E>) -> Self {
        let text = describe(operation, error);
        match kind(error) {
            Some(kind) => Self::Unavailable(io::Error::new(kind, text)),
            None => Self::Refused(text),
        }
    }

    /// The error for a transaction that lost to others until the deadline.
    pub(crate) fn busy<E: ProvideErrorMetadata>(operation: &'static str, error: &SdkError<E>) -> Self {
        Self::Unavailable(io::Error::new(io::ErrorKind::ResourceBusy, describe(operation, error)))
    }
}

/// How the failure would be called on a socket, if it may pass.
fn kind<E: ProvideErrorMetadata>(error: &SdkError<E>) -> Option<io::ErrorKind> {
    match error {
        SdkError::TimeoutError(_) => Some(io::ErrorKind::TimedOut),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => Some(io::ErrorKind::TimedOut),
        SdkError::DispatchFailure(failure) => (!failure.is_user()).then_some(io::ErrorKind::NotConnected),
        SdkError::ResponseError(_) => Some(io::ErrorKind::InvalidData),
        SdkError::ServiceError(failure) => {
            let busy = error.code().is_some_and(|code| BUSY.contains(&code));
            let failed = failure.raw().status().is_server_error();
            (busy || failed).then_some(io::ErrorKind::ResourceBusy)
        }
        _ => None,
    }
}

fn describe<E: ProvideErrorMetadata>(operation: &'static str, error: &SdkError<E>) -> String {
    format!("{operation}: {}", aws::describe(error))
}
