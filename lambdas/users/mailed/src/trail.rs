//! What the trail says of mailed codes and links.

use audit::{Actor, Event, What};
use user::{News, by_mail::PROVIDER};
use web::Request;

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
