//! Queues, by which one function hands something over to another: sending to one, and reading what Lambda delivers of one.
//!
//! What is handed over, and by which queue, is said where it belongs: in `logout` and `mail`.

mod delivery;
pub mod settings;
mod sqs;

pub use delivery::Delivery;
pub use sqs::{Queue, QueueError};
