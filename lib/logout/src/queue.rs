//! The queue of sessions that have ended.

use std::time::Duration;

use queue::{QueueError, settings::SQS_ENDPOINT};
use serde::{Deserialize, Serialize};
use setting::{Env, Group, SettingError};

use crate::settings::LOGOUT_QUEUE;

/// What is handed over: that this session has ended. Everything else is in the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Which session.
    pub sid: String,
}

impl Message {
    /// About the session with this id.
    pub fn about(sid: &str) -> Self {
        Self { sid: sid.to_owned() }
    }
}

/// The queue. Without one, nobody is told, and nothing is sent. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct Queue(queue::Queue);

impl Queue {
    /// What is read to find it.
    pub const SETTINGS: Group = &[&LOGOUT_QUEUE, &SQS_ENDPOINT];

    /// The queue of the settings. Nothing is sent yet, and no client is made: most sessions end without anyone to tell.
    pub fn from_env(env: &Env) -> Result<Self, SettingError> {
        queue::Queue::from_env(env, &LOGOUT_QUEUE).map(Self)
    }

    /// No queue: what is to be told is in the table, and is handed over by the next sweep of what is overdue.
    pub fn none() -> Self {
        Self(queue::Queue::none())
    }

    /// Hands a message over, as [`queue::Queue::send`].
    pub async fn send(&self, message: &Message) -> Result<(), QueueError> {
        self.0.send(message).await
    }

    /// Lets a message that was received come again after this time, as [`queue::Queue::come_again`].
    pub async fn come_again(&self, receipt: &str, after: Duration) -> Result<(), QueueError> {
        self.0.come_again(receipt, after).await
    }
}
