//! The set of signing keys: one secret, whose keys change places by the clock.

use std::fmt;

use jose::{Algorithm, JoseError, KeySet, SigningKey, json::parse_object};
use oauth::{Secret, Time};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    KeysError, PublicKeys,
    private::{EVER, PrivateKey},
};

/// Where a key is on its way (#59). It follows from the key's dates and the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Published, so that every verifier knows it before it signs.
    Next,
    /// Signs.
    Current,
    /// Published until the last token that it signed has expired.
    Previous,
    /// No longer published. It verifies an `id_token_hint`, as long as a session may live in which it signed.
    Retired,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Next => "next",
            Self::Current => "current",
            Self::Previous => "previous",
            Self::Retired => "retired",
        })
    }
}

/// What can be said of a key in public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyInfo {
    /// `kid`: its thumbprint (RFC 7638).
    pub kid: String,
    /// `alg`
    pub alg: String,
    /// Where it is on its way.
    pub state: State,
    /// From when on it signs; not known yet of one that is not published everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signs_from: Option<Time>,
    /// Until when what it signed is accepted, if another key follows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verifies_until: Option<Time>,
}

/// Signing keys. As JSON they are a JWKS of private keys (RFC 7517 §5) with two more members per key, NumericDates both:
/// `signs_from`, which a key lacks until it is published everywhere, and `verifies_until`, which it has as soon as another key
/// follows. Of each algorithm, that key signs which began last.
#[derive(Debug, Clone)]
pub struct Keys {
    pub(crate) keys: Vec<PrivateKey>,
    public: KeySet,
}

impl Keys {
    /// What a key of ours may sign with.
    pub const ALGORITHMS: [Algorithm; 2] = SigningKey::ALGORITHMS;

    /// A new set with a key for each of [`Self::ALGORITHMS`], which sign at any time.
    pub fn generate() -> Result<Self, KeysError> {
        Self::generate_from(EVER)
    }

    /// The same with keys whose age is counted from `now` on, less a day: a clock that is behind must not keep them from signing.
    pub fn generate_at(now: Time) -> Result<Self, KeysError> {
        const DAY: i64 = 24 * 3600;
        Self::generate_from(Time::from_epoch(now.epoch().saturating_sub(DAY).max(EVER.epoch())))
    }

    fn generate_from(begin: Time) -> Result<Self, KeysError> {
        let key = |algorithm| PrivateKey::generate(algorithm, Some(begin));
        Self::new(Self::ALGORITHMS.into_iter().map(key).collect::<Result<_, _>>()?)
    }

    /// A new set with one key, for one of [`Self::ALGORITHMS`], which signs at any time.
    pub fn generate_for(algorithm: Algorithm) -> Result<Self, KeysError> {
        Self::new(vec![PrivateKey::generate(algorithm, Some(EVER))?])
    }

    /// Reads a set; refuses one that is unsafe or ambiguous with a sentence that says what to do.
    pub fn parse(json: &Secret) -> Result<Self, KeysError> {
        let set = parse_object(json.expose().as_bytes()).map_err(KeysError::NotAKeySet)?;
        let malformed = KeysError::NotAKeySet(JoseError::KeySet);
        let entries = set.get("keys").and_then(Value::as_array).ok_or_else(|| malformed.clone())?;
        let parse = |entry: &Value| PrivateKey::parse(entry.as_object().ok_or_else(|| malformed.clone())?);
        Self::new(entries.iter().map(parse).collect::<Result<_, _>>()?)
    }

    pub(crate) fn new(keys: Vec<PrivateKey>) -> Result<Self, KeysError> {
        if keys.iter().all(|key| key.signs_from.is_none()) {
            return Err(KeysError::NoneSigns);
        }
        for (at, key) in keys.iter().enumerate() {
            let same = |other: &PrivateKey| {
                (other.algorithm(), other.signs_from) == (key.algorithm(), key.signs_from)
            };
            if key.signs_from.is_some_and(|from| from >= EVER) && keys[..at].iter().any(same) {
                return Err(KeysError::SeveralSign(key.algorithm()));
            }
        }
        let public = keys.iter().map(|key| key.public().clone()).collect();
        let public = KeySet::new(public).map_err(KeysError::NotAKeySet)?;
        Ok(Self { keys, public })
    }

    /// The set for the secret store, private members and all.
    pub fn to_json(&self) -> Secret {
        let keys: Vec<_> = self.keys.iter().map(PrivateKey::jwk).collect();
        Secret::new(json!({ "keys": keys }).to_string())
    }

    /// The public halves of all keys, whatever their state.
    pub fn public(&self) -> &KeySet {
        &self.public
    }

    /// The public halves with their ends, as verifiers are told them (`PUBLIC_KEYS`): verifiers learn a key before it signs, and know
    /// it as long as a token it signed may live (#59).
    pub fn published(&self) -> PublicKeys {
        PublicKeys::new(self.public.clone(), self.keys.iter().map(|key| key.verifies_until))
    }

    /// What can be said of each key in public.
    pub fn list(&self, now: Time) -> Vec<KeyInfo> {
        let info = |key: &PrivateKey| KeyInfo {
            kid: key.kid().to_owned(),
            alg: key.algorithm().as_str().to_owned(),
            state: self.state(key, now),
            signs_from: key.signs_from,
            verifies_until: key.verifies_until,
        };
        self.keys.iter().map(info).collect()
    }

    /// What access tokens are signed with: RS256 if there is a key for it, because that is what the gateway's own authorizers accept.
    pub fn algorithm_at(&self, now: Time) -> Option<Algorithm> {
        self.algorithms(now).next()
    }

    /// The algorithms for which there is a key that signs at `now`, in the order of [`Self::ALGORITHMS`].
    pub fn algorithms(&self, now: Time) -> impl Iterator<Item = Algorithm> {
        Self::ALGORITHMS.into_iter().filter(move |algorithm| self.signing(*algorithm, now).is_some())
    }

    /// The key that signs with this algorithm at `now`: of those that may, the one that began last.
    pub(crate) fn signing(&self, algorithm: Algorithm, now: Time) -> Option<&PrivateKey> {
        let may = |key: &&PrivateKey| key.algorithm() == algorithm && key.may_sign(now);
        self.keys.iter().filter(may).max_by_key(|key| key.signs_from)
    }

    pub(crate) fn state(&self, key: &PrivateKey, now: Time) -> State {
        let signs = || self.signing(key.algorithm(), now).is_some_and(|other| other.kid() == key.kid());
        match key {
            _ if key.is_retired(now) => State::Retired,
            _ if !key.may_sign(now) => State::Next,
            _ if signs() => State::Current,
            _ => State::Previous,
        }
    }
}

#[cfg(test)]
mod tests;
