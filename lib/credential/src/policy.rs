//! Which passwords may be chosen.

use crate::password::LONGEST;

/// The fewest characters.
const FEWEST: usize = 8;
/// The shortest of somebody's own words that is looked for.
const SHORTEST_WORD: usize = 4;
/// How many characters must be left without them.
const BESIDE_WORDS: usize = 5;

/// The 5,000 most common passwords of eight characters and more, in lower case, sorted. From the list of Django (BSD-3-Clause, © Django
/// Software Foundation and individual contributors), which is made of what was found in breaches.
const COMMON: &str = include_str!("common.txt");

/// Why a password cannot be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    /// It is too short.
    #[error("a password has at least 8 characters")]
    Short,
    /// It is too long.
    #[error("a password has at most 1024 bytes")]
    Long,
    /// Everybody tries it.
    #[error("this password is one of the most common ones: choose another")]
    Common,
    /// Whoever knows the person tries it.
    #[error("this password is made of your name or address: choose another")]
    Own,
}

/// Whether somebody may choose this password, whose `own` words are these: what they are called, their address, the name of this place.
/// Nothing is said about kinds of characters (#87).
pub fn accept<'a>(password: &str, own: impl IntoIterator<Item = &'a str>) -> Result<(), Weak> {
    if password.len() > LONGEST {
        return Err(Weak::Long);
    }
    if password.chars().count() < FEWEST {
        return Err(Weak::Short);
    }
    let folded = password.to_lowercase();
    if is_common(&folded) || is_one_character(&folded) {
        return Err(Weak::Common);
    }
    let mut words: Vec<_> = own.into_iter().flat_map(words).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let left = words.iter().fold(folded.clone(), |left, word| left.replace(word.as_str(), ""));
    if left != folded && left.chars().count() < BESIDE_WORDS { Err(Weak::Own) } else { Ok(()) }
}

/// A text itself, and the words in it.
fn words(text: &str) -> impl Iterator<Item = String> {
    let folded = text.to_lowercase();
    let parts: Vec<_> = folded.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect();
    std::iter::once(folded).chain(parts).filter(|word| word.chars().count() >= SHORTEST_WORD)
}

fn is_one_character(text: &str) -> bool {
    let mut all = text.chars();
    let first = all.next();
    all.all(|c| Some(c) == first)
}

/// The list is sorted, and one text: nothing is made of it at the start.
fn is_common(folded: &str) -> bool {
    let (mut low, mut high) = (0, COMMON.len());
    while low < high {
        let middle = (low + high) / 2;
        let start = COMMON[..middle].rfind('\n').map_or(0, |at| at + 1);
        let end = COMMON[start..].find('\n').map_or(COMMON.len(), |at| start + at);
        match COMMON[start..end].cmp(folded) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: [&str; 3] = ["Ada Lovelace", "ada.lovelace@example.com", "latchkey"];

    #[test]
    fn every_common_one_is_found_and_no_other() {
        // #87
        let all: Vec<_> = COMMON.lines().collect();
        assert_eq!(all.len(), 5000);
        assert!(all.is_sorted() && all.iter().all(|word| word.len() >= FEWEST && word.is_ascii()));
        assert!(all.iter().all(|word| is_common(word)));
        for word in ["", "a", "zzzzzzzzzzzzzzzzz", "password1x", "pas", "\n", "password\npassword"] {
            assert!(!is_common(word), "{word:?}");
        }
    }

    #[test]
    fn what_may_be_chosen() {
        // #87
        let longest = format!("{}x", "éa".repeat(341));
        for password in [
            "correct horse",
            "        x",
            "🔑🔒🗝🔓🔑🔒🗝🔓",
            "ALLCAPSBUTNOTCOMMON",
            "lovelace wrote notes",
            "\u{0}\u{1}nul and more",
            &longest,
        ] {
            assert_eq!(accept(password, ADA), Ok(()), "{password:?}");
        }
    }

    #[test]
    fn what_may_not() {
        // #87
        let too_long = format!("{}x", "é".repeat(512));
        for (password, why) in [
            ("", Weak::Short),
            ("1234567", Weak::Short),
            ("éééééé1", Weak::Short),
            (&*too_long, Weak::Long),
            ("password", Weak::Common),
            ("PassWord1", Weak::Common),
            ("iloveyou", Weak::Common),
            ("kkkkkkkkkkkkkkkkk", Weak::Common),
            ("adalovelace", Weak::Own),
            ("Lovelace1815", Weak::Own),
            ("ada.lovelace@example.com", Weak::Own),
            ("latchkey!", Weak::Own),
            ("latchkeylatchkey", Weak::Own),
        ] {
            assert_eq!(accept(password, ADA), Err(why), "{password:?}");
        }
    }
}
