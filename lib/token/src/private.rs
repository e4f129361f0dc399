//! One signing key of the set: a private JWK, and the time in which it signs and verifies.

use std::fmt;

use jose::{Algorithm, Key, SigningKey, SigningKeyError};
use oauth::Time;
use serde_json::{Map, Value, json};

use crate::KeysError;

/// A key that has signed since before anybody wrote down when: those of older sets, and of sets that have no past.
pub(crate) const EVER: Time = Time::from_epoch(1);
/// The same of a key that signed before that one.
const BEFORE: Time = Time::from_epoch(0);

/// A signing key, its public half and its dates.
///
/// It is stored as a full private JWK (RFC 7518 §6.2.2, §6.3.2) and not as PKCS#8 in a member of our own: any JOSE tool can
/// then make, read and check the set, and the numbers are checked against one another when it is loaded.
#[derive(Clone)]
pub(crate) struct PrivateKey {
    public: Key,
    signing: SigningKey,
    jwk: Map<String, Value>,
    /// From when on it signs. Without it, the key waits until everybody knows it.
    pub(crate) signs_from: Option<Time>,
    /// Until when what it signed is accepted. Without it, no key follows.
    pub(crate) verifies_until: Option<Time>,
}

impl PrivateKey {
    /// A fresh key: for RS256 of 2048 bits, for ES256 on P-256.
    pub(crate) fn generate(algorithm: Algorithm, signs_from: Option<Time>) -> Result<Self, KeysError> {
        let jwk = SigningKey::generate(algorithm).map_err(|why| refused("", why))?;
        Ok(Self { signs_from, ..Self::parse(&jwk)? })
    }

    /// Reads a private JWK with our members `signs_from` and `verifies_until`, or with the `state` of older sets, and checks everything
    /// about it.
    pub(crate) fn parse(jwk: &Map<String, Value>) -> Result<Self, KeysError> {
        let kid = text(jwk, "kid").unwrap_or_default();
        let (signs_from, verifies_until) = dates(jwk).ok_or_else(|| KeysError::Dates(kid.to_owned()))?;
        let public = Key::of_private(jwk).map_err(|why| refused(kid, SigningKeyError::Public(why)))?;
        let thumbprint = public.thumbprint();
        if thumbprint.as_str() != kid {
            return Err(KeysError::Kid { kid: kid.to_owned(), thumbprint: thumbprint.to_string() });
        }
        let signing = SigningKey::from_jwk(jwk).map_err(|why| refused(kid, why))?;
        let mut jwk = jwk.clone();
        jwk.retain(|name, _| !OURS.contains(&name.as_str()));
        Ok(Self { public, signing, jwk, signs_from, verifies_until })
    }

    pub(crate) fn public(&self) -> &Key {
        &self.public
    }

    pub(crate) fn kid(&self) -> &str {
        self.public.kid().unwrap_or_default()
    }

    /// What signs.
    pub(crate) fn signing(&self) -> &SigningKey {
        &self.signing
    }

    /// What it signs with.
    pub(crate) fn algorithm(&self) -> Algorithm {
        self.signing.algorithm()
    }

    /// Whether it is out of use at `now`.
    pub(crate) fn is_retired(&self, now: Time) -> bool {
        self.verifies_until.is_some_and(|until| until <= now)
    }

    /// Whether it may sign at `now`, if no later one does.
    pub(crate) fn may_sign(&self, now: Time) -> bool {
        self.signs_from.is_some_and(|from| from <= now) && !self.is_retired(now)
    }

    /// The private JWK, for the secret store.
    pub(crate) fn jwk(&self) -> Map<String, Value> {
        let mut jwk = self.jwk.clone();
        let dates = [(SIGNS_FROM, self.signs_from), (VERIFIES_UNTIL, self.verifies_until)];
        jwk.extend(dates.into_iter().filter_map(|(name, at)| Some((name.to_owned(), json!(at?)))));
        jwk
    }
}

const SIGNS_FROM: &str = "signs_from";
/// The member of a key, private or public, that says until when it verifies.
pub(crate) const VERIFIES_UNTIL: &str = "verifies_until";
/// The members that are ours. In older sets, `state` stood for the dates.
const OURS: [&str; 3] = [SIGNS_FROM, VERIFIES_UNTIL, "state"];

/// From when and until when; nothing if that cannot be read. Of an older set, what its `state` means: until when a previous key
/// verifies nobody wrote down, so it does until the next change.
fn dates(jwk: &Map<String, Value>) -> Option<(Option<Time>, Option<Time>)> {
    match jwk.get("state").map(Value::as_str) {
        None => Some((date(jwk, SIGNS_FROM)?, date(jwk, VERIFIES_UNTIL)?)),
        Some(Some("next")) => Some((None, None)),
        Some(Some("current")) => Some((Some(EVER), None)),
        Some(Some("previous")) => Some((Some(BEFORE), None)),
        Some(_) => None,
    }
}

/// A NumericDate as we write it, or none; nothing if it is something else.
pub(crate) fn date(jwk: &Map<String, Value>, name: &str) -> Option<Option<Time>> {
    let Some(value) = jwk.get(name) else { return Some(None) };
    let seconds = i64::try_from(value.as_u64()?).ok()?;
    Some(Some(Time::from_epoch(seconds)))
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.public.kid().unwrap_or_default();
        let mut shown = f.debug_struct("PrivateKey");
        shown.field("kid", &name).field("signs_from", &self.signs_from);
        shown.field("verifies_until", &self.verifies_until).finish_non_exhaustive()
    }
}

/// The same, with the name of the key and what to do about it.
fn refused(kid: &str, why: SigningKeyError) -> KeysError {
    let kid = kid.to_owned();
    match why {
        SigningKeyError::Public(why) => KeysError::Unusable { kid, why },
        SigningKeyError::Algorithm => KeysError::Algorithm(kid),
        SigningKeyError::Private => KeysError::Private(kid),
        SigningKeyError::Generation => KeysError::Generation,
    }
}

fn text<'a>(jwk: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    jwk.get(name).and_then(Value::as_str)
}
