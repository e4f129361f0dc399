//! What the trail says of sign-ins that came to nothing.

use audit::{Event, What};
use authenticate::Provider;
use web::Request;

/// A sign-in that ended in an error, which is the one line about it.
pub(crate) fn refused(request: &Request, provider: &Provider, error: web::Error) -> web::Error {
    let event = Event::new(What::SignIn, &request.visit()).provider(provider.name());
    let line = event.line_for(error.refusal());
    error.logged_by(line)
}

/// Somebody is new.
pub(crate) fn added(request: &Request, provider: &Provider) -> Event {
    Event::new(What::PersonAdded, &request.visit()).provider(provider.name())
}
