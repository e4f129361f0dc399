//! The gateway's authorizer: HTTP API, payload 2.0, simple responses, latchkey's own tokens.
//!
//! It decides whether the token is good, never whether the route is allowed: its answer is kept by the gateway for a while,
//! and the edge of each function compares the scope (#75). Whatever it cannot read is not authorized (#78).

use oauth::{Time, jose::KeySet};
use serde_json::{Value, json};
use token::{Claims, Verifier};
use web::{Env, EventFunction, Grant, Result, Settings, setting};

/// The function.
pub struct Authorizer {
    verifier: Verifier,
}

impl EventFunction for Authorizer {
    const NAME: &'static str = "authorizer";
    const GRANTS: &'static [Grant] = &[];
    const SETTINGS: Settings = &[&[&setting::BASE_URL, &setting::AUDIENCE, &setting::PUBLIC_KEYS]];

    async fn init(env: &Env) -> Result<Self> {
        let keys = KeySet::parse(env.text(&setting::PUBLIC_KEYS)?.as_bytes());
        let keys = keys.map_err(|error| format!("PUBLIC_KEYS: {error}"))?;
        Ok(Self { verifier: Verifier::new(env.base_url()?.as_str(), &env.audience()?, keys) })
    }

    async fn handle(&self, event: &Value, now: Time) -> Result<Value> {
        let Some(token) = bearer(event) else {
            tracing::info!(reason = "no bearer token", "refused");
            return Ok(json!({"isAuthorized": false}));
        };
        match self.verifier.verify(token, now) {
            Ok(claims) => Ok(json!({"isAuthorized": true, "context": context(&claims)})),
            Err(invalid) => {
                tracing::info!(reason = invalid.reason(), "refused");
                Ok(json!({"isAuthorized": false}))
            }
        }
    }
}

/// The token of `Authorization: Bearer …` (RFC 6750 §2.1): one header, in any case, with one token in it (#79).
fn bearer(event: &Value) -> Option<&str> {
    let request = event.get("version")?.as_str()? == "2.0" && event.get("type")?.as_str()? == "REQUEST";
    let headers = event.get("headers")?.as_object()?.iter();
    let mut named = headers.filter(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    let (_, value) = named.next().filter(|_| request)?;
    let (scheme, token) = value.as_str()?.split_once(' ')?;
    let one = named.next().is_none() && !token.is_empty() && !token.contains([' ', ',']);
    (one && scheme.eq_ignore_ascii_case("bearer")).then_some(token)
}

/// What the function behind the gateway learns of the caller: flat strings, and no token (#77).
fn context(claims: &Claims) -> Value {
    json!({
        "sub": claims.subject,
        "client_id": claims.client_id,
        "iss": claims.issuer,
        "scope": claims.scope,
        "roles": claims.roles.join(" "),
        "sid": claims.session.as_deref().unwrap_or_default(),
        "name": claims.name.as_deref().unwrap_or_default(),
        "email": claims.email.as_deref().unwrap_or_default(),
        "exp": claims.expires_at.epoch().to_string(),
    })
}
