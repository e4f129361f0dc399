//! Access tokens (RFC 9068).

use std::{sync::Arc, time::Duration};

use jose::{Algorithm, Jws};
use oauth::{Code, Scope, Secret, Time};
use serde_json::{Map, Value, json};

use crate::{Error, Keys, claim::MAX_NAME, reload::Held};

/// How long an access token lives, unless its client says otherwise.
pub const LIFETIME: Duration = Duration::from_secs(600);

/// The longest token, in bytes: a gateway takes 10 KB of headers in all, and an application has others.
const LONGEST: usize = 4096;

/// The claims of a token to be signed, but for those that the signer adds: who the token is for and what it allows.
#[derive(Debug, Clone, Copy)]
pub struct Claims<'a> {
    /// `sub`: the user's id.
    pub subject: &'a str,
    /// `client_id`: who asked.
    pub client_id: &'a str,
    /// `aud`: whom it is for, one API (#57). The signer's own, if none is named.
    pub audience: Option<&'a str>,
    /// How long it is good.
    pub lifetime: Duration,
    /// What it is signed with, if its API asks for that.
    pub algorithm: Option<Algorithm>,
    /// `scope`: what it allows.
    pub scope: &'a Scope,
    /// `roles`: where the scope came from.
    pub roles: &'a [String],
    /// `sid`: the public name of the session.
    pub session: Option<&'a str>,
    /// `grant_id`: the grant of a client that it belongs to.
    pub grant: Option<&'a str>,
    /// `act`: the client that acts through this one (RFC 8693 §4.1), if it is another.
    pub actor: Option<&'a str>,
    /// `auth_time`: when the person signed in (RFC 9068 §2.2.1).
    pub auth_time: Option<Time>,
    /// `acr`: how surely (RFC 9068 §2.2.1).
    pub acr: Option<&'a str>,
    /// `amr`: by what means (RFC 9068 §2.2.1).
    pub amr: &'a [String],
    /// `name`: what to call the person.
    pub name: Option<&'a str>,
    /// `email`: the person's address, if it was verified. Anyone who reads the token may take it for theirs, so one that anybody
    /// could have typed must not be here (#19).
    pub email: Option<&'a str>,
}

impl<'a> Claims<'a> {
    /// Those that every token has; nothing is said of the others.
    pub const fn of(subject: &'a str, client_id: &'a str, scope: &'a Scope) -> Self {
        Self {
            subject,
            client_id,
            audience: None,
            lifetime: LIFETIME,
            algorithm: None,
            scope,
            roles: &[],
            session: None,
            grant: None,
            actor: None,
            auth_time: None,
            acr: None,
            amr: &[],
            name: None,
            email: None,
        }
    }
}

/// A signed token, and for how many seconds it is good.
#[derive(Debug, Clone)]
pub struct AccessToken {
    /// The JWT.
    pub jwt: Secret,
    /// `expires_in` (RFC 6749 §5.1).
    pub expires_in: u64,
}

/// Signs tokens of one issuer: access tokens for its own API, unless another one is named, and ID tokens.
#[derive(Debug, Clone)]
pub struct Signer {
    pub(crate) issuer: String,
    pub(crate) audience: String,
    pub(crate) keys: Arc<Held>,
}

impl Signer {
    /// A signer. The audience is that of the issuer's own API (#57).
    pub fn new(issuer: &str, audience: &str, keys: Keys) -> Self {
        Self { issuer: issuer.to_owned(), audience: audience.to_owned(), keys: Arc::new(Held::new(keys)) }
    }

    /// Whose tokens they are.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The audience of the issuer's own API.
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// A fresh access token.
    pub fn access_token(&self, claims: &Claims<'_>, now: Time) -> Result<AccessToken, Error> {
        named(claims.subject)?;
        named(claims.client_id)?;
        let claims_set = self.claims(claims, now);
        let usual = || self.keys.get().algorithm_at(now);
        let algorithm = claims.algorithm.or_else(usual).ok_or(Error::NoKey(Algorithm::Rs256))?;
        let jwt = self.sign(algorithm, "at+jwt", claims_set, now)?;
        Ok(AccessToken { jwt: Secret::new(jwt), expires_in: claims.lifetime.as_secs() })
    }

    /// Every claim by its name (RFC 9068 §2.2): none is of somebody else's making (#57).
    fn claims(&self, given: &Claims<'_>, now: Time) -> Map<String, Value> {
        let registered = [
            ("iss", json!(self.issuer)),
            ("sub", json!(given.subject)),
            ("aud", json!(given.audience.unwrap_or(&self.audience))),
            ("client_id", json!(given.client_id)),
            ("iat", json!(now)),
            ("exp", json!(now.after(given.lifetime))),
            ("jti", json!(Secret::random())),
            ("scope", json!(given.scope)),
            ("roles", json!(given.roles)),
        ];
        let optional = [
            ("sid", given.session.map(Value::from)),
            ("grant_id", given.grant.map(Value::from)),
            ("act", given.actor.map(|actor| json!({ "sub": actor }))),
            ("auth_time", given.auth_time.map(|at| json!(at))),
            ("acr", given.acr.map(Value::from)),
            ("amr", some_of(given.amr)),
            ("name", given.name.map(Value::from)),
            ("email", given.email.map(Value::from)),
            ("email_verified", given.email.map(|_| Value::Bool(true))),
        ];
        let optional = optional.into_iter().filter_map(|(name, value)| Some((name, value?)));
        registered.into_iter().chain(optional).map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// Signs with the key of an algorithm that is current at `now`, under a `typ` of its own for each kind of token (RFC 8725 §3.11).
    pub(crate) fn sign(
        &self,
        algorithm: Algorithm,
        typ: &str,
        claims: Map<String, Value>,
        now: Time,
    ) -> Result<String, Error> {
        let keys = self.keys.get();
        let key = keys.signing(algorithm, now).ok_or(Error::NoKey(algorithm))?;
        let jwt = key.signing().compact(typ, key.public().kid(), Value::Object(claims).to_string())?;
        if jwt.len() > LONGEST {
            return Err(too_long().into());
        }
        // Better here than at every verifier.
        Jws::parse(&jwt).map_err(Error::Unverifiable)?;
        Ok(jwt)
    }
}

/// A claim of several values; none is no claim.
pub(crate) fn some_of(values: &[String]) -> Option<Value> {
    (!values.is_empty()).then(|| json!(values))
}

/// A subject and a client have a name.
pub(crate) fn named(text: &str) -> Result<(), Error> {
    if text.is_empty() || text.len() > MAX_NAME {
        return Err(Error::Claims("a subject and a client have 1 to 255 bytes"));
    }
    Ok(())
}

fn too_long() -> oauth::Error {
    let text = format!(
        "the token would be longer than {LONGEST} bytes, which gateways do not pass on: ask for fewer scopes"
    );
    oauth::Error::new(Code::InvalidScope, text)
}
