//! User codes (RFC 8628 §6.1): what a person reads on one device and types on another.

use std::fmt;

use oauth::{Secret, Time};
use serde::{Deserialize, Serialize};
use setting::{Action, Permission, Permissions};
use store::{Record, Table};

use crate::Error;

/// The letters of user codes: no vowels, so that no words appear, and none that look alike (RFC 8628 §6.1).
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";

/// How many letters a user code has: 20^8 codes, 34 bits. That is enough for ten minutes, because wrong ones are counted (§5.1).
const LENGTH: usize = 8;

/// A user code. `Display` writes it as people are shown it: `BCDF-GHJK`.
#[derive(Clone, PartialEq, Eq)]
pub struct UserCode(String);

/// It opens something for ten minutes, so it is in no log (#103).
impl fmt::Debug for UserCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserCode(..)")
    }
}

impl fmt::Display for UserCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, second) = self.0.split_at(LENGTH / 2);
        write!(f, "{first}-{second}")
    }
}

impl UserCode {
    /// A fresh one, each letter as likely as any other.
    pub fn random() -> Self {
        let mut code = String::new();
        while code.len() < LENGTH {
            let secret = Secret::random();
            // The last character of a secret has fewer random bits than the others.
            let characters = &secret.expose().as_bytes()[..42];
            code.extend(characters.iter().filter_map(|byte| letter(*byte)));
        }
        code.truncate(LENGTH);
        Self(code)
    }

    /// Reads a code as people type it: in any case, with blanks and hyphens anywhere. What cannot be one costs no read (#105).
    pub fn parse(typed: &str) -> Option<Self> {
        let between =
            |c: &char| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}' | '_' | '.');
        let code: String = typed.chars().filter(between).map(|c| c.to_ascii_uppercase()).collect();
        let fits = code.len() == LENGTH && code.bytes().all(|byte| LETTERS.contains(&byte));
        fits.then_some(Self(code))
    }

    /// Its letters, without the hyphen.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Where a user code leads, until it ends. Its row is `USERCODE#<mark of the user code>`. There are so few codes that a digest would hide
/// none from anyone who reads the table; so the mark is made with a key of the server (`web::Sealer::marks`), which whoever calls has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The id of the device's row: the digest of its code, which opens nothing.
    pub device: String,
    /// Whose request it is.
    pub client_id: String,
    /// When it ends.
    pub(crate) expires_at: Time,
}

impl Record for Shown {
    const KIND: &'static str = "USERCODE";

    fn expires_at(&self) -> Option<i64> {
        Some(self.expires_at.epoch())
    }
}

/// What [`find`] does with the table.
pub const FIND: Permissions = Permissions::new(&[Permission::on(Shown::KIND, &[Action::Get])]);
/// Where the user code with this mark leads.
///
/// One GetItem.
pub async fn find(table: &Table, mark: &str, now: Time) -> Result<Option<Shown>, Error> {
    match table.get::<Shown>(mark, now).await {
        Ok(row) => Ok(row.map(store::Row::into_inner)),
        Err(store::Error::Malformed(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Sixty of the 64 characters of base64url, three for each letter; the others are passed over.
fn letter(base64url: u8) -> Option<char> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let value = DIGITS.iter().position(|digit| *digit == base64url)?;
    (value < 60).then(|| char::from(LETTERS[value % LETTERS.len()]))
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashSet};

    use super::*;

    #[test]
    fn codes_are_of_letters_that_make_no_words_and_do_not_look_alike() {
        // #40: RFC 8628 §6.1
        let codes: Vec<_> = (0..5000).map(|_| UserCode::random()).collect();
        // Two of them are the same once in two thousand runs.
        assert!(codes.iter().map(ToString::to_string).collect::<HashSet<_>>().len() > 4990);
        let mut letters = BTreeMap::new();
        for code in &codes {
            let shown = code.to_string();
            assert!(shown.len() == 9 && shown.as_bytes()[4] == b'-', "{shown}");
            shown.bytes().filter(|b| *b != b'-').for_each(|b| *letters.entry(b).or_insert(0) += 1);
            assert_eq!(UserCode::parse(&shown).as_ref(), Some(code));
        }
        assert_eq!(letters.keys().copied().collect::<Vec<_>>(), LETTERS);
        // 2000 of each are expected; five standard deviations are 218.
        assert!(letters.values().all(|count| (1782..2218).contains(count)), "{letters:?}");
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        // #40: RFC 8628 §6.1
        for typed in [
            "BCDF-GHJK",
            "bcdf-ghjk",
            "bcdfghjk",
            " b c d f  g h j k ",
            "BCDF GHJK",
            "BCDF\u{2013}GHJK",
            "bcd-fgh-jk",
            "BCDF\tGHJK\r\n",
            "B.C.D.F-G.H.J.K",
        ] {
            assert_eq!(UserCode::parse(typed).unwrap().to_string(), "BCDF-GHJK", "{typed:?}");
        }
        for typed in
            ["", "BCDF-GHJ", "BCDF-GHJKL", "BCDF-GHJA", "BCDF-GH1K", "BCDF-GHJ\u{212a}", "BCDF/GHJK", "-"]
        {
            assert!(UserCode::parse(typed).is_none(), "{typed:?}");
        }
    }

    #[test]
    fn a_code_is_in_no_log() {
        // #103
        assert_eq!(format!("{:?}", UserCode::random()), "UserCode(..)");
    }
}
