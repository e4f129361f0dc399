//! Who is calling, as whoever verified the token says.

use oauth::{Code, Error, Scope, Time};
use serde_json::{Map, Value};

use crate::Request;

/// What is said of a caller: flat text by the names of the claims, as our authorizer passes it on.
pub type Context = Map<String, Value>;

/// The caller of a guarded route, the same behind every gateway. It is made of what an authorizer said, or of a token that
/// the function verified itself; no other header that a client sends counts (#80).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// `iss`: who says all this.
    pub issuer: String,
    /// `sub` of the access token: the user's id, if the issuer is us. It names somebody only together with the issuer (#21).
    pub subject: String,
    /// `client_id`: through which client they came; empty if their issuer does not say.
    pub client_id: String,
    /// What they may do.
    pub scope: Scope,
    /// `roles`: where the scope came from.
    pub roles: Vec<String>,
    /// `sid`: the session the token belongs to, if any.
    pub session: Option<String>,
    /// `name`: what to call them.
    pub name: Option<String>,
    /// `email`: their address, if their issuer vouches for it.
    pub email: Option<String>,
}

impl Caller {
    /// The caller of this request: `Caller::from(&request)?.needs("read:data")?`.
    pub fn from(request: &Request) -> Result<&Self, Error> {
        request.caller()
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

    /// Reads the context. The token's expiry is compared once more: the gateway may answer for the authorizer from its
    /// cache for a while (#76).
    pub(crate) fn from_context(context: Option<&Context>, now: Time) -> Result<Self, Error> {
        let context = context.ok_or_else(Self::missing)?;
        let text = |name: &str| context.get(name).and_then(Value::as_str);
        let some = |name: &str| text(name).filter(|value| !value.is_empty());
        let expires_at = some("exp").and_then(|exp| exp.parse().ok()).map(Time::from_epoch);
        if expires_at.ok_or_else(Self::missing)? <= now {
            return Err(Error::new(Code::InvalidToken, "the access token has expired"));
        }
        Ok(Self {
            issuer: text("iss").unwrap_or_default().to_owned(),
            subject: some("sub").ok_or_else(Self::missing)?.to_owned(),
            client_id: text("client_id").ok_or_else(Self::missing)?.to_owned(),
            scope: text("scope").unwrap_or_default().parse()?,
            roles: text("roles")
                .unwrap_or_default()
                .split(' ')
                .filter(|r| !r.is_empty())
                .map(str::to_owned)
                .collect(),
            session: some("sid").map(str::to_owned),
            name: some("name").map(str::to_owned),
            email: some("email").map(str::to_owned),
        })
    }

    pub(crate) fn missing() -> Error {
        Error::new(Code::InvalidToken, "this needs an access token: Authorization: Bearer …")
    }
}

/// The token of `Bearer …` (RFC 6750 §2.1): one, of the characters that a token has. Headers that a gateway has joined have
/// a comma, and are none (#79).
pub fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-._~+/=".contains(&b);
    let one = !token.is_empty() && token.bytes().all(fits);
    (one && scheme.eq_ignore_ascii_case("bearer")).then_some(token)
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
    fn a_bearer_token_is_one_token() {
        // #79
        for (header, token) in [("Bearer a.b-c_d~e+f/g=", Some("a.b-c_d~e+f/g=")), ("bEARER x", Some("x"))] {
            assert_eq!(bearer(header), token);
        }
        for bad in [
            "",
            "Bearer",
            "Bearer ",
            "Bearer  x",
            "Bearer x ",
            "Bearer x y",
            "Bearer x,y",
            "Bearer x, Bearer x",
            "Bearer\tx",
            "Basic x",
            "x",
            "Bearer é",
            " Bearer x",
            "Bearer x\n",
        ] {
            assert_eq!(bearer(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_subject_is_somebody_only_of_its_issuer() {
        // #21, #93
        let caller = context(json!({"iss": "https://a", "sub": "u", "client_id": "", "exp": "101"})).unwrap();
        assert!(caller.from_issuer("https://a").is_ok());
        for other in ["", "https://b", "https://a/"] {
            assert_eq!(caller.from_issuer(other).unwrap_err().status(), 403);
        }
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
