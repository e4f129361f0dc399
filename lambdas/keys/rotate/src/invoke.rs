//! Asking the function of a stack, as an operator does.

use std::time::Duration;

use aws_config::{SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_lambda::{Client, config::Builder, primitives::Blob};
use serde_json::Value;

use crate::{Action, Answer, Error};

/// Longer than the function may take.
const LONGEST: Duration = Duration::from_secs(320);

/// Asks the function of a stack to do something, for the trail in the name of this operator: an ARN. Region and credentials are those that the AWS SDK finds.
pub async fn invoke(stack: &str, action: &Action, operator: &str) -> Result<Answer, Error> {
    invoke_at(aws::config().await, stack, &action.event_by(operator)).await
}

async fn invoke_at(config: &SdkConfig, stack: &str, event: &Value) -> Result<Answer, Error> {
    let name = format!("{stack}-keys-rotate");
    let timeouts = TimeoutConfig::builder().read_timeout(LONGEST).operation_timeout(LONGEST).build();
    // Not again by itself: the operator sees what happened, and the same again is harmless.
    let config = Builder::from(config).timeout_config(timeouts).retry_config(RetryConfig::disabled());
    let asked = Client::from_conf(config.build()).invoke().function_name(&name);
    let said = asked.payload(Blob::new(event.to_string())).send().await;
    let said = said.map_err(|error| Error::of_function(&name, &error))?;
    let failed = |why: &str| Error::Function { name: name.clone(), why: why.to_owned() };
    if said.function_error().is_some() {
        return Err(failed("it failed, and its log says why"));
    }
    let payload = said.payload().map(Blob::as_ref).unwrap_or_default();
    serde_json::from_slice(payload).map_err(|_| failed("its answer cannot be read"))
}
