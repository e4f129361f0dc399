//! What can go wrong while handing something out.

use jose::{Algorithm, JoseError, SigningError};

use crate::State;

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
    /// No key ever signs.
    #[error(
        "no signing key signs: give one key for each algorithm the member \"signs_from\", in seconds since 1970"
    )]
    NoneSigns,
    /// Two keys of an algorithm begin to sign at the same moment.
    #[error("two signing keys for {0} sign from the same moment on: give one of them another \"signs_from\"")]
    SeveralSign(Algorithm),
    /// The dates of a key cannot be read.
    #[error(
        "the dates of the signing key {0:?} cannot be read: write \"signs_from\" and \"verifies_until\" in whole seconds since 1970"
    )]
    Dates(String),
    /// There is no such key.
    #[error("there is no signing key {0:?}: `latchkey keys list` shows them")]
    Unknown(String),
    /// A key that verifies is not retired before another one has followed it.
    #[error("the signing key {kid:?} is {state}, and only a previous one can be retired: {advice}")]
    NotPrevious {
        /// The key's name.
        kid: String,
        /// Where it is on its way.
        state: State,
        /// What to do in its place.
        advice: &'static str,
    },
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
