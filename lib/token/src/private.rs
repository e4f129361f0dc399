//! One signing key.

use std::{fmt, sync::Arc};

use aws_lc_rs::{
    encoding::{AsBigEndian, AsDer},
    rand::SystemRandom,
    rsa::{KeyPair, KeyPairComponents, KeySize, PublicKeyComponents},
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jose::{Algorithm, Key};
use serde_json::{Map, Value};

use crate::{Error, KeysError, der};

/// The members of a JWK that may be published, without the ones that only say what the key is for.
const PUBLIC: [&str; 9] = ["kty", "n", "e", "crv", "x", "y", "kid", "alg", "use"];

/// RFC 7518 §6.3: the numbers of an RSA key in the order of RFC 8017 A.1.2.
const RSA: [&str; 8] = ["n", "e", "d", "p", "q", "dp", "dq", "qi"];

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

/// A private key, its public half and its state.
///
/// It is kept as a full private JWK (RFC 7518 §6.2.2, §6.3.2) and not as PKCS#8 in a member of our own: any JOSE tool can
/// then make, read and check the set, and the numbers are checked against one another when it is loaded.
#[derive(Clone)]
pub(crate) struct PrivateKey {
    public: Key,
    state: State,
    pair: Arc<Pair>,
    jwk: Map<String, Value>,
}

/// The key as the library signs with it. It is read and checked once, at init: jsonwebtoken would do that again for every
/// signature, which more than doubles the price of one.
enum Pair {
    Rs256(KeyPair),
    Es256(EcdsaKeyPair),
}

impl PrivateKey {
    /// A fresh key: for RS256 of 2048 bits, for ES256 on P-256.
    pub(crate) fn generate(algorithm: Algorithm, state: State) -> Result<Self, KeysError> {
        let mut jwk = match algorithm {
            Algorithm::Rs256 => new_rsa().ok_or(KeysError::Generation)?,
            Algorithm::Es256 => new_ec().ok_or(KeysError::Generation)?,
            _ => return Err(KeysError::Algorithm(String::new())),
        };
        for (name, value) in [("alg", algorithm.as_str()), ("use", "sig"), ("state", state.as_str())] {
            jwk.insert(name.to_owned(), value.into());
        }
        let public = public(&jwk, "")?;
        jwk.insert("kid".to_owned(), public.thumbprint().as_str().into());
        Self::parse(&jwk)
    }

    /// Reads a private JWK with our member `state`, and checks everything about it.
    pub(crate) fn parse(jwk: &Map<String, Value>) -> Result<Self, KeysError> {
        let kid = text(jwk, "kid").unwrap_or_default();
        let state =
            text(jwk, "state").and_then(State::parse).ok_or_else(|| KeysError::State(kid.to_owned()))?;
        let public = public(jwk, kid)?;
        let thumbprint = public.thumbprint();
        if thumbprint.as_str() != kid {
            return Err(KeysError::Kid { kid: kid.to_owned(), thumbprint: thumbprint.to_string() });
        }
        let pair = match public.algorithm() {
            Some(Algorithm::Rs256) => rsa(jwk).map(Pair::Rs256),
            Some(Algorithm::Es256) => ec(jwk).map(Pair::Es256),
            _ => return Err(KeysError::Algorithm(kid.to_owned())),
        };
        let pair = pair.ok_or_else(|| KeysError::Private(kid.to_owned()))?;
        Ok(Self { public, state, pair: Arc::new(pair), jwk: jwk.clone() })
    }

    pub(crate) fn public(&self) -> &Key {
        &self.public
    }

    /// The algorithm it signs with.
    pub(crate) fn algorithm(&self) -> Algorithm {
        match *self.pair {
            Pair::Rs256(_) => Algorithm::Rs256,
            Pair::Es256(_) => Algorithm::Es256,
        }
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

    /// The signature, as JOSE wants it: of ECDSA the raw r‖s (RFC 7518 §3.4).
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let random = SystemRandom::new();
        match &*self.pair {
            Pair::Rs256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).map_err(|_| Error::Signing)?;
                Ok(signature)
            }
            Pair::Es256(pair) => {
                Ok(pair.sign(&random, message).map_err(|_| Error::Signing)?.as_ref().to_vec())
            }
        }
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.public.kid().unwrap_or_default();
        f.debug_struct("PrivateKey").field("kid", &name).field("state", &self.state).finish_non_exhaustive()
    }
}

fn public(jwk: &Map<String, Value>, kid: &str) -> Result<Key, KeysError> {
    let members = PUBLIC.iter().filter_map(|name| jwk.get_key_value(*name));
    let members = members.map(|(name, value)| (name.clone(), value.clone())).collect();
    Key::parse(&members).map_err(|why| KeysError::Unusable { kid: kid.to_owned(), why })
}

fn new_rsa() -> Option<Map<String, Value>> {
    let pair = KeyPair::generate(KeySize::Rsa2048).ok()?;
    let pkcs8 = pair.as_der().ok()?;
    let numbers = der::pkcs1(pkcs8.as_ref()).and_then(der::rsa_numbers)?;
    let members = RSA.into_iter().zip(numbers.into_iter().map(|number| URL_SAFE_NO_PAD.encode(number)));
    Some(jwk("RSA", members))
}

fn new_ec() -> Option<Map<String, Value>> {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).ok()?;
    let private = pair.private_key().as_be_bytes().ok()?;
    // SEC 1 §2.3.3: the byte 4, and the two coordinates.
    let (x, y) = pair.public_key().as_ref().get(1..)?.split_at_checked(32)?;
    let members = [("x", x), ("y", y), ("d", private.as_ref())];
    let members = members.into_iter().map(|(name, number)| (name, URL_SAFE_NO_PAD.encode(number)));
    Some(jwk("EC", [("crv", "P-256".to_owned())].into_iter().chain(members)))
}

fn jwk<'a>(kind: &str, members: impl Iterator<Item = (&'a str, String)>) -> Map<String, Value> {
    let members = members.map(|(name, value)| (name.to_owned(), Value::String(value)));
    [("kty".to_owned(), kind.into())].into_iter().chain(members).collect()
}

/// The library checks that the numbers belong together.
fn rsa(jwk: &Map<String, Value>) -> Option<KeyPair> {
    let number = |name| number(jwk, name);
    let components = KeyPairComponents {
        public_key: PublicKeyComponents { n: number("n")?, e: number("e")? },
        d: number("d")?,
        p: number("p")?,
        q: number("q")?,
        dP: number("dp")?,
        dQ: number("dq")?,
        qInv: number("qi")?,
    };
    KeyPair::from_components(&components).ok()
}

fn ec(jwk: &Map<String, Value>) -> Option<EcdsaKeyPair> {
    let point = [vec![4], number(jwk, "x")?, number(jwk, "y")?].concat();
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    EcdsaKeyPair::from_private_key_and_public_key(algorithm, &number(jwk, "d")?, &point).ok()
}

fn number(jwk: &Map<String, Value>, name: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text(jwk, name)?).ok()
}

fn text<'a>(jwk: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    jwk.get(name).and_then(Value::as_str)
}
