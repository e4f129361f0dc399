//! Client assertions (RFC 7523): JWTs by which a client proves who it is. It signs them itself, or the platform on which it runs does.

use std::time::Duration;

use jose::{Algorithm, Jws, KeySet};
use oauth::{Code, Digest, Error as Refusal, Secret, Time};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::{Record, Table};

use crate::{Client, Endpoint, Error, Verified, Workload, workload};

/// RFC 7523 §2.2
const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// How far `exp` may lie ahead (#92).
const LONGEST: Duration = Duration::from_secs(3600);

/// How much a client's clock may differ from ours.
const LEEWAY: Duration = Duration::from_secs(30);

/// The longest `jti`, in bytes.
const LONGEST_JTI: usize = 255;

/// A well-formed assertion. Nothing else is checked yet.
#[derive(Clone)]
pub(crate) struct Assertion {
    jws: Jws,
    speaker: Speaker,
}

/// Who says who the client is.
#[derive(Debug, Clone)]
enum Speaker {
    /// The client itself, whose id is `iss` and `sub`.
    Client(String),
    /// A platform, with this issuer, of a workload that calls itself this client.
    Platform { issuer: String, client_id: String },
}

/// Without the token (#103).
impl std::fmt::Debug for Assertion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Assertion").field("speaker", &self.speaker).finish_non_exhaustive()
    }
}

impl Assertion {
    /// `named` is the client of the form, which a platform's token cannot name.
    pub(crate) fn parse(text: &Secret, kind: Option<&str>, named: Option<&str>) -> Result<Self, Refusal> {
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
        let speaker = match (text("iss"), text("sub"), named) {
            (Some(iss), Some(sub), _) if iss == sub => Speaker::Client(sub.to_owned()),
            (Some(iss), Some(_), Some(named)) if iss.contains("://") => {
                Speaker::Platform { issuer: iss.to_owned(), client_id: named.to_owned() }
            }
            _ => {
                return Err(wrong(
                    "its iss and sub must both be the client_id; a platform's token needs a client_id beside it",
                ));
            }
        };
        Ok(Self { jws, speaker })
    }

    /// Who proves itself.
    pub(crate) fn client_id(&self) -> &str {
        let (Speaker::Client(client_id) | Speaker::Platform { client_id, .. }) = &self.speaker;
        client_id
    }

    /// The token.
    #[cfg(feature = "fetch")]
    pub(crate) fn jws(&self) -> &Jws {
        &self.jws
    }

    /// The issuer, where a platform speaks.
    pub(crate) fn platform(&self) -> Option<&str> {
        match &self.speaker {
            Speaker::Client(_) => None,
            Speaker::Platform { issuer, .. } => Some(issuer),
        }
    }

    /// Whether the client has the key that signed it. The key is one of those that are registered by value, whatever the header names.
    pub(crate) fn is_signed_by(&self, client: Option<&Client>) -> bool {
        if self.platform().is_some() {
            return false;
        }
        let keys = client.and_then(|client| client.jwks.as_deref()).and_then(|jwks| KeySet::parse(jwks).ok());
        keys.is_some_and(|keys| keys.verify(&self.jws, Algorithm::ALL).is_ok())
    }

    /// Checks what it says of its time and of us (RFC 7523 §3): until when it counts.
    pub(crate) fn check(&self, endpoint: &Endpoint<'_>, now: Time) -> Result<Time, Refusal> {
        let claims = self.jws.claims();
        match &self.speaker {
            Speaker::Client(_) => is_for_this_endpoint(claims, endpoint)?,
            Speaker::Platform { .. } if workload::is_for(claims, endpoint.issuer) => {}
            Speaker::Platform { .. } => return Err(wrong("its aud must be our issuer, and nothing else")),
        }
        times(claims, now)
    }

    /// Checks the rest, once its signature is verified: what makes it a different one from any other, and until when that counts;
    /// nothing of a token that a platform gives to be taken again.
    pub(crate) fn once(&self, client: &Client, ends: Time) -> Result<Option<(Digest, Time)>, Refusal> {
        let claims = self.jws.claims();
        let jti = claims.get("jti").and_then(Value::as_str).unwrap_or_default();
        let fits = !jti.is_empty() && jti.len() <= LONGEST_JTI;
        let digest = match &self.speaker {
            Speaker::Client(_) => Digest::of(jti.as_bytes()),
            Speaker::Platform { issuer, .. } if !self.workload(client, issuer)?.is_once() => return Ok(None),
            Speaker::Platform { issuer, .. } => Digest::of_parts(&[issuer, jti]),
        };
        if fits {
            Ok(Some((digest, ends)))
        } else {
            Err(wrong("it has no jti, or a longer one than 255 bytes"))
        }
    }

    /// The workload of the client that a platform's token is about.
    fn workload<'a>(&self, client: &'a Client, issuer: &str) -> Result<&'a Workload, Refusal> {
        let mut differs = "iss";
        for workload in client.workloads.iter().filter(|workload| workload.issuer() == issuer) {
            match workload.fits(self.jws.claims()) {
                Ok(()) => return Ok(workload),
                Err(claim) => differs = claim,
            }
        }
        Err(wrong(format!("it is of no workload of this client: its {differs} is another one")))
    }
}

/// One string: an array could name another server as well (#92).
fn is_for_this_endpoint(claims: &Map<String, Value>, endpoint: &Endpoint<'_>) -> Result<(), Refusal> {
    let ours = [endpoint.issuer, endpoint.token, endpoint.called];
    if claims.get("aud").and_then(Value::as_str).is_some_and(|audience| ours.contains(&audience)) {
        return Ok(());
    }
    Err(wrong("its aud must be one string: our issuer, the token endpoint or the endpoint called"))
}

fn times(claims: &Map<String, Value>, now: Time) -> Result<Time, Refusal> {
    let ends = claims.get("exp").and_then(Time::from_numeric_date).ok_or_else(|| wrong("it has no exp"))?;
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
    Ok(ends)
}

fn wrong(why: impl std::fmt::Display) -> Refusal {
    Refusal::new(Code::InvalidClient, format!("the client assertion is refused: {why}"))
}

/// A token that was used, until it would have expired: a client's assertion, or a token that was exchanged.
#[derive(Debug, Serialize, Deserialize)]
pub struct Spent {
    expires_at: Time,
}

impl Spent {
    /// The row of a token that counts once and ends then, under the [`id`](Self::id) of it.
    pub fn until(expires_at: Time) -> Self {
        Self { expires_at }
    }

    /// The id of the row of a token with this digest that was exchanged. No client has such a name.
    pub fn id(token: &Digest) -> String {
        format!("exchanged/{token}")
    }
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
