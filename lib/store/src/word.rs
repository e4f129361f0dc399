//! Words in rows that an operator may have written by hand.

use serde::{Deserialize, de::IgnoredAny};

/// An attribute that should be a word. Whatever else is there is read as well, as no word at all: so it decides about its own row, and
/// does not make it unreadable.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "Found")]
pub struct Word(Option<String>);

#[derive(Deserialize)]
#[serde(untagged)]
enum Found {
    Text(String),
    Other(IgnoredAny),
}

impl From<Found> for Word {
    fn from(found: Found) -> Self {
        match found {
            Found::Text(text) => Self(Some(text)),
            Found::Other(_) => Self(None),
        }
    }
}

impl Word {
    /// The word, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        self.0.as_deref()
    }
}
