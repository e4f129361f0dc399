//! The guarded way out: every request that leaves for somebody else's server, and what is made of the answer.
//!
//! A request goes only to an address that may be called ([`is_endpoint`]), leads only to machines that it may lead to, is
//! bounded in time and size, is sent once, and follows no redirect ([`Http`]). Documents that are asked for again and again,
//! such as a provider's keys, go through a [`DocumentCache`]; the keys of whoever a row names are in a [`KeyBook`].

mod address;
mod authorities;
mod cache;
mod error;
mod http;
mod key_book;
mod key_source;
#[cfg(feature = "table")]
mod table;

pub use setting::SettingError;

pub use self::{
    address::{is_at_home, is_endpoint, is_loopback, may_be_called},
    cache::{Document, DocumentCache, DocumentRequest, Storage, StoredDocument},
    error::{Error, Fault},
    http::{Http, HttpError, JSON, KEY_SET, Kind, json, require_likely_json, require_ok},
    key_book::{KeyBook, KeyPlace, Unverified, usable_keys},
    key_source::{KeySource, KeySources},
};
#[cfg(feature = "table")]
pub use table::{Cached, Documents, Loaded};
