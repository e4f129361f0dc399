//! What the trail says of passkeys.

use audit::{Event, What};
use user::passkey::PROVIDER;
use web::Request;

/// A sign-in that ended in an error, which is the one line about it.
pub(crate) fn refused(request: &Request, error: web::Error) -> web::Error {
    let line = Event::new(What::SignIn, &request.visit()).provider(PROVIDER).line_for(error.refusal());
    error.logged_by(line)
}

/// Somebody has shown a passkey as their second factor.
pub(crate) fn shown(request: &Request, id: &str) -> Event {
    Event::new(What::FactorUsed, &request.visit()).by_person(id).way(PROVIDER)
}

/// A second factor that was none, which is the one line about it.
pub(crate) fn not_shown(request: &Request, id: &str, error: web::Error) -> web::Error {
    let line = shown(request, id).line_for(error.refusal());
    error.logged_by(line)
}

/// Something was tried too often; as the second factor of this person, if of somebody's.
pub(crate) fn locked(request: &Request, id: Option<&str>, refusal: oauth::Error) -> web::Error {
    let event = Event::new(What::Lockout, &request.visit()).way(PROVIDER);
    let line = id.into_iter().fold(event, Event::by_person).line_for(Some(&refusal));
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
