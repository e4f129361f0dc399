//! What can go wrong while handing something out.

use jose::{Algorithm, JoseError, SigningError};

/// A fault.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The key would not sign.
    #[error("the token could not be signed")]
    Signing(#[from] SigningError),
    /// A token was asked for that says nothing of somebody.
    #[error("the token cannot be made: {0}")]
    Claims(&'static str),
    /// A verifier would not take the token.
    #[error("the token would be refused")]
    Unverifiable(#[source] JoseError),
    /// No key signs with this algorithm.
    #[error("no signing key is for {0}: add one to SIGNING_KEYS")]
    NoKey(Algorithm),
    /// There is no token for this, and the caller may be told why: it would be too long, or allow nothing.
    #[error("refused")]
    Refused(#[from] oauth::Error),
}

/// Why a set of signing keys is not taken. Each sentence says what to do about it, and none shows a private member.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    /// Not JSON, or not a JWKS.
    #[error(
        "the signing keys are not a private JWKS ({0}): write {{\"keys\": [...]}} with one private JWK per key"
    )]
    NotAKeySet(JoseError),
    /// No key has the state `current`.
    #[error("no signing key is current: give one key for each algorithm the member \"state\": \"current\"")]
    NoCurrent,
    /// More than one key of an algorithm has the state `current`.
    #[error("{0} signing keys for {1} are current: leave one, and make the others \"next\" or \"previous\"")]
    SeveralCurrent(usize, Algorithm),
    /// A state we do not know.
    #[error(
        "the signing key {0:?} has no known state: write \"state\": \"next\", \"current\" or \"previous\""
    )]
    State(String),
    /// An algorithm we do not sign with.
    #[error(
        "the signing key {0:?} is not for RS256 or ES256: set its alg to one of them, or replace the key"
    )]
    Algorithm(String),
    /// The public members will not do: too small, not on the curve, for something else.
    #[error("the signing key {kid:?} is refused ({why}): replace it")]
    Unusable {
        /// The key's name.
        kid: String,
        /// What is wrong with it.
        why: JoseError,
    },
    /// A private member is missing, malformed or does not belong to the public ones.
    #[error(
        "the private members of the signing key {0:?} are missing or do not belong to its public ones: replace the key"
    )]
    Private(String),
    /// The name is not the thumbprint (RFC 7638).
    #[error(
        "the signing key {kid:?} goes by a wrong name: set its kid to its RFC 7638 thumbprint {thumbprint:?}"
    )]
    Kid {
        /// The key's name.
        kid: String,
        /// What it should be.
        thumbprint: String,
    },
    /// The generator of the system failed.
    #[error("no signing key could be generated: try again")]
    Generation,
}
