//! The answer of introspection (RFC 7662 §2.2).

use oauth::{Scope, Time};
use serde::Serialize;
use session::Family;
use token::Verified;

/// What is said of a token. Of one that does not count, or that is not for whoever asks, nothing but that (#55).
#[derive(Debug, Default, Serialize)]
pub(crate) struct About {
    pub(crate) active: bool,
    #[serde(flatten)]
    pub(crate) more: Option<More>,
}

/// Of a token that counts.
#[derive(Debug, Serialize)]
pub(crate) struct More {
    iss: String,
    sub: String,
    client_id: String,
    scope: Scope,
    exp: Time,
    iat: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
}

impl About {
    /// An access token.
    pub(crate) fn access_token(token: Verified) -> Self {
        let caller = token.caller;
        Self::active(More {
            iss: caller.issuer,
            sub: caller.subject,
            client_id: caller.client_id,
            scope: caller.scope,
            exp: caller.expires_at,
            iat: token.issued_at,
            aud: Some(token.audience),
            jti: Some(token.id),
            sid: caller.session,
            token_type: Some("Bearer"),
        })
    }

    /// A refresh token. It has no audience: nobody but its client and we can do anything with it.
    pub(crate) fn refresh_token(family: Family, issuer: &str) -> Self {
        Self::active(More {
            iss: issuer.to_owned(),
            exp: family.idle_until.min(family.ends_at),
            iat: family.started_at,
            sub: family.user_id,
            client_id: family.client_id,
            scope: family.scope,
            aud: None,
            jti: None,
            sid: family.sid,
            token_type: None,
        })
    }

    fn active(more: More) -> Self {
        Self { active: true, more: Some(more) }
    }
}
