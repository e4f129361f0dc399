//! Access tokens (RFC 9068).

use std::time::Duration;

use jose::Jws;
use oauth::{Scope, Secret, Time};
use serde_json::{Map, Value, json};

use crate::{Error, Keys, claim::MAX_NAME};

/// How long an access token lives.
pub const LIFETIME: Duration = Duration::from_secs(600);

/// The `client_id` of tokens that no client asked for: those of our own sign-in.
pub const FIRST_PARTY: &str = "latchkey";

/// The claims of a token to be signed, but for those that the signer adds: who the token is for and what it allows.
#[derive(Debug, Clone, Copy)]
pub struct Claims<'a> {
    /// `sub`: the user's id.
    pub subject: &'a str,
    /// `client_id`: who asked.
    pub client_id: &'a str,
    /// `scope`: what it allows.
    pub scope: &'a Scope,
    /// `roles`: where the scope came from.
    pub roles: &'a [String],
    /// `sid`: the public name of the session.
    pub session: Option<&'a str>,
    /// `name`: what to call the person.
    pub name: Option<&'a str>,
    /// `email`: the person's address, if it was verified. Anyone who reads the token may take it for theirs, so one that anybody
    /// could have typed must not be here (#19).
    pub email: Option<&'a str>,
}

/// A signed token, and for how many seconds it is good.
#[derive(Debug, Clone)]
pub struct AccessToken {
    /// The JWT.
    pub jwt: Secret,
    /// `expires_in` (RFC 6749 §5.1).
    pub expires_in: u64,
}

/// Signs access tokens of one issuer for one audience.
#[derive(Debug, Clone)]
pub struct Signer {
    issuer: String,
    audience: String,
    keys: Keys,
}

impl Signer {
    /// A signer. The audience is the resource the tokens are for (#57).
    pub fn new(issuer: &str, audience: &str, keys: Keys) -> Self {
        Self { issuer: issuer.to_owned(), audience: audience.to_owned(), keys }
    }

    /// A fresh access token.
    pub fn access_token(&self, claims: &Claims<'_>, now: Time) -> Result<AccessToken, Error> {
        let named = |text: &str| !text.is_empty() && text.len() <= MAX_NAME;
        if !named(claims.subject) || !named(claims.client_id) {
            return Err(Error::Claims("a subject and a client have 1 to 255 bytes"));
        }
        let jwt = self.sign(self.claims(claims, now))?;
        // Only the length can be at fault; better here than at every verifier.
        Jws::parse(&jwt).map_err(Error::Unverifiable)?;
        Ok(AccessToken { jwt: Secret::new(jwt), expires_in: LIFETIME.as_secs() })
    }

    /// Every claim by its name (RFC 9068 §2.2): none is of somebody else's making (#57).
    fn claims(&self, given: &Claims<'_>, now: Time) -> Map<String, Value> {
        let registered = [
            ("iss", json!(self.issuer)),
            ("sub", json!(given.subject)),
            ("aud", json!(self.audience)),
            ("client_id", json!(given.client_id)),
            ("iat", json!(now)),
            ("exp", json!(now.after(LIFETIME))),
            ("jti", json!(Secret::random())),
            ("scope", json!(given.scope)),
            ("roles", json!(given.roles)),
        ];
        let optional = [
            ("sid", given.session.map(Value::from)),
            ("name", given.name.map(Value::from)),
            ("email", given.email.map(Value::from)),
            ("email_verified", given.email.map(|_| Value::Bool(true))),
        ];
        let optional = optional.into_iter().filter_map(|(name, value)| Some((name, value?)));
        registered.into_iter().chain(optional).map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// Under the `typ` of RFC 9068 §2.1.
    fn sign(&self, claims: Map<String, Value>) -> Result<String, Error> {
        let key = self.keys.current();
        Ok(key.signing().compact("at+jwt", key.public().kid(), Value::Object(claims).to_string())?)
    }
}
