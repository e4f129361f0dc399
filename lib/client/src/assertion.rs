//! Client assertions (RFC 7523): JWTs that a client signs to prove who it is.

use std::time::Duration;

use jose::{Algorithm, Jws, KeySet};
use oauth::{Code, Digest, Error as Refusal, Secret, Time};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{Record, Table};

use crate::{Client, Endpoint, Error, Verified};

/// RFC 7523 §2.2
const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// How far `exp` may lie ahead (#92).
const LONGEST: Duration = Duration::from_secs(3600);

/// How much a client's clock may differ from ours.
const LEEWAY: Duration = Duration::from_secs(30);

/// The longest `jti`, in bytes.
const LONGEST_JTI: usize = 255;

/// A well-formed assertion in which a client speaks of itself. Nothing else is checked yet.
#[derive(Clone)]
pub(crate) struct Assertion {
    jws: Jws,
    subject: String,
}

/// Without the token (#103).
impl std::fmt::Debug for Assertion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Assertion").field("subject", &self.subject).finish_non_exhaustive()
    }
}

impl Assertion {
    pub(crate) fn parse(text: &Secret, kind: Option<&str>) -> Result<Self, Refusal> {
        match kind {
            Some(TYPE) => {}
            Some(_) => return Err(wrong(format!("client_assertion_type must be {TYPE}"))),
            None => {
                return Err(Refusal::invalid_request(
                    "client_assertion came without a client_assertion_type",
                ));
            }
        }
        let jws = Jws::parse(text.expose()).map_err(|error| wrong(error.to_string()))?;
        // RFC 7519 §5.1; a type of another kind of token is none of ours.
        let typ = jws.typ().unwrap_or("JWT");
        if !typ.eq_ignore_ascii_case("JWT") && !typ.eq_ignore_ascii_case("client-authentication+jwt") {
            return Err(wrong("its typ is not that of a client assertion"));
        }
        let text =
            |name: &str| jws.claims().get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        match (text("iss"), text("sub")) {
            (Some(iss), Some(sub)) if iss == sub => {
                let subject = sub.to_owned();
                Ok(Self { jws, subject })
            }
            _ => Err(wrong("its iss and sub must both be the client_id")),
        }
    }

    /// Who speaks.
    pub(crate) fn subject(&self) -> &str {
        &self.subject
    }

    /// Whether the client has the key that signed it. The key is one of those that are registered, whatever the header names.
    pub(crate) fn is_signed_by(&self, client: Option<&Client>) -> bool {
        let keys = client.and_then(|client| client.jwks.as_deref()).and_then(|jwks| KeySet::parse(jwks).ok());
        keys.is_some_and(|keys| keys.verify(&self.jws, Algorithm::ALL).is_ok())
    }

    /// Checks what it says, once its signature is verified (RFC 7523 §3): the digest of its `jti`, and until when that counts.
    pub(crate) fn verify_claims(
        &self,
        endpoint: &Endpoint<'_>,
        now: Time,
    ) -> Result<(Digest, Time), Refusal> {
        let claims = self.jws.claims();
        // One string: an array could name another server as well (#92).
        let audience = claims.get("aud").and_then(Value::as_str);
        if !audience
            .is_some_and(|audience| [endpoint.issuer, endpoint.token, endpoint.called].contains(&audience))
        {
            return Err(wrong(
                "its aud must be one string: our issuer, the token endpoint or the endpoint called",
            ));
        }
        let ends =
            claims.get("exp").and_then(Time::from_numeric_date).ok_or_else(|| wrong("it has no exp"))?;
        if ends <= now {
            return Err(wrong("it has expired"));
        }
        if ends > now.after(LONGEST).after(LEEWAY) {
            return Err(wrong("its exp is more than an hour ahead"));
        }
        for name in ["nbf", "iat"] {
            let from = claims.get(name).map(Time::from_numeric_date);
            if from.is_some_and(|from| from.is_none_or(|from| from > now.after(LEEWAY))) {
                return Err(wrong(format!("its {name} is in the future, or is no number")));
            }
        }
        let jti = claims.get("jti").and_then(Value::as_str).unwrap_or_default();
        if jti.is_empty() || jti.len() > LONGEST_JTI {
            return Err(wrong("it has no jti, or a longer one than 255 bytes"));
        }
        Ok((Digest::of(jti.as_bytes()), ends))
    }
}

fn wrong(why: impl std::fmt::Display) -> Refusal {
    Refusal::new(Code::InvalidClient, format!("the client assertion is refused: {why}"))
}

/// An assertion that was used, until it would have expired.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Spent {
    expires_at: Time,
}

impl Record for Spent {
    const KIND: &'static str = "JTI";

    fn expires_at(&self) -> Option<i64> {
        Some(self.expires_at.epoch())
    }
}

/// Makes sure that a client assertion counts once (RFC 7523 §3, #92); a client that proved itself in another way has nothing to
/// spend. To be called when the rest of the request was checked, and before anything happens.
pub async fn spend_assertion(table: &Table, client: &Verified, now: Time) -> Result<(), Error> {
    let Some((digest, expires_at)) = &client.once else { return Ok(()) };
    let id = format!("{}#{digest}", client.client_id);
    let first = table.create(&id, &Spent { expires_at: *expires_at }, now).await?;
    if first { Ok(()) } else { Err(wrong("it was used before").into()) }
}
