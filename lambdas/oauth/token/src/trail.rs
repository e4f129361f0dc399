//! What the trail says of token requests.

use std::sync::atomic::Ordering;

use audit::{Actor, Event, What};
use grant::TokenResponse;
use oauth::{Code, server::GrantType};
use session::Family;
use store::Write;
use web::Result;

use crate::{Asked, Token};

impl Token {
    /// Logs how a request ended: as an event that takes the place of the edge's line, if it ended in an error. A device that asks again
    /// too early, or before its person has decided, is refused nothing.
    pub(crate) fn logged(asked: &Asked, answer: Result<TokenResponse>) -> Result<TokenResponse> {
        let event =
            asked.event(if asked.grant == GrantType::RefreshToken { What::Renewal } else { What::Token });
        match answer {
            Ok(answer) => {
                let issued = &answer.issued;
                let event = issued.user_id.iter().fold(event, |event, id| event.whom(id));
                let event = issued.client_id.iter().fold(event, |event, id| event.client(id));
                issued.grant.iter().fold(event, |event, id| event.grant(id)).log();
                Ok(answer)
            }
            Err(error) if error.refusal().is_some_and(|refusal| is_early(refusal.code())) => Err(error),
            Err(error) => {
                let line = event.line_for(error.refusal());
                Err(error.logged_by(line))
            }
        }
    }

    /// The row of an event, for the transaction of what it is about.
    pub(crate) fn kept(&self, event: &Event) -> Vec<Write> {
        vec![self.trail.write(event)]
    }
}

impl Asked {
    /// Something that happens in this request.
    pub(crate) fn event(&self, what: What) -> Event {
        let event = Event::new(what, &self.visit).way(self.grant.as_str());
        if !self.is_known.load(Ordering::Relaxed) {
            return event;
        }
        let id = self.client.client_id();
        event.by(Actor::Service(id.to_owned())).client(id)
    }

    /// That what was issued once came again, and the grant that ends by it.
    pub(crate) fn reused(&self, what: What, user_id: &str, grant: &str) -> Event {
        let event = self.event(what).whom(user_id).grant(grant);
        event.refused(Code::InvalidGrant)
    }

    /// The same of a refresh token.
    pub(crate) fn reused_token(&self, family: &Family) -> Event {
        self.reused(What::RefreshTokenReused, &family.user_id, &family.id)
    }
}

fn is_early(code: Code) -> bool {
    matches!(code, Code::AuthorizationPending | Code::SlowDown)
}
