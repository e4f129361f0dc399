//! From "we know who it is" to tokens. Every way of getting an access token (RFC 6749 §1.3) ends in an [`Authorization`] and in
//! one [`Tokens::issue`], so that none can leave out a step: whom the token is for, what it may allow, the claims, the signature, the
//! answer.
//!
//! No HTTP client is linked here: a function that exchanges a session for a token has no way to a provider.

mod authorization;
mod error;
mod person;
mod target;
mod terms;
mod tokens;

pub use authorization::{Authorization, Exchange};
pub use error::Error;
pub use person::{Place, person_claims};
pub use target::{Resource, Target};
pub use terms::terms;
pub use tokens::{Issued, TokenResponse, Tokens};
