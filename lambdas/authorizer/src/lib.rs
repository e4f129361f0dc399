//! The gateway's authorizer: one for REST APIs (TOKEN and REQUEST), HTTP APIs (payload 1.0 and 2.0) and WebSocket APIs.
//!
//! It decides whether the token is good, never whether the route is allowed: its answer is cached by the gateway for a while and
//! for every route, and the edge of each function compares the scope (#75). Whatever it cannot read is not authorized (#78).

mod answer;
mod event;
mod issuers;
pub mod settings;
#[cfg(not(feature = "revocation"))]
mod without_revocation;

use oauth::{Caller, Time};
#[cfg(feature = "revocation")]
use revocation::Checker;
use serde_json::Value;
use setting::{Env, Permissions, Settings};
use token::Verifier;
use trust::{Issuers, Refused};
use web::{EventFunction, Result};

#[cfg(not(feature = "revocation"))]
use crate::without_revocation::Checker;
use crate::{answer::Form, event::Question};

/// The function.
pub struct Authorizer {
    issuers: Issuers,
    revocation: Option<Checker>,
    form: Form,
}

impl EventFunction for Authorizer {
    const NAME: &'static str = "authorizer";
    const PERMISSIONS: &'static [Permissions] = &[revocation::CHECK];
    const SETTINGS: Settings =
        &[Verifier::SETTINGS, &[&settings::AUTHORIZER_ANSWER], revocation::SETTINGS, Issuers::SETTINGS];

    async fn init(env: &Env) -> Result<Self> {
        let form = Form::parse(&env.text(&settings::AUTHORIZER_ANSWER)?);
        let issuers = issuers::read(env)?;
        Ok(Self {
            revocation: Checker::from_env(env, issuers.latchkey()).await?,
            issuers,
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
        match self.issuers.verify(token, now).await {
            Ok(caller) if self.is_revoked(&caller, now).await? => {
                tracing::info!(reason = "revoked", "refused");
                Ok(answer::no(Some(&question), self.form)?)
            }
            Ok(caller) => Ok(answer::yes(&question, caller, self.form)?),
            // No answer to keep: the gateway says 500 and asks again (#78).
            Err(Refused::Undecided(error)) => Err(error.into()),
            Err(refused) => {
                tracing::info!(reason = refused.reason(), "refused");
                Ok(answer::no(Some(&question), self.form)?)
            }
        }
    }
}

impl Authorizer {
    async fn is_revoked(&self, caller: &Caller, now: Time) -> Result<bool> {
        match &self.revocation {
            Some(revocation) => Ok(revocation.is_revoked(caller, now).await?),
            None => Ok(false),
        }
    }
}
