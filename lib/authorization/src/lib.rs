//! The authorization request (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2): its parameters, the checks in their order, and what
//! comes next for the person who is there.
//!
//! [`Asked`] becomes [`ForClient`], that [`WithRedirectUri`], and that an [`AuthorizationRequest`]. What fails before the redirect
//! URI was found to be the client's is [`Shown`] on a page; what fails later is [`Returned`] to the client.

mod acr;
pub mod apps;
mod asked;
mod checks;
mod consent;
mod error;
mod limits;
mod parameters;
mod pushed;
mod request;
mod requested;
mod returning;
mod subject;

pub use asked::{Asked, ForClient, WithRedirectUri};
pub use consent::{ADD_CONSENT, Agreement, CHECK_CONSENT, Consent, FIND_AGREEMENT, READ_CONSENT};
pub use error::{Returned, Shown};
pub use limits::{COUNT_WAITING, LimitError, count_waiting};
pub use parameters::{Flaw, Parameters};
pub use pushed::{FIND_PUSHED, PUSH, PushError, Pushed, SPEND_PUSHED};
pub use request::{AuthorizationRequest, Decision, Factor, Next, Question, SignIn};
pub use requested::{requested_resources, requested_scope};
pub use returning::Return;
