//! The two ways in which an authorization request fails, which cannot be confused: only one of them leaves our own pages.

use oauth::AuthorizationResponse;

use crate::Return;

/// A failure that the person is shown on a page of ours, because it is not certain where the request came from (RFC 6749
/// §4.1.2.1; #23).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the authorization request is refused on a page")]
pub struct Shown(#[source] oauth::Error);

/// The person can only tell those who run the app; what was wrong is for them.
impl From<oauth::Error> for Shown {
    fn from(error: oauth::Error) -> Self {
        Self(if error.sentence().is_some() { error } else { error.for_people(oauth::Sentence::AppMistake) })
    }
}

impl Shown {
    /// What the person is told.
    pub fn refusal(&self) -> &oauth::Error {
        &self.0
    }
}

/// A failure that goes back to the client, at a redirect URI that was found to be its own. It is no error for the edge: what the
/// browser gets is [`Returned::response`].
#[derive(Debug, Clone)]
pub struct Returned(Box<(oauth::Error, Return)>);

impl Returned {
    pub(crate) fn new(error: oauth::Error, to: &Return) -> Self {
        Self(Box::new((error, to.clone())))
    }

    /// What went wrong. A pushed request is told directly (RFC 9126 §2.3).
    pub fn error(&self) -> &oauth::Error {
        &self.0.0
    }

    /// The answer for the client.
    pub fn response(&self) -> AuthorizationResponse {
        let (error, to) = &*self.0;
        to.error(error)
    }
}
