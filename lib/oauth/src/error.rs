//! Refusals: what a caller may be told.

use std::{borrow::Cow, fmt};

/// A registered error code, each with the section that defines it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// RFC 6749 §4.1.2.1, §5.2: missing, repeated or malformed parameter.
    InvalidRequest,
    /// RFC 6749 §5.2: client authentication failed.
    InvalidClient,
    /// RFC 6749 §5.2: the grant is invalid, expired, revoked or somebody else's.
    InvalidGrant,
    /// RFC 6749 §4.1.2.1: the person or the server said no.
    AccessDenied,
    /// RFC 6750 §3.1: the access token is missing, malformed, expired or revoked.
    InvalidToken,
    /// RFC 6750 §3.1: the token does not carry the scope that is needed.
    InsufficientScope,
    /// OpenID Connect Core §3.1.2.6: nobody is signed in.
    LoginRequired,
    /// RFC 6749 §4.1.2.1: something we depend on failed.
    ServerError,
    /// RFC 6749 §4.1.2.1: try again later.
    TemporarilyUnavailable,
}

impl Code {
    /// The code as it goes over the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::AccessDenied => "access_denied",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::LoginRequired => "login_required",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
        }
    }

    /// The HTTP status that goes with the code where nothing more exact is said.
    const fn status(self) -> u16 {
        match self {
            Self::InvalidRequest | Self::InvalidGrant => 400,
            Self::InvalidClient | Self::InvalidToken | Self::LoginRequired => 401,
            Self::AccessDenied | Self::InsufficientScope => 403,
            Self::ServerError => 502,
            Self::TemporarilyUnavailable => 503,
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A refusal: a code and a sentence the caller may read. It holds no cause; whoever wraps it keeps that for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {description}")]
pub struct Error {
    code: Code,
    status: u16,
    description: Cow<'static, str>,
    scope: Option<String>,
}

impl Error {
    /// A refusal with the status that goes with its code.
    pub fn new(code: Code, description: impl Into<Cow<'static, str>>) -> Self {
        Self { code, status: code.status(), description: description.into(), scope: None }
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

    /// The scope that was missing, for `WWW-Authenticate`.
    pub fn scope(&self) -> Option<&str> {
        self.scope.as_deref()
    }
}
