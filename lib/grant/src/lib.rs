//! From "we know who it is" to tokens. Every way of getting an access token (RFC 6749 §1.3) ends in an [`Authorization`] and in
//! one [`Tokens::issue`], so that none can leave out a step: what the person may do, the claims, the signature, the answer.
//!
//! No HTTP client is linked here: a function that exchanges a session for a token has no way to a provider.

mod authorization;
mod tokens;

pub use authorization::Authorization;
pub use tokens::{TokenResponse, Tokens};
