//! Who is calling: what an access token says of them, once it is verified.

use serde_json::{Map, Value};

use crate::{Code, Error, Scope, Time};

/// The caller of a guarded route. It is made where an access token is verified, ours or another issuer's. A
/// gateway's authorizer passes it on as a flat map of texts ([`Caller::context`]), and the edge of the function behind it reads
/// that map ([`Caller::from_context`]). So a function sees the same caller behind every gateway.
///
/// A claim that is to reach functions one day, such as `cnf` (RFC 7800) or `aud`, is one more field here and one more row in this
/// pair. A function that does not know the row passes over it, and one that does reads nothing from an older authorizer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// `iss`: who says all this.
    pub issuer: String,
    /// `sub`: the user's id, if the issuer is us. It names somebody only together with the issuer (#21).
    pub subject: String,
    /// `client_id`: through which client they came; empty if another issuer does not say.
    pub client_id: String,
    /// `scope`: what they may do.
    pub scope: Scope,
    /// `roles`: where the scope came from.
    pub roles: Vec<String>,
    /// `sid`: the public name of the session that the token belongs to, if any.
    pub session: Option<String>,
    /// `grant_id`: the grant of a client that the token belongs to, if any. It ends when that is revoked.
    pub grant: Option<String>,
    /// `name`: what to call them.
    pub name: Option<String>,
    /// `email`: their address, if their issuer vouches for it (OpenID Connect Core §5.1).
    pub email: Option<String>,
    /// `exp`: until when the token is good, exclusive.
    pub expires_at: Time,
}

impl Caller {
    /// The caller as a gateway's authorizer passes them on: flat text by the names of the claims, each of them there, empty
    /// where there is nothing to say, and never the token (#77).
    ///
    /// Issuer, subject, client, session, grant, scope and expiry arrive exactly. What is left out, because an
    /// integration may make a header of the text:
    /// - from a name, its control characters;
    /// - an address with a control character, whole: without that it would be another address;
    /// - a role with a control character or with white space, whole: it would be another role, or read as two.
    pub fn context(&self) -> Map<String, Value> {
        let roles: Vec<_> = self.roles.iter().map(String::as_str).filter(|role| is_word(role)).collect();
        let email = self.email.as_deref().filter(|email| !email.contains(char::is_control));
        [
            ("iss", self.issuer.clone()),
            ("sub", self.subject.clone()),
            ("client_id", self.client_id.clone()),
            ("scope", self.scope.to_string()),
            ("roles", roles.join(" ")),
            ("sid", self.session.clone().unwrap_or_default()),
            ("grant_id", self.grant.clone().unwrap_or_default()),
            ("name", self.name.as_deref().map(printable).unwrap_or_default()),
            ("email", email.unwrap_or_default().to_owned()),
            ("exp", self.expires_at.epoch().to_string()),
        ]
        .map(|(name, value)| (name.to_owned(), Value::String(value)))
        .into_iter()
        .collect()
    }

    /// Reads what [`Caller::context`] wrote. Members of other names count for nothing. Without a subject, a client (which may be
    /// empty) and an expiry, there is no caller (#80); an empty session, grant, name or address is none.
    pub fn from_context(context: &Map<String, Value>) -> Result<Self, Error> {
        let text = |name: &str| context.get(name).and_then(Value::as_str);
        let some = |name: &str| text(name).filter(|value| !value.is_empty());
        let expires_at = some("exp").and_then(|exp| exp.parse().ok()).ok_or_else(Self::missing)?;
        let roles = text("roles").unwrap_or_default().split(' ');
        Ok(Self {
            issuer: text("iss").unwrap_or_default().to_owned(),
            subject: some("sub").ok_or_else(Self::missing)?.to_owned(),
            client_id: text("client_id").ok_or_else(Self::missing)?.to_owned(),
            scope: text("scope").unwrap_or_default().parse()?,
            roles: roles.filter(|role| !role.is_empty()).map(str::to_owned).collect(),
            session: some("sid").map(str::to_owned),
            grant: some("grant_id").map(str::to_owned),
            name: some("name").map(str::to_owned),
            email: some("email").map(str::to_owned),
            expires_at: Time::from_epoch(expires_at),
        })
    }

    /// The caller as they are once they have been through a gateway's context, where there was none: so a function that verifies
    /// a token itself sees what it would see behind an authorizer.
    pub fn as_through_context(&self) -> Result<Self, Error> {
        Self::from_context(&self.context())
    }

    /// Goes on if the caller has the scope; 403 `insufficient_scope` if not (RFC 6750 §3.1).
    pub fn needs(&self, scope: &str) -> Result<&Self, Error> {
        if self.scope.contains(scope) { Ok(self) } else { Err(Error::insufficient_scope(scope)) }
    }

    /// Goes on if `issuer` issued the token; 403 if not. Where a subject is looked up among our own users, an issuer that is
    /// trusted for something else must not be able to name one of them (#21, #93).
    pub fn from_issuer(&self, issuer: &str) -> Result<&Self, Error> {
        let refusal = || Error::new(Code::AccessDenied, "this is only for the users of this service");
        if self.issuer == issuer { Ok(self) } else { Err(refusal()) }
    }

    /// Goes on if the token is still good; 401 `invalid_token` if not. A gateway may answer for the authorizer from its cache
    /// for a while, so this is compared at each request (#76).
    pub fn until(&self, now: Time) -> Result<&Self, Error> {
        let refusal = || Error::new(Code::InvalidToken, "the access token has expired");
        if now < self.expires_at { Ok(self) } else { Err(refusal()) }
    }

    /// Nobody is there: no access token, or one of which nobody says anything.
    pub fn missing() -> Error {
        Error::new(Code::InvalidToken, "this needs an access token: Authorization: Bearer …")
    }
}

/// Text for showing that can become a header.
fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

/// Whether a text is itself in a list that is separated by blanks.
fn is_word(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c.is_control() || c.is_whitespace())
}

#[cfg(test)]
mod tests;
