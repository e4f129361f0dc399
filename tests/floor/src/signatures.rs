//! Signatures and nothing around them: of a text as long as the claims of a token.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, ParsedPublicKey,
        RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair,
    },
};
use lambda_runtime::Error;
use serde_json::Value;

const TEXT: [u8; 700] = [b'a'; 700];

/// How many are made and checked each time.
pub struct Signatures {
    made: u64,
    checked: u64,
    checked_of_client: u64,
    key: RsaKeyPair,
    rs256: (ParsedPublicKey, Vec<u8>),
    es256: (ParsedPublicKey, Vec<u8>),
}

impl Signatures {
    /// As many as this says, with this key (RSA, PKCS #8).
    pub fn of(counts: &Value, key: &[u8]) -> Result<Self, Error> {
        let count = |name: &str| counts[name].as_u64().ok_or_else(|| format!("no count of {name}"));
        let key = RsaKeyPair::from_pkcs8(key)?;
        let client = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?;
        let rs256 = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key())?;
        let es256 = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, client.public_key())?;
        let signed = client.sign(&SystemRandom::new(), &TEXT)?;
        Ok(Self {
            made: count("made")?,
            checked: count("checked")?,
            checked_of_client: count("checked_of_client")?,
            rs256: (rs256, sign(&key)?),
            es256: (es256, signed.as_ref().to_vec()),
            key,
        })
    }

    /// Makes and checks them: how many bytes were made.
    pub fn work(&self) -> Result<usize, Error> {
        let mut bytes = 0;
        for _ in 0..self.made {
            bytes += sign(&self.key)?.len();
        }
        for (times, (key, signature)) in [(self.checked, &self.rs256), (self.checked_of_client, &self.es256)]
        {
            for _ in 0..times {
                key.verify_sig(&TEXT, signature)?;
            }
        }
        Ok(bytes)
    }
}

fn sign(key: &RsaKeyPair) -> Result<Vec<u8>, Error> {
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &TEXT, &mut signature)?;
    Ok(signature)
}
