//! What the trail says of passwords.

use audit::{Actor, Event, What};
use user::{User, password::PROVIDER};
use web::Request;

/// Somebody made an account.
pub(crate) fn added(request: &Request, id: &str) -> Event {
    Event::new(What::PersonAdded, &request.visit()).by_person(id).provider(PROVIDER)
}

/// Somebody has one who came another way before.
pub(crate) fn linked(request: &Request, id: &str) -> Event {
    Event::new(What::IdentityLinked, &request.visit()).by_person(id).provider(PROVIDER)
}

/// Somebody chose another password.
pub(crate) fn changed(request: &Request, id: &str) -> Event {
    Event::new(What::PasswordChanged, &request.visit()).by_person(id)
}

/// What somebody else had added who had not proven the address is gone.
pub(crate) fn factors_removed(request: &Request, id: &str) -> Event {
    Event::new(What::FactorRemoved, &request.visit()).by_person(id)
}

/// Roles waited for the address of somebody, who has proven it.
pub(crate) fn given(request: &Request, before: &[String], user: &User) -> Option<Event> {
    let event = Event::new(What::RolesChanged, &request.visit()).by(Actor::Latchkey).provider(PROVIDER);
    (user.roles != before).then(|| event.whom(&user.id).roles(before, &user.roles))
}

/// Somebody has shown that an address is theirs.
pub(crate) fn proven(request: &Request, id: &str) -> Event {
    Event::new(What::AddressProven, &request.visit()).by_person(id)
}
