//! What the trail says of sign-ins that came to nothing.

use audit::{Actor, Event, What};
use authenticate::Provider;
use user::News;
use web::Request;

/// A sign-in that ended in an error, which is the one line about it.
pub(crate) fn refused(request: &Request, provider: &Provider, error: web::Error) -> web::Error {
    let event = Event::new(What::SignIn, &request.visit()).provider(provider.name());
    let line = event.line_for(error.refusal());
    error.logged_by(line)
}

/// Somebody is new, or their provider says something new of them: that is written down where somebody `is_told`, and which roles they get
/// by it always.
pub(crate) fn news(request: &Request, provider: &Provider, news: News<'_>, is_told: bool) -> Vec<Event> {
    let event = |what| Event::new(what, &request.visit()).provider(provider.name());
    let id = &news.user().id;
    let is_new = is_told && matches!(news, News::Added { .. });
    let added = is_new.then(|| event(What::PersonAdded).by_person(id));
    let changed = if is_told { news.changed() } else { Vec::new() };
    let news = audit::news(|what| event(what).by(Actor::Latchkey).whom(id), &changed, news.roles());
    added.into_iter().chain(news).collect()
}
