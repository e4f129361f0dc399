//! Why there are no tokens.

/// A fault, or a refusal among its causes.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Signing, or what was to be signed; a refusal may be the cause.
    #[error("there is no token")]
    Token(#[from] token::Error),
    /// Who may do what is not known well enough at this moment: it passes.
    #[error("the rights are not known")]
    Rights(#[source] user::Error),
}
