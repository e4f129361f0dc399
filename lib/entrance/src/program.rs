//! A program.

use grant::{Authorization, TokenResponse, Tokens};
use oauth::{Code, Error, Sentence, server};
use web::{Request, Result};

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
