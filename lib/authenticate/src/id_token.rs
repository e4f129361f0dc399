//! Checking an ID token. Pure: what it needs is passed in, and so is the time.
//!
//! | OpenID Connect Core §3.1.3.7 | what holds here | by whom |
//! |---|---|---|
//! | 1. decrypt, if encryption was agreed | never agreed: five parts are refused | [`Jws::parse`] |
//! | 2. `iss` is the issuer, exactly | a string, equal exactly; several tenants by template and allow-list | [`Issuer::of_claims`], openidconnect |
//! | 3. `aud` contains us and nobody untrusted | a string or an array of strings: our client id, and with it only what `<NAME>_TRUSTED_AUDIENCES` lists | [`check`], openidconnect |
//! | 4. several audiences need `azp` | where there is another than us, it must be there | [`check`] |
//! | 5. `azp`, if present, is us | a string, equal to our client id | [`check`] |
//! | 6. the signature is checked | always, although the token came over TLS (#13) | `jose::KeySet::verify`, openidconnect |
//! | 7. `alg` is what was agreed | on the provider's allow-list, and the key's own | `jose::KeySet::verify`, openidconnect |
//! | 8. MACs use the client secret | there is no word for a MAC: HS256 is refused like `none` | `jose::Algorithm` |
//! | 9. `exp` is to come | a number, whose fraction is dropped; up to 60 s of skew | [`check`], openidconnect with our clock |
//! | 10. `iat` is recent | a number likewise; at most 10 min ago, at most 60 s ahead | [`check`], openidconnect with our clock |
//! | 11. `nonce` is the one we sent | required, not empty, equal, compared in constant time | [`check`], openidconnect |
//! | 12. `acr` fits what was asked | never asked for | – |
//! | 13. `auth_time` fits `max_age` | a fresh sign-in: a number, not before the login began, but for 60 s of skew | [`check_auth_time`] |
//!
//! Besides: `crit`, `b64`, duplicate members, depth, size and spelling of base64 ([`Jws::parse`]); `typ` is
//! `JWT` or absent, and a provider's own token-kind claim is right (RFC 8725 §3.11); `nbf` is past; `sub` is 1 to 255
//! characters (§2); `at_hash`, if present, is the access token's (§3.1.3.8).
//!
//! openidconnect checks second and reads fewer tokens than are right: `iss` without a scheme, which Google documents,
//! a number for `email_verified`, or `Ed25519` as an algorithm is beyond its types. A token it cannot read rests on the table alone; one it can read satisfies both.

use aws_lc_rs::digest::{SHA256, SHA384, SHA512, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jose::{Algorithm, Jws};
use oauth::{Secret, Time};
use serde_json::{Map, Value};

use crate::{claims, issuer::Issuer};

/// How far two clocks may be apart, in seconds (#17).
pub(crate) const SKEW: i64 = 60;

/// How old a token may be, in seconds: it is fetched the moment it is made.
const MAX_AGE: i64 = 600;

/// The end of the year 9999, the last moment that any calendar here knows.
const LAST: i64 = 253_402_300_799;

/// What a token must say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected<'a> {
    pub(crate) issuer: &'a Issuer,
    pub(crate) also_issuers: &'a [&'a str],
    pub(crate) client_id: &'a str,
    /// Who else may be in `aud`, beside us.
    pub(crate) trusted_audiences: &'a [String],
    pub(crate) nonce: &'a Secret,
    pub(crate) access_token: &'a Secret,
    pub(crate) kind_claim: Option<(&'a str, &'a str)>,
}

/// Who a token is about, once everything about it is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Accepted {
    /// Under its one name.
    pub(crate) issuer: String,
    pub(crate) subject: String,
}

/// What is wrong with a token: one variant per rule, none of which repeats what the token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Flaw {
    #[error("it is another kind of token")]
    Kind,
    #[error("iss is not the issuer")]
    Issuer,
    #[error("aud is not our client only")]
    Audience,
    #[error("azp is not our client")]
    AuthorizedParty,
    #[error("sub has not 1 to 255 characters, or is a different one")]
    Subject,
    #[error("exp is not a time")]
    ExpiryType,
    #[error("it has expired")]
    Expired,
    #[error("iat is not a time")]
    IssuedType,
    #[error("it was issued too long ago")]
    TooOld,
    #[error("it was issued in the future")]
    Ahead,
    #[error("nbf is in the future or not a time")]
    NotBefore,
    #[error("nonce does not match")]
    Nonce,
    #[error("at_hash does not match the access token")]
    AccessTokenHash,
    #[error("auth_time is missing, no time, or before the login began")]
    AuthTime,
}

/// Whether a token whose signature is right says what it must.
pub(crate) fn check(token: &Jws, expected: &Expected<'_>, now: Time) -> Result<Accepted, Flaw> {
    let claims = token.claims();
    kind(token, expected.kind_claim)?;
    let issuer = expected.issuer.of_claims(claims, expected.also_issuers).ok_or(Flaw::Issuer)?;
    audience(claims, expected.client_id, expected.trusted_audiences)?;
    times(claims, now)?;
    let nonce = claims.get("nonce").and_then(Value::as_str).unwrap_or_default();
    if nonce.is_empty() || !expected.nonce.matches(nonce) {
        return Err(Flaw::Nonce);
    }
    access_token_hash(token, expected.access_token)?;
    let subject = claims.get("sub").and_then(claims::subject).ok_or(Flaw::Subject)?;
    Ok(Accepted { issuer, subject: subject.to_owned() })
}

/// Whether the person signed in since the login began, as the provider was asked to see to with `max_age=0`. The moment is compared with
/// the beginning and not with now, since they take their time from there on.
pub(crate) fn check_auth_time(claims: &Map<String, Value>, started_at: Time) -> Result<(), Flaw> {
    let at = claims.get("auth_time").and_then(moment).ok_or(Flaw::AuthTime)?;
    if at >= started_at.epoch() - SKEW { Ok(()) } else { Err(Flaw::AuthTime) }
}

/// Whether signed userinfo, whose signature is right, is about `who` and for us (OpenID Connect Core §5.3.2). It may end, but
/// need not.
pub(crate) fn check_userinfo(
    token: &Jws,
    expected: &Expected<'_>,
    who: &Accepted,
    now: Time,
) -> Result<(), Flaw> {
    let claims = token.claims();
    kind(token, None)?;
    let is_issuer = |iss: &Value| *iss == *who.issuer || expected.also_issuers.iter().any(|also| iss == also);
    if !claims.get("iss").is_some_and(is_issuer) {
        return Err(Flaw::Issuer);
    }
    audience(claims, expected.client_id, expected.trusted_audiences)?;
    let now = now.epoch();
    if claims.get("exp").is_some_and(|exp| moment(exp).is_none_or(|at| at <= now - SKEW)) {
        return Err(Flaw::Expired);
    }
    if claims.get("nbf").is_some_and(|nbf| moment(nbf).is_none_or(|at| at > now + SKEW)) {
        return Err(Flaw::NotBefore);
    }
    if claims.get("sub").is_some_and(|sub| *sub == *who.subject) { Ok(()) } else { Err(Flaw::Subject) }
}

/// RFC 8725 §3.11: not an access token, a logout token or whatever else the same key signs.
pub(crate) fn kind(token: &Jws, claim: Option<(&str, &str)>) -> Result<(), Flaw> {
    let is_jwt = |typ: &str| typ.eq_ignore_ascii_case("JWT") || typ.eq_ignore_ascii_case("application/jwt");
    let right = claim.is_none_or(|(name, value)| token.claims().get(name).is_some_and(|held| held == value));
    let plain = token.typ().is_none_or(is_jwt) && !token.header().contains_key("cty");
    if plain && right { Ok(()) } else { Err(Flaw::Kind) }
}

/// #15: for us. Others beside us are those that were set, and then `azp` says that it was issued to us.
fn audience(claims: &Map<String, Value>, client_id: &str, trusted: &[String]) -> Result<(), Flaw> {
    let is_us = |value: &Value| value == client_id;
    let all = match claims.get("aud") {
        Some(Value::Array(all)) => all.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let is_known = |value: &Value| is_us(value) || trusted.iter().any(|one| value == one.as_str());
    if !all.iter().any(is_us) || !all.iter().all(is_known) {
        return Err(Flaw::Audience);
    }
    let alone = all.iter().all(is_us);
    if claims.get("azp").map_or(alone, is_us) { Ok(()) } else { Err(Flaw::AuthorizedParty) }
}

/// #17.
fn times(claims: &Map<String, Value>, now: Time) -> Result<(), Flaw> {
    let moment = |name: &str| claims.get(name).and_then(moment);
    let now = now.epoch();
    let expiry = moment("exp").filter(|at| *at > 0).ok_or(Flaw::ExpiryType)?;
    let issued = moment("iat").filter(|at| *at > 0).ok_or(Flaw::IssuedType)?;
    if expiry <= now - SKEW {
        return Err(Flaw::Expired);
    }
    if issued < now - MAX_AGE {
        return Err(Flaw::TooOld);
    }
    if issued > now + SKEW {
        return Err(Flaw::Ahead);
    }
    let come = !claims.contains_key("nbf") || moment("nbf").is_some_and(|from| from <= now + SKEW);
    if come { Ok(()) } else { Err(Flaw::NotBefore) }
}

/// A NumericDate (RFC 7519 §2) that any calendar knows.
pub(crate) fn moment(value: &Value) -> Option<i64> {
    Time::from_numeric_date(value).map(Time::epoch).filter(|seconds| *seconds <= LAST)
}

/// OpenID Connect Core §3.1.3.6: the left half of the access token's hash, by the hash of the signature's algorithm.
fn access_token_hash(token: &Jws, access_token: &Secret) -> Result<(), Flaw> {
    let Some(claim) = token.claims().get("at_hash") else { return Ok(()) };
    let hash = match Algorithm::parse(token.alg()).ok_or(Flaw::AccessTokenHash)? {
        Algorithm::Rs256 | Algorithm::Ps256 | Algorithm::Es256 => &SHA256,
        Algorithm::Rs384 | Algorithm::Ps384 | Algorithm::Es384 => &SHA384,
        Algorithm::Rs512 | Algorithm::Ps512 | Algorithm::Es512 | Algorithm::EdDsa => &SHA512,
    };
    let whole = digest(hash, access_token.expose().as_bytes());
    let (left, _) = whole.as_ref().split_at(whole.as_ref().len() / 2);
    if *claim == URL_SAFE_NO_PAD.encode(left) { Ok(()) } else { Err(Flaw::AccessTokenHash) }
}

#[cfg(test)]
mod tests;
