//! Why a secret was not given.

use std::error::Error as _;

use aws_sdk_secretsmanager::{
    error::{ProvideErrorMetadata, SdkError},
    operation::RequestId,
};

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
        let code = error.code().unwrap_or(match error {
            SdkError::TimeoutError(_) => "timeout",
            SdkError::DispatchFailure(_) => "connection failed",
            SdkError::ResponseError(_) => "answer unreadable",
            _ => "no code",
        });
        let mut text = code.to_owned();
        for part in [error.message().map(str::to_owned), connection(error)].into_iter().flatten() {
            text.push_str(": ");
            text.push_str(&part);
        }
        if let Some(id) = error.request_id() {
            text.push_str(&format!(" (request {id})"));
        }
        Self::NotGiven(text)
    }
}

/// What the connector says, or the source of credentials; neither knows anything of the answer's content.
fn connection<E>(error: &SdkError<E>) -> Option<String> {
    let SdkError::DispatchFailure(failure) = error else { return None };
    let mut cause = failure.as_connector_error()?.source();
    let mut text = Vec::new();
    while let Some(error) = cause {
        text.push(error.to_string());
        cause = error.source();
    }
    (!text.is_empty()).then(|| text.join(": "))
}
