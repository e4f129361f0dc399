//! Why something is not a JWS, a key or a signature.

/// One variant per reason. None of them repeats what was sent, so each may be shown and logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JoseError {
    /// Longer than its [limit](oauth::limits).
    #[error("the token is too long")]
    TooLong,
    /// RFC 7515 §7.1: not exactly three parts. A JWE has five, the JSON serialization none.
    #[error("the token does not have exactly three parts")]
    Segments,
    /// RFC 7515 §2: base64url without padding, white space or stray bits in the last character.
    #[error("a part is not base64url without padding")]
    Base64,
    /// RFC 8725 §3.7: only UTF-8 is taken.
    #[error("the JSON is not UTF-8")]
    Utf8,
    /// RFC 8259: malformed, or followed by something else.
    #[error("the JSON is malformed")]
    Json,
    /// RFC 7515 §4, RFC 7519 §4: a member name occurs twice.
    #[error("the JSON has a member twice")]
    Duplicate,
    /// More than [`crate::json::MAX_DEPTH`] arrays and objects within one another.
    #[error("the JSON is nested too deeply")]
    Depth,
    /// A header, a claims set or a key set is a JSON object and nothing else.
    #[error("the JSON is not an object")]
    NotObject,
    /// A header member has the wrong type, or `kid` is longer than 256 bytes.
    #[error("a header member is malformed")]
    Header,
    /// A header member changes what is signed or how: `crit`, `b64`, `enc`. We understand no extension.
    #[error("the header asks for an extension that is not supported")]
    Extension,
    /// RFC 8725 §3.1: `alg` is not one of those that the caller takes.
    #[error("the algorithm is not accepted")]
    Algorithm,
    /// No key of that name, or none at all that fits. Keys may have been rotated: a caller may fetch them again.
    #[error("no key fits the token")]
    UnknownKey,
    /// Several keys fit, for want of a `kid` or because they share one: guessing is not verifying.
    #[error("several keys fit the token")]
    AmbiguousKey,
    /// RFC 8725 §3.1: the key of that name is for another algorithm.
    #[error("the key is not for this algorithm")]
    WrongKey,
    /// The signature is not the key's over this header and payload.
    #[error("the signature is wrong")]
    Signature,
    /// RFC 7517 §5: not an object with an array `keys` of objects.
    #[error("the key set is malformed")]
    KeySet,
    /// More than [`crate::KeySet::MAX_KEYS`] keys.
    #[error("the key set holds too many keys")]
    TooManyKeys,
    /// RFC 7517 §4.5: two keys go by one name.
    #[error("the key set holds two keys with the same kid")]
    DuplicateKid,
    /// A private key where public ones belong: anyone who could read it can sign (#58).
    #[error("the key set holds a private key")]
    PrivateKey,
    /// No key of the set can be used here.
    #[error("the key set holds no key that can be used")]
    NoKey,
    /// The key cannot verify signatures here; the sentence says why.
    #[error("the key cannot be used: {0}")]
    Unusable(&'static str),
}
