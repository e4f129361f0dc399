//! How a sender shows that an event is its own. Nothing of a body is read before this is certain (#90).

use std::time::Duration;

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::STANDARD};
use oauth::{Secret, Time};
use serde::{Deserialize, Serialize};

/// How far a time that the sender signs may be from ours, in either direction (Standard Webhooks, *Verifying webhook authenticity*; the
/// tolerance of Stripe's own libraries).
pub const WINDOW: Duration = Duration::from_secs(5 * 60);

/// The most signatures of one delivery that are looked at: a sender that rotates its secret sends two.
const MOST_SIGNATURES: usize = 8;
/// What a secret of Standard Webhooks begins with; the rest is its bytes in base64.
const PREFIX: &str = "whsec_";

/// A way to sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// Standard Webhooks 1.0: `webhook-id`, `webhook-timestamp` and `webhook-signature: v1,<base64>`, HMAC-SHA256 over id, time and body.
    Standard,
    /// `Stripe-Signature: t=<seconds>,v1=<hex>`, HMAC-SHA256 over time and body.
    Stripe,
    /// `X-Hub-Signature-256: sha256=<hex>`, HMAC-SHA256 over the body. It signs no time.
    Github,
    /// The secret is a segment of the path, for a sender that signs nothing. Whoever knows the address can send anything.
    Path,
}

impl Scheme {
    /// All of them, as they are written.
    pub const ALL: [(&str, Self); 4] = [
        ("standard", Self::Standard),
        ("stripe", Self::Stripe),
        ("github", Self::Github),
        ("path", Self::Path),
    ];

    /// The one that is written like this.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(name, _)| *name == text).map(|(_, scheme)| scheme)
    }

    /// As it is written.
    pub fn as_str(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, scheme)| *scheme == self).map_or("", |(name, _)| name)
    }

    /// Whether the sender signs a time.
    pub fn signs_time(self) -> bool {
        matches!(self, Self::Standard | Self::Stripe)
    }

    /// A fresh secret, in the form that the sender wants.
    pub fn fresh(self) -> Secret {
        let random = Secret::random();
        match self {
            // 32 bytes: 43 characters of base64url are 44 of base64.
            Self::Standard => {
                let bytes = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, random.expose().as_bytes());
                Secret::new(format!("{PREFIX}{}", STANDARD.encode(bytes)))
            }
            Self::Stripe | Self::Github | Self::Path => random,
        }
    }

    /// The key by which a secret signs; nothing where it is none for this scheme, or could be guessed.
    fn key(self, secret: &Secret) -> Option<hmac::Key> {
        let text = secret.expose();
        let bytes = match self {
            Self::Standard => STANDARD.decode(text.strip_prefix(PREFIX).unwrap_or(text)).ok()?,
            Self::Stripe | Self::Github | Self::Path => text.as_bytes().to_vec(),
        };
        (bytes.len() >= SHORTEST).then(|| hmac::Key::new(hmac::HMAC_SHA256, &bytes))
    }

    /// Whether a secret can be used with this scheme: one in a path is written there as it is.
    pub fn accepts(self, secret: &Secret) -> bool {
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
        self.key(secret).is_some() && (self != Self::Path || secret.expose().bytes().all(is_plain))
    }

    /// Whether the sender sent this, by any of these secrets: those of one that is rotated. In constant time, and each secret is tried
    /// whichever fits.
    pub fn verify(self, secrets: &[Secret], delivery: &Delivery<'_>) -> Result<Verified, Unverified> {
        let signed = match self {
            Self::Standard => standard(delivery)?,
            Self::Stripe => stripe(delivery)?,
            Self::Github => github(delivery)?,
            Self::Path => return path(secrets, delivery),
        };
        let keys = secrets.iter().filter_map(|secret| self.key(secret));
        let mut fits = false;
        for key in keys {
            for tag in &signed.tags {
                fits |= hmac::verify(&key, &signed.content, tag).is_ok();
            }
        }
        if !fits {
            return Err(Unverified::Signature);
        }
        // Only now: a time that nobody signed says nothing.
        match signed.at {
            Some(at) if at.since(delivery.now).max(delivery.now.since(at)) > WINDOW => Err(Unverified::Time),
            at => Ok(Verified { id: signed.id, at }),
        }
    }

    /// The headers, by name and value, by which a sender with this secret would send this body now: for a sample.
    pub fn sign(self, secret: &Secret, id: &str, body: &[u8], now: Time) -> Vec<(&'static str, String)> {
        let Some(key) = self.key(secret) else { return Vec::new() };
        let mac = |parts: &[&[u8]]| hmac::sign(&key, &parts.concat());
        let time = now.epoch().to_string();
        match self {
            Self::Standard => {
                let tag = mac(&[id.as_bytes(), b".", time.as_bytes(), b".", body]);
                let signature = format!("v1,{}", STANDARD.encode(tag));
                vec![
                    ("webhook-id", id.to_owned()),
                    ("webhook-timestamp", time),
                    ("webhook-signature", signature),
                ]
            }
            Self::Stripe => {
                let tag = mac(&[time.as_bytes(), b".", body]);
                vec![("stripe-signature", format!("t={time},v1={}", hex(tag.as_ref())))]
            }
            Self::Github => vec![("x-hub-signature-256", format!("sha256={}", hex(mac(&[body]).as_ref())))],
            Self::Path => Vec::new(),
        }
    }
}

/// The fewest bytes of a secret (#106): GitHub's documented example has 26, and Stripe's secrets more.
const SHORTEST: usize = 16;

/// What came, before anything of it is believed.
pub struct Delivery<'a> {
    /// The value of a header that comes exactly once.
    pub header: &'a (dyn Fn(&str) -> Option<&'a str> + Sync),
    /// The segment of the path behind the name of the source.
    pub key: Option<&'a str>,
    /// The body, byte for byte.
    pub body: &'a [u8],
    /// When it came.
    pub now: Time,
}

/// What a signature vouches for, beside the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The id of the event, where it is signed and not in the body.
    pub id: Option<String>,
    /// When it was sent, where that is signed.
    pub at: Option<Time>,
}

/// Why nothing is believed. All of them are one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unverified {
    /// What the scheme wants is not there, or cannot be read.
    #[error("there is no signature")]
    Missing,
    /// It is no secret of ours that made it, or something was changed.
    #[error("the signature is not right")]
    Signature,
    /// It was sent too long ago, or in the future.
    #[error("it was signed too long ago, or the clocks differ")]
    Time,
}

/// What of a delivery is signed.
struct Signed {
    content: Vec<u8>,
    tags: Vec<Vec<u8>>,
    id: Option<String>,
    at: Option<Time>,
}

/// Standard Webhooks 1.0, *Signature scheme*. Some senders call the headers `svix-…`.
fn standard(delivery: &Delivery<'_>) -> Result<Signed, Unverified> {
    let header = |name: &str| {
        let own = (delivery.header)(&format!("webhook-{name}"));
        own.or_else(|| (delivery.header)(&format!("svix-{name}"))).ok_or(Unverified::Missing)
    };
    let (id, time, signatures) = (header("id")?, header("timestamp")?, header("signature")?);
    let at = seconds(time)?;
    let tags = signatures.split(' ').filter_map(|one| one.strip_prefix("v1,"));
    let tags: Vec<_> = tags.take(MOST_SIGNATURES).filter_map(|tag| STANDARD.decode(tag).ok()).collect();
    // A dot would let characters move between the id and the time.
    if id.is_empty() || id.contains('.') || tags.is_empty() {
        return Err(Unverified::Missing);
    }
    let content = [id.as_bytes(), b".", time.as_bytes(), b".", delivery.body].concat();
    Ok(Signed { content, tags, id: Some(id.to_owned()), at: Some(at) })
}

/// Stripe, *Verify webhook signatures manually*: schemes other than `v1` are left alone.
fn stripe(delivery: &Delivery<'_>) -> Result<Signed, Unverified> {
    let header = (delivery.header)("stripe-signature").ok_or(Unverified::Missing)?;
    let parts = || header.split(',').filter_map(|part| part.trim().split_once('='));
    let mut times = parts().filter(|(name, _)| *name == "t").map(|(_, value)| value);
    let (Some(time), None) = (times.next(), times.next()) else { return Err(Unverified::Missing) };
    let tags = parts().filter(|(name, _)| *name == "v1").take(MOST_SIGNATURES);
    let tags: Vec<_> = tags.filter_map(|(_, value)| unhex(value)).collect();
    let at = seconds(time)?;
    if tags.is_empty() {
        return Err(Unverified::Missing);
    }
    let content = [time.as_bytes(), b".", delivery.body].concat();
    Ok(Signed { content, tags, id: None, at: Some(at) })
}

/// GitHub, *Validating webhook deliveries*.
fn github(delivery: &Delivery<'_>) -> Result<Signed, Unverified> {
    let header = (delivery.header)("x-hub-signature-256").ok_or(Unverified::Missing)?;
    let tag = header.strip_prefix("sha256=").and_then(unhex).ok_or(Unverified::Missing)?;
    Ok(Signed { content: delivery.body.to_vec(), tags: vec![tag], id: None, at: None })
}

/// The digest is compared: what is given has any length.
fn path(secrets: &[Secret], delivery: &Delivery<'_>) -> Result<Verified, Unverified> {
    let given = Secret::new(delivery.key.ok_or(Unverified::Missing)?).digest();
    let mut fits = false;
    for secret in secrets {
        fits |= Secret::new(secret.digest().as_str()).matches(given.as_str());
    }
    if fits { Ok(Verified { id: None, at: None }) } else { Err(Unverified::Signature) }
}

/// Digits and nothing else: what is signed is the text.
fn seconds(text: &str) -> Result<Time, Unverified> {
    let is_plain = !text.is_empty() && text.len() <= 12 && text.bytes().all(|b| b.is_ascii_digit());
    let seconds = text.parse().ok().filter(|_| is_plain).ok_or(Unverified::Missing)?;
    Ok(Time::from_epoch(seconds))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The 32 bytes of a tag in hexadecimal.
fn unhex(text: &str) -> Option<Vec<u8>> {
    let is_hex = text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
    let pairs = (0..text.len()).step_by(2);
    is_hex.then(|| pairs.filter_map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect())
}
