//! What the trail says of passkeys.

use audit::{Event, What};
use user::passkey::PROVIDER;
use web::Request;

/// A sign-in that ended in an error, which is the one line about it.
pub(crate) fn refused(request: &Request, error: web::Error) -> web::Error {
    let line = Event::new(What::SignIn, &request.visit()).provider(PROVIDER).line_for(error.refusal());
    error.logged_by(line)
}

/// Something was tried too often.
pub(crate) fn locked(request: &Request, refusal: oauth::Error) -> web::Error {
    let line = Event::new(What::Lockout, &request.visit()).way(PROVIDER).line_for(Some(&refusal));
    web::Error::from(refusal).logged_by(line)
}

/// Somebody has one more.
pub(crate) fn added(request: &Request, id: &str) -> Event {
    Event::new(What::PasskeyAdded, &request.visit()).by_person(id)
}

/// Somebody has one less.
pub(crate) fn removed(request: &Request, id: &str) -> Event {
    Event::new(What::PasskeyRemoved, &request.visit()).by_person(id)
}

/// Somebody signed with a passkey of theirs whose counter did not grow.
pub(crate) fn copied(request: &Request, id: &str) -> Event {
    Event::new(What::PasskeyCopied, &request.visit()).whom(id).way(PROVIDER)
}
