//! The edge: HTTP, cookies, errors, environment, clock.
//!
//! A function of ours implements [`Function`] (or [`EventFunction`], where no browser and no client is on the other side);
//! this crate turns the gateway's events into [`Request`]s, answers in the form its reader needs, and is the only place
//! that reads the environment or the clock.

mod authorized;
mod caller;
mod clock;
mod cookie;
mod env;
mod error;
mod event;
mod function;
mod invoke;
pub mod log;
mod origin;
pub mod page;
mod params;
mod place;
mod request;
mod response;
mod run;
mod seal;
pub mod setting;

pub use caller::{Caller, Context, bearer};
pub use clock::Clock;
pub use cookie::{Cookie, CookieMode, SameSite, SealedCookies};
pub use env::{Env, SettingError, process_environment};
pub use error::{Error, Result};
pub use function::{Action, EventFunction, Face, Function, Grant, Guard, Route};
pub use invoke::{Edge, Failure, invoke, invoke_event, refusal};
pub use request::{Request, wants_html};
pub use response::{Response, harden};
pub use run::{RunError, run, run_events};
pub use seal::{KeyError, Sealer};
pub use setting::{Setting, Settings};
