//! Why a call failed, for the log.

use std::error::Error as _;

use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId;

type SdkError<E> = result::SdkError<E, HttpResponse>;

/// Code, sentence and request id; for a connection that failed, why. Nothing of the request's or the answer's content.
pub fn describe<E: ProvideErrorMetadata>(error: &SdkError<E>) -> String {
    let mut text = error.code().unwrap_or(unanswered(error)).to_owned();
    for part in [error.message().map(str::to_owned), connection(error)].into_iter().flatten() {
        text.push_str(": ");
        text.push_str(&part);
    }
    if let Some(id) = error.request_id() {
        text.push_str(" (request ");
        text.push_str(id);
        text.push(')');
    }
    text
}

/// What there is instead of a code.
fn unanswered<E>(error: &SdkError<E>) -> &'static str {
    match error {
        SdkError::ConstructionFailure(_) => "request not built",
        SdkError::TimeoutError(_) => "timeout",
        SdkError::DispatchFailure(_) => "connection failed",
        SdkError::ResponseError(_) => "answer unreadable",
        _ => "no code",
    }
}

/// What the connector says, or the source of credentials: addresses, and nothing else of the request.
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
