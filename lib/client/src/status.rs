//! Whether a client or an API may take part.

use serde::{Deserialize, Serialize};
use store::Word;

/// An operator may write it by hand, and a newer version may know more words: whatever is not `active` is read as disabled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", from = "Word")]
pub enum Status {
    /// It may.
    Active,
    /// It may not, on any path (#35).
    #[default]
    Disabled,
    /// Nor may it ever again: what is left of it only says that its tokens are dead.
    Removed,
}

impl From<Word> for Status {
    fn from(word: Word) -> Self {
        match word.as_str() {
            Some("active") => Self::Active,
            Some("removed") => Self::Removed,
            _ => Self::Disabled,
        }
    }
}
