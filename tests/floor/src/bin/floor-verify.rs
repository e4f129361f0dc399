//! The floor of an authorizer: one signature (RS256) and the claims that every library compares.

use floor::setting;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, jwk::JwkSet};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let keys: JwkSet = serde_json::from_str(&setting("PUBLIC_KEYS")?)?;
    let key = DecodingKey::from_jwk(keys.keys.first().ok_or("no key")?)?;
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_issuer(&[setting("BASE_URL")?]);
    validation.set_audience(&[setting("BASE_URL")?]);
    let (key, validation) = (&key, &validation);
    let answer = |event: LambdaEvent<Value>| async move {
        let header =
            event.payload.pointer("/headers/authorization").and_then(Value::as_str).unwrap_or_default();
        let token = decode::<Value>(header.strip_prefix("Bearer ").unwrap_or_default(), key, validation)?;
        Ok::<_, Error>(json!({"isAuthorized": true, "context": {"sub": token.claims["sub"]}}))
    };
    lambda_runtime::run(service_fn(answer)).await
}
