//! An authorizer with a key, and the events that ask it. They were written after the samples in AWS's documentation, and not
//! recorded at a gateway.

use std::{collections::HashMap, sync::LazyLock};

use latchkey::mount::{AUTHORIZER, Running};
use oauth::Time;
use serde_json::Value;
use setting::{Clock, Env};
use token::{Claims, Keys, Signer};

pub(crate) const ISSUER: &str = "https://id.example.com";
pub(crate) const AUDIENCE: &str = "https://api.example.com";
pub(crate) const NOW: Time = Time::from_epoch(1_800_000_000);

/// One key for all tests: making one takes a while.
pub(crate) static KEYS: LazyLock<Keys> = LazyLock::new(|| Keys::generate().unwrap());

/// The events of gateways that ask an authorizer.
pub(crate) const QUESTIONS: [&str; 5] =
    ["rest-token", "rest-request", "http-1.0", "http-2.0", "websocket-connect"];

/// The settings of an authorizer of our own tokens.
pub(crate) fn settings() -> HashMap<String, String> {
    [
        ("BASE_URL", ISSUER.to_owned()),
        ("AUDIENCE", AUDIENCE.to_owned()),
        ("PUBLIC_KEYS", KEYS.public().to_json()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// An authorizer of our own tokens, with these settings more.
pub(crate) async fn authorizer(more: &[(&str, &str)]) -> Running {
    let mut values = settings();
    values.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    start(values, Clock::from_fn(|| NOW)).await.unwrap()
}

/// An authorizer with exactly these settings.
pub(crate) async fn start(values: HashMap<String, String>, clock: Clock) -> Result<Running, String> {
    AUTHORIZER.start(Env::new(values, clock, AUTHORIZER.settings)).await.map_err(|error| error.causes())
}

/// A token of ours.
pub(crate) fn token(scope: &str) -> String {
    token_at(scope, NOW)
}

/// A token of ours, issued then.
pub(crate) fn token_at(scope: &str, now: Time) -> String {
    let roles = ["member".to_owned()];
    let scope = scope.parse().unwrap();
    let claims = Claims {
        roles: &roles,
        session: Some("sid-1"),
        name: Some("Ada"),
        email: Some("ada@example.com"),
        ..Claims::of("user-1", "latchkey", &scope)
    };
    Signer::new(ISSUER, AUDIENCE, KEYS.clone()).access_token(&claims, now).unwrap().jwt.expose().to_owned()
}

/// An event of tests/events, with `token` where it holds `TOKEN`.
pub(crate) fn event(name: &str, token: &str) -> Value {
    let path = format!("{}/events/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(
        &std::fs::read_to_string(path).unwrap().replace("Bearer TOKEN", &format!("Bearer {token}")),
    )
    .unwrap()
}

/// Whether an answer, whatever it is, lets anybody in anywhere.
pub(crate) fn allows(answer: &Result<Value, &'static str>) -> bool {
    let Ok(answer) = answer else { return false };
    let text = answer.to_string();
    text.contains("\"Allow\"") || text.contains("\"isAuthorized\":true")
}
