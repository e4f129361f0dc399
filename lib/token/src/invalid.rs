//! Why an access token is not accepted.

use jose::JoseError;
use oauth::Code;

/// Why a token is not accepted. None of the sentences repeats what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// Not a well-formed JWT, or not signed by a key of ours. [`JoseError::UnknownKey`] may pass once the keys are read again.
    #[error("{0}")]
    Jws(JoseError),
    /// RFC 9068 §4: `typ` is not that of an access token.
    #[error("the token is not an access token")]
    Type,
    /// `iss` is missing, not one string, or not us.
    #[error("the issuer is wrong")]
    Issuer,
    /// `aud` is missing, neither a string nor strings, or not this audience.
    #[error("the audience is wrong")]
    Audience,
    /// `sub` is missing or not a string of 1 to 255 bytes.
    #[error("the subject is malformed")]
    Subject,
    /// `client_id` is missing or not a string of 1 to 255 bytes.
    #[error("the client is malformed")]
    ClientId,
    /// `jti` is missing or not a string of 1 to 255 bytes.
    #[error("the token's id is malformed")]
    Id,
    /// `iat` is missing, not a whole number of seconds, or still to come.
    #[error("the time of issue is wrong")]
    IssuedAt,
    /// `exp` is missing, not a whole number of seconds, or out of all proportion to `iat`.
    #[error("the time of expiry is wrong")]
    ExpiresAt,
    /// `exp` is past.
    #[error("the token is expired")]
    Expired,
    /// `nbf` is not a whole number of seconds, or still to come.
    #[error("the token is not valid yet")]
    NotBefore,
    /// `scope` is missing or not a list of scope tokens.
    #[error("the scope is malformed")]
    Scope,
    /// `roles` is not an array of strings.
    #[error("the roles are malformed")]
    Roles,
    /// A claim that the settings require is missing or says something else.
    #[error("a required claim is missing or wrong")]
    Required,
    /// `sid` is not a string of 1 to 255 bytes.
    #[error("the session is malformed")]
    Session,
    /// `grant_id` is not a string of 1 to 255 bytes.
    #[error("the grant is malformed")]
    Grant,
    /// `name` is not a string.
    #[error("the name is malformed")]
    Name,
    /// `email` is not a string.
    #[error("the e-mail address is malformed")]
    Email,
}

impl Invalid {
    /// The reason in one word, for machines and counters.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Jws(JoseError::Signature) => "signature",
            Self::Jws(JoseError::Algorithm) => "algorithm",
            Self::Jws(JoseError::UnknownKey | JoseError::AmbiguousKey | JoseError::WrongKey) => "key",
            Self::Jws(_) => "malformed",
            Self::Type => "type",
            Self::Issuer => "issuer",
            Self::Audience => "audience",
            Self::Subject => "subject",
            Self::ClientId => "client_id",
            Self::Id => "id",
            Self::IssuedAt => "issued_at",
            Self::ExpiresAt => "expires_at",
            Self::Expired => "expired",
            Self::NotBefore => "not_before",
            Self::Scope => "scope",
            Self::Roles => "roles",
            Self::Required => "required",
            Self::Session => "session",
            Self::Grant => "grant",
            Self::Name => "name",
            Self::Email => "email",
        }
    }
}

impl From<Invalid> for oauth::Error {
    /// RFC 6750 §3.1: whatever is wrong with a token, it is `invalid_token`.
    fn from(invalid: Invalid) -> Self {
        Self::new(Code::InvalidToken, invalid.to_string())
    }
}
