//! A program.

use grant::{Authorization, TokenResponse, Tokens};
use web::{Request, Result};

use crate::{Arrived, note};

/// Gives a program a token and no session. The rights of `tokens` are as new as the caller has made them.
pub fn program(tokens: &Tokens, request: &Request, arrived: &Arrived<'_>) -> Result<TokenResponse> {
    let authorized = Authorization::of(arrived.user).via(arrived.via.as_str());
    let issued = tokens.issue(&authorized, request.now)?;
    note(request, arrived, None);
    Ok(issued)
}
