//! What the trail says of mailed codes and links.

use audit::{Actor, Event, What};
use user::{News, by_mail::PROVIDER};
use web::Request;

/// A sign-in that ended in an error, which is the one line about it.
pub(crate) fn refused(request: &Request, error: web::Error) -> web::Error {
    if error.refusal().is_some_and(|refusal| refusal.status() == 429) {
        return error;
    }
    let line = Event::new(What::SignIn, &request.visit()).provider(PROVIDER).line_for(error.refusal());
    error.logged_by(line)
}

/// Something was tried too often.
pub(crate) fn locked(request: &Request, refusal: oauth::Error) -> web::Error {
    let line = Event::new(What::Lockout, &request.visit()).way(PROVIDER).line_for(Some(&refusal));
    web::Error::from(refusal).logged_by(line)
}

/// Somebody is new.
pub(crate) fn added(request: &Request, id: &str) -> Event {
    Event::new(What::PersonAdded, &request.visit()).by_person(id).provider(PROVIDER)
}

/// Something is new of somebody.
pub(crate) fn changed(request: &Request, news: News<'_>) -> Vec<Event> {
    let event = |what| {
        Event::new(what, &request.visit()).provider(PROVIDER).by(Actor::Latchkey).whom(&news.user().id)
    };
    audit::news(event, &news.changed(), news.roles())
}

/// Somebody who was known has come by a mail for the first time.
pub(crate) fn linked(request: &Request, id: &str) -> Event {
    Event::new(What::IdentityLinked, &request.visit()).by_person(id).provider(PROVIDER)
}
