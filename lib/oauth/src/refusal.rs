//! Refusals: errors that a caller may see.

use std::borrow::Cow;

use crate::Code;

/// A refusal: a code and a sentence the caller may read. It holds no cause; the error that wraps it keeps that for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {description}")]
pub struct Error {
    code: Code,
    status: u16,
    description: Cow<'static, str>,
    scope: Option<String>,
    retry_after: Option<u32>,
}

impl Error {
    /// A refusal with the status that goes with its code.
    pub fn new(code: Code, description: impl Into<Cow<'static, str>>) -> Self {
        Self { code, status: code.status(), description: description.into(), scope: None, retry_after: None }
    }

    /// `invalid_request`, the commonest of all.
    pub fn invalid_request(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::InvalidRequest, description)
    }

    /// RFC 6750 §3.1: names the scope that was missing.
    pub fn insufficient_scope(needed: &str) -> Self {
        let mut error = Self::new(
            Code::InsufficientScope,
            format!("this needs the scope {needed}, which the token lacks"),
        );
        error.scope = Some(needed.to_owned());
        error
    }

    /// The same refusal under a more exact HTTP status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// So often is too often: the same request may work in so many seconds.
    pub fn too_many(description: impl Into<Cow<'static, str>>, retry_after: u32) -> Self {
        let retry_after = Some(retry_after);
        Self { retry_after, ..Self::new(Code::TemporarilyUnavailable, description).with_status(429) }
    }

    /// The registered code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The HTTP status to answer with.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The sentence for the caller.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// In how many seconds to try again, for `Retry-After`.
    pub fn retry_after(&self) -> Option<u32> {
        self.retry_after
    }

    /// The scope that was missing, for `WWW-Authenticate`.
    pub fn scope(&self) -> Option<&str> {
        self.scope.as_deref()
    }
}
