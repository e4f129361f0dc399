//! Telling one receiver what is due.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use futures_util::future::join_all;
use notice::{Notice, Receiver, SigningSecret, State};
use oauth::Time;
use store::Row;
use tokio::time::timeout;
use web::Result;

use crate::Send;

/// How many requests a receiver gets at the same time.
const AT_ONCE: usize = 16;
/// For how long a receiver is told in one run. What is not done then is done by the next one.
const LIMIT: Duration = Duration::from_secs(9);

/// What a run did for a receiver.
#[derive(Debug, Default)]
pub(crate) struct Done {
    /// How much it was told.
    told: AtomicUsize,
    /// How much it could not be told for a day.
    failed: AtomicUsize,
}

impl Done {
    pub(crate) fn told(&self) -> usize {
        self.told.load(Ordering::Relaxed)
    }

    pub(crate) fn failed(&self) -> usize {
        self.failed.load(Ordering::Relaxed)
    }
}

impl Send {
    /// Tells a receiver what is due, and how much that was. It never fails, and no receiver waits for another: one that does not answer is
    /// left alone for this run.
    pub(crate) async fn drain(&self, receiver: &Receiver, now: Time) -> Done {
        let done = Done::default();
        if receiver.disabled {
            return done;
        }
        match timeout(LIMIT, self.try_drain(receiver, &done, now)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::error!(
                    receiver = receiver.name,
                    cause = error.causes(),
                    "a receiver cannot be told now"
                );
            }
            Err(_) => {
                tracing::info!(receiver = receiver.name, "the rest is told by the next run");
            }
        }
        done
    }

    async fn try_drain(&self, receiver: &Receiver, done: &Done, now: Time) -> Result<()> {
        let due = notice::take_up(&self.table, receiver, now).await?;
        let secrets = receiver.signing(&self.sealer);
        // The first one shows whether anybody is there.
        let (first, rest) = due.split_at(due.len().min(1));
        for part in std::iter::once(first).chain(rest.chunks(AT_ONCE)) {
            let before = done.told();
            let each = part.iter().map(|notice| self.tell(receiver, &secrets, notice, done, now));
            join_all(each).await.into_iter().collect::<Result<()>>()?;
            if done.told() == before {
                break;
            }
        }
        Ok(())
    }

    async fn tell(
        &self,
        receiver: &Receiver,
        secrets: &[SigningSecret],
        notice: &Row<Notice>,
        done: &Done,
        now: Time,
    ) -> Result<()> {
        let failure = self.post(&receiver.url, secrets, notice, now).await.err();
        let (receiver, message) = (receiver.name.as_str(), notice.message.as_str());
        let cause = failure.clone();
        match notice::deliver(&self.table, notice, failure, now).await? {
            State::Told => {
                done.told.fetch_add(1, Ordering::Relaxed);
                tracing::info!(receiver, message, "told");
            }
            State::Waiting => {
                tracing::warn!(receiver, message, cause, "a receiver could not be told");
            }
            State::Failed => {
                done.failed.fetch_add(1, Ordering::Relaxed);
                tracing::error!(receiver, message, cause, "a receiver could not be told for a day");
            }
        }
        Ok(())
    }
}
