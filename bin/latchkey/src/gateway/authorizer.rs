//! The authorizer in front of guarded routes, and the gateway's memory of what it said.

use std::{collections::HashMap, sync::Mutex};

use http::StatusCode;
use oauth::Time;
use serde_json::{Value, json};
use setting::Clock;

use crate::mount::{DECISION_LIFETIME, Running};

/// How many answers are cached: a bound for a laptop.
const CACHE_SIZE: usize = 10_000;

/// Asks the authorizer, or its own cache.
pub(super) struct Gatekeeper {
    authorizer: Running,
    clock: Clock,
    cache: Mutex<HashMap<(String, String), (Time, Value)>>,
}

impl Gatekeeper {
    pub(super) fn new(authorizer: Running, clock: Clock) -> Self {
        Self { authorizer, clock, cache: Mutex::default() }
    }

    /// The authorizer's context for this request, or the gateway's refusal. The identity sources are the Authorization
    /// header, without which the gateway asks nobody, and the route (#75).
    pub(super) async fn admit(&self, event: &Value) -> Result<Value, StatusCode> {
        let token =
            event.pointer("/headers/authorization").and_then(Value::as_str).filter(|token| !token.is_empty());
        let token = token.ok_or(StatusCode::UNAUTHORIZED)?;
        let route = event["routeKey"].as_str().unwrap_or_default();
        let key = (token.to_owned(), route.to_owned());
        let now = self.clock.now();
        let cached = self.cached(&key, now);
        let answer = match cached {
            Some(answer) => answer,
            None => self.ask(event, key, now).await?,
        };
        if answer.get("isAuthorized").and_then(Value::as_bool) == Some(true) {
            Ok(answer.get("context").cloned().unwrap_or_else(|| json!({})))
        } else {
            Err(StatusCode::FORBIDDEN)
        }
    }

    fn cached(&self, key: &(String, String), now: Time) -> Option<Value> {
        let cache = self.cache.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        cache.get(key).filter(|(until, _)| now < *until).map(|(_, answer)| answer.clone())
    }

    async fn ask(&self, event: &Value, key: (String, String), now: Time) -> Result<Value, StatusCode> {
        let answer = self
            .authorizer
            .invoke(&question(event, &key))
            .await
            .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
        let mut cache = self.cache.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if cache.len() >= CACHE_SIZE {
            cache.clear();
        }
        cache.insert(key, (now.after(DECISION_LIFETIME), answer.clone()));
        Ok(answer)
    }
}

/// The event that the authorizer gets: the function's, without a body.
fn question(event: &Value, (token, route): &(String, String)) -> Value {
    let mut question = event.clone();
    if let Some(fields) = question.as_object_mut() {
        fields.remove("body");
        fields.remove("isBase64Encoded");
    }
    question["type"] = "REQUEST".into();
    question["routeArn"] =
        format!("arn:aws:execute-api:local:000000000000:local/$default/{}", route.replacen(' ', "", 1))
            .into();
    question["identitySource"] = json!([token, route]);
    question
}
