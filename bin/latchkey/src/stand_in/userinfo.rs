//! `GET userinfo`: the claims once more, for a bearer token (OpenID Connect Core §5.3).

use std::sync::{Arc, PoisonError};

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use oauth::Secret;
use serde_json::{Map, Value, json};

use super::{Refused, StandIn};

/// Answers with the claims of the person the token is about.
pub(super) async fn show(State(it): State<Arc<StandIn>>, headers: HeaderMap) -> Response {
    it.userinfo(&headers).map_or_else(no_token, |claims| Json(claims).into_response())
}

/// `GET userinfo/emails`: the addresses of that person, in the form of GitHub's `/user/emails`.
pub(super) async fn emails(State(it): State<Arc<StandIn>>, headers: HeaderMap) -> Response {
    let Some(claims) = it.userinfo(&headers) else { return no_token() };
    let verified = claims.get("email_verified") == Some(&Value::Bool(true));
    let address =
        claims.get("email").map(|email| json!({"email": email, "primary": true, "verified": verified}));
    Json(address.into_iter().collect::<Vec<_>>()).into_response()
}

fn no_token() -> Response {
    let reason = "the access token is missing, unknown or expired";
    let refused = Refused::new(StatusCode::UNAUTHORIZED, "invalid_token", reason);
    refused.json(r#"Bearer realm="stand-in", error="invalid_token""#)
}

impl StandIn {
    fn userinfo(&self, headers: &HeaderMap) -> Option<Map<String, Value>> {
        let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
        let token = Some(Secret::new(token)).filter(|_| scheme.eq_ignore_ascii_case("bearer"))?;
        let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let grant = tokens.find(&token).filter(|grant| self.now() <= grant.ends_at)?;
        Some(grant.person.claims(&grant.request.scope, &self.config.address))
    }
}
