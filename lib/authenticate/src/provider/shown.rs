//! An ID token that a client shows, which got it from the provider by itself: an app on a phone, from the system.
//!
//! The rules are those of a sign-in ([`crate::id_token`]) but for what only a login of ours can know: there is no nonce, and no access
//! token that `at_hash` belongs to. In their place the token is young and counts once, and its audience is one that was registered.

use std::{sync::PoisonError, time::Duration};

use jose::Jws;
use oauth::{Digest, Identity, Secret, Time, limits};
use provider::Protocol;
use serde_json::{Map, Value};

use super::{Provider, signature::may_be_new};
use crate::{
    Error,
    claims::{self, Person},
    id_token::{self, Accepted, Flaw, SKEW},
};

/// How old it may be, in seconds.
const MAX_AGE: i64 = 300;
/// The pause between two fetches for the sake of a token that no key verifies (#73).
const PAUSE: Duration = Duration::from_secs(10);

/// A well-formed token. Nothing else is checked yet.
#[derive(Clone)]
pub struct ShownToken {
    jws: Jws,
    digest: Digest,
}

/// Without the token (#103).
impl std::fmt::Debug for ShownToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ShownToken").field("digest", &self.digest).finish_non_exhaustive()
    }
}

/// What a token says, once everything about it is right.
#[derive(Debug, Clone)]
pub struct Proven {
    /// Whom it is about.
    pub identity: Identity,
    /// When they signed in at the provider.
    pub auth_time: Time,
    /// Until when the token counts.
    pub ends: Time,
}

impl ShownToken {
    /// Takes it apart.
    pub fn parse(text: &Secret) -> Result<Self, Error> {
        let jws = Jws::parse_within(text.expose(), limits::TOKEN_IN_A_BODY).map_err(Error::id_token)?;
        let signed = text.expose().rsplit_once('.').map_or("", |(signed, _)| signed);
        Ok(Self { jws, digest: Digest::of(signed.as_bytes()) })
    }

    /// The digest of what is signed. Of some signatures there are two spellings, and both are of one token.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }
}

impl Provider {
    /// Whether a token names this provider as its issuer: then it is asked whether that is so.
    pub fn is_named_by(&self, token: &ShownToken) -> bool {
        let also = self.config.preset.entry.also_issuers;
        !self.is_plain() && self.config.issuer.of_claims(token.jws.claims(), also).is_some()
    }

    /// Checks everything about a token that must be for one of these `audiences`, and whether the person may come in. Keys are fetched
    /// only for a token that is right but for its signature.
    pub async fn accept(&self, token: &ShownToken, audiences: &[String], now: Time) -> Result<Proven, Error> {
        let proven = async {
            if self.config.preset.sign_in.protocol != Protocol::OpenId {
                return Err(self.misconfigured());
            }
            let proven = self.check_shown(&token.jws, audiences, now).map_err(Error::id_token)?;
            self.check_signature(&token.jws, now).await?;
            Ok(proven)
        };
        let (who, ends) = proven.await.map_err(|error| error.during(self.name()))?;
        let claims = token.jws.claims();
        // What it lacks may still be so: nobody is asked here for the rest.
        let person = Person::of(claims, self.config.preset.sign_in.verified_as_text).incomplete();
        self.admit(claims, &person)?;
        let moment = |name: &str| claims.get(name).and_then(Time::from_numeric_date).filter(|at| *at <= now);
        let auth_time = moment("auth_time").or_else(|| moment("iat")).unwrap_or(now);
        Ok(Proven { identity: self.identity(who, claims, &person), auth_time, ends })
    }

    fn check_shown(&self, token: &Jws, audiences: &[String], now: Time) -> Result<(Accepted, Time), Flaw> {
        let claims = token.claims();
        id_token::kind(token, self.config.preset.sign_in.kind)?;
        let also = self.config.preset.entry.also_issuers;
        let issuer = self.config.issuer.of_claims(claims, also).ok_or(Flaw::Issuer)?;
        audience(claims, audiences)?;
        let ends = times(claims, now)?;
        let subject = claims.get("sub").and_then(claims::subject).ok_or(Flaw::Subject)?;
        Ok((Accepted { issuer, subject: subject.to_owned() }, ends))
    }

    async fn check_signature(&self, token: &Jws, now: Time) -> Result<(), Error> {
        let at = self.metadata(true, now).await?;
        let keys = self.keys(&at, now).await?;
        match keys.value.verify(token, &self.algorithms(&at)) {
            Ok(()) => Ok(()),
            Err(why) if may_be_new(why) && self.may_renew(now) => {
                let verified = self.verified(token, &at, Ok(keys), now).await;
                verified.map(drop).map_err(|unverified| unverified.into_error(Error::id_token))
            }
            Err(why) => Err(Error::id_token(why)),
        }
    }

    /// Whether keys may be fetched for the sake of a token: not if they were a moment ago.
    fn may_renew(&self, now: Time) -> bool {
        let mut renewed_at = self.renewed_at.lock().unwrap_or_else(PoisonError::into_inner);
        let may = renewed_at.is_none_or(|at| now.since(at) >= PAUSE);
        if may {
            *renewed_at = Some(now);
        }
        may
    }
}

/// #15: for those who are listed and nobody else. Where there are several, it says to whom it was issued.
fn audience(claims: &Map<String, Value>, listed: &[String]) -> Result<(), Flaw> {
    let is_listed = |value: &Value| listed.iter().any(|one| value == one.as_str());
    let all = match claims.get("aud") {
        Some(Value::Array(all)) => all.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    if all.is_empty() || !all.iter().all(is_listed) {
        return Err(Flaw::Audience);
    }
    if claims.get("azp").map_or(all.len() == 1, is_listed) { Ok(()) } else { Err(Flaw::AuthorizedParty) }
}

/// #17: until when it counts.
fn times(claims: &Map<String, Value>, now: Time) -> Result<Time, Flaw> {
    let moment = |name: &str| claims.get(name).and_then(id_token::moment);
    let epoch = now.epoch();
    let ends = moment("exp").filter(|at| *at > 0).ok_or(Flaw::ExpiryType)?;
    let issued = moment("iat").filter(|at| *at > 0).ok_or(Flaw::IssuedType)?;
    if ends <= epoch {
        return Err(Flaw::Expired);
    }
    if issued < epoch - MAX_AGE {
        return Err(Flaw::TooOld);
    }
    if issued > epoch + SKEW {
        return Err(Flaw::Ahead);
    }
    let come = !claims.contains_key("nbf") || moment("nbf").is_some_and(|from| from <= epoch + SKEW);
    if come { Ok(Time::from_epoch(ends)) } else { Err(Flaw::NotBefore) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_token_has_one_digest_however_its_signature_is_spelled() {
        // Of ECDSA's, with (r, s) goes (r, n - s).
        let token = forge::unsigned(json!({"alg": "ES256"}).to_string(), json!({"sub": "1"}).to_string());
        let digest = |signature: &str| {
            let text = Secret::new(format!("{token}{signature}"));
            ShownToken::parse(&text).unwrap().digest().clone()
        };
        assert_eq!(digest("c2ln"), digest("b3RoZXI"));
        let other = forge::unsigned(json!({"alg": "ES256"}).to_string(), json!({"sub": "2"}).to_string());
        assert_ne!(
            digest("c2ln"),
            *ShownToken::parse(&Secret::new(format!("{other}c2ln"))).unwrap().digest()
        );
        assert!(!format!("{:?}", ShownToken::parse(&Secret::new(token.clone())).unwrap()).contains("ey"));
    }
}
