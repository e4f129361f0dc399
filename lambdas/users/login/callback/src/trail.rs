//! What the trail says of sign-ins. A session's own row keeps the sign-in; the log has all of them.

use audit::{Event, What};
use authenticate::Provider;
use user::User;
use web::Request;

use crate::arrival::Arrival;

/// A sign-in that ended in an error, which is the one line about it.
pub(crate) fn refused(request: &Request, provider: &Provider, error: web::Error) -> web::Error {
    let event = Event::new(What::SignIn, &request.visit()).provider(provider.name());
    let line = event.line_for(error.refusal());
    error.logged_by(line)
}

/// Somebody is in: with a session, or as a program with a token.
pub(crate) fn signed_in(at: &Arrival<'_>, user: &User, sid: Option<&str>) {
    let event =
        Event::new(What::SignIn, &at.request.visit()).by_person(&user.id).provider(at.provider.name());
    sid.iter().fold(event, |event, sid| event.session(sid)).log();
}
