//! Why somebody could not be signed in or found.

use std::io;

/// A refusal, or trouble with the table.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// May be shown: the account is disabled, or the provider named nobody.
    #[error("refused")]
    Refused(#[from] oauth::Error),
    /// A fault, which passes if there is an I/O error behind it.
    #[error("the table of users failed")]
    Table(#[from] store::Error),
}

impl Error {
    /// Others changed the same rows again and again, faster than we could.
    pub(crate) fn contended() -> Self {
        let busy = io::Error::new(io::ErrorKind::ResourceBusy, "too many sign-ins of one person at once");
        Self::Table(store::Error::Unavailable(busy))
    }
}
