//! One random seed, and the secrets that are derived from it.

use serde::{Deserialize, Serialize};

use crate::Secret;

/// Sets our derivations apart from all others; a new version derives other secrets from the same seed.
const SALT: &[u8] = b"latchkey-login-1";

/// 256 fresh random bits, from which secrets for several uses are derived (#1). The seed stays where it was made: anyone who
/// knows some of the derived secrets learns nothing of it, nor of the other secrets (RFC 5869 §3.2).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seed(Secret);

impl Seed {
    /// A fresh one.
    pub fn random() -> Self {
        Self(Secret::random())
    }

    /// The secret for one use, which `label` names: see [`Secret::derive`].
    pub fn derive(&self, label: &str) -> Secret {
        self.0.derive(SALT, label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derives_what_another_implementation_of_rfc_5869_derives() {
        // #1: computed with Python's hmac.
        let seed = Seed(Secret::new("A".repeat(43)));
        assert_eq!(seed.derive("state").expose(), "3N1QSoeta9CXG3mV6NTmULmiIMm7S7g9L6dg7y1yBAU");
        assert_eq!(seed.derive("session").expose(), "MIqNC9etFN3I5q6_yajXFxvdgV_AVAFR2lToBGBUhg0");
    }

    #[test]
    fn every_seed_and_every_label_has_a_secret_of_its_own() {
        // #1
        let labels = ["state", "nonce", "code verifier", "id", "session", ""];
        let secrets = (0..100).flat_map(|_| {
            let seed = Seed::random();
            labels.map(|label| seed.derive(label).expose().to_owned())
        });
        let distinct: std::collections::HashSet<_> = secrets.collect();
        assert_eq!(distinct.len(), 100 * labels.len());
        assert!(distinct.iter().all(|secret| secret.len() == 43));
    }

    #[test]
    fn debug_output_is_redacted() {
        // #103
        assert_eq!(format!("{:?}", Seed(Secret::new("canary"))), "Seed(Secret(..))");
    }
}
