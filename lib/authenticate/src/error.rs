//! What can go wrong between a person and their provider: what the person reads, and what only the log may know.

use fetch::{Fault, HttpError};
use oauth::Code;

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
    pub(crate) fn login(shown: &'static str, reason: impl Into<String>) -> Self {
        Self::failed(oauth::Error::invalid_request(shown), reason)
    }

    /// 401: the ID token, or what belongs to it, is not accepted. The reason is for the log: anyone who forged it
    /// learns nothing.
    pub(crate) fn id_token(reason: impl std::fmt::Display) -> Self {
        let shown = "The provider's answer could not be verified. Please start again.";
        Self::failed(
            oauth::Error::new(Code::LoginRequired, shown),
            format!("the ID token is refused: {reason}"),
        )
    }

    /// 401: userinfo is not accepted, which is no outage: it may be somebody else's.
    pub(crate) fn userinfo(reason: impl std::fmt::Display) -> Self {
        let shown = "The provider's answer could not be verified. Please start again.";
        Self::failed(oauth::Error::new(Code::LoginRequired, shown), format!("userinfo is refused: {reason}"))
    }

    /// 403: the person, or a rule of ours, refuses.
    pub(crate) fn denied(shown: &'static str, reason: impl Into<String>) -> Self {
        Self::failed(oauth::Error::new(Code::AccessDenied, shown), reason)
    }

    /// The provider failed: 502 if it answered and not as it should, 503 if it could not be reached, 504 if it was too slow.
    pub(crate) fn upstream(fault: Fault, reason: impl Into<String>) -> Self {
        let (code, status, shown) = match fault {
            Fault::Answer => (
                Code::ServerError,
                502,
                "The provider gave an answer that we do not understand. Please start again.",
            ),
            Fault::Unreachable => (
                Code::TemporarilyUnavailable,
                503,
                "The provider cannot be reached at the moment. Please start again in a moment.",
            ),
            Fault::Slow => (
                Code::TemporarilyUnavailable,
                504,
                "The provider did not answer in time. Please start again.",
            ),
        };
        Self::failed(oauth::Error::new(code, shown).with_status(status), reason)
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
        Self::Used(oauth::Error::invalid_request("This login was already used. Please start again."))
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
            (Error::login("No.", "x"), 400),
            (Error::id_token("x"), 401),
            (Error::denied("No.", "x"), 403),
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
        for error in [Error::login("No.", "x"), Error::id_token("x"), Error::denied("No.", "x")] {
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
