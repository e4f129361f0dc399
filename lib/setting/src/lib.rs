//! What a function declares of itself and reads at its start: settings, permissions, and the clock.
//!
//! A library names its settings ([`Setting`]) and what its operations do with the table ([`Permission`]); a function adds up
//! what it calls. This crate is the only one that reads the environment or the clock.

mod clock;
mod env;
mod error;
mod list;
mod permission;
mod setting;

pub use clock::Clock;
pub use env::{Env, process_environment};
pub use error::SettingError;
pub use list::*;
pub use permission::{Action, Permission};
pub use setting::{Setting, Settings};
