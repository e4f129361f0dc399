//! Whether an access token of ours was revoked before its time: by its session or its grant, which has ended; by its user, who is
//! disabled or gone; or by its client, which was shut out. This is the one rule for it ([`is_revoked`]), and how a gate asks it of many
//! tokens ([`Checker`]).
//!
//! Both are behind the feature `table`. Without it this crate links nothing, and is only what a function declares that may be
//! built without them.

#[cfg(feature = "table")]
mod checker;
#[cfg(feature = "table")]
mod rule;
pub mod settings;

#[cfg(feature = "table")]
pub use checker::{Checker, Unknown};
#[cfg(feature = "table")]
pub use rule::{Standing, batch, is_revoked, standing};
pub use settings::{CHECK, IS_REVOKED, SETTINGS};
