//! Proof Key for Code Exchange (RFC 7636), S256 only.

use crate::{Digest, Secret, Seed};

/// A code verifier: 256 random bits, in the grammar of RFC 7636 §4.1.
#[derive(Debug, Clone)]
pub struct Verifier(Secret);

impl Verifier {
    /// The one of this seed.
    pub fn of(seed: &Seed) -> Self {
        Self(seed.derive("code verifier"))
    }

    /// Its challenge (RFC 7636 §4.2).
    pub fn challenge(&self) -> Challenge {
        Challenge(self.0.digest())
    }

    /// The verifier for the token request, and for nothing else.
    pub fn secret(&self) -> &Secret {
        &self.0
    }
}

/// BASE64URL(SHA-256(verifier)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge(Digest);

impl Challenge {
    /// The value of `code_challenge`.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenge_is_the_example_of_rfc_7636_appendix_b() {
        let verifier = Verifier(Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
        assert_eq!(verifier.challenge().as_str(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
