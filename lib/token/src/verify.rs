//! Verifying our own access tokens (RFC 9068 §4), without a clock and without the network.

use std::time::Duration;

use jose::{Algorithm, Jws};
use oauth::{Caller, Scope, Time};
use serde_json::{Map, Value};

use crate::{
    Invalid, PublicKeys,
    claim::{SKEW, includes, name, strings, text, vouches},
};

/// What we sign with; a key is only ever used for the one it names.
pub(crate) const ALGORITHMS: &[Algorithm] = &[Algorithm::Rs256, Algorithm::Es256];

/// No token of ours lives longer, whatever the settings: a bound on what one mistake in signing could cost.
pub const LONGEST_LIFETIME: Duration = Duration::from_secs(3600);

/// Verifies the tokens of one issuer for one audience. Its keys are that issuer's alone (#70).
#[derive(Debug, Clone)]
pub struct Verifier {
    issuer: String,
    audience: String,
    pub(crate) keys: PublicKeys,
}

/// An access token of ours that is good, whomever it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Whose it is and what it allows.
    pub caller: Caller,
    /// `aud`
    pub audience: String,
    /// `iat`
    pub issued_at: Time,
    /// `jti`
    pub id: String,
}

impl Verifier {
    /// A verifier.
    pub fn new(issuer: &str, audience: &str, keys: impl Into<PublicKeys>) -> Self {
        Self { issuer: issuer.to_owned(), audience: audience.to_owned(), keys: keys.into() }
    }

    /// Whose tokens it verifies.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Whose token it is, if it is ours, for this audience, and good at `now`.
    pub fn verify(&self, token: &str, now: Time) -> Result<Caller, Invalid> {
        self.verify_jws(&Jws::parse(token).map_err(Invalid::Jws)?, now)
    }

    /// The same of a token that has been taken apart already.
    pub fn verify_jws(&self, jws: &Jws, now: Time) -> Result<Caller, Invalid> {
        self.is_access_token(jws, now)?;
        self.check(jws.claims(), |aud| includes(aud, &self.audience), now)
    }

    /// An access token of ours that is good at `now`, whomever it is for. For endpoints of the authorization server itself, which
    /// answer for the tokens of all APIs: userinfo, introspection and revocation. No API may ask this.
    pub fn verify_for_any_audience(&self, token: &str, now: Time) -> Result<Verified, Invalid> {
        let jws = Jws::parse(token).map_err(Invalid::Jws)?;
        self.is_access_token(&jws, now)?;
        let claims = jws.claims();
        let caller = self.check(claims, |_| true, now)?;
        Ok(Verified {
            caller,
            // We name one API in each token.
            audience: text(claims, "aud").ok_or(Invalid::Audience)?,
            issued_at: time(claims, "iat").ok_or(Invalid::IssuedAt)?,
            id: name(claims, "jti").ok_or(Invalid::Id)?,
        })
    }

    fn is_access_token(&self, jws: &Jws, now: Time) -> Result<(), Invalid> {
        if !matches!(jws.typ(), Some("at+jwt" | "application/at+jwt")) {
            return Err(Invalid::Type);
        }
        self.keys.verify(jws, now).map_err(Invalid::Jws)
    }

    fn check(
        &self,
        claims: &Map<String, Value>,
        is_audience: impl FnOnce(&Value) -> bool,
        now: Time,
    ) -> Result<Caller, Invalid> {
        let issuer = claims.get("iss").and_then(Value::as_str);
        let issuer = issuer.filter(|issuer| *issuer == self.issuer).ok_or(Invalid::Issuer)?;
        if !claims.get("aud").is_some_and(is_audience) {
            return Err(Invalid::Audience);
        }
        let expires_at = expiry(claims, now)?;
        let (subject, client_id) = (name(claims, "sub"), name(claims, "client_id"));
        let (subject, client_id) = (subject.ok_or(Invalid::Subject)?, client_id.ok_or(Invalid::ClientId)?);
        // A token has a name of its own (RFC 9068 §2.2), which nobody asks for later.
        name(claims, "jti").ok_or(Invalid::Id)?;
        Ok(Caller {
            issuer: issuer.to_owned(),
            subject,
            client_id,
            expires_at,
            scope: scope(claims).ok_or(Invalid::Scope)?,
            roles: claims.get("roles").map_or(Some(Vec::new()), strings).ok_or(Invalid::Roles)?,
            session: optional(claims, "sid", name).ok_or(Invalid::Session)?,
            grant: optional(claims, "grant_id", name).ok_or(Invalid::Grant)?,
            name: optional(claims, "name", text).ok_or(Invalid::Name)?,
            email: optional(claims, "email", text).ok_or(Invalid::Email)?.filter(|_| vouches(claims)),
        })
    }
}

/// Until when the token is good, if it is at `now`: RFC 7519 §4.1.4 to §4.1.6.
fn expiry(claims: &Map<String, Value>, now: Time) -> Result<Time, Invalid> {
    let latest = now.after(SKEW);
    let issued_at = time(claims, "iat").filter(|at| *at <= latest).ok_or(Invalid::IssuedAt)?;
    let expires_at = time(claims, "exp").ok_or(Invalid::ExpiresAt)?;
    if expires_at <= issued_at || expires_at > issued_at.after(LONGEST_LIFETIME) {
        return Err(Invalid::ExpiresAt);
    }
    if claims.contains_key("nbf") && time(claims, "nbf").is_none_or(|at| at > latest) {
        return Err(Invalid::NotBefore);
    }
    if expires_at <= now { Err(Invalid::Expired) } else { Ok(expires_at) }
}

/// A NumericDate as we write it, which is a whole number: no string, no fraction, no exponent.
fn time(claims: &Map<String, Value>, name: &str) -> Option<Time> {
    let seconds = claims.get(name)?.as_u64()?;
    i64::try_from(seconds).ok().map(Time::from_epoch)
}

/// Nothing if the claim is absent; refused (the outer `None`) if it is present and not what `read` takes.
fn optional<T>(
    claims: &Map<String, Value>,
    name: &str,
    read: fn(&Map<String, Value>, &str) -> Option<T>,
) -> Option<Option<T>> {
    if claims.contains_key(name) { read(claims, name).map(Some) } else { Some(None) }
}

fn scope(claims: &Map<String, Value>) -> Option<Scope> {
    claims.get("scope")?.as_str()?.parse().ok()
}
