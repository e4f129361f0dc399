//! The numbers of a public key (RFC 7518 §6, RFC 8037 §2), checked.

use std::ops::RangeInclusive;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, ED25519, ParsedPublicKey,
    RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use jsonwebtoken::{DecodingKey, crypto::aws_lc::DEFAULT_PROVIDER};
use serde_json::{Map, Value, json};

use crate::{Algorithm, JoseError, base64url};

/// RFC 7518 §3.3, and the most that the library computes.
const RSA_BITS: RangeInclusive<usize> = 2048..=8192;

/// The numbers, as they are written in a JWK.
#[derive(Debug, Clone)]
pub(crate) enum Public {
    Rsa { n: String, e: String },
    Ec { curve: Curve, x: String, y: String },
    Ed25519 { x: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Curve {
    P256,
    P384,
    P521,
}

impl Curve {
    fn parse(name: &str) -> Option<Self> {
        match name {
            "P-256" => Some(Self::P256),
            "P-384" => Some(Self::P384),
            "P-521" => Some(Self::P521),
            _ => None,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
        }
    }

    const fn coordinate_len(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    fn verification(self) -> &'static dyn VerificationAlgorithm {
        match self {
            Self::P256 => &ECDSA_P256_SHA256_FIXED,
            Self::P384 => &ECDSA_P384_SHA384_FIXED,
            Self::P521 => &ECDSA_P521_SHA512_FIXED,
        }
    }
}

/// The key as signatures are verified with it.
#[derive(Debug, Clone)]
pub(crate) struct Verifying {
    by: By,
    /// The same, ready for the algorithm that nearly all of its signatures are of: what has to be computed of a key once is not computed
    /// for each of them.
    ready: Option<(Algorithm, ParsedPublicKey)>,
}

#[derive(Debug, Clone)]
enum By {
    /// By the library.
    Library(DecodingKey),
    /// An uncompressed point on P-521, which the library does not know.
    P521(Vec<u8>),
}

impl Verifying {
    /// Checks a signature of an algorithm that fits the key.
    pub(crate) fn verify(
        &self,
        algorithm: Algorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), JoseError> {
        // The library says so too; that ECDSA is raw and not DER is worth saying twice (#68).
        if algorithm.signature_len().is_some_and(|len| len != signature.len()) {
            return Err(JoseError::Signature);
        }
        if let Some((ready_for, key)) = &self.ready
            && *ready_for == algorithm
        {
            return key.verify_sig(message, signature).map_err(|_| JoseError::Signature);
        }
        match (&self.by, algorithm.in_library()) {
            (By::P521(point), None) => UnparsedPublicKey::new(&ECDSA_P521_SHA512_FIXED, point)
                .verify(message, signature)
                .map_err(|_| JoseError::Signature),
            (By::Library(key), Some(algorithm)) => {
                // The provider is named here and never looked up: the process-wide default panics where there are
                // two or none.
                let verifier =
                    (DEFAULT_PROVIDER.verifier_factory)(&algorithm, key).map_err(|_| JoseError::WrongKey)?;
                verifier.verify(message, &signature.to_vec()).map_err(|_| JoseError::Signature)
            }
            _ => Err(JoseError::WrongKey),
        }
    }
}

impl Public {
    /// The numbers of a JWK, and the key as signatures are verified with it.
    pub(crate) fn parse(members: &Map<String, Value>) -> Result<(Self, Verifying), JoseError> {
        match text(members, "kty")? {
            "RSA" => rsa(members),
            "EC" => ec(members),
            "OKP" => okp(members),
            _ => Err(JoseError::Unusable("its type is not known here")),
        }
    }

    /// Whether such a key can verify signatures of this algorithm.
    pub(crate) fn fits(&self, algorithm: Algorithm) -> bool {
        use Algorithm::{EdDsa, Es256, Es384, Es512, Ps256, Ps384, Ps512, Rs256, Rs384, Rs512};
        match (self, algorithm) {
            (Self::Rsa { .. }, Rs256 | Rs384 | Rs512 | Ps256 | Ps384 | Ps512) => true,
            (Self::Ec { curve, .. }, Es256) => *curve == Curve::P256,
            (Self::Ec { curve, .. }, Es384) => *curve == Curve::P384,
            (Self::Ec { curve, .. }, Es512) => *curve == Curve::P521,
            (Self::Ed25519 { .. }, EdDsa) => true,
            _ => false,
        }
    }

    /// RFC 7638 §3.2: the required members, in order, without white space. Every value is base64url or one of our own words,
    /// so there is nothing to escape.
    pub(crate) fn canonical(&self) -> String {
        match self {
            Self::Rsa { n, e } => format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#),
            Self::Ec { curve, x, y } => {
                format!(r#"{{"crv":"{}","kty":"EC","x":"{x}","y":"{y}"}}"#, curve.as_str())
            }
            Self::Ed25519 { x } => format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#),
        }
    }

    /// The members of the JWK.
    pub(crate) fn to_json(&self) -> Value {
        match self {
            Self::Rsa { n, e } => json!({ "kty": "RSA", "n": n, "e": e }),
            Self::Ec { curve, x, y } => json!({ "kty": "EC", "crv": curve.as_str(), "x": x, "y": y }),
            Self::Ed25519 { x } => json!({ "kty": "OKP", "crv": "Ed25519", "x": x }),
        }
    }
}

fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Result<&'a str, JoseError> {
    members
        .get(name)
        .and_then(Value::as_str)
        .ok_or(JoseError::Unusable("a member is missing or not a string"))
}

fn rsa(members: &Map<String, Value>) -> Result<(Public, Verifying), JoseError> {
    let (n, e) = (text(members, "n")?, text(members, "e")?);
    let (modulus, exponent) = (base64url::decode(n)?, base64url::decode(e)?);
    // RFC 7518 §2: Base64urlUInt has no leading zero, so the first byte gives the size.
    let bits =
        |bytes: &[u8]| bytes.first().map_or(0, |first| bytes.len() * 8 - first.leading_zeros() as usize);
    if modulus.first() == Some(&0) || !RSA_BITS.contains(&bits(&modulus)) {
        return Err(JoseError::Unusable("an RSA modulus has 2048 to 8192 bits and no leading zero"));
    }
    // 65537 is the smallest number of 17 bits that an exponent can be: the other, 65536, is even.
    let odd = exponent.last().is_some_and(|last| last % 2 == 1);
    if exponent.first() == Some(&0) || !(17..=32).contains(&bits(&exponent)) || !odd {
        return Err(JoseError::Unusable("an RSA exponent is odd and at least 65537"));
    }
    let by = By::Library(DecodingKey::from_rsa_raw_components(&modulus, &exponent));
    let key = RsaPublicKeyComponents { n: &modulus, e: &exponent };
    // Numbers that are no key verify nothing, one way or the other.
    let ready = key.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256).ok();
    let verifying = Verifying { by, ready: ready.map(|key| (Algorithm::Rs256, key)) };
    Ok((Public::Rsa { n: n.to_owned(), e: e.to_owned() }, verifying))
}

fn ec(members: &Map<String, Value>) -> Result<(Public, Verifying), JoseError> {
    let curve =
        Curve::parse(text(members, "crv")?).ok_or(JoseError::Unusable("its curve is not known here"))?;
    let (x, y) = (text(members, "x")?, text(members, "y")?);
    let mut point = vec![4];
    for coordinate in [x, y] {
        let bytes = base64url::decode(coordinate)?;
        if bytes.len() != curve.coordinate_len() {
            return Err(JoseError::Unusable("a coordinate has the wrong length"));
        }
        point.extend_from_slice(&bytes);
    }
    let key = ParsedPublicKey::new(curve.verification(), &point)
        .map_err(|_| JoseError::Unusable("its point is not on the curve"))?;
    let public = Public::Ec { curve, x: x.to_owned(), y: y.to_owned() };
    // `from_ec_der` means the uncompressed point: the library hands the bytes on as they are.
    let by = match curve {
        Curve::P521 => By::P521(point),
        Curve::P256 | Curve::P384 => By::Library(DecodingKey::from_ec_der(&point)),
    };
    let ready = (curve == Curve::P256).then_some((Algorithm::Es256, key));
    Ok((public, Verifying { by, ready }))
}

fn okp(members: &Map<String, Value>) -> Result<(Public, Verifying), JoseError> {
    if text(members, "crv")? != "Ed25519" {
        return Err(JoseError::Unusable("its curve is not known here"));
    }
    let x = text(members, "x")?;
    let point = base64url::decode(x)?;
    if point.len() != 32 {
        return Err(JoseError::Unusable("a coordinate has the wrong length"));
    }
    ParsedPublicKey::new(&ED25519, &point)
        .map_err(|_| JoseError::Unusable("its point is not on the curve"))?;
    let by = By::Library(DecodingKey::from_ed_der(&point));
    Ok((Public::Ed25519 { x: x.to_owned() }, Verifying { by, ready: None }))
}
