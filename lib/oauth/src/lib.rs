//! The words latchkey speaks: error codes, scopes, secrets, PKCE, redirect rules, identities and time.
//!
//! Ground floor: no async, no AWS, no HTTP, none of our other crates.

mod base_url;
mod caller;
mod causes;
mod digest;
mod domain;
mod errors;
mod identity;
pub mod limits;
mod pkce;
mod redirect_flaw;
mod redirect_target;
mod redirect_uri;
mod refusal;
mod return_to;
mod scope;
mod secret;
mod seed;
mod sentence;
pub mod server;
mod session_cookie;
mod standard_claims;
pub mod text;
mod time;
mod token_kind;
mod visit;

pub use base_url::{BaseUrl, BaseUrlError, is_local_address};
pub use caller::Caller;
pub use causes::causes;
pub use digest::Digest;
pub use domain::domain;
pub use errors::{Code, Sender};
pub use identity::Identity;
pub use pkce::{Challenge, Verifier};
pub use redirect_flaw::RedirectFlaw;
pub use redirect_target::{AuthorizationResponse, RedirectTarget};
pub use redirect_uri::RedirectUri;
pub use refusal::Error;
pub use return_to::{Origins, OriginsError, ReturnTo};
pub use scope::Scope;
pub use secret::Secret;
pub use seed::Seed;
pub use sentence::Sentence;
pub use session_cookie::SessionCookie;
pub use standard_claims::{Said, StandardClaims};
pub use time::Time;
pub use token_kind::{NOT_OF_ACCESS_TOKENS, is_of_another_kind};
pub use visit::{Visit, short};
