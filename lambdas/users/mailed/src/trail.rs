//! What the trail says of mailed codes and links.

use audit::{Actor, Event, What};
use user::{News, by_mail::PROVIDER};
use web::Request;

/// Somebody is new, or something is new of them: the latter where somebody `is_told`, as at any sign-in. Which roles they get by it is
/// always written down.
pub(crate) fn news(request: &Request, news: News<'_>, is_told: bool) -> Vec<Event> {
    let event = |what| Event::new(what, &request.visit()).provider(PROVIDER);
    let id = &news.user().id;
    let added = matches!(news, News::Added { .. }).then(|| event(What::PersonAdded).by_person(id));
    let changed = if is_told { news.changed() } else { Vec::new() };
    let news = audit::news(|what| event(what).by(Actor::Latchkey).whom(id), &changed, news.roles());
    added.into_iter().chain(news).collect()
}

/// Somebody who was known has come by a mail for the first time.
pub(crate) fn linked(request: &Request, id: &str) -> Event {
    Event::new(What::IdentityLinked, &request.visit()).by_person(id).provider(PROVIDER)
}
