//! The seed of a factor that is being set up, and the key under which seeds are sealed.

use std::time::Duration;

use aws_lc_rs::rand;
use fast_qr::QRBuilder;
use oauth::Time;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use seal::Sealer;
use serde::{Deserialize, Serialize};
use setting::{Env, Group, SettingError};

use crate::{Error, FACTOR_KEY, base32, totp};

/// Bytes of a seed: as many as an HMAC-SHA-1 has (RFC 4226 §4).
const BYTES: usize = 20;
/// How long a page on which a factor is set up may be open.
const LIFETIME: Duration = Duration::from_secs(3600);
/// Pixels around the picture, in squares of it (ISO/IEC 18004 asks for four).
const MARGIN: usize = 4;

/// What opens seeds.
#[derive(Debug, Clone)]
pub struct Seeds(Sealer);

impl Seeds {
    /// The key.
    pub const SETTINGS: Group = &[&FACTOR_KEY];

    /// As the settings say.
    pub fn from_env(env: &Env) -> Result<Self, SettingError> {
        Sealer::of(env, &FACTOR_KEY).map(Self)
    }

    pub(crate) fn seal(&self, user_id: &str, seed: &[u8]) -> String {
        self.0.seal(&["totp", user_id], seed)
    }

    pub(crate) fn open(&self, user_id: &str, sealed: &str) -> Result<Vec<u8>, Error> {
        self.0.open(&["totp", user_id], sealed).ok_or(Error::Sealed)
    }
}

/// A seed before its person has shown that their device has it. `Debug` shows none of it.
#[derive(Serialize, Deserialize)]
pub struct Setup {
    seed: Vec<u8>,
    begun_at: Time,
}

impl std::fmt::Debug for Setup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Setup(..)")
    }
}

impl Setup {
    /// A new one. Without random bytes no seed is safe, so their failure ends the process.
    pub fn begin(now: Time) -> Self {
        let mut seed = vec![0; BYTES];
        rand::fill(&mut seed).expect("the system's random generator works");
        Self { seed, begun_at: now }
    }

    /// For the form, which only this session of this person can send back (#29).
    pub fn sealed(&self, seeds: &Seeds, user_id: &str, sid: &str) -> String {
        // Bytes and a number are always JSON.
        let content = serde_json::to_vec(self).unwrap_or_default();
        seeds.0.seal(&["totp setup", user_id, sid], &content)
    }

    /// What a form sent back, if it is not too old.
    pub fn open(seeds: &Seeds, user_id: &str, sid: &str, sealed: &str, now: Time) -> Option<Self> {
        let content = seeds.0.open(&["totp setup", user_id, sid], sealed)?;
        let setup: Self = serde_json::from_slice(&content).ok()?;
        (now <= setup.begun_at.after(LIFETIME)).then_some(setup)
    }

    /// The step of a code by which the person shows that their device has the seed.
    pub(crate) fn confirmed(&self, typed: &str, now: Time) -> Option<u64> {
        totp::accepted(&self.seed, &totp::typed(typed)?, 0, now)
    }

    pub(crate) fn seed(&self) -> &[u8] {
        &self.seed
    }

    /// The seed as somebody types it who cannot read the picture.
    pub fn key(&self) -> String {
        let letters = base32::encode(&self.seed);
        letters.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ")
    }

    /// The address that the picture says: the format of Google Authenticator, which every app reads. A colon is between the names and in
    /// neither of them, not even encoded.
    pub fn uri(&self, issuer: &str, account: &str) -> String {
        let plain = |text: &str| text.split(':').map(str::trim).collect::<Vec<_>>().join(" ");
        let [issuer, account] = [plain(issuer), plain(account)];
        let [issuer, account] = [&issuer, &account].map(|text| utf8_percent_encode(text, NON_ALPHANUMERIC));
        let secret = base32::encode(&self.seed);
        format!(
            "otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period=30"
        )
    }

    /// The picture: how many squares it is wide, and the path of an SVG that draws the black ones. Nothing if the text is too long for one.
    pub fn picture(&self, issuer: &str, account: &str) -> Option<(usize, String)> {
        let code = QRBuilder::new(self.uri(issuer, account)).build().ok()?;
        let squares = (0..code.size).flat_map(|y| (0..code.size).map(move |x| (x, y)));
        let black = squares.filter(|(x, y)| code[*y][*x].value());
        let path = black.map(|(x, y)| format!("M{} {}h1v1h-1z", x + MARGIN, y + MARGIN)).collect();
        Some((code.size + 2 * MARGIN, path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_their_places_whatever_is_in_them() {
        let setup = Setup::begin(Time::from_epoch(1_800_000_000));
        let secret = base32::encode(&setup.seed);
        for (issuer, account, begin, as_issuer) in [
            ("latchkey", "ada@example.com", "latchkey:ada%40example%2Ecom", "latchkey"),
            ("Acme: Login", "a:b:c", "Acme%20Login:a%20b%20c", "Acme%20Login"),
            (
                "鍵 & Co?secret=x#",
                "é%3A",
                "%E9%8D%B5%20%26%20Co%3Fsecret%3Dx%23:%C3%A9%253A",
                "%E9%8D%B5%20%26%20Co%3Fsecret%3Dx%23",
            ),
        ] {
            let uri = setup.uri(issuer, account);
            let rest = format!("?secret={secret}&issuer={as_issuer}&algorithm=SHA1&digits=6&period=30");
            assert_eq!(uri, format!("otpauth://totp/{begin}{rest}"));
        }
        // The longest names that there are still fit into a picture, or there is none.
        assert!(setup.picture(&"鍵".repeat(40), &"é".repeat(127)).is_some());
        assert_eq!(setup.picture(&"鍵".repeat(400), "ada"), None);
    }

    #[test]
    fn a_code_is_typed_alike_when_it_is_set_up_and_afterwards() {
        let now = Time::from_epoch(1_800_000_000);
        let setup = Setup::begin(now);
        let code = totp::code(&setup.seed, totp::step(now));
        let parted = format!(" {} {}", &code[..3], &code[3..]);
        assert_eq!(setup.confirmed(&parted, now), Some(totp::step(now)));
        assert_eq!(setup.confirmed("", now), None);
    }
}
