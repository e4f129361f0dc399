//! One private key, and the signatures that it makes.

use std::{fmt, sync::Arc};

use aws_lc_rs::{
    encoding::{AsBigEndian, AsDer},
    rand::SystemRandom,
    rsa::{KeyPair, KeyPairComponents, KeySize, PublicKeyComponents},
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

use crate::{Algorithm, JoseError, Key, der, write_compact};

/// RFC 7518 §6.3: the numbers of an RSA key in the order of RFC 8017 A.1.2.
const RSA: [&str; 8] = ["n", "e", "d", "p", "q", "dp", "dq", "qi"];

/// A private key that signs with one algorithm. It is read and checked once: jsonwebtoken would do that again for every
/// signature, which more than doubles the price of one.
#[derive(Clone)]
pub struct SigningKey(Arc<Pair>);

enum Pair {
    Rs256(KeyPair),
    Es256(EcdsaKeyPair),
}

/// Why there is no such key. Nothing of the key is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SigningKeyError {
    /// The public members are refused: too small, not on the curve, for something else.
    #[error("its public half is refused: {0}")]
    Public(JoseError),
    /// Not for one of [`SigningKey::ALGORITHMS`].
    #[error("it is not for RS256 or ES256")]
    Algorithm,
    /// The private members are missing, malformed or do not belong to the public ones.
    #[error("its private members are missing or do not belong to its public ones")]
    Private,
    /// The generator of the system failed.
    #[error("no key could be generated")]
    Generation,
}

/// The cryptographic library did not sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key does not sign")]
pub struct SigningError;

impl SigningKey {
    /// What such a key can sign with.
    pub const ALGORITHMS: [Algorithm; 2] = [Algorithm::Rs256, Algorithm::Es256];

    /// A fresh key as a private JWK (RFC 7518 §6.2.2, §6.3.2): of 2048 bits for RS256, on P-256 for ES256. Its `kid` is its
    /// thumbprint (RFC 7638).
    pub fn generate(algorithm: Algorithm) -> Result<Map<String, Value>, SigningKeyError> {
        let jwk = match algorithm {
            Algorithm::Rs256 => new_rsa(),
            Algorithm::Es256 => new_ec(),
            _ => return Err(SigningKeyError::Algorithm),
        };
        let mut jwk = jwk.ok_or(SigningKeyError::Generation)?;
        jwk.insert("alg".to_owned(), algorithm.as_str().into());
        jwk.insert("use".to_owned(), "sig".into());
        let public = Key::of_private(&jwk).map_err(SigningKeyError::Public)?;
        jwk.insert("kid".to_owned(), public.thumbprint().as_str().into());
        Ok(jwk)
    }

    /// Reads a private JWK whose `alg` is one of [`Self::ALGORITHMS`], and checks that its numbers belong together. Its public
    /// half is [`Key::of_private`].
    pub fn from_jwk(jwk: &Map<String, Value>) -> Result<Self, SigningKeyError> {
        let public = Key::of_private(jwk).map_err(SigningKeyError::Public)?;
        let pair = match public.algorithm() {
            Some(Algorithm::Rs256) => rsa(jwk).map(Pair::Rs256),
            Some(Algorithm::Es256) => ec(jwk).map(Pair::Es256),
            _ => return Err(SigningKeyError::Algorithm),
        };
        pair.map(Self::new).ok_or(SigningKeyError::Private)
    }

    /// Reads a PrivateKeyInfo (RFC 5208 §5) in DER: EC on P-256, or RSA of 2048 bits or more.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, SigningKeyError> {
        let ec = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der).map(Pair::Es256);
        let pair = ec.or_else(|_| KeyPair::from_pkcs8(der).map(Pair::Rs256));
        pair.map(Self::new).map_err(|_| SigningKeyError::Private)
    }

    fn new(pair: Pair) -> Self {
        Self(Arc::new(pair))
    }

    /// The algorithm it signs with.
    pub fn algorithm(&self) -> Algorithm {
        match *self.0 {
            Pair::Rs256(_) => Algorithm::Rs256,
            Pair::Es256(_) => Algorithm::Es256,
        }
    }

    /// The signature, as JOSE wants it: of ECDSA the raw r‖s (RFC 7518 §3.4).
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        let random = SystemRandom::new();
        match &*self.0 {
            Pair::Rs256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).map_err(|_| SigningError)?;
                Ok(signature)
            }
            Pair::Es256(pair) => Ok(pair.sign(&random, message).map_err(|_| SigningError)?.as_ref().to_vec()),
        }
    }

    /// A compact JWS (RFC 7515 §7.1) of this payload, under a header of `alg`, `typ` and, if there is one, `kid`.
    pub fn compact(
        &self,
        typ: &str,
        kid: Option<&str>,
        payload: impl AsRef<[u8]>,
    ) -> Result<String, SigningError> {
        let mut header = json!({ "alg": self.algorithm().as_str(), "typ": typ });
        if let Some(kid) = kid {
            header["kid"] = kid.into();
        }
        write_compact(header.to_string(), payload, |message| self.sign(message))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.algorithm())
    }
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
    URL_SAFE_NO_PAD.decode(jwk.get(name)?.as_str()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Jws, KeySet};

    fn fresh(algorithm: Algorithm) -> Map<String, Value> {
        SigningKey::generate(algorithm).unwrap()
    }

    fn public(jwk: &Map<String, Value>) -> KeySet {
        KeySet::new(vec![Key::of_private(jwk).unwrap()]).unwrap()
    }

    #[test]
    fn what_a_key_signs_is_verified_by_its_public_half_alone() {
        // #58, #60
        for algorithm in SigningKey::ALGORITHMS {
            let (jwk, other) = (fresh(algorithm), fresh(algorithm));
            let (key, kid) = (SigningKey::from_jwk(&jwk).unwrap(), jwk["kid"].as_str());
            assert_eq!(key.algorithm(), algorithm);
            for kid in [kid, None] {
                let token = key.compact("JWT", kid, r#"{"a":1}"#).unwrap();
                let jws = Jws::parse(&token).unwrap();
                assert_eq!((jws.alg(), jws.typ(), jws.kid()), (algorithm.as_str(), Some("JWT"), kid));
                assert_eq!((jws.header().len(), jws.payload()), (2 + kid.iter().len(), &br#"{"a":1}"#[..]));
                assert_eq!(public(&jwk).verify(&jws, &[algorithm]), Ok(()));
                assert!(public(&other).verify(&jws, &[algorithm]).is_err());
            }
        }
    }

    #[test]
    fn other_algorithms_sign_nothing() {
        // #60
        for other in Algorithm::ALL.iter().filter(|other| !SigningKey::ALGORITHMS.contains(other)) {
            assert_eq!(SigningKey::generate(*other), Err(SigningKeyError::Algorithm), "{other}");
            let mut jwk = fresh(Algorithm::Rs256);
            jwk.insert("alg".to_owned(), other.as_str().into());
            assert!(SigningKey::from_jwk(&jwk).is_err(), "{other}");
        }
        let mut unnamed = fresh(Algorithm::Es256);
        unnamed.remove("alg");
        assert_eq!(SigningKey::from_jwk(&unnamed).unwrap_err(), SigningKeyError::Algorithm);
    }

    #[test]
    fn the_halves_of_two_keys_are_no_key() {
        // #68
        for (algorithm, names) in [(Algorithm::Rs256, &["d", "p", "qi"][..]), (Algorithm::Es256, &["d"])] {
            let (jwk, other) = (fresh(algorithm), fresh(algorithm));
            for name in names {
                for value in [other[*name].clone(), "AA".into(), "".into(), 5.into(), Value::Null] {
                    let mut bad = jwk.clone();
                    bad.insert((*name).to_owned(), value);
                    assert_eq!(SigningKey::from_jwk(&bad).unwrap_err(), SigningKeyError::Private, "{name}");
                }
            }
        }
    }

    #[test]
    fn pkcs8_of_either_kind_is_read_and_nothing_else() {
        let ec = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let rsa = KeyPair::generate(KeySize::Rsa2048).unwrap();
        for (der, algorithm) in [
            (ec.to_pkcs8v1().unwrap().as_ref(), Algorithm::Es256),
            (rsa.as_der().unwrap().as_ref(), Algorithm::Rs256),
        ] {
            let key = SigningKey::from_pkcs8(der).unwrap();
            assert_eq!(key.algorithm(), algorithm);
            assert!(key.sign(b"x").is_ok());
            assert!(SigningKey::from_pkcs8(&der[1..]).is_err() && SigningKey::from_pkcs8(b"").is_err());
        }
    }

    #[test]
    fn nothing_private_is_published_or_printed() {
        // #58, #103
        for algorithm in SigningKey::ALGORITHMS {
            let jwk = fresh(algorithm);
            let shown = format!(
                "{:?} {} {:?}",
                SigningKey::from_jwk(&jwk).unwrap(),
                public(&jwk).to_json(),
                public(&jwk)
            );
            for name in ["d", "p", "q", "dp", "dq", "qi"] {
                assert!(jwk.get(name).is_none_or(|value| !shown.contains(value.as_str().unwrap())), "{name}");
            }
        }
    }
}
