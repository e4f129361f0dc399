//! Scopes (RFC 6749 §3.3).

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Error;

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
        Err(Error::invalid_request("a scope holds a character that scopes cannot have"))
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
    fn refuses_what_the_grammar_refuses() {
        for bad in ["a\"b", "a\\b", "ä", "a\tb", "a\nb"] {
            assert!(bad.parse::<Scope>().is_err(), "{bad:?}");
        }
    }
}
