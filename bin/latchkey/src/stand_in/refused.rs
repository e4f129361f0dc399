//! What the stand-in says no with.

use std::borrow::Cow;

use axum::{
    Json,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

/// A refusal: a registered error code and a sentence. The authorization endpoint makes a page of it, the others JSON.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) reason: Cow<'static, str>,
}

impl Refused {
    pub(super) fn new(status: StatusCode, code: &'static str, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { status, code, reason: reason.into() }
    }

    /// 400 `invalid_request`, the commonest of all.
    pub(super) fn invalid(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", reason)
    }

    /// 400 `invalid_grant` (RFC 6749 §5.2).
    pub(super) fn grant(reason: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_grant", reason)
    }

    /// 500 `server_error`: a token that was not signed, or a template that cannot be read.
    pub(super) fn fault(error: impl std::error::Error) -> Self {
        tracing::error!(cause = error.to_string(), "the stand-in failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "something is wrong with the stand-in")
    }

    /// As JSON (RFC 6749 §5.2), with the challenge that goes with a 401.
    pub(super) fn json(self, challenge: &str) -> Response {
        let Self { status, code, reason } = self;
        let body = Json(json!({ "error": code, "error_description": reason }));
        if status == StatusCode::UNAUTHORIZED {
            return (status, [(header::WWW_AUTHENTICATE, challenge)], body).into_response();
        }
        (status, body).into_response()
    }
}
