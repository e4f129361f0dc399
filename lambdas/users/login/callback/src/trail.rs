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

/// Somebody is new, or their provider says something new of them.
pub(crate) fn news(request: &Request, provider: &Provider, news: News<'_>) -> Vec<Event> {
    let event = |what| Event::new(what, &request.visit()).provider(provider.name());
    let id = &news.user().id;
    match news {
        News::Added(_) => vec![event(What::PersonAdded).by_person(id)],
        News::Changed { .. } => {
            let event = |what| event(what).by(Actor::Latchkey).whom(id);
            audit::news(event, &news.changed(), news.roles())
        }
    }
}
