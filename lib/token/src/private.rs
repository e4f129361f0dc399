//! One signing key of the set: a private JWK, and where it is on its way.

use std::fmt;

use jose::{Algorithm, Key, SigningKey, SigningKeyError};
use serde_json::{Map, Value};

use crate::KeysError;

/// Where a key is on its way: next → current → previous → gone (#59). All three are published; one signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Published, so that every verifier knows it before it signs.
    Next,
    /// Signs.
    Current,
    /// Published until the last token it signed has expired.
    Previous,
}

impl State {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Current => "current",
            Self::Previous => "previous",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Next, Self::Current, Self::Previous].into_iter().find(|state| state.as_str() == text)
    }
}

/// A signing key, its public half and its state.
///
/// It is stored as a full private JWK (RFC 7518 §6.2.2, §6.3.2) and not as PKCS#8 in a member of our own: any JOSE tool can
/// then make, read and check the set, and the numbers are checked against one another when it is loaded.
#[derive(Clone)]
pub(crate) struct PrivateKey {
    public: Key,
    state: State,
    signing: SigningKey,
    jwk: Map<String, Value>,
}

impl PrivateKey {
    /// A fresh key: for RS256 of 2048 bits, for ES256 on P-256.
    pub(crate) fn generate(algorithm: Algorithm, state: State) -> Result<Self, KeysError> {
        let mut jwk = SigningKey::generate(algorithm).map_err(|why| refused("", why))?;
        jwk.insert("state".to_owned(), state.as_str().into());
        Self::parse(&jwk)
    }

    /// Reads a private JWK with our member `state`, and checks everything about it.
    pub(crate) fn parse(jwk: &Map<String, Value>) -> Result<Self, KeysError> {
        let kid = text(jwk, "kid").unwrap_or_default();
        let state =
            text(jwk, "state").and_then(State::parse).ok_or_else(|| KeysError::State(kid.to_owned()))?;
        let public = Key::of_private(jwk).map_err(|why| refused(kid, SigningKeyError::Public(why)))?;
        let thumbprint = public.thumbprint();
        if thumbprint.as_str() != kid {
            return Err(KeysError::Kid { kid: kid.to_owned(), thumbprint: thumbprint.to_string() });
        }
        let signing = SigningKey::from_jwk(jwk).map_err(|why| refused(kid, why))?;
        Ok(Self { public, state, signing, jwk: jwk.clone() })
    }

    pub(crate) fn public(&self) -> &Key {
        &self.public
    }

    /// What signs.
    pub(crate) fn signing(&self) -> &SigningKey {
        &self.signing
    }

    /// What it signs with.
    pub(crate) fn algorithm(&self) -> Algorithm {
        self.signing.algorithm()
    }

    pub(crate) fn state(&self) -> State {
        self.state
    }

    pub(crate) fn move_to(&mut self, state: State) {
        self.state = state;
        self.jwk.insert("state".to_owned(), state.as_str().into());
    }

    /// The private JWK, for the secret store.
    pub(crate) fn jwk(&self) -> &Map<String, Value> {
        &self.jwk
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.public.kid().unwrap_or_default();
        f.debug_struct("PrivateKey").field("kid", &name).field("state", &self.state).finish_non_exhaustive()
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
