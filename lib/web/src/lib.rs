//! The edge: HTTP, cookies, errors.
//!
//! A function of ours implements [`Function`] (or [`EventFunction`], where no browser and no client is on the other side);
//! this crate turns the gateway's events into [`Request`]s, answers in the form its reader needs, and gives it the
//! time of the request. What a function declares is in the crate `setting`.

mod authorized;
mod base_path;
mod bearer;
mod brand;
mod client_form;
mod colour;
mod cookie;
mod error;
mod event;
mod function;
mod headers;
mod invoke;
mod json_body;
mod last_used;
mod line;
pub mod log;
mod logos;
mod look;
mod metrics;
mod network;
mod origin;
pub mod page;
mod params;
mod request;
mod response;
mod run;
mod sessions;
pub mod settings;
mod strict_json;
mod visit;
pub mod words;

pub use ::seal::Sealer;
pub use bearer::bearer;
pub use brand::Brand;
pub use client_form::Posted;
pub use cookie::{Cookie, CookieMode, SameSite, SealedCookies};
pub use error::{Error, Result};
pub use function::{ErrorFormat, EventFunction, Function, Guard, Route};
pub use invoke::{Edge, Failure, invoke, invoke_event, refusal};
pub use json_body::{IfMatch, stale};
pub use look::Look;
pub use request::{Request, wants_html};
pub use response::{Response, harden};
pub use run::{RunError, run, run_events};

pub use words::Words;
