//! Scopes (RFC 6749 §3.3).

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Code, Error};

/// A set of scope tokens; written sorted, separated by one space.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope(BTreeSet<String>);

impl Scope {
    /// Whether the set holds `token`.
    pub fn contains(&self, token: &str) -> bool {
        self.0.contains(token)
    }

    /// Whether the set is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The tokens, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Adds every token of `other`.
    pub fn extend(&mut self, other: &Self) {
        self.0.extend(other.0.iter().cloned());
    }

    /// The tokens that are in both sets.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0).cloned().collect())
    }

    /// Whether `other` has every token of this set.
    pub fn is_subset_of(&self, other: &Self) -> bool {
        self.0.is_subset(&other.0)
    }
}

impl<'a> FromIterator<&'a str> for Scope {
    /// Of single tokens. What is no token is left out, so that two never come of one.
    fn from_iter<I: IntoIterator<Item = &'a str>>(tokens: I) -> Self {
        let named = tokens.into_iter().filter(|token| !token.is_empty());
        Self(named.filter_map(|text| token(text).ok()).collect())
    }
}

impl FromStr for Scope {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        text.split(' ').filter(|token| !token.is_empty()).map(token).collect::<Result<_, _>>().map(Self)
    }
}

/// scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
fn token(text: &str) -> Result<String, Error> {
    let fits = |b: u8| matches!(b, 0x21 | 0x23..=0x5B | 0x5D..=0x7E);
    if text.bytes().all(fits) {
        Ok(text.to_owned())
    } else {
        Err(Error::new(Code::InvalidScope, "the scope has a character that scopes cannot have"))
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, token) in self.0.iter().enumerate() {
            f.write_str(if at == 0 { "" } else { " " })?;
            f.write_str(token)?;
        }
        Ok(())
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_a_sorted_set() {
        let scope: Scope = "b a  b".parse().unwrap();
        assert_eq!(scope.to_string(), "a b");
        assert!(scope.contains("a") && !scope.contains("a b") && !scope.contains(""));
    }

    #[test]
    fn sets_are_cut_and_compared() {
        let scope = |text: &str| text.parse::<Scope>().unwrap();
        assert_eq!(scope("a b c").intersection(&scope("b c d")), scope("b c"));
        assert_eq!(scope("a").intersection(&scope("b")), Scope::default());
        for (part, whole, is) in
            [("", "", true), ("", "a", true), ("a", "a b", true), ("a c", "a b", false), ("a", "", false)]
        {
            assert_eq!(scope(part).is_subset_of(&scope(whole)), is, "{part:?} {whole:?}");
        }
        assert_eq!(["a", "", "b c", "d\"", "e"].into_iter().collect::<Scope>(), scope("a e"));
    }

    #[test]
    fn refuses_what_the_grammar_refuses() {
        for bad in ["a\"b", "a\\b", "ä", "a\tb", "a\nb"] {
            assert_eq!(bad.parse::<Scope>().unwrap_err().code(), Code::InvalidScope, "{bad:?}");
        }
    }
}
