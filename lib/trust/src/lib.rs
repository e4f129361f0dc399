//! Whose tokens are accepted: ours, and those of issuers that were named in the settings.
//!
//! An issuer is data (an entry of `provider`) and a key cache of its own: nothing of one issuer is ever used for
//! another (#70), and a token that names an issuer nobody trusts costs no network (#69). There is no cache of verified tokens:
//! every token is checked each time, so there is nothing in which an expiry or a scope could be overlooked.

#[cfg(feature = "fetch")]
mod fetching;
mod key_cache;
mod required;
mod rules;
pub mod settings;

use std::{collections::HashMap, fmt, sync::Arc};

use jose::{Algorithm, Jws};
use oauth::{Caller, Code, Time};
use serde_json::Value;
use token::{Invalid, Verifier};

use self::{key_cache::KeyCache, rules::Rules};

#[cfg(feature = "fetch")]
pub use self::fetching::fetching;
pub use self::{
    key_cache::{Source, Unreachable},
    settings::{IssuersError, KeyLocation, Setup},
};

/// The issuers whose tokens are accepted.
#[derive(Debug, Default)]
pub struct Issuers {
    ours: Option<Verifier>,
    others: HashMap<String, Arc<Trusted>>,
}

/// One issuer that is not us.
pub(crate) struct Trusted {
    /// Its name in the settings.
    name: String,
    rules: Rules,
    algorithms: Vec<Algorithm>,
    key_cache: KeyCache,
}

impl fmt::Debug for Trusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Trusted").field(&self.name).finish()
    }
}

/// Why a token is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is wrong.
    #[error("{0}")]
    Invalid(#[from] Invalid),
    /// Nobody can say: the keys of its issuer cannot be fetched. It may be good, and it is not accepted (#78).
    #[error("{0}")]
    Undecided(#[from] Unreachable),
}

impl Refused {
    /// The reason in one word, for machines and counters.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Invalid(invalid) => invalid.reason(),
            Self::Undecided(_) => "undecided",
        }
    }
}

impl From<Refused> for oauth::Error {
    /// RFC 6750 §3.1 for a token that is wrong; 503 where nobody can say.
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Invalid(invalid) => invalid.into(),
            Refused::Undecided(_) => Self::new(
                Code::TemporarilyUnavailable,
                "the access token cannot be verified at the moment: try again",
            ),
        }
    }
}

impl Issuers {
    /// We ourselves, and nobody else.
    pub fn ours(verifier: Verifier) -> Self {
        Self { ours: Some(verifier), others: HashMap::new() }
    }

    /// Whether nobody is trusted.
    fn is_empty(&self) -> bool {
        self.ours.is_none() && self.others.is_empty()
    }

    /// The issuer whose sessions, users and clients are in the table: we ourselves; or, where tokens of latchkey are accepted as
    /// another issuer's are, that one. Nothing if there is none, or more than one and nobody knows whose the table is.
    pub fn latchkey(&self) -> Option<&str> {
        if let Some(ours) = &self.ours {
            return Some(ours.issuer());
        }
        let mut latchkeys = self.others.iter().filter(|(_, trusted)| trusted.rules.entry.name == "latchkey");
        let (issuer, _) = latchkeys.next()?;
        latchkeys.next().is_none().then_some(issuer.as_str())
    }

    fn is_ours(&self, issuer: &str) -> bool {
        self.ours.as_ref().is_some_and(|ours| ours.issuer() == issuer)
    }

    /// Trusts the issuers that the settings name, in addition to those that are trusted already. Somebody must be trusted in the end.
    pub fn trust(mut self, setup: &Setup<'_>) -> Result<Self, IssuersError> {
        for (issuers, trusted) in settings::load(setup)? {
            let trusted = Arc::new(trusted);
            for issuer in issuers {
                let repeated = self.is_ours(&issuer) || self.others.contains_key(&issuer);
                if repeated {
                    return Err(IssuersError::repeated(&trusted.name));
                }
                self.others.insert(issuer, trusted.clone());
            }
        }
        if self.is_empty() { Err(IssuersError::nobody()) } else { Ok(self) }
    }

    /// Whose token it is, if somebody who is trusted says it, for us, and it is good at `now`.
    pub async fn verify(&self, token: &str, now: Time) -> Result<Caller, Refused> {
        let jws = Jws::parse(token).map_err(Invalid::Jws)?;
        // Only to choose who is asked; it is accepted once that issuer's key has said so.
        let issuer = jws.claims().get("iss").and_then(Value::as_str).ok_or(Invalid::Issuer)?;
        if let Some(ours) = self.ours.as_ref().filter(|ours| ours.issuer() == issuer) {
            return Ok(ours.verify_jws(&jws, now)?);
        }
        let trusted = self.others.get(issuer).ok_or(Invalid::Issuer)?;
        trusted.rules.check_header(&jws)?;
        trusted.key_cache.verify(&jws, &trusted.algorithms, now).await?;
        Ok(trusted.rules.check(&jws, issuer, now)?)
    }
}
