//! The scrypt of Firebase Authentication (<https://github.com/firebase/scrypt>): what scrypt makes of the password is the key with which
//! AES-256-CTR encrypts a key of the project, and that is the hash.

use aws_lc_rs::{
    cipher::{AES_256, AES_256_KEY_LEN, EncryptingKey, EncryptionContext, UnboundCipherKey},
    constant_time,
};

use crate::{
    foreign::{are_usual, is_affordable, scrypt_of},
    parse::{base64, numbers},
};

/// A hash, with what the whole project has in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Firebase {
    params: [u32; 3],
    /// With the separator behind it.
    salt: Vec<u8>,
    digest: Vec<u8>,
    signer_key: Vec<u8>,
}

impl Firebase {
    /// Reads one whose cost is within bounds (#86): its parameters, and in base64 its salt, its digest, and the project's salt separator and
    /// signer key.
    pub(crate) fn read(costs: &str, texts: [&str; 4]) -> Option<Self> {
        let params = numbers(costs, ["ln", "r", "p"])?;
        let [salt, digest, separator, key] = texts.map(base64);
        let (salt, digest, signer_key) = ([salt?, separator?].concat(), digest?, key?);
        let fits = is_affordable(params) && are_usual(&salt, &digest) && digest.len() == signer_key.len();
        fits.then_some(Self { params, salt, digest, signer_key })
    }

    /// Whether it is the hash of this text.
    pub(crate) fn is_of(&self, text: &[u8]) -> bool {
        let found =
            scrypt_of(text, self.params, &self.salt, AES_256_KEY_LEN).and_then(|key| self.signed(&key));
        found.is_some_and(|found| constant_time::verify_slices_are_equal(&found, &self.digest).is_ok())
    }

    /// The project's key under this one, which encrypts nothing else: so the counter may begin with zero.
    fn signed(&self, key: &[u8]) -> Option<Vec<u8>> {
        let key = EncryptingKey::ctr(UnboundCipherKey::new(&AES_256, key).ok()?).ok()?;
        let mut signed = self.signer_key.clone();
        key.less_safe_encrypt(&mut signed, EncryptionContext::Iv128([0; 16].into())).ok()?;
        Some(signed)
    }
}
