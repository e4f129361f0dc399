//! What a function declares of itself and reads at startup: settings, permissions, and the clock.
//!
//! A library names its settings ([`Setting`]) and what its operations do with the table ([`Permission`]); a function adds up
//! what it calls. This crate is the only one that reads the environment or the clock.

/// Declares settings, each with its name as a constant.
#[macro_export]
macro_rules! declare {
    ($($constant:ident = $setting:expr;)*) => {
        $(#[doc = concat!("The setting `", stringify!($constant), "`.")]
        pub static $constant: $crate::Setting = $setting;)*
    };
}

mod clock;
mod env;
mod error;
mod permission;
mod setting;
mod shared;

pub use clock::Clock;
pub use env::{Env, process_environment};
pub use error::SettingError;
pub use permission::{Action, Permission, Permissions};
pub use setting::{Group, Setting, Settings};
pub use shared::*;
