//! The parameters of an exchange (RFC 8693 §2.1).

use client::same_audience;
use oauth::{Code, Error, Secret, server::TokenType};
use serde::Deserialize;

use super::missing;

/// What is exchanged, and where the new token is to be for.
pub(crate) struct Exchange {
    pub(crate) subject: Subject,
    /// `audience` or `resource`.
    pub(crate) target: Option<String>,
}

/// The token that is shown.
pub(crate) enum Subject {
    /// One of ours.
    AccessToken(Secret),
    /// One that a provider issued.
    IdToken(Secret),
}

#[derive(Deserialize)]
pub(super) struct Form {
    subject_token: Option<Secret>,
    subject_token_type: Option<String>,
    actor_token: Option<Secret>,
    actor_token_type: Option<String>,
    requested_token_type: Option<String>,
    audience: Option<String>,
    resource: Option<String>,
}

impl Exchange {
    pub(super) fn read(form: Form) -> Result<Self, Error> {
        if form.actor_token.is_some() || form.actor_token_type.is_some() {
            return Err(Error::invalid_request("actor_token is not taken: a client acts in its own name"));
        }
        if form.requested_token_type.as_deref().is_some_and(|asked| asked != TokenType::AccessToken.as_str())
        {
            return Err(Error::invalid_request("requested_token_type can only be that of an access token"));
        }
        let token = form.subject_token.ok_or_else(|| missing("subject_token"))?;
        let kind = form.subject_token_type.ok_or_else(|| missing("subject_token_type"))?;
        let subject = match TokenType::parse(&kind) {
            Some(TokenType::AccessToken) => Subject::AccessToken(token),
            Some(TokenType::IdToken | TokenType::Jwt) => Subject::IdToken(token),
            None => return Err(Error::invalid_request("this subject_token_type is not supported")),
        };
        let target = match (form.audience, form.resource) {
            (Some(audience), Some(resource)) if !same_audience(&audience, &resource) => {
                return Err(Error::new(
                    Code::InvalidTarget,
                    "audience and resource differ: a token is for one API",
                ));
            }
            (audience, resource) => audience.or(resource),
        };
        Ok(Self { subject, target })
    }
}
