//! Sealing: what somebody else keeps for us, a browser or the table, and can neither read nor change.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    hmac,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use oauth::{Digest, Secret};
use setting::{Env, Group, Setting, SettingError};

setting::declare! {
    COOKIE_KEY = Setting::secret("COOKIE_KEY", "The key that encrypts login cookies and page cursors: 32 random bytes in base64url, or several keys separated by commas, the newest first. `cargo run` generates its own.");
}

/// The format's version, part of what is authenticated.
const VERSION: &str = "latchkey-sealed-1";
/// What the keys of [`Sealer::marks`] are derived for.
const MARK: &str = "latchkey-mark-1";
const KEY_ID: usize = 4;

/// AES-256-GCM under the first of some keys; every one of them opens, so that a key can be replaced while cookies are out.
/// The text is base64url(key id (4) · nonce (12) · ciphertext and tag), and is bound to its purpose as associated data (#32).
#[derive(Debug, Clone)]
pub struct Sealer {
    keys: Vec<(Digest, Secret)>,
}

/// A key that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyError;

impl std::fmt::Display for KeyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(
            "must be 32 random bytes in base64url, or several separated by commas, the newest first: \
             make one with `openssl rand 32 | basenc --base64url | tr -d =`",
        )
    }
}

impl std::error::Error for KeyError {}

impl Sealer {
    /// What seals cookies.
    pub const SETTINGS: Group = &[&COOKIE_KEY];

    /// The one that seals cookies.
    pub fn from_env(env: &Env) -> Result<Self, SettingError> {
        Self::of(env, &COOKIE_KEY)
    }

    /// The one whose keys are in this setting: what a function keeps in the table has keys of its own (#106).
    pub fn of(env: &Env, setting: &'static Setting) -> Result<Self, SettingError> {
        Self::new(&env.secret(setting)?)
            .map_err(|error| SettingError::new(format!("{} {error}", setting.name)))
    }

    /// Reads keys: 32 bytes each in base64url, separated by commas, the newest first. A key without entropy is refused (#106).
    pub fn new(keys: &Secret) -> Result<Self, KeyError> {
        let keys: Vec<_> =
            keys.expose().split(',').map(|key| read_key(key.trim())).collect::<Result<_, _>>()?;
        Ok(Self { keys })
    }

    /// Seals `content` for one purpose.
    pub fn seal(&self, purpose: &[&str], content: &[u8]) -> String {
        let (id, key) = &self.keys[0];
        let mut body = content.to_vec();
        let nonce = cipher(key)
            .seal_in_place_append_tag(aad(purpose), &mut body)
            .expect("AES-GCM seals anything shorter than 64 GiB");
        let mut sealed = id.as_str().as_bytes()[..KEY_ID].to_vec();
        sealed.extend_from_slice(nonce.as_ref());
        sealed.extend_from_slice(&body);
        URL_SAFE_NO_PAD.encode(sealed)
    }

    /// What a text is filed under in the table where it could be guessed: without the keys nobody can tell whether a guess is right
    /// (HMAC-SHA256, in base64url). One for each key, that of the newest first: what is written has the first, and what is looked for
    /// may have any.
    pub fn marks(&self, purpose: &[&str], text: &str) -> impl Iterator<Item = String> {
        let message = Digest::of_parts(&[purpose, &[text]].concat());
        self.keys.iter().map(move |(_, key)| {
            // A key of its own: this one encrypts.
            let derived = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &bytes(key)), MARK.as_bytes());
            let key = hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref());
            URL_SAFE_NO_PAD.encode(hmac::sign(&key, message.as_str().as_bytes()))
        })
    }

    /// What was sealed for exactly this purpose; nothing if anything at all is wrong with it.
    pub fn open(&self, purpose: &[&str], sealed: &str) -> Option<Vec<u8>> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (id, rest) = bytes.split_at_checked(KEY_ID)?;
        let (nonce, body) = rest.split_at_checked(NONCE_LEN)?;
        let (_, key) = self.keys.iter().find(|(known, _)| &known.as_str().as_bytes()[..KEY_ID] == id)?;
        let mut body = body.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let content = cipher(key).open_in_place(nonce, aad(purpose), &mut body).ok()?;
        Some(content.to_vec())
    }
}

fn read_key(text: &str) -> Result<(Digest, Secret), KeyError> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| KeyError)?;
    let distinct = bytes.iter().collect::<std::collections::HashSet<_>>().len();
    if bytes.len() == 32 && distinct >= 12 {
        Ok((Digest::of(&bytes), Secret::new(text)))
    } else {
        Err(KeyError)
    }
}

fn cipher(key: &Secret) -> RandomizedNonceKey {
    RandomizedNonceKey::new(&AES_256_GCM, &bytes(key)).expect("checked when it was read")
}

fn bytes(key: &Secret) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(key.expose()).expect("checked when it was read")
}

fn aad(purpose: &[&str]) -> Aad<Vec<u8>> {
    let mut parts = vec![VERSION];
    parts.extend_from_slice(purpose);
    Aad::from(Digest::of_parts(&parts).as_str().as_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer() -> Sealer {
        Sealer::new(&Secret::random()).unwrap()
    }

    #[test]
    fn opens_what_it_sealed() {
        let sealer = sealer();
        let sealed = sealer.seal(&["login", "google"], b"content");
        assert_eq!(sealer.open(&["login", "google"], &sealed).unwrap(), b"content");
        assert_ne!(sealer.seal(&["login"], b"content"), sealer.seal(&["login"], b"content"));
    }

    #[test]
    fn every_flipped_bit_and_every_truncation_is_refused() {
        // #32
        let sealer = sealer();
        let sealed = sealer.seal(&["p"], b"content");
        let raw = URL_SAFE_NO_PAD.decode(&sealed).unwrap();
        for bit in 0..raw.len() * 8 {
            let mut other = raw.clone();
            other[bit / 8] ^= 1 << (bit % 8);
            assert!(sealer.open(&["p"], &URL_SAFE_NO_PAD.encode(other)).is_none(), "bit {bit}");
        }
        for end in 0..sealed.len() {
            assert!(sealer.open(&["p"], &sealed[..end]).is_none(), "cut at {end}");
        }
        for noise in
            ["", "=", "é", "AAAA", &format!("{sealed}="), &format!("{sealed}A"), &format!(" {sealed}")]
        {
            assert!(sealer.open(&["p"], noise).is_none(), "{noise}");
        }
    }

    #[test]
    fn another_purpose_or_key_is_refused() {
        // #32
        let sealer = sealer();
        let sealed = sealer.seal(&["login", "google"], b"content");
        for purpose in [&["login", "apple"][..], &["login"], &["logingoogle"], &["google", "login"], &[]] {
            assert!(sealer.open(purpose, &sealed).is_none(), "{purpose:?}");
        }
        assert!(super::tests::sealer().open(&["login", "google"], &sealed).is_none());
    }

    #[test]
    fn an_old_key_opens_until_it_is_taken_away() {
        // #106
        let [old, new] = [Secret::random(), Secret::random()];
        let sealed = Sealer::new(&old).unwrap().seal(&["p"], b"content");
        let both = Sealer::new(&Secret::new(format!("{},{}", new.expose(), old.expose()))).unwrap();
        assert!(both.open(&["p"], &sealed).is_some());
        assert!(Sealer::new(&new).unwrap().open(&["p"], &sealed).is_none());
    }

    #[test]
    fn a_mark_is_of_one_text_for_one_purpose_under_each_key() {
        // #106
        let [old, new] = [Secret::random(), Secret::random()];
        let marks = |keys: &str, purpose: &[&str], text: &str| -> Vec<String> {
            Sealer::new(&Secret::new(keys)).unwrap().marks(purpose, text).collect()
        };
        let before = marks(old.expose(), &["code"], "BCDF");
        assert_eq!(before, marks(old.expose(), &["code"], "BCDF"));
        assert_eq!((before.len(), before[0].len()), (1, 43));
        let both = marks(&format!("{},{}", new.expose(), old.expose()), &["code"], "BCDF");
        assert_eq!(both[1], before[0]);
        assert_ne!(both[0], before[0]);
        for (purpose, text) in [(&["code"][..], "BCDG"), (&["other"], "BCDF"), (&["code", "BC"], "DF")] {
            assert_ne!(marks(old.expose(), purpose, text), before, "{purpose:?} {text}");
        }
        // Known from HMAC computed by Python: another derivation would lose the codes that people are about to enter.
        let key = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA";
        assert_eq!(marks(key, &["user code"], "BCDFGHJK"), ["HdZviEMw0kVY5k17EE8O0Sn9_ryoH6qQCqfMzvEGn34"]);
    }

    #[test]
    fn refuses_keys_without_entropy() {
        // #106
        let zeros = URL_SAFE_NO_PAD.encode([0; 32]);
        let short = URL_SAFE_NO_PAD.encode([7; 16]);
        for bad in ["", "changeme", "secret", &zeros, &short, ","] {
            assert!(Sealer::new(&Secret::new(bad)).is_err(), "{bad}");
        }
    }
}
