//! A password as somebody typed it.

use oauth::Secret;
use unicode_normalization::UnicodeNormalization;

/// The longest that is looked at, in bytes.
pub(crate) const LONGEST: usize = 1024;

/// A password: no part is cut off, no letter changes its case, and spaces stay (#87). What is typed as one character or as a letter and
/// its accent, by the keyboard, is the same (RFC 8265 §4.2: NFC).
#[derive(Debug, Clone)]
pub struct Password {
    given: Secret,
    normal: Secret,
}

impl Password {
    /// What somebody sent. One that nobody can have, because it is empty or too long, is like any other: it is right for nobody.
    pub fn given(text: &str) -> Self {
        let text = if text.len() > LONGEST { "" } else { text };
        Self { given: Secret::new(text), normal: Secret::new(text.nfc().collect::<String>()) }
    }

    /// As we hash it.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.normal.expose().as_bytes()
    }

    /// As other systems hashed it.
    pub(crate) fn as_given(&self) -> &[u8] {
        self.given.expose().as_bytes()
    }

    /// Whether somebody can have it.
    pub(crate) fn is_any(&self) -> bool {
        !self.given.expose().is_empty()
    }
}
