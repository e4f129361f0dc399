//! One public key (RFC 7517 §4), and what it may be used for.

use oauth::Digest;
use serde_json::{Map, Value};

use crate::{
    Algorithm, JoseError,
    compact::MAX_KID,
    material::{Public, Verifying},
};

/// Members that no public key has (RFC 7518 §6.2.2, §6.3.2, §6.4).
pub(crate) const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// The members of a private JWK that may be published.
const PUBLIC: [&str; 9] = ["kty", "n", "e", "crv", "x", "y", "kid", "alg", "use"];

/// A key that signatures can be verified with. It holds public members only, so it can be published as it is.
#[derive(Debug, Clone)]
pub struct Key {
    kid: Option<String>,
    algorithm: Option<Algorithm>,
    public: Public,
    verifying: Verifying,
}

impl Key {
    /// Reads a JWK. Whatever cannot verify a signature, or must not, is refused: private and symmetric keys, keys for
    /// encryption, RSA below 2048 bits or with a small exponent, points that are not on their curve.
    pub fn parse(members: &Map<String, Value>) -> Result<Self, JoseError> {
        if PRIVATE.iter().any(|name| members.contains_key(*name)) {
            return Err(JoseError::Unusable("it holds private members"));
        }
        for_verifying(members)?;
        let (public, verifying) = Public::parse(members)?;
        let key = Self { kid: kid(members)?, algorithm: algorithm(members)?, public, verifying };
        let fits = key.algorithm.is_none_or(|algorithm| key.fits(algorithm));
        if fits { Ok(key) } else { Err(JoseError::Unusable("its algorithm is not one for its type")) }
    }

    /// The public half of a private JWK (RFC 7518 §6.2, §6.3). Members of no public key are left out, and so is whatever only
    /// says what the private half is for.
    pub fn of_private(jwk: &Map<String, Value>) -> Result<Self, JoseError> {
        let members = PUBLIC.iter().filter_map(|name| jwk.get_key_value(*name));
        Self::parse(&members.map(|(name, value)| (name.clone(), value.clone())).collect())
    }

    /// The key's name, if it has one.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The one algorithm the key is for, if it says so.
    pub fn algorithm(&self) -> Option<Algorithm> {
        self.algorithm
    }

    /// Whether signatures of this algorithm may be checked with this key (RFC 8725 §3.1).
    pub fn fits(&self, algorithm: Algorithm) -> bool {
        self.public.fits(algorithm) && self.algorithm.is_none_or(|only| only == algorithm)
    }

    /// Whether it is the same key, whatever it is called.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.public.canonical() == other.public.canonical()
    }

    /// RFC 7638 §3: the SHA-256 of the required members.
    pub fn thumbprint(&self) -> Digest {
        Digest::of(self.public.canonical().as_bytes())
    }

    /// The key as a JWK: public members, because there are no others.
    pub fn to_json(&self) -> Value {
        let mut jwk = self.public.to_json();
        jwk["use"] = "sig".into();
        if let Some(kid) = &self.kid {
            jwk["kid"] = kid.as_str().into();
        }
        if let Some(algorithm) = self.algorithm {
            jwk["alg"] = algorithm.as_str().into();
        }
        jwk
    }

    /// Checks a signature of an algorithm that [`Self::fits`].
    pub(crate) fn verify(
        &self,
        algorithm: Algorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), JoseError> {
        self.verifying.verify(algorithm, message, signature)
    }
}

/// RFC 7517 §4.2, §4.3: a key for something else is not for verifying.
fn for_verifying(members: &Map<String, Value>) -> Result<(), JoseError> {
    if members.get("use").is_some_and(|purpose| purpose != "sig") {
        return Err(JoseError::Unusable("its use is not sig"));
    }
    let verifies = |ops: &Value| ops.as_array().is_some_and(|ops| ops.iter().any(|op| op == "verify"));
    if members.get("key_ops").is_some_and(|ops| !verifies(ops)) {
        return Err(JoseError::Unusable("its key_ops lack verify"));
    }
    Ok(())
}

fn kid(members: &Map<String, Value>) -> Result<Option<String>, JoseError> {
    match members.get("kid") {
        None => Ok(None),
        Some(Value::String(kid)) if kid.len() <= MAX_KID => Ok(Some(kid.clone())),
        Some(_) => Err(JoseError::Unusable("its kid is not a short string")),
    }
}

fn algorithm(members: &Map<String, Value>) -> Result<Option<Algorithm>, JoseError> {
    let Some(name) = members.get("alg") else { return Ok(None) };
    let known = name.as_str().and_then(Algorithm::parse);
    known.map(Some).ok_or(JoseError::Unusable("its algorithm is not known here"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::base64url;

    /// RFC 7638 §3.1.
    const N: &str = concat!(
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknj",
        "hMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQ",
        "vRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzK",
        "nqDKgw",
    );
    /// RFC 7517 A.1.
    const X: &str = "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4";
    const Y: &str = "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM";
    /// RFC 8037 A.2.
    const ED: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    fn rsa_jwk() -> Value {
        json!({ "kty": "RSA", "n": N, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29" })
    }

    fn ec_jwk() -> Value {
        json!({ "kty": "EC", "crv": "P-256", "x": X, "y": Y, "use": "sig", "kid": "1" })
    }

    fn ed_jwk() -> Value {
        json!({ "kty": "OKP", "crv": "Ed25519", "x": ED })
    }

    fn parse(jwk: &Value) -> Result<Key, JoseError> {
        Key::parse(jwk.as_object().unwrap())
    }

    /// The key with members set, or taken away where the value is null.
    fn with(mut jwk: Value, changes: Value) -> Value {
        for (name, value) in changes.as_object().unwrap() {
            if value.is_null() {
                jwk.as_object_mut().unwrap().remove(name)
            } else {
                jwk.as_object_mut().unwrap().insert(name.clone(), value.clone())
            };
        }
        jwk
    }

    #[test]
    fn thumbprints_are_those_of_the_rfcs() {
        // #58: RFC 7638 §3.1, RFC 8037 A.3.
        assert_eq!(
            parse(&rsa_jwk()).unwrap().thumbprint().as_str(),
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
        );
        assert_eq!(
            parse(&ed_jwk()).unwrap().thumbprint().as_str(),
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
        );
    }

    #[test]
    fn a_key_fits_its_own_algorithms_only() {
        // #60
        let fits = |jwk: Value| {
            let key = parse(&jwk).unwrap();
            Algorithm::ALL.iter().filter(|a| key.fits(**a)).map(|a| a.as_str()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(fits(rsa_jwk()), "RS256");
        assert_eq!(fits(with(rsa_jwk(), json!({ "alg": null }))), "RS256 RS384 RS512 PS256 PS384 PS512");
        assert_eq!((fits(ec_jwk()), fits(ed_jwk())), ("ES256".to_owned(), "EdDSA".to_owned()));
    }

    #[test]
    fn keys_for_something_else_are_not_for_verifying() {
        // #60
        for changes in [
            json!({ "use": "enc" }),
            json!({ "use": "" }),
            json!({ "use": ["sig"] }),
            json!({ "key_ops": ["encrypt"] }),
            json!({ "key_ops": ["sign"] }),
            json!({ "key_ops": [] }),
            json!({ "key_ops": "verify" }),
            json!({ "alg": "RSA-OAEP" }),
            json!({ "alg": "HS256" }),
            json!({ "alg": "none" }),
            json!({ "alg": "" }),
            json!({ "alg": 5 }),
            json!({ "alg": "ES256" }),
            json!({ "alg": "ES521" }),
            json!({ "kid": 5 }),
            json!({ "kid": "k".repeat(257) }),
        ] {
            assert!(
                matches!(parse(&with(rsa_jwk(), changes.clone())), Err(JoseError::Unusable(_))),
                "{changes}"
            );
        }
        assert!(parse(&with(rsa_jwk(), json!({ "use": "sig", "key_ops": ["verify", "sign"] }))).is_ok());
    }

    #[test]
    fn private_and_symmetric_keys_are_no_public_keys() {
        // #60, #62
        for name in PRIVATE {
            assert!(parse(&with(rsa_jwk(), json!({ name: "AQAB" }))).is_err(), "{name}");
            assert!(parse(&with(ec_jwk(), json!({ name: "AQAB" }))).is_err(), "{name}");
        }
        assert!(parse(&json!({ "kty": "oct", "k": "AQAB" })).is_err());
        assert!(parse(&json!({ "kty": "oct", "k": "" })).is_err());
    }

    #[test]
    fn rsa_keys_are_large_enough() {
        // #68
        let modulus = |bytes: usize, first: u8| {
            let mut n = vec![0xff; bytes];
            n[0] = first;
            base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, n)
        };
        for (n, good) in [
            (modulus(128, 0xff), false),
            (modulus(255, 0xff), false),
            (modulus(256, 0x7f), false),
            (modulus(256, 0x80), true),
            (modulus(257, 0), false),
            (modulus(1024, 0xff), true),
            (modulus(1025, 1), false),
            (String::new(), false),
            (format!("{N}="), false),
        ] {
            assert_eq!(parse(&with(rsa_jwk(), json!({ "n": n }))).is_ok(), good, "{n}");
        }
        // 1, 3, 17, 65535, 65536, 65537 with a leading zero, none at all.
        for e in ["AQ", "Aw", "EQ", "__8", "AQAA", "AAEAAQ", "", "AQAB=", "AQABAAE"] {
            assert!(parse(&with(rsa_jwk(), json!({ "e": e }))).is_err(), "{e}");
        }
        for name in ["n", "e", "kty"] {
            for value in [Value::Null, json!(5), json!(["AQAB"])] {
                assert!(parse(&with(rsa_jwk(), json!({ name: value.clone() }))).is_err(), "{name} {value}");
            }
        }
    }

    #[test]
    fn points_are_on_their_curve() {
        // #68
        let zero = "A".repeat(43);
        for changes in [
            json!({ "x": Y }),
            json!({ "y": X }),
            json!({ "x": zero, "y": zero }),
            json!({ "crv": "P-384" }),
            json!({ "crv": "P-521" }),
            json!({ "crv": "P-521", "x": "A".repeat(88), "y": "A".repeat(88) }),
            json!({ "crv": "secp256k1" }),
            json!({ "crv": null }),
            json!({ "x": &X[..42] }),
            json!({ "x": format!("AA{X}") }),
            json!({ "y": null }),
            json!({ "kty": "RSA" }),
            json!({ "kty": "OKP" }),
            json!({ "kty": "ec" }),
        ] {
            assert!(parse(&with(ec_jwk(), changes.clone())).is_err(), "{changes}");
        }
        for changes in [json!({ "crv": "X25519" }), json!({ "crv": "Ed448" }), json!({ "x": &ED[..42] })] {
            assert!(parse(&with(ed_jwk(), changes.clone())).is_err(), "{changes}");
        }
    }

    #[test]
    fn a_point_is_cut_in_the_middle() {
        // #68: the same 64 bytes, divided elsewhere, are another spelling of the same key.
        let point = [X, Y].map(|text| base64url::decode(text).unwrap()).concat();
        let encode =
            |bytes: &[u8]| base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, bytes);
        for (at, good) in [(31, false), (32, true), (33, false), (0, false)] {
            let (x, y) = point.split_at(at);
            let jwk = with(ec_jwk(), json!({ "x": encode(x), "y": encode(y) }));
            assert_eq!(parse(&jwk).is_ok(), good, "{at}");
        }
    }

    #[test]
    fn a_published_key_reads_back_unchanged() {
        // #58
        for jwk in [rsa_jwk(), ec_jwk(), ed_jwk()] {
            let noisy = with(jwk, json!({ "x5c": ["MII"], "x5t": "AA", "state": "current", "note": "x" }));
            let published = parse(&noisy).unwrap().to_json();
            let names: Vec<_> = published.as_object().unwrap().keys().map(String::as_str).collect();
            assert!(
                names.iter().all(|n| ["kty", "n", "e", "crv", "x", "y", "kid", "alg", "use"].contains(n)),
                "{names:?}"
            );
            assert_eq!(parse(&published).unwrap().to_json(), published);
        }
    }
}
