//! The key that ID tokens are signed with.

use std::sync::OnceLock;

use jose::{Algorithm, SigningError, SigningKey, SigningKeyError};
use serde_json::{Map, Value};

/// An RSA key of 2048 bits for RS256, the one algorithm every provider offers.
#[derive(Debug, Clone)]
pub struct Key {
    private: SigningKey,
    public: jose::Key,
}

impl Key {
    /// The key of this process, which is made at the first call: every stand-in has the same, because making one takes a while.
    /// It is gone with the process, and so is everything that was signed with it.
    pub fn of_this_process() -> Result<Self, SigningKeyError> {
        static KEY: OnceLock<Key> = OnceLock::new();
        match KEY.get() {
            Some(key) => Ok(key.clone()),
            None => Self::generate().map(|key| KEY.get_or_init(|| key).clone()),
        }
    }

    fn generate() -> Result<Self, SigningKeyError> {
        let jwk = SigningKey::generate(Algorithm::Rs256)?;
        let public = jose::Key::of_private(&jwk).map_err(SigningKeyError::Public)?;
        Ok(Self { private: SigningKey::from_jwk(&jwk)?, public })
    }

    /// The public half, as it is in the key set.
    pub(super) fn public(&self) -> Value {
        self.public.to_json()
    }

    /// A signed JWT.
    pub(super) fn sign(&self, claims: Map<String, Value>) -> Result<String, SigningError> {
        self.private.compact("JWT", self.public.kid(), Value::Object(claims).to_string())
    }
}
