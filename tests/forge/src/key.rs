//! Private keys of every kind.

use aws_lc_rs::{
    encoding::{AsBigEndian, AsDer, EcPrivateKeyBin},
    rand::SystemRandom,
    rsa::{KeyPair as RsaKeyPair, KeyPairComponents, KeySize, PublicKeyComponents},
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED_SIGNING,
        EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384,
        RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding,
    },
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};

use crate::{compact, encode};

/// A private key, whatever it is called.
#[derive(Debug)]
pub enum Key {
    /// 2048 bits, where it was made here.
    Rsa(RsaKeyPair),
    /// With the name of its curve.
    Ec(EcdsaKeyPair, &'static str),
    /// On Ed25519.
    Ed(Ed25519KeyPair),
}

impl Key {
    /// A fresh key for the algorithm.
    pub fn fresh(alg: &str) -> Self {
        let ec = |curve, algorithm| Self::Ec(EcdsaKeyPair::generate(algorithm).unwrap(), curve);
        match alg {
            "ES256" => ec("P-256", &ECDSA_P256_SHA256_FIXED_SIGNING),
            "ES384" => ec("P-384", &ECDSA_P384_SHA384_FIXED_SIGNING),
            "ES512" => ec("P-521", &ECDSA_P521_SHA512_FIXED_SIGNING),
            "EdDSA" => Self::Ed(Ed25519KeyPair::generate().unwrap()),
            _ => Self::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()),
        }
    }

    /// The key of a private JWK: of RSA or on P-256; nothing if it is none.
    pub fn from_jwk(jwk: &Value) -> Option<Self> {
        let number = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str()?).ok();
        if jwk["kty"] == "EC" && jwk["crv"] == "P-256" {
            let public = [vec![4], number("x")?, number("y")?].concat();
            let d = number("d")?;
            let d = [vec![0; 32_usize.saturating_sub(d.len())], d].concat();
            let algorithm: &'static EcdsaSigningAlgorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
            let pair = EcdsaKeyPair::from_private_key_and_public_key(algorithm, &d, &public);
            return Some(Self::Ec(pair.ok()?, "P-256"));
        }
        let components = KeyPairComponents {
            public_key: PublicKeyComponents { n: number("n")?, e: number("e")? },
            d: number("d")?,
            p: number("p")?,
            q: number("q")?,
            dP: number("dp")?,
            dQ: number("dq")?,
            qInv: number("qi")?,
        };
        RsaKeyPair::from_components(&components).ok().map(Self::Rsa)
    }

    /// The public half as a JWK of this name. It does not say what it is for.
    pub fn jwk(&self, kid: &str) -> Value {
        match self {
            Self::Rsa(pair) => {
                let numbers = PublicKeyComponents::<Vec<u8>>::from(pair.public_key());
                json!({ "kty": "RSA", "n": encode(numbers.n), "e": encode(numbers.e), "kid": kid })
            }
            Self::Ec(pair, curve) => {
                let point = &pair.public_key().as_ref()[1..];
                let (x, y) = point.split_at(point.len() / 2);
                json!({ "kty": "EC", "crv": curve, "x": encode(x), "y": encode(y), "kid": kid })
            }
            Self::Ed(pair) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "x": encode(pair.public_key()), "kid": kid })
            }
        }
    }

    /// The same, for signatures of this algorithm alone.
    pub fn jwk_for(&self, alg: &str, kid: &str) -> Value {
        let mut jwk = self.jwk(kid);
        jwk["use"] = "sig".into();
        jwk["alg"] = alg.into();
        jwk
    }

    /// The member `d` of a key on a curve of NIST's.
    pub fn d(&self) -> String {
        let Self::Ec(pair, _) = self else { panic!("{self:?} has a `d` of another kind") };
        let private: EcPrivateKeyBin<'_> = pair.private_key().as_be_bytes().unwrap();
        encode(&*private)
    }

    /// The private key as PEM, in a PrivateKeyInfo (RFC 5208 §5).
    pub fn pem(&self) -> String {
        let der = match self {
            Self::Rsa(pair) => pair.as_der().unwrap().as_ref().to_vec(),
            Self::Ec(pair, _) => pair.to_pkcs8v1().unwrap().as_ref().to_vec(),
            Self::Ed(pair) => pair.to_pkcs8v1().unwrap().as_ref().to_vec(),
        };
        let text = STANDARD.encode(der);
        let lines: Vec<_> =
            text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
        format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"))
    }

    /// A signature. The algorithm matters to an RSA key alone, and there it is RS256 if it is none.
    pub fn sign(&self, alg: &str, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding(alg), &random, message, &mut signature).unwrap();
                signature
            }
            Self::Ec(pair, _) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            Self::Ed(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }

    /// A token of exactly these bytes, signed by this algorithm, whatever the header says.
    pub fn compact(&self, alg: &str, header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
        compact(header, payload, |message| self.sign(alg, message))
    }

    /// A token with this header, signed as it says.
    pub fn token(&self, header: &Value, claims: &Value) -> String {
        let alg = header["alg"].as_str().unwrap_or_default();
        self.compact(alg, header.to_string(), claims.to_string())
    }
}

fn padding(alg: &str) -> &'static dyn RsaEncoding {
    match alg {
        "RS384" => &RSA_PKCS1_SHA384,
        "RS512" => &RSA_PKCS1_SHA512,
        "PS256" => &RSA_PSS_SHA256,
        "PS384" => &RSA_PSS_SHA384,
        "PS512" => &RSA_PSS_SHA512,
        _ => &RSA_PKCS1_SHA256,
    }
}
