//! Secrets Manager, in a library of its own: `web` must not import AWS, `store` names DynamoDB only, and only the functions
//! that have secrets link this.
//!
//! A function's environment holds the ARN of a secret, never the secret (#106). At its start the function lets
//! `setting::Env::unlocked` put the secrets in their places, which asks here, once.

mod error;

use std::time::Duration;

use aws_config::{SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_lc_rs::digest::{SHA256, digest};
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
    let vault = Vault::of(config);
    join_all(arns.iter().map(|arn| async { Ok(vault.read(arn).await?.secret) })).await
}

/// For whoever changes a secret, too.
#[derive(Debug, Clone)]
pub struct Vault(Client);

/// A secret as it is kept.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The secret.
    pub secret: Secret,
    /// The id of this version of it.
    pub version: String,
}

impl Vault {
    /// The vault at an AWS.
    pub fn of(config: &SdkConfig) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(ATTEMPT)
            .operation_attempt_timeout(ATTEMPT)
            .operation_timeout(OPERATION);
        let retries = RetryConfig::standard().with_max_attempts(ATTEMPTS);
        let config = Builder::from(config).timeout_config(timeouts.build()).retry_config(retries);
        Self(Client::from_conf(config.build()))
    }

    /// The secret as it is.
    pub async fn read(&self, arn: &str) -> Result<Stored, Error> {
        let sent = self.0.get_secret_value().secret_id(arn).send().await;
        let answer = sent.map_err(|error| Error::of(&error))?;
        let secret = answer.secret_string.map(Secret::new).ok_or(Error::NotText)?;
        Ok(Stored { secret, version: answer.version_id.unwrap_or_default() })
    }

    /// Puts a new value in the place of the one that was read. A repetition after a lost answer makes no second version: the id of
    /// the new one follows from what it is and what it replaces. From the value alone it must not follow, because a value that was there
    /// before would not become the current one again.
    pub async fn replace(&self, arn: &str, old: &Stored, new: Secret) -> Result<Stored, Error> {
        let digest = digest(&SHA256, format!("{}\n{}", old.version, new.expose()).as_bytes());
        let version: String = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        let request = self.0.put_secret_value().secret_id(arn).client_request_token(&version);
        let sent = request.secret_string(new.expose()).send().await;
        sent.map_err(|error| Error::of(&error))?;
        Ok(Stored { secret: new, version })
    }
}

#[cfg(test)]
mod tests;
