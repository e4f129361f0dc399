//! The binary itself, as a person runs it in a terminal: what it prints, where its settings come from, and how it refuses.

#![expect(clippy::unwrap_used, reason = "a helper that cannot go on fails its test")]

mod check;
mod client;
mod documented;
mod folder;
mod keys;
mod new;
mod rights;
mod settings;
mod start;
