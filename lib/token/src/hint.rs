//! ID tokens of ours that a client shows us again (`id_token_hint`, OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2).

use jose::Jws;
use serde_json::Value;

use crate::{Invalid, Verifier, claim::name};

/// What an ID token of ours says, whether or not it has expired. It proves nothing about who shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// `sub`: the person.
    pub subject: String,
    /// `aud`: the client that it was issued to.
    pub audience: String,
    /// `sid`: the session in which it was issued.
    pub session: Option<String>,
}

impl Verifier {
    /// What an ID token says, if it is ours. That it has expired does not matter (RP-Initiated Logout §4), nor that its key is
    /// retired; a key that was revoked is not known here.
    pub fn verify_hint(&self, token: &str) -> Result<Hint, Invalid> {
        let jws = Jws::parse(token).map_err(Invalid::Jws)?;
        // An access token or a logout token has a type of its own (#66).
        if !matches!(jws.typ(), None | Some("JWT")) {
            return Err(Invalid::Type);
        }
        self.keys.verify_by_any(&jws).map_err(Invalid::Jws)?;
        let claims = jws.claims();
        if claims.get("iss").and_then(Value::as_str) != Some(self.issuer()) {
            return Err(Invalid::Issuer);
        }
        Ok(Hint {
            subject: name(claims, "sub").ok_or(Invalid::Subject)?,
            audience: name(claims, "aud").ok_or(Invalid::Audience)?,
            session: name(claims, "sid"),
        })
    }
}
