//! Hashing and checking passwords, with the same work whatever is there.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use crate::{Password, argon::Argon, foreign::Foreign};

/// Hashes and checks. It counts its runs of argon2, so that tests can show that every answer cost the same. Cloning is cheap: clones
/// count together.
#[derive(Debug, Clone)]
pub struct Hasher {
    runs: Arc<AtomicU64>,
    /// What a password is compared with where there is nothing.
    nothing: Argon,
}

/// What came of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Whether the password is the right one.
    pub is_right: bool,
    /// The hash that is to take the place of the one that was checked, where that is weaker than ours or of another kind.
    pub replace_by: Option<String>,
}

impl Default for Hasher {
    fn default() -> Self {
        Self { runs: Arc::default(), nothing: Argon::of_nothing() }
    }
}

impl Hasher {
    /// The hash of a password, to be stored. One run.
    pub fn hash(&self, password: &Password) -> String {
        self.count();
        Argon::of(password).to_string()
    }

    /// Whether a password is the one of this hash. Without a hash, and with one that cannot be read or would cost too much, it is not,
    /// and the same work is done (#84).
    ///
    /// One run; two where the password was not typed in its normal form; one more where the hash is replaced. A hash of another kind is
    /// checked besides.
    pub fn check(&self, password: &Password, stored: Option<&str>) -> Checked {
        let wrong = Checked { is_right: false, replace_by: None };
        let hash = stored.filter(|_| password.is_any()).and_then(|stored| {
            let read = Foreign::parse(stored);
            if read.is_none() {
                tracing::warn!(
                    "a password hash cannot be checked: its kind is not known, or it would cost too much"
                );
            }
            read
        });
        match hash {
            Some(Foreign::Argon(hash)) => {
                let (is_normal, is_typed) = self.run(&hash, password);
                let is_right = is_normal || is_typed;
                let replaced = is_right && !(is_normal && hash.is_ours());
                Checked { is_right, replace_by: replaced.then(|| self.hash(password)) }
            }
            Some(foreign) if foreign.is_of(password) => {
                Checked { is_right: true, replace_by: Some(self.hash(password)) }
            }
            _ => {
                let _ = self.run(&self.nothing, password);
                wrong
            }
        }
    }

    /// Whether it is the hash of the password in its normal form, as ours are, or as it was typed, as another system hashed it. One run, or
    /// two where these differ, whatever comes of the first.
    fn run(&self, hash: &Argon, password: &Password) -> (bool, bool) {
        self.count();
        let is_normal = hash.is_of(password.bytes());
        if password.as_given() == password.bytes() {
            return (is_normal, is_normal);
        }
        self.count();
        (is_normal, hash.is_of(password.as_given()))
    }

    /// How often argon2 has run.
    pub fn runs(&self) -> u64 {
        self.runs.load(Ordering::Relaxed)
    }

    fn count(&self) {
        self.runs.fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RIGHT: &str = "a long enough one";
    const BCRYPT: &str = "$2a$06$.rCVZVOThsIa97pEDOxvGuRRgzG64bvtJ0938xuqzv18d3ZpQhstC";

    fn cost(hasher: &Hasher, password: &str, stored: Option<&str>) -> (bool, u64) {
        let before = hasher.runs();
        let checked = hasher.check(&Password::given(password), stored);
        (checked.is_right, hasher.runs() - before)
    }

    #[test]
    fn every_refusal_costs_one_run() {
        // #84, #86
        let hasher = Hasher::default();
        let stored = hasher.hash(&Password::given(RIGHT));
        let long = "x".repeat(1025);
        let costly =
            "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        for (password, stored) in [
            ("wrong one", Some(stored.as_str())),
            ("A long enough one", Some(&stored)),
            ("a long enough one ", Some(&stored)),
            ("a long enough one\0", Some(&stored)),
            ("", Some(&stored)),
            (&long, Some(&stored)),
            (RIGHT, None),
            (RIGHT, Some("")),
            (RIGHT, Some("$1$unknown$kind")),
            (RIGHT, Some(costly)),
            (RIGHT, Some(BCRYPT)),
        ] {
            assert_eq!(cost(&hasher, password, stored), (false, 1), "{password:?} {stored:?}");
        }
        assert_eq!(cost(&hasher, RIGHT, Some(&stored)), (true, 1));
    }

    #[test]
    fn a_hash_of_another_kind_or_a_weaker_one_is_replaced_when_it_was_right() {
        // #86
        let hasher = Hasher::default();
        let weak = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        for (password, stored) in [("password", weak), ("abcdefghijklmnopqrstuvwxyz", BCRYPT)] {
            let password = Password::given(password);
            let checked = hasher.check(&password, Some(stored));
            let new = checked.replace_by.unwrap();
            assert!(checked.is_right && new.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
            assert_eq!(hasher.check(&password, Some(&new)), Checked { is_right: true, replace_by: None });
        }
    }

    #[test]
    fn what_another_system_hashed_as_it_was_typed_is_right_and_replaced() {
        // #84, #86, #87: of the letter and its accent, with the costs of another system.
        let (hasher, typed) = (Hasher::default(), "cafe\u{301} 12345");
        let foreign = Argon::parse(
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        );
        let foreign = foreign.unwrap().of_text(typed.as_bytes()).to_string();
        let before = hasher.runs();
        let checked = hasher.check(&Password::given(typed), Some(&foreign));
        assert!(checked.is_right && hasher.runs() - before == 3);
        let new = checked.replace_by.unwrap();
        let nfc = Password::given("caf\u{e9} 12345");
        assert_eq!(hasher.check(&nfc, Some(&new)), Checked { is_right: true, replace_by: None });
        assert!(!hasher.check(&nfc, Some(&foreign)).is_right);
        // Whoever types like that waits as long where there is nobody.
        for stored in [None, Some(new.as_str()), Some(BCRYPT)] {
            assert_eq!(cost(&hasher, "cafe\u{301} 54321", stored), (false, 2), "{stored:?}");
        }
    }

    #[test]
    fn a_letter_and_its_accent_are_what_the_keyboard_makes_of_them() {
        // #87
        let hasher = Hasher::default();
        let stored = hasher.hash(&Password::given("caf\u{e9} 12345"));
        for (password, is_right) in [
            ("cafe\u{301} 12345", true),
            ("caf\u{e9} 12345", true),
            ("cafe 12345", false),
            ("CAF\u{c9} 12345", false),
        ] {
            assert_eq!(
                hasher.check(&Password::given(password), Some(&stored)).is_right,
                is_right,
                "{password}"
            );
        }
        let emoji = hasher.hash(&Password::given("🔑🔑🔑🔑🔑🔑🔑🔑"));
        assert!(hasher.check(&Password::given("🔑🔑🔑🔑🔑🔑🔑🔑"), Some(&emoji)).is_right);
    }
}
