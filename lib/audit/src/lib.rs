//! The trail: who did what, to whom, when, from where, by which client, and how it ended.
//!
//! An [`Event`] is one thing that happened. Each goes to the log as one line ([`Event::log`]). What changes rights, what admins and
//! operators do, the reuse of tokens and codes, and what happens to keys is kept in the table as well, written in the very transaction
//! that does it ([`Trail`]): so there is no such act without its row, and no row without its act.
//!
//! - An event has ids and our own words. It has no name, no address of e-mail, no secret, no token and no text of a caller (#103). So when
//!   a person is deleted, nothing in it says who they were: their id is random and is given to nobody again.
//! - A row belongs to the trail of the person whom it concerns, by `owned`, and is in the list of its month. It is never changed, and
//!   ends by itself after `AUDIT_DAYS`.

mod along;
mod detail;
mod event;
mod id;
mod list;
mod log;
mod news;
mod read;
pub mod settings;
mod trail;
mod what;

pub use along::Along;
pub use detail::Detail;
pub use event::{Actor, Event, Outcome};
pub use list::{Page, Query, READ, READ_OF, READ_SINCE, events, list, since, there_are};
pub use log::SERIES;
pub use news::news;
pub use read::Read;
pub use trail::{Trail, WRITE};
pub use what::What;
