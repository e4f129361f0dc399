//! Who is calling, as the gateway's authorizer says.

use oauth::{Code, Error, Scope, Time};
use serde_json::{Map, Value};

/// The caller of a guarded route. It is made from the authorizer's context alone: no header a client sends counts (#80).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// `sub` of the access token: the user's id.
    pub subject: String,
    /// `client_id`: through which client they came.
    pub client_id: String,
    /// What they may do.
    pub scope: Scope,
    /// `sid`: the session the token belongs to, if any.
    pub session: Option<String>,
}

impl Caller {
    /// Goes on if the caller has the scope; 403 `insufficient_scope` if not (RFC 6750 §3.1).
    pub fn needs(&self, scope: &str) -> Result<&Self, Error> {
        if self.scope.contains(scope) { Ok(self) } else { Err(Error::insufficient_scope(scope)) }
    }

    /// Reads the context. The token's expiry is compared once more: the gateway may answer for the authorizer from its
    /// cache for a while (#76).
    pub(crate) fn from_context(context: Option<&Map<String, Value>>, now: Time) -> Result<Self, Error> {
        let context = context.ok_or_else(Self::missing)?;
        let text = |name: &str| context.get(name).and_then(Value::as_str).filter(|value| !value.is_empty());
        let expires_at = text("exp").and_then(|exp| exp.parse().ok()).map(Time::from_epoch);
        if expires_at.ok_or_else(Self::missing)? <= now {
            return Err(Error::new(Code::InvalidToken, "the access token has expired"));
        }
        Ok(Self {
            subject: text("sub").ok_or_else(Self::missing)?.to_owned(),
            client_id: text("client_id").ok_or_else(Self::missing)?.to_owned(),
            scope: text("scope").unwrap_or_default().parse()?,
            session: text("sid").map(str::to_owned),
        })
    }

    pub(crate) fn missing() -> Error {
        Error::new(Code::InvalidToken, "this needs an access token: Authorization: Bearer …")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn context(value: Value) -> Result<Caller, Error> {
        Caller::from_context(value.as_object(), Time::from_epoch(100))
    }

    #[test]
    fn reads_the_authorizers_context() {
        let caller =
            context(json!({"sub": "u", "client_id": "c", "scope": "a b", "sid": "s", "exp": "101"})).unwrap();
        assert!(caller.needs("a").is_ok());
        let refused = caller.needs("z").unwrap_err();
        assert_eq!((refused.status(), refused.scope()), (403, Some("z")));
    }

    #[test]
    fn an_expired_token_does_not_live_on_in_the_gateways_cache() {
        // #76
        let refused = context(json!({"sub": "u", "client_id": "c", "exp": "100"})).unwrap_err();
        assert_eq!(refused.status(), 401);
    }

    #[test]
    fn no_context_no_caller() {
        // #80: neither no context at all nor half of one.
        assert!(Caller::from_context(None, Time::from_epoch(0)).is_err());
        for broken in [
            json!({}),
            json!({"sub": "u", "exp": "999"}),
            json!({"sub": 5, "client_id": "c", "exp": "999"}),
            json!({"sub": "", "client_id": "c", "exp": "999"}),
            json!({"sub": "u", "client_id": "c", "exp": "x"}),
        ] {
            assert!(context(broken.clone()).is_err(), "{broken}");
        }
    }
}
