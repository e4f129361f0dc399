//! Refusals: errors that a caller may see.

use std::borrow::Cow;

use crate::{Code, Sentence};

/// A refusal: a code and a sentence the caller may read. It holds no cause; the error that wraps it keeps that for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {description}")]
pub struct Error {
    code: Code,
    status: u16,
    description: Cow<'static, str>,
    sentence: Option<Sentence>,
    scope: Option<String>,
    retry_after: Option<u32>,
}

impl Error {
    /// A refusal with the status that goes with its code.
    pub fn new(code: Code, description: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            status: code.status(),
            description: description.into(),
            sentence: None,
            scope: None,
            retry_after: None,
        }
    }

    /// A refusal that people read: on a page in their language, and in English in every other answer.
    pub fn said(code: Code, sentence: Sentence) -> Self {
        Self { sentence: Some(sentence), ..Self::new(code, sentence.english()) }
    }

    /// The same refusal with more after the sentence, in English, for whoever can do something about it.
    #[must_use]
    pub fn with_detail(mut self, detail: &str) -> Self {
        self.description = format!("{} {detail}", self.description).into();
        self
    }

    /// The same refusal for people too, who read `sentence` before the description.
    #[must_use]
    pub fn for_people(self, sentence: Sentence) -> Self {
        Self { sentence: Some(sentence), ..self }
    }

    /// `invalid_request`, the commonest of all.
    pub fn invalid_request(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::InvalidRequest, description)
    }

    /// RFC 6750 §3.1: names the scope that was missing.
    pub fn insufficient_scope(needed: &str) -> Self {
        let mut error = Self::new(
            Code::InsufficientScope,
            format!("this needs the scope {needed}, which the token lacks"),
        );
        error.scope = Some(needed.to_owned());
        error
    }

    /// The same refusal under a more exact HTTP status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// So often is too often: the same request may work in so many seconds.
    pub fn too_many(sentence: Sentence, retry_after: u32) -> Self {
        let retry_after = Some(retry_after);
        Self { retry_after, ..Self::said(Code::TemporarilyUnavailable, sentence).with_status(429) }
    }

    /// The registered code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The HTTP status to answer with.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The sentence for the caller.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// What people read, if they do.
    pub fn sentence(&self) -> Option<Sentence> {
        self.sentence
    }

    /// What the sentence for the caller says beyond that for people. It is in English.
    pub fn detail(&self) -> &str {
        let said = self.sentence.map_or("", Sentence::english);
        self.description.strip_prefix(said).unwrap_or(&self.description).trim_start()
    }

    /// In how many seconds to try again, for `Retry-After`.
    pub fn retry_after(&self) -> Option<u32> {
        self.retry_after
    }

    /// The scope that was missing, for `WWW-Authenticate`.
    pub fn scope(&self) -> Option<&str> {
        self.scope.as_deref()
    }
}
