//! The gateway's authorizer: one for REST APIs (TOKEN and REQUEST), HTTP APIs (payload 1.0 and 2.0) and WebSocket APIs.
//!
//! It decides whether the token is good, never whether the route is allowed: its answer is kept by the gateway for a while and
//! for every route, and the edge of each function compares the scope (#75). Whatever it cannot read is not authorized (#78).

mod answer;
mod event;

use oauth::{Time, jose::KeySet};
use serde_json::Value;
use token::Verifier;
use web::{Env, EventFunction, Grant, Result, Settings, setting};

use crate::{answer::Form, event::Question};

/// The function.
pub struct Authorizer {
    verifier: Verifier,
    form: Form,
}

impl EventFunction for Authorizer {
    const NAME: &'static str = "authorizer";
    const GRANTS: &'static [Grant] = &[];
    const SETTINGS: Settings =
        &[&[&setting::BASE_URL, &setting::AUDIENCE, &setting::PUBLIC_KEYS, &setting::AUTHORIZER_ANSWER]];

    async fn init(env: &Env) -> Result<Self> {
        let keys = KeySet::parse(env.text(&setting::PUBLIC_KEYS)?.as_bytes());
        let keys = keys.map_err(|error| format!("PUBLIC_KEYS: {error}"))?;
        let form = Form::parse(&env.text(&setting::AUTHORIZER_ANSWER)?);
        Ok(Self {
            verifier: Verifier::new(env.base_url()?.as_str(), &env.audience()?, keys),
            form: form.ok_or("AUTHORIZER_ANSWER must be simple or policy")?,
        })
    }

    async fn handle(&self, event: &Value, now: Time) -> Result<Value> {
        let Some(question) = Question::read(event) else {
            tracing::info!(reason = "not a gateway's question", "refused");
            return Ok(answer::no(None, self.form)?);
        };
        let Some(token) = question.token else {
            tracing::info!(reason = "no bearer token", "refused");
            return Ok(answer::no(Some(&question), self.form)?);
        };
        match self.verifier.verify(token, now) {
            Ok(claims) => Ok(answer::yes(&question, &claims, self.form)?),
            Err(invalid) => {
                tracing::info!(reason = invalid.reason(), "refused");
                Ok(answer::no(Some(&question), self.form)?)
            }
        }
    }
}
