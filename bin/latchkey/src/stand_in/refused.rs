//! The refusals of the stand-in.

use std::borrow::Cow;

use axum::{
    Json,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use oauth::Code;
use serde_json::json;

/// A refusal: a registered error code and a sentence. The authorization endpoint makes a page of it, the others JSON.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) status: StatusCode,
    pub(super) code: Code,
    pub(super) reason: Cow<'static, str>,
}

impl Refused {
    /// A refusal with the status that goes with its code.
    pub(super) fn new(code: Code, reason: impl Into<Cow<'static, str>>) -> Self {
        let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::BAD_REQUEST);
        Self { status, code, reason: reason.into() }
    }

    /// The same refusal under a more exact HTTP status.
    pub(super) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// `invalid_request`, the commonest of all.
    pub(super) fn invalid(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::InvalidRequest, reason)
    }

    /// `invalid_grant`.
    pub(super) fn grant(reason: &'static str) -> Self {
        Self::new(Code::InvalidGrant, reason)
    }

    /// 500 `server_error`: a token that was not signed, or a template that cannot be read.
    pub(super) fn fault(error: impl std::error::Error) -> Self {
        tracing::error!(cause = error.to_string(), "the stand-in failed");
        let refused = Self::new(Code::ServerError, "something is wrong with the stand-in");
        refused.with_status(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// As JSON (RFC 6749 §5.2), with the challenge that goes with a 401.
    pub(super) fn json(self, challenge: &str) -> Response {
        let Self { status, code, reason } = self;
        let body = Json(json!({ "error": code.as_str(), "error_description": reason }));
        if status == StatusCode::UNAUTHORIZED {
            return (status, [(header::WWW_AUTHENTICATE, challenge)], body).into_response();
        }
        (status, body).into_response()
    }
}
