//! Logins at a provider that does what it likes: whole ways through the crate, with a table and real connections.
#![expect(clippy::unwrap_used, reason = "a helper that cannot go on fails its test")]

mod callback;
mod clients;
mod groups;
mod identity;
mod keys;
mod log;
mod settings;
mod start;
#[path = "../support/mod.rs"]
mod support;
mod tls;
mod tokens;
mod upstream;
