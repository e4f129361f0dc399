//! Secrets and signatures, as Standard Webhooks has them.

use aws_lc_rs::{hmac, rand};
use base64::{Engine, engine::general_purpose::STANDARD};
use oauth::{Secret, Time};
use seal::Sealer;

/// The prefix of a secret as it is shown.
const PREFIX: &str = "whsec_";
/// How many bytes a secret has: 24 to 64 are allowed.
const BYTES: usize = 32;

/// A secret by which a receiver sees that a message is ours.
#[derive(Clone)]
pub struct SigningSecret(Vec<u8>);

impl std::fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningSecret")
    }
}

impl SigningSecret {
    /// A new one.
    pub fn fresh() -> Self {
        let mut bytes = vec![0; BYTES];
        rand::fill(&mut bytes).expect("the system's random generator works");
        Self(bytes)
    }

    /// As its receiver is given it: `whsec_` and base64.
    pub fn shown(&self) -> Secret {
        Secret::new(format!("{PREFIX}{}", STANDARD.encode(&self.0)))
    }

    /// Seals it for the row of one receiver: in another's it opens no more.
    pub(crate) fn seal(&self, sealer: &Sealer, receiver: &str) -> String {
        sealer.seal(&["receiver", receiver], &self.0)
    }

    pub(crate) fn open(sealer: &Sealer, receiver: &str, sealed: &str) -> Option<Self> {
        sealer.open(&["receiver", receiver], sealed).map(Self)
    }
}

/// The value of `webhook-signature`: one signature for each secret, so that a receiver may have the old or the new one while the
/// secret is replaced.
pub fn signature(secrets: &[SigningSecret], id: &str, at: Time, body: &str) -> String {
    let message = format!("{id}.{}.{body}", at.epoch());
    let each = secrets.iter().map(|secret| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &secret.0);
        format!("v1,{}", STANDARD.encode(hmac::sign(&key, message.as_bytes())))
    });
    each.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector that the libraries of Standard Webhooks test themselves with.
    const KNOWN: &str = "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    #[test]
    fn a_signature_is_that_of_the_standard() {
        let shown = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let secret = SigningSecret(STANDARD.decode(shown).unwrap());
        assert_eq!(secret.shown().expose(), format!("whsec_{shown}"));
        let (id, at) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", Time::from_epoch(1_614_265_330));
        let body = r#"{"test": 2432232314}"#;
        let one = signature(std::slice::from_ref(&secret), id, at, body);
        assert_eq!(one, format!("v1,{KNOWN}"));
        let both = signature(&[SigningSecret::fresh(), secret], id, at, body);
        assert!(both.ends_with(&format!(" v1,{KNOWN}")) && both.split(' ').count() == 2, "{both}");
    }

    #[test]
    fn a_sealed_secret_opens_in_its_own_row_alone() {
        // #32
        let (sealer, secret) = (Sealer::new(&Secret::random()).unwrap(), SigningSecret::fresh());
        let sealed = secret.seal(&sealer, "one");
        assert_eq!(SigningSecret::open(&sealer, "one", &sealed).unwrap().0, secret.0);
        assert!(SigningSecret::open(&sealer, "two", &sealed).is_none());
        assert_eq!(format!("{secret:?}"), "SigningSecret");
    }
}
