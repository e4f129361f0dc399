//! The signature algorithms that can be said at all.

use std::fmt;

/// An algorithm of RFC 7518 §3.1 or RFC 9864. `none` and HMAC have no variant: no list of accepted algorithms can hold them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    Rs512,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// RSASSA-PSS with SHA-384.
    Ps384,
    /// RSASSA-PSS with SHA-512.
    Ps512,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// ECDSA on P-521 with SHA-512.
    Es512,
    /// Ed25519: `EdDSA` (RFC 8037 §3.1), or `Ed25519` by its newer name (RFC 9864 §2.2).
    EdDsa,
}

impl Algorithm {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Es256,
        Self::Es384,
        Self::Es512,
        Self::EdDsa,
    ];

    /// The algorithm of that name, compared exactly.
    pub fn parse(name: &str) -> Option<Self> {
        if name == "Ed25519" {
            return Some(Self::EdDsa);
        }
        Self::ALL.iter().copied().find(|algorithm| algorithm.as_str() == name)
    }

    /// The value of `alg`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
            Self::EdDsa => "EdDSA",
        }
    }

    /// RFC 7518 §3.4, RFC 8037 §3.1: the one length a signature has, where it does not depend on the key.
    pub(crate) const fn signature_len(self) -> Option<usize> {
        match self {
            Self::Es256 | Self::EdDsa => Some(64),
            Self::Es384 => Some(96),
            Self::Es512 => Some(132),
            _ => None,
        }
    }

    /// The same for the library, which has no name for ES512.
    pub(crate) const fn in_library(self) -> Option<jsonwebtoken::Algorithm> {
        use jsonwebtoken::Algorithm as Library;
        match self {
            Self::Rs256 => Some(Library::RS256),
            Self::Rs384 => Some(Library::RS384),
            Self::Rs512 => Some(Library::RS512),
            Self::Ps256 => Some(Library::PS256),
            Self::Ps384 => Some(Library::PS384),
            Self::Ps512 => Some(Library::PS512),
            Self::Es256 => Some(Library::ES256),
            Self::Es384 => Some(Library::ES384),
            Self::EdDsa => Some(Library::EdDSA),
            Self::Es512 => None,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn algorithm_names_are_exact_and_none_and_hmac_do_not_exist() {
        // #60
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::parse(algorithm.as_str()), Some(*algorithm));
        }
        assert_eq!(Algorithm::parse("Ed25519"), Some(Algorithm::EdDsa));
        for bad in [
            "", "none", "None", "NONE", "nOnE", "HS256", "HS384", "HS512", "rs256", "RS256 ", "ES521",
            "ES256K", "RSA1_5", "Ed448", "ed25519", "EDDSA",
        ] {
            assert_eq!(Algorithm::parse(bad), None, "{bad}");
        }
    }
}
