//! The local cloud and the operator's commands: what `cargo run` runs.

pub mod api;
pub mod clients;
pub mod cloud;
pub mod cors;
pub mod database;
mod events;
mod gateway;
mod home;
mod host;
pub mod idle;
pub mod keys;
mod local;
pub mod login;
pub mod mount;
pub mod new;
mod outbox;
mod queue;
pub mod receivers;
pub mod reference;
mod replace;
pub mod restore;
pub mod rights;
pub mod settings;
pub mod stand_in;
mod stand_ins;
pub mod status;
pub mod template;
mod tls;
pub mod trail;
pub mod users;
pub mod webhooks;

pub use cloud::{Cloud, Options};
pub use local::{ProviderState, Who};
