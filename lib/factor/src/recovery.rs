//! Recovery codes: for whoever has lost the device. Each has 80 random bits, so a digest of it is as good as a hash of a password.

use aws_lc_rs::rand;
use oauth::Digest;

use crate::base32;

/// How many there are.
const COUNT: usize = 10;
/// Random bytes of each.
const BYTES: usize = 10;
/// Letters of each.
const LETTERS: usize = 16;
/// Letters between two hyphens.
const GROUP: usize = 4;

/// New ones, as people write them down, and what is stored of them.
pub(crate) fn fresh(user_id: &str) -> (Vec<String>, Vec<Digest>) {
    let made: Vec<_> = (0..COUNT).map(|_| one()).collect();
    let digests = made.iter().filter_map(|code| digest(user_id, code)).collect();
    (made, digests)
}

/// What is stored of a code, however its person typed it: without what is between its letters, and in either case. Nothing if it cannot
/// be one.
pub(crate) fn digest(user_id: &str, typed: &str) -> Option<Digest> {
    let letters = typed.chars().filter(|letter| !letter.is_whitespace() && *letter != '-').take(LETTERS + 1);
    let letters: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
    let fits = letters.len() == LETTERS && letters.bytes().all(|byte| byte.is_ascii_alphanumeric());
    fits.then(|| Digest::of_parts(&["recovery code", user_id, &letters]))
}

/// Without random bytes no code is safe, so their failure ends the process.
fn one() -> String {
    let mut bytes = [0; BYTES];
    rand::fill(&mut bytes).expect("the system's random generator works");
    let letters = base32::encode(&bytes).to_ascii_lowercase();
    (0..LETTERS).step_by(GROUP).map(|at| &letters[at..at + GROUP]).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ten_different_ones_are_known_however_they_are_typed() {
        let (codes, digests) = fresh("ada");
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), COUNT);
        for (code, stored) in codes.iter().zip(&digests) {
            assert_eq!(code.len(), LETTERS + 3);
            for typed in [
                code.clone(),
                code.to_uppercase(),
                code.replace('-', ""),
                format!(" {} ", code.replace('-', " ")),
            ] {
                assert_eq!(digest("ada", &typed).as_ref(), Some(stored), "{typed}");
            }
            // One person's is nobody else's.
            assert_ne!(digest("alan", code).as_ref(), Some(stored));
        }
        for typed in ["", "abc", "123456", &format!("{}a", codes[0]), "ééééééééééééééééé"] {
            assert_eq!(digest("ada", typed), None, "{typed}");
        }
    }
}
