//! What somebody reads, and what the log says of them, who does not come in or goes somewhere else first.

use audit::{Event, What};
use oauth::{BaseUrl, Code, Sentence};
use web::{Error, Request};

/// A sign-in in this way that ended in an error, which is the one line about it. Whoever tried too often has theirs already: see [`locked`].
pub fn refused(request: &Request, way: &str, error: Error) -> Error {
    if error.refusal().is_some_and(|refusal| refusal.status() == 429) {
        return error;
    }
    let line = Event::new(What::SignIn, &request.visit()).provider(way).line_for(error.refusal());
    error.logged_by(line)
}

/// Something of this way was tried too often.
pub fn locked(request: &Request, way: &'static str, refusal: oauth::Error) -> Error {
    let line = Event::new(What::Lockout, &request.visit()).way(way).line_for(Some(&refusal));
    Error::from(refusal).logged_by(line)
}

/// Whoever changes how they come in shows their second factor first, at this place of ours: nothing was changed.
pub fn factor_first(base: &BaseUrl, place: String) -> Error {
    let refusal = oauth::Error::said(Code::InteractionRequired, Sentence::FactorFirst).with_status(403);
    let detail = format!("Show it at {} in a browser.", base.at(&place));
    Error::from(refusal.with_detail(&detail)).with_again(place)
}
