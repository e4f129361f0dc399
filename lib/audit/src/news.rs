//! What is written down of somebody of whom something is new.

use crate::{Event, What};

/// An event for what changed of what is known of somebody, and one for their roles: none where nothing did. `event` begins one.
pub fn news(
    event: impl Fn(What) -> Event,
    changed: &[&'static str],
    roles: Option<(&[String], &[String])>,
) -> Vec<Event> {
    let known = (!changed.is_empty()).then(|| event(What::PersonChanged).changed(changed));
    let roles = roles.map(|(before, after)| event(What::RolesChanged).roles(before, after));
    known.into_iter().chain(roles).collect()
}
