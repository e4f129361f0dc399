//! What can go wrong between a person and their provider: what the person reads, and what only the log may know.

use fetch::{Fault, HttpError};
use oauth::{Code, Sentence};

/// Why nobody was signed in. What a person may read is the [`oauth::Error`] among its sources; `reason` is for the log
/// alone, and is put together from our own words and numbers, never from what was sent or received (#103).
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The login was refused; there is nothing more to know than the message to the person.
    #[error("refused")]
    Refused(#[from] oauth::Error),
    /// The provider, or what it sent, was at fault.
    #[error("{reason}")]
    Failed {
        /// The message to the person.
        #[source]
        refusal: oauth::Error,
        /// What happened.
        reason: String,
    },
    /// The answer is this login's, and holds no code: the provider, or the person, said no.
    #[error("the provider sends no code")]
    NoCode(#[source] Box<Error>),
    /// Another answer to the same login was faster (#9).
    #[error("the login was claimed before")]
    Used(#[source] oauth::Error),
    /// The table did not do its part.
    #[error("the table failed during a login")]
    Store(#[from] store::Error),
}

impl From<HttpError> for Error {
    fn from(error: HttpError) -> Self {
        Self::upstream(error.fault(), error.to_string())
    }
}

impl From<fetch::Error> for Error {
    fn from(error: fetch::Error) -> Self {
        Self::upstream(error.fault, error.reason)
    }
}

impl Error {
    /// 400: the login itself is wrong, used up or too old.
    pub(crate) fn login(shown: Sentence, reason: impl Into<String>) -> Self {
        Self::failed(oauth::Error::said(Code::InvalidRequest, shown), reason)
    }

    /// 401: the ID token, or what belongs to it, is not accepted. The reason is for the log: anyone who forged it
    /// learns nothing.
    pub(crate) fn id_token(reason: impl std::fmt::Display) -> Self {
        let refusal = oauth::Error::said(Code::LoginRequired, Sentence::Unverified);
        Self::failed(refusal, format!("the ID token is refused: {reason}"))
    }

    /// 401: userinfo is not accepted, which is no outage: it may be somebody else's.
    pub(crate) fn userinfo(reason: impl std::fmt::Display) -> Self {
        let refusal = oauth::Error::said(Code::LoginRequired, Sentence::Unverified);
        Self::failed(refusal, format!("userinfo is refused: {reason}"))
    }

    /// 403: the person, or a rule of ours, refuses.
    pub(crate) fn denied(shown: Sentence, reason: impl Into<String>) -> Self {
        Self::failed(oauth::Error::said(Code::AccessDenied, shown), reason)
    }

    /// The provider failed: 502 if it answered and not as it should, 503 if it could not be reached, 504 if it was too slow.
    pub(crate) fn upstream(fault: Fault, reason: impl Into<String>) -> Self {
        let (code, status, shown) = match fault {
            Fault::Answer => (Code::ServerError, 502, Sentence::ProviderAnswersOddly),
            Fault::Unreachable => (Code::TemporarilyUnavailable, 503, Sentence::ProviderUnreachable),
            Fault::Slow => (Code::TemporarilyUnavailable, 504, Sentence::ProviderSlow),
        };
        Self::failed(oauth::Error::said(code, shown).with_status(status), reason)
    }

    fn failed(refusal: oauth::Error, reason: impl Into<String>) -> Self {
        Self::Failed { refusal, reason: reason.into() }
    }

    /// The same, of an answer that is this login's and holds no code.
    pub(crate) fn without_code(self) -> Self {
        Self::NoCode(Box::new(self))
    }

    /// 400: another answer was faster.
    pub(crate) fn used() -> Self {
        Self::Used(oauth::Error::said(Code::InvalidRequest, Sentence::LoginUsed))
    }

    /// The same, with `before` and a colon in front of the reason.
    pub(crate) fn during(self, before: &str) -> Self {
        match self {
            Self::Failed { refusal, reason } => {
                Self::Failed { refusal, reason: format!("{before}: {reason}") }
            }
            other => other,
        }
    }

    /// Whether the provider failed: it did not answer, or not as it should. Not so if what it said is not accepted.
    pub(crate) fn is_outage(&self) -> bool {
        let outage = |refusal: &oauth::Error| {
            matches!(refusal.code(), Code::ServerError | Code::TemporarilyUnavailable)
        };
        matches!(self, Self::Failed { refusal, .. } if outage(refusal))
    }

    /// The message to the caller, unless the fault is ours.
    pub fn refusal(&self) -> Option<&oauth::Error> {
        match self {
            Self::Refused(refusal) | Self::Failed { refusal, .. } | Self::Used(refusal) => Some(refusal),
            Self::NoCode(error) => error.refusal(),
            Self::Store(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn each_has_its_status_and_a_sentence() {
        for (error, status) in [
            (Error::login(Sentence::LoginTooOld, "x"), 400),
            (Error::id_token("x"), 401),
            (Error::denied(Sentence::Declined, "x"), 403),
            (Error::upstream(Fault::Answer, "x"), 502),
            (Error::upstream(Fault::Unreachable, "x"), 503),
            (Error::upstream(Fault::Slow, "x"), 504),
        ] {
            let refusal = error.refusal().unwrap();
            assert_eq!(refusal.status(), status);
            assert!(refusal.description().ends_with('.'));
            // The edge finds the refusal by walking the sources.
            assert!(error.source().unwrap().downcast_ref::<oauth::Error>().is_some());
        }
    }

    #[test]
    fn each_failure_has_its_status() {
        // #101
        let status = |error: HttpError| Error::from(error).refusal().unwrap().status();
        assert_eq!(status(HttpError::Slow(std::time::Duration::from_secs(1))), 504);
        assert_eq!(status(HttpError::Unreachable(String::new())), 503);
        assert_eq!(status(HttpError::Forbidden), 503);
        for bad in [
            HttpError::Broken,
            HttpError::TooLong,
            HttpError::Compressed,
            HttpError::NotGzip,
            HttpError::NotJson,
            HttpError::Status(503),
        ] {
            assert_eq!(status(bad), 502);
        }
        assert_eq!(status(HttpError::Json(jose::JoseError::Duplicate)), 502);
    }

    #[test]
    fn an_outage_is_an_unreachable_provider_and_not_a_wrong_answer() {
        // #18
        for fault in [Fault::Answer, Fault::Unreachable, Fault::Slow] {
            assert!(Error::upstream(fault, "x").during("userinfo").is_outage());
        }
        for error in [
            Error::login(Sentence::LoginTooOld, "x"),
            Error::id_token("x"),
            Error::denied(Sentence::Declined, "x"),
        ] {
            assert!(!error.during("userinfo").is_outage());
        }
    }

    #[test]
    fn the_reason_is_logged_and_not_shown() {
        // #103
        let error = Error::id_token("the nonce differs").during("google");
        assert_eq!(error.to_string(), "google: the ID token is refused: the nonce differs");
        assert!(!error.refusal().unwrap().description().contains("nonce"));
    }
}
