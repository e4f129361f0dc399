//! A program.

use grant::{Authorization, TokenResponse, Tokens};
use oauth::{Code, Error, Scope, Secret, Sentence, server};
use serde::Serialize;
use user::User;
use web::{Request, Response, Result};

use crate::{Arrived, Entrance, note};

/// Where a person signs in who has to be asked something.
const SIGN_IN: &str = "/users/login";

impl Entrance {
    /// Gives a program a token and no session. The rights of `tokens` are as new as the caller has made them. Refused: somebody who has a
    /// second factor, or a role that demands one, and came without one, because a program cannot ask for it.
    pub fn program(
        &self,
        tokens: &Tokens,
        request: &Request,
        arrived: &Arrived<'_>,
    ) -> Result<TokenResponse> {
        // What a role demands is asked where tokens are issued.
        let steps = self.steps.as_ref().filter(|_| arrived.user.factors.asks_for_code());
        if let Some(steps) = steps.filter(|_| !server::has_factors(arrived.amr)) {
            let refusal = Error::said(Code::InteractionRequired, Sentence::FactorNeeded).with_status(403);
            return Err(refusal
                .with_detail(&format!("Sign in at {}{SIGN_IN} in a browser.", steps.base))
                .into());
        }
        let authorized = Authorization::of(arrived.user).via(arrived.via.as_str()).shown(arrived.amr);
        let issued = tokens.issue(&authorized, request.now)?;
        note(request, arrived, None);
        Ok(issued)
    }
}

/// What a program of one's own gets.
#[derive(Serialize)]
struct Welcome<'a, U> {
    user: U,
    token: &'a Secret,
    token_type: &'static str,
    /// Seconds.
    expires_in: u64,
    scope: &'a Scope,
}

/// The answer with this token, for a program of one's own that signed this person in.
pub fn welcome(user: &User, tokens: &TokenResponse) -> Result<Response> {
    Response::json(&Welcome {
        user: user.profile(),
        token: &tokens.access_token,
        token_type: tokens.token_type,
        expires_in: tokens.expires_in,
        scope: &tokens.scope,
    })
}
