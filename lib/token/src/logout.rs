//! Logout tokens (OpenID Connect Back-Channel Logout §2.4): how an application learns that a session has ended. Nobody takes one
//! for an ID token or an access token (#56).

use std::time::Duration;

use jose::Algorithm;
use oauth::{Secret, Time};
use serde_json::json;

use crate::{Error, Signer, access::named};

/// How long a logout token is good: until it was received (§4 recommends two minutes at most).
const LIFETIME: Duration = Duration::from_secs(120);

/// The one event of a logout token.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// The claims of a logout token, but for those that the signer adds.
#[derive(Debug, Clone, Copy)]
pub struct LogoutClaims<'a> {
    /// `sub`: the user's id.
    pub subject: &'a str,
    /// `aud`: the client, and nobody else.
    pub client_id: &'a str,
    /// What it is signed with: the same as the client's ID tokens (§2.6).
    pub algorithm: Algorithm,
    /// `sid`: the public name of the session that has ended.
    pub session: &'a str,
    /// `jti`: the same in each token about this session and this client, so that a receiver knows a repetition.
    pub id: &'a str,
}

impl Signer {
    /// A fresh logout token. It has no `nonce`: with one it could be an ID token (§2.4).
    pub fn logout_token(&self, given: &LogoutClaims<'_>, now: Time) -> Result<Secret, Error> {
        named(given.subject)?;
        named(given.client_id)?;
        let claims = [
            ("iss", json!(self.issuer)),
            ("sub", json!(given.subject)),
            ("aud", json!(given.client_id)),
            ("iat", json!(now)),
            ("exp", json!(now.after(LIFETIME))),
            ("jti", json!(given.id)),
            ("sid", json!(given.session)),
            ("events", json!({ EVENT: {} })),
        ];
        let claims = claims.map(|(name, value)| (name.to_owned(), value)).into_iter().collect();
        Ok(Secret::new(self.sign(given.algorithm, "logout+jwt", claims, now)?))
    }
}
