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

    /// One that a client sends: 43 to 128 unreserved characters (RFC 7636 §4.1).
    pub fn parse(text: &str) -> Option<Self> {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
        let is_one = (43..=128).contains(&text.len()) && text.bytes().all(fits);
        is_one.then(|| Self(Secret::new(text)))
    }

    /// Whether this is the challenge of the verifier, in time that depends on the lengths alone.
    pub fn fits(&self, challenge: &str) -> bool {
        Secret::new(self.challenge().as_str()).matches(challenge)
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
        assert!(verifier.fits("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"));
        for other in
            ["", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cN", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"]
        {
            assert!(!verifier.fits(other), "{other}");
        }
    }

    #[test]
    fn a_verifier_has_43_to_128_unreserved_characters() {
        // #43
        let of = |text: &str, times| Verifier::parse(&text.repeat(times)).is_some();
        assert!(of("a", 43) && of("a", 128) && of("aZ9-._~", 7));
        assert!(!of("a", 42) && !of("a", 129) && !of("", 1));
        for bad in ["+", "/", "=", " ", "é", "\0", "%", "\n"] {
            assert!(!of(bad, 43), "{bad:?}");
        }
    }
}
