//! Secrets Manager, in a library of its own: `web` must not import AWS, `store` names DynamoDB only, and only the functions
//! that have secrets link this.
//!
//! A function's environment holds the ARN of a secret, never the secret (#106). At its start the function lets
//! `setting::Env::unlocked` put the secrets in their places, which asks here, once.

mod error;

use std::time::Duration;

use aws_config::{SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_secretsmanager::{Client, config::Builder};
use futures_util::future::join_all;
use oauth::Secret;

pub use error::Error;

/// How long one attempt may take.
const ATTEMPT: Duration = Duration::from_secs(2);
/// How long all attempts may take: Lambda gives a start ten seconds.
const OPERATION: Duration = Duration::from_secs(6);
const ATTEMPTS: u32 = 3;

/// The secrets with these ARNs, in this order, all asked for at once by one client. Region, credentials and endpoint come
/// from where the AWS SDK finds them.
pub async fn fetch(arns: Vec<String>) -> Vec<Result<Secret, Error>> {
    fetch_from(aws::config().await, &arns).await
}

async fn fetch_from(config: &SdkConfig, arns: &[String]) -> Vec<Result<Secret, Error>> {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(ATTEMPT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION);
    let retries = RetryConfig::standard().with_max_attempts(ATTEMPTS);
    let config = Builder::from(config).timeout_config(timeouts.build()).retry_config(retries);
    let client = Client::from_conf(config.build());
    join_all(arns.iter().map(|arn| one(&client, arn))).await
}

async fn one(client: &Client, arn: &str) -> Result<Secret, Error> {
    let answer = client.get_secret_value().secret_id(arn).send().await.map_err(|error| Error::of(&error))?;
    answer.secret_string.map(Secret::new).ok_or(Error::NotText)
}

#[cfg(test)]
mod tests;
