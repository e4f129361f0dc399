//! What can go wrong. None of it is shown to a caller.

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is a session of this sign-in, or there was one.
    #[error("the session was started before")]
    Started,
    /// The table failed, or too many wrote the same row at once.
    #[error("the sessions cannot be reached")]
    Store(#[from] store::Error),
}
