//! Why there is no document.

/// Whose fault it is that there is no answer, or none that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It answered, and not as it should.
    Answer,
    /// It could not be reached.
    Unreachable,
    /// It was too slow.
    Slow,
}

/// A document cannot be fetched, or not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Error {
    /// Whose fault it is.
    pub fault: Fault,
    /// What happened, for the log: our own words and numbers, nothing that was sent or received (#103).
    pub reason: String,
}

impl Error {
    pub(crate) fn new(fault: Fault, reason: impl Into<String>) -> Self {
        Self { fault, reason: reason.into() }
    }
}
