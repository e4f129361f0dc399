//! The public keys as verifiers are told them: a JWKS whose keys may have an end.

use std::collections::HashMap;

use jose::{Algorithm, Compact, JoseError, Key, KeySet, json::parse_object};
use oauth::Time;
use serde_json::{Value, json};

use crate::{
    KeyInfo, State,
    private::{VERIFIES_UNTIL, date},
    rotation::OVERLAP,
    verify::ALGORITHMS,
};

/// The public halves of our signing keys. As JSON they are a JWKS with one more member for a key that another one follows:
/// `verifies_until`. Any reader of a JWKS passes over it (RFC 7517 §4).
#[derive(Debug, Clone)]
pub struct PublicKeys {
    all: KeySet,
    /// The ends of those keys that have one, by name.
    ends: Vec<(String, Time)>,
}

impl PublicKeys {
    pub(crate) fn new(all: KeySet, ends: impl Iterator<Item = Option<Time>>) -> Self {
        let ends = all.keys().iter().zip(ends).filter_map(|(key, end)| Some((key.kid()?.to_owned(), end?)));
        Self { ends: ends.collect(), all }
    }

    /// Reads what [`Self::to_json`] wrote, or any JWKS of public keys, which end never. What is wrong in it is not passed over.
    pub fn read(json: &str) -> Result<Self, JoseError> {
        let all = KeySet::written(json)?;
        let set = parse_object(json.as_bytes())?;
        let entries = set.get("keys").and_then(Value::as_array).into_iter().flatten();
        let mut ends = Vec::new();
        for entry in entries.filter_map(Value::as_object) {
            let kid = entry.get("kid").and_then(Value::as_str);
            let end = date(entry, VERIFIES_UNTIL).ok_or(JoseError::KeySet)?;
            ends.extend(kid.map(str::to_owned).zip(end));
        }
        Ok(Self { all, ends })
    }

    /// All of it, for the setting `PUBLIC_KEYS`.
    pub fn to_json(&self) -> String {
        let key = |key: &Key| {
            let mut members = key.to_json();
            if let Some(end) = key.kid().and_then(|kid| self.end(kid)) {
                members[VERIFIES_UNTIL] = json!(end);
            }
            members
        };
        json!({ "keys": self.all.keys().iter().map(key).collect::<Vec<_>>() }).to_string()
    }

    /// All keys, retired ones among them.
    pub fn all(&self) -> &KeySet {
        &self.all
    }

    /// All keys, and where each is on its way, to show them. When a key begins to sign is not published, but follows from the end of
    /// the one before it of the same algorithm; of the first one, and of one that waits for its date, it is not known.
    pub fn list(&self, now: Time) -> Vec<KeyInfo> {
        let mut before: HashMap<&str, Option<Time>> = HashMap::new();
        let info = |key: &Key| {
            let alg = key.algorithm().map_or("", Algorithm::as_str);
            let (kid, end) = (key.kid()?.to_owned(), key.kid().and_then(|kid| self.end(kid)));
            let follows = before.insert(alg, end);
            let signs_from = follows.flatten().map(follower_signs_from);
            let is_next = follows.is_some() && signs_from.is_none_or(|from| from > now);
            let state = match end {
                Some(end) if end <= now => State::Retired,
                _ if is_next => State::Next,
                Some(end) if follower_signs_from(end) <= now => State::Previous,
                _ => State::Current,
            };
            Some(KeyInfo { kid, alg: alg.to_owned(), state, signs_from, verifies_until: end })
        };
        self.all.keys().iter().filter_map(info).collect()
    }

    /// The key set for the public: without retired keys.
    pub fn at(&self, now: Time) -> KeySet {
        let lives = |key: &&Key| key.kid().is_none_or(|kid| !self.is_over(kid, now));
        let keys = self.all.keys().iter().filter(lives).cloned().collect();
        // They have names of their own here as they have in the whole.
        KeySet::new(keys).unwrap_or_default()
    }

    /// Checks a signature by a key that is in use at `now`.
    pub(crate) fn verify(&self, token: &Compact, now: Time) -> Result<(), JoseError> {
        match token.kid() {
            Some(kid) if self.is_over(kid, now) => Err(JoseError::UnknownKey),
            Some(_) => self.verify_by_any(token),
            // Without a name, it must be clear which one is meant of those in use.
            None => self.at(now).verify(token, ALGORITHMS),
        }
    }

    /// The same by a key that may be retired.
    pub(crate) fn verify_by_any(&self, token: &Compact) -> Result<(), JoseError> {
        self.all.verify(token, ALGORITHMS)
    }

    fn is_over(&self, kid: &str, now: Time) -> bool {
        self.end(kid).is_some_and(|end| end <= now)
    }

    fn end(&self, kid: &str) -> Option<Time> {
        self.ends.iter().find(|(of, _)| of == kid).map(|(_, end)| *end)
    }
}

/// When the key signs that follows one with this end: it verifies for [`OVERLAP`] from then on.
fn follower_signs_from(end: Time) -> Time {
    Time::from_epoch(end.epoch().saturating_sub(i64::try_from(OVERLAP.as_secs()).unwrap_or(i64::MAX)))
}

impl From<KeySet> for PublicKeys {
    fn from(all: KeySet) -> Self {
        Self { all, ends: Vec::new() }
    }
}
