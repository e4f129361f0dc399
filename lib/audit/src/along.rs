//! Events of something that may begin again until it is done.

use std::sync::{Mutex, PoisonError};

use store::Write;

use crate::{Event, Trail};

/// What the last attempt has written along. It is logged once that is done.
#[derive(Debug, Default)]
pub struct Along(Mutex<Vec<Event>>);

impl Along {
    /// The rows of these events, for the transaction of one more attempt: nothing became of those before it.
    pub fn write(&self, trail: Trail, events: Vec<Event>) -> Vec<Write> {
        let rows = events.iter().map(|event| trail.write(event)).collect();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = events;
        rows
    }

    /// It is done. What concerns somebody else than this person was of an attempt that came to nothing.
    pub fn log(self, whom: &str) {
        let events = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        events.iter().filter(|event| event.whom.as_deref() == Some(whom)).for_each(Event::log);
    }
}
