//! Why a secret was not given.

use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};

/// Why a secret was not given. The texts hold codes, the service's own sentence and its request id, and never a secret.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Secrets Manager refused or could not be reached.
    #[error("Secrets Manager does not return it: {0}")]
    NotGiven(String),
    /// The secret is binary.
    #[error("the secret is binary, and must be text")]
    NotText,
}

impl Error {
    pub(crate) fn of<E: ProvideErrorMetadata>(error: &SdkError<E>) -> Self {
        Self::NotGiven(aws::describe(error))
    }
}
