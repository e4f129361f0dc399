//! How the set changes: the one place that gives keys their dates (#59).
//!
//! A key goes next → current → previous → retired → gone. It gets a date to sign from only when it is published everywhere, and
//! that date is further away than any verifier's cache lasts. So whoever is interrupted between the two leaves a key that
//! waits, and the next change goes on with it.

use std::time::Duration;

use jose::Algorithm;
use oauth::{SessionCookie, Time};

use crate::{Keys, KeysError, LONGEST_LIFETIME, State, claim::SKEW, private::PrivateKey};

/// How long a key is published before it signs: longer than any verifier's cache. API Gateway's own JWT authorizer may use the keys
/// that it fetched for two hours; ours, `jose` and `aws-jwt-verify` ask again as soon as they see an unknown one.
pub const WAIT: Duration = Duration::from_secs(3 * 3600);

/// How often a function that signs reads the set again. A key that is about to sign has been read by all of them, because it waits
/// longer.
pub const RELOAD: Duration = Duration::from_secs(3600);

/// How long a key verifies after another one took its place: as long as the longest access token lives, that a function may
/// have signed which could not read the set again for an hour, and what clocks differ.
pub const OVERLAP: Duration =
    Duration::from_secs(LONGEST_LIFETIME.as_secs() + RELOAD.as_secs() + SKEW.as_secs());

/// How long a retired key still verifies an `id_token_hint`: as long as a session may live in which it signed.
pub const HINTS: Duration = SessionCookie::LONGEST;

impl Keys {
    /// The algorithms that need a new key: those whose key is `age` old, and ES256 if there is none, as in sets of before it was
    /// supported. Not RS256: whoever has a set for ES256 alone wants its access tokens signed so.
    pub fn due(&self, age: Duration, now: Time) -> Vec<Algorithm> {
        let is_due = |algorithm: &Algorithm| match self.signing(*algorithm, now) {
            Some(key) => key.signs_from.is_none_or(|from| now.since(from) >= age),
            None => *algorithm == Algorithm::Es256,
        };
        Self::ALGORITHMS.into_iter().filter(is_due).collect()
    }

    /// The set with a key that waits for each of these algorithms, if none is on its way.
    pub fn with_next(&self, algorithms: &[Algorithm], now: Time) -> Result<Self, KeysError> {
        let mut keys = self.keys.clone();
        for algorithm in algorithms {
            let is_next =
                |key: &&PrivateKey| key.algorithm() == *algorithm && self.state(key, now) == State::Next;
            if !self.keys.iter().any(|key| is_next(&key)) {
                keys.push(PrivateKey::generate(*algorithm, None)?);
            }
        }
        Self::settled(keys, now)
    }

    /// The set in which each key that waits has its date. For whoever has seen that all of it is published.
    pub fn scheduled(&self, now: Time) -> Result<Self, KeysError> {
        let mut keys = self.keys.clone();
        for algorithm in Self::ALGORITHMS {
            let waiting =
                keys.iter_mut().filter(|key| key.algorithm() == algorithm && key.signs_from.is_none());
            // Several wait only in a set that somebody wrote by hand: one after the other.
            for (number, key) in (1..).zip(waiting) {
                key.signs_from = Some(now.after(WAIT * number));
            }
        }
        Self::settled(keys, now)
    }

    /// The set without keys that verify nothing but an `id_token_hint`. With such a hint, whoever signs out is asked first.
    pub fn without_retired(&self, now: Time) -> Result<Self, KeysError> {
        Self::new(self.keys.iter().filter(|key| !key.is_retired(now)).cloned().collect())
    }

    /// Whether a key waits for its date.
    pub fn waits(&self) -> bool {
        self.keys.iter().any(|key| key.signs_from.is_none())
    }

    /// The set in which a previous key is retired now, before its time.
    pub fn retired(&self, kid: &str, now: Time) -> Result<Self, KeysError> {
        let key = self.named(kid)?;
        let advice = match self.state(key, now) {
            State::Previous => {
                let mut keys = self.keys.clone();
                keys.iter_mut().filter(|key| key.kid() == kid).for_each(|key| key.verifies_until = Some(now));
                return Self::settled(keys, now);
            }
            State::Current => {
                "`keys rotate` lets another one follow, and `keys revoke` takes it away at once"
            }
            State::Next => "`keys revoke` takes it away",
            State::Retired => "it is out of use already",
        };
        let state = self.state(key, now);
        Err(KeysError::NotPrevious { kid: kid.to_owned(), state, advice })
    }

    /// The set without a key that must not be trusted any more, in which another one signs at once if that one did: the next, or a
    /// new one.
    pub fn revoked(&self, kid: &str, now: Time) -> Result<Self, KeysError> {
        let key = self.named(kid)?;
        let (algorithm, state) = (key.algorithm(), self.state(key, now));
        let mut keys = self.keys.clone();
        keys.retain(|key| key.kid() != kid);
        if state == State::Current {
            let next = keys.iter_mut().filter(|key| key.algorithm() == algorithm);
            let next =
                next.filter(|key| !key.is_retired(now) && key.signs_from.is_none_or(|from| from > now));
            match next.min_by_key(|key| key.signs_from.unwrap_or(now)) {
                Some(next) => next.signs_from = Some(now),
                None => keys.push(PrivateKey::generate(algorithm, Some(now))?),
            }
        }
        Self::settled(keys, now)
    }

    fn named(&self, kid: &str) -> Result<&PrivateKey, KeysError> {
        let key = self.keys.iter().find(|key| key.kid() == kid);
        key.ok_or_else(|| KeysError::Unknown(kid.to_owned()))
    }

    /// Gives each key its end, if another one follows it, and drops what is over. Of retired keys the latest one stays for each
    /// algorithm: a set must fit into a function's environment, however often somebody rotates.
    fn settled(mut keys: Vec<PrivateKey>, now: Time) -> Result<Self, KeysError> {
        let begins: Vec<_> = keys.iter().map(|key| (key.algorithm(), key.signs_from)).collect();
        for key in &mut keys {
            let Some(from) = key.signs_from else { continue };
            let later = begins.iter().filter(|(algorithm, _)| *algorithm == key.algorithm());
            let next = later.filter_map(|(_, begins)| *begins).filter(|begins| *begins > from).min();
            // An end that has come stays; one that was set too early for a follower that is late does not.
            key.verifies_until = match (next, key.verifies_until) {
                (_, Some(until)) if until <= now => Some(until),
                (None, _) => None,
                (Some(next), None) => Some(next.max(now).after(OVERLAP)),
                (Some(next), Some(until)) => Some(until.max(next.after(OVERLAP))),
            };
        }
        let latest = |algorithm| {
            let retired = keys.iter().filter(|key| key.algorithm() == algorithm && key.is_retired(now));
            retired.filter_map(|key| key.verifies_until).max()
        };
        let latest = Self::ALGORITHMS.map(|algorithm| (algorithm, latest(algorithm)));
        keys.retain(|key| match key.verifies_until {
            Some(until) if until <= now => {
                until.after(HINTS) > now && latest.contains(&(key.algorithm(), Some(until)))
            }
            _ => true,
        });
        Self::new(keys)
    }
}

#[cfg(test)]
mod tests;
