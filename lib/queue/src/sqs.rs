//! Sending: SQS, or what speaks its protocol.

use std::{fmt, sync::Arc, time::Duration};

use aws_sdk_sqs::{
    Client,
    config::{Builder, retry::RetryConfig, timeout::TimeoutConfig},
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
};
use serde::Serialize;
use setting::{Env, Setting, SettingError};
use tokio::sync::OnceCell;

use crate::settings::SQS_ENDPOINT;

/// How long one attempt may take: a person waits meanwhile.
const ATTEMPT: Duration = Duration::from_secs(1);
/// How long all attempts may take.
const OPERATION: Duration = Duration::from_millis(2500);
const ATTEMPTS: u32 = 2;

/// Why nothing was handed over.
#[derive(Debug, thiserror::Error)]
#[error("the queue refused or did not answer: {0}")]
pub struct QueueError(String);

impl QueueError {
    fn of<E: ProvideErrorMetadata + std::error::Error + 'static>(error: &SdkError<E>) -> Self {
        match error.code() {
            Some(code) => Self(code.to_owned()),
            None => Self(DisplayErrorContext(error).to_string().chars().take(300).collect()),
        }
    }
}

/// A queue. Without one, nothing is sent. Cloning is cheap.
#[derive(Clone)]
pub struct Queue(Option<Arc<Inner>>);

struct Inner {
    url: String,
    endpoint: Option<String>,
    client: OnceCell<Client>,
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Queue").field(&self.0.is_some()).finish()
    }
}

impl Queue {
    /// The queue whose URL is in this setting. Nothing is sent yet, and no client is made: most invocations hand nothing over.
    pub fn from_env(env: &Env, url: &'static Setting) -> Result<Self, SettingError> {
        let endpoint = env.get(&SQS_ENDPOINT)?;
        let inner = |url| Inner { url, endpoint, client: OnceCell::new() };
        Ok(Self(env.get(url)?.map(|url| Arc::new(inner(url)))))
    }

    /// The queue at this URL. `endpoint` is the address of SQS, if it is not AWS.
    pub fn at(url: String, endpoint: Option<String>) -> Self {
        Self(Some(Arc::new(Inner { url, endpoint, client: OnceCell::new() })))
    }

    /// No queue: nothing is sent.
    pub fn none() -> Self {
        Self(None)
    }

    /// Hands a message over.
    ///
    /// One SendMessage, if there is a queue.
    pub async fn send(&self, message: &impl Serialize) -> Result<(), QueueError> {
        let Some(inner) = &self.0 else { return Ok(()) };
        let body = serde_json::to_string(message).map_err(|error| QueueError(error.to_string()))?;
        let request = inner.client().await.send_message().queue_url(&inner.url).message_body(body);
        request.send().await.map(drop).map_err(|error| QueueError::of(&error))
    }

    /// Lets a message that was received come again after this time, and not after the queue's own.
    ///
    /// One ChangeMessageVisibility, if there is a queue.
    pub async fn come_again(&self, receipt: &str, after: Duration) -> Result<(), QueueError> {
        let Some(inner) = &self.0 else { return Ok(()) };
        let seconds = i32::try_from(after.as_secs()).unwrap_or(i32::MAX);
        let request = inner.client().await.change_message_visibility().queue_url(&inner.url);
        let request = request.receipt_handle(receipt).visibility_timeout(seconds);
        request.send().await.map(drop).map_err(|error| QueueError::of(&error))
    }
}

impl Inner {
    async fn client(&self) -> &Client {
        self.client.get_or_init(|| connect(self.endpoint.as_deref())).await
    }
}

async fn connect(endpoint: Option<&str>) -> Client {
    let config = Builder::from(&aws::config_at(endpoint).await);
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(ATTEMPT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION);
    let retries =
        RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(Duration::from_millis(50));
    Client::from_conf(config.timeout_config(timeouts.build()).retry_config(retries).build())
}
