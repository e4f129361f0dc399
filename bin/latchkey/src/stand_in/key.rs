//! The key that ID tokens are signed with.

use std::fmt;

use aws_lc_rs::{
    encoding::AsDer,
    error::Unspecified,
    rsa::{KeyPair, KeySize},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use jsonwebtoken::{
    Algorithm, EncodingKey, Header,
    jwk::{Jwk, PublicKeyUse, ThumbprintHash},
};
use oauth::Secret;
use serde::Serialize;

/// An RSA key of 2048 bits for RS256, the one algorithm every provider offers.
#[derive(Clone)]
pub struct Key {
    private: EncodingKey,
    public: Jwk,
    id: String,
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The cryptography library failed.
    #[error("no RSA key could be made")]
    Making(#[from] Unspecified),
    /// The cryptography library refused its own key.
    #[error("the RSA key that was made is not usable")]
    Made(#[from] jsonwebtoken::errors::Error),
}

impl Key {
    /// A fresh key. It is gone with the process, and so is everything that was signed with it.
    pub fn generate() -> Result<Self, KeyError> {
        let der = KeyPair::generate(KeySize::Rsa2048)?.as_der()?;
        let text = STANDARD.encode(der.as_ref());
        // PEM is the one form in which the library takes PKCS#8.
        let pem = Secret::new(format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n"));
        let private = EncodingKey::from_rsa_pem(pem.expose().as_bytes())?;
        let mut public = Jwk::from_encoding_key(&private, Algorithm::RS256)?;
        let id = public.thumbprint(ThumbprintHash::SHA256)?;
        public.common.key_id = Some(id.clone());
        public.common.public_key_use = Some(PublicKeyUse::Signature);
        Ok(Self { private, public, id })
    }

    /// The public half, as it stands in the key set.
    pub(super) fn public(&self) -> &Jwk {
        &self.public
    }

    /// A signed JWT.
    pub(super) fn sign(&self, claims: &impl Serialize) -> Result<String, jsonwebtoken::errors::Error> {
        let header = Header { kid: Some(self.id.clone()), ..Header::new(Algorithm::RS256) };
        jsonwebtoken::encode(&header, claims, &self.private)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.id)
    }
}
