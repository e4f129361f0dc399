//! The key for the secrets of receivers.

use setting::{EVENTS, Group, Setting};

setting::declare! {
    EVENTS_KEY = Setting::secret("EVENTS_KEY", "The key that seals the secrets of receivers of events: 32 random bytes in base64url, or several keys separated by commas, the newest first. `cargo run` generates its own.");
}

/// What telling events reads.
pub const SETTINGS: Group = &[&EVENTS, &EVENTS_KEY];
