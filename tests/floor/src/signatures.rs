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
            rs256: (rs256, sign(&key, &TEXT)?),
            es256: (es256, signed.as_ref().to_vec()),
            key,
        })
    }

    /// Makes tokens with such claims, and checks the others: the tokens together.
    #[cfg(feature = "sdk")]
    pub fn tokens(&self, claims: &[(String, String)]) -> Result<String, Error> {
        let mut tokens = String::new();
        for _ in 0..self.made {
            let claims = serde_json::json!({
                "iss": ISSUER, "sub": ID, "aud": ISSUER, "client_id": ID, "iat": 1_800_000_000, "exp": 1_800_000_600, "jti": ID, "sid": ID,
                "grant_id": ID, "scope": "openid profile email", "about": claims.len(),
            });
            let head = serde_json::json!({"alg": "RS256", "typ": "at+jwt", "kid": ID});
            let text = format!("{}.{}", encoded(head.to_string()), encoded(claims.to_string()));
            let signature = sign(&self.key, text.as_bytes())?;
            tokens += &format!("{text}.{}", encoded(signature));
        }
        self.check()?;
        Ok(tokens)
    }

    /// Makes and checks them: how many bytes were made.
    pub fn work(&self) -> Result<usize, Error> {
        let mut bytes = 0;
        for _ in 0..self.made {
            bytes += sign(&self.key, &TEXT)?.len();
        }
        self.check()?;
        Ok(bytes)
    }

    fn check(&self) -> Result<(), Error> {
        for (times, (key, signature)) in [(self.checked, &self.rs256), (self.checked_of_client, &self.es256)]
        {
            for _ in 0..times {
                key.verify_sig(&TEXT, signature)?;
            }
        }
        Ok(())
    }
}

#[cfg(feature = "sdk")]
const ISSUER: &str = "https://id.example.com";
/// As long as ours are.
#[cfg(feature = "sdk")]
const ID: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

#[cfg(feature = "sdk")]
fn encoded(part: impl AsRef<[u8]>) -> String {
    base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, part)
}

fn sign(key: &RsaKeyPair, text: &[u8]) -> Result<Vec<u8>, Error> {
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature)?;
    Ok(signature)
}
