//! Webhooks that come in: who sends them is a row ([`Source`]), and what they say becomes entitlements and roles
//! ([`user::purchase`]).
//!
//! - A delivery is verified before anything of its body is read ([`Scheme`]), in constant time, by one secret or by two while one is
//!   rotated. Where the sender signs a time, it may be five minutes away (#90).
//! - An event is done once: its mark is in the transaction of what it gives ([`Receiver`]).
//! - What is its sender's and cannot be used is kept for 14 days, sealed, and can be tried again.
//! - Secrets and bodies are sealed under `WEBHOOK_KEY`, each for its own row.

mod event;
mod facts;

mod preset;
mod receive;
mod scheme;
mod source;
pub mod sources;

pub use event::{DEAD_FOR, DONE_FOR, Event, list};
pub use facts::{Body, Facts, Kind, Malformed, facts};
pub use preset::{PRESETS, Preset};
pub use receive::{Arrived, Error, LONGEST, Received, Receiver};
pub use scheme::{Delivery, Scheme, Unverified, Verified, WINDOW};
use setting::{
    Action::{Get, Put},
    Permission, Permissions,
};
pub use source::{Fields, Format, Places, Source, Unfit, is_name};
use store::Record;

setting::declare! {
    WEBHOOK_KEY = setting::Setting::secret("WEBHOOK_KEY", "The key that encrypts the secrets of webhooks and the bodies that are kept of them: 32 random bytes in base64url, or several keys separated by commas, the newest first. `cargo run` generates its own.");
}

/// What [`Receiver`] does with the table, beside what is read of the rights and written of the trail.
pub const RECEIVE: Permissions =
    Permissions::new(&[Permission::on(Source::KIND, &[Get]), Permission::on(Event::KIND, &[Get, Put])]);
