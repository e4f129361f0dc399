//! Signing in at an upstream identity provider: where a browser is sent, what it may come back with, and who it says
//! somebody is.
//!
//! A login is two calls. [`Provider::start`] makes an address for the browser and a [`Login`] for it to keep, sealed;
//! it writes nothing. When the browser is back, [`Login::accept`] checks what it brings, [`Login::claim`] uses the
//! login up, and [`Provider::finish`] exchanges the code and returns an [`oauth::Identity`]. The three are separate
//! because the first needs no network, the second is the one write, and only the third talks to the provider. A second answer
//! to the same login finds it claimed, and reads in [`Claim`] what became of the first.
//!
//! What is sent and what is checked are apart: every check is a function of bytes, settings and the time. A provider
//! is data: see the crate `provider`. Every call to a provider is bounded in time and size, follows no redirect, goes to
//! addresses that were set or that the issuer named on its own hosts, and is never repeated.

#![cfg_attr(
    not(feature = "finish"),
    expect(dead_code, reason = "a start reads all settings, and does not use what only a finish needs")
)]

mod authority;
mod authorize;
mod button;
#[cfg(feature = "finish")]
mod checked_client;
mod claim;
mod claims;
mod client_auth;
mod config;
#[cfg(feature = "verify")]
mod domain;
mod endpoints;
mod error;
#[cfg(feature = "finish")]
mod exchange;
mod groups;
#[cfg(feature = "verify")]
mod id_token;
mod issuer;
mod link;
mod login;
mod metadata;
#[cfg(feature = "finish")]
mod openid;
mod permissions;
#[cfg(feature = "finish")]
mod plain;
mod preset;
mod prompt;
mod provider;
mod provider_error;
mod providers;
mod secret_names;
mod setting;
pub mod settings;
#[cfg(feature = "finish")]
mod userinfo;

pub use self::provider::Provider;
#[cfg(feature = "verify")]
pub use self::provider::{Proven, ShownToken};
pub use button::{Button, buttons};
pub use claim::Claim;
pub use error::Error;
pub use fetch::SettingError;
pub use link::{Link, LinkWish};
pub use login::{Answer, Login, Start, StartOptions};
pub use providers::{Providers, Setup};
pub use secret_names::secrets;
pub use settings::{ORIGINS_SETTINGS, origins};
