//! What the log says of somebody who does not come in.

use audit::{Event, What};
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
