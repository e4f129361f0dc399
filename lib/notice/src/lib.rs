//! Events out: what happens to people is told to systems of the team, as Standard Webhooks (<https://www.standardwebhooks.com>).
//!
//! - The trail is the outbox. An act and its row of the trail are one transaction, so there is no act without its event, and no act writes
//!   more because somebody is to be told.
//! - A [`Receiver`] is where events go, and which. Its secrets are sealed under `EVENTS_KEY`.
//! - A [`Notice`] is one event for one receiver, until it is told or given up.
//!
//! This crate sends nothing: that is the function `events-send`, which has the guarded way out.

mod gather;
mod kind;
mod manage;
mod notice;
mod receiver;
pub mod settings;
mod sign;

pub use gather::{GATHER, Gatherer};
pub use kind::Kind;
pub use manage::{Error, MANAGE, Manager, New, find, list};
pub use notice::{DELIVER, Left, Notice, State, deliver, failed, left, resend, take_up, waiting};
pub use receiver::{Receiver, receivers};
pub use sign::{SigningSecret, signature};
