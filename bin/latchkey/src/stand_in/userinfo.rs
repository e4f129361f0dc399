//! `GET userinfo`: the claims once more, for a bearer token (OpenID Connect Core §5.3).

use std::sync::{Arc, PoisonError};

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use oauth::{Code, Secret};
use serde_json::{Map, Value, json};

use super::{Grant, Refused, StandIn, behaviour::Endpoint};

/// Answers with the claims of the person the token is about.
pub(super) async fn show(State(it): State<Arc<StandIn>>, headers: HeaderMap) -> Response {
    it.granted(&headers, Endpoint::Userinfo).and_then(|grant| it.userinfo(&grant)).unwrap_or_else(failed)
}

/// `GET userinfo/emails`: the addresses of that person, in the form of GitHub's `/user/emails`.
pub(super) async fn emails(State(it): State<Arc<StandIn>>, headers: HeaderMap) -> Response {
    it.granted(&headers, Endpoint::Emails).and_then(|grant| it.addresses(&grant)).unwrap_or_else(failed)
}

pub(super) fn failed(refused: Refused) -> Response {
    let challenge = format!("Bearer realm=\"stand-in\", error=\"{}\"", Code::InvalidToken);
    refused.json(&challenge)
}

impl StandIn {
    /// What the token is good for, unless somebody lets this endpoint fail.
    pub(super) fn granted(&self, headers: &HeaderMap, endpoint: Endpoint) -> Result<Grant, Refused> {
        let unknown = || {
            let reason = "the access token is missing, unknown or expired";
            Refused::new(Code::InvalidToken, reason)
        };
        let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let (scheme, token) = header.and_then(|text| text.split_once(' ')).ok_or_else(unknown)?;
        let token = Some(Secret::new(token)).filter(|_| scheme.eq_ignore_ascii_case("bearer"));
        let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let grant =
            token.and_then(|token| tokens.find(&token).filter(|grant| self.now() <= grant.ends_at).cloned());
        let grant = grant.ok_or_else(unknown)?;
        match grant.failing.filter(|_| self.config.behaviour.user.may_fail == Some(endpoint)) {
            Some(status) => {
                Err(Refused::new(Code::TemporarilyUnavailable, "somebody lets it fail").with_status(status))
            }
            None => Ok(grant),
        }
    }

    fn userinfo(&self, grant: &Grant) -> Result<Response, Refused> {
        let behaviour = &self.config.behaviour.user;
        let mut claims = self.claims(grant)?;
        behaviour.verified.write(&mut claims);
        if let Some(document) = behaviour.document {
            claims = self.facts(grant).object(document).map_err(Refused::fault)?;
        }
        if !behaviour.signed {
            return Ok(Json(claims).into_response());
        }
        claims.insert("iss".to_owned(), self.config.issuer.as_str().into());
        claims.insert("aud".to_owned(), self.config.client_id.as_str().into());
        let signed = self.config.key.sign(claims).map_err(Refused::fault)?;
        Ok(([(header::CONTENT_TYPE, "application/jwt")], signed).into_response())
    }

    fn addresses(&self, grant: &Grant) -> Result<Response, Refused> {
        let own = grant.person.address().map(|(email, verified)| {
            json!({"email": email, "primary": true, "verified": verified, "visibility": null})
        });
        let further: Vec<Value> =
            serde_json::from_str(self.config.behaviour.user.further_addresses).map_err(Refused::fault)?;
        Ok(Json(further.into_iter().chain(own).collect::<Vec<_>>()).into_response())
    }

    /// What the scope gives of the person; all of it where the stand-in behaves like nobody else.
    pub(super) fn claims(&self, grant: &Grant) -> Result<Map<String, Value>, Refused> {
        let Grant { person, request, .. } = grant;
        let mut claims = person.claims(&request.scope, &self.config.address);
        if self.config.behaviour.names.is_empty() {
            claims.extend(person.further_claims(&request.scope).map_err(Refused::fault)?);
        }
        Ok(claims)
    }
}
