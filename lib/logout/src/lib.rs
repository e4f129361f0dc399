//! Ending sessions so that their apps learn of it, and the queue by which it is handed over which sessions have ended (OpenID
//! Connect Back-Channel Logout). Who is told, and that nothing is lost, is in the table: see [`session::ended`].
//!
//! A crate of its own because `session` names no service but the table's, and only functions that end sessions link a queue.

mod queue;
pub mod settings;

use oauth::{Secret, Time};
use session::{Error, Session};
use store::Table;

pub use queue::{Message, Queue, QueueError};

/// Ends the session that this cookie opens, as [`session::end`], and hands over that it has ended.
pub async fn end(table: &Table, queue: &Queue, cookie: &Secret, now: Time) -> Result<Option<Session>, Error> {
    let ended = session::end(table, cookie, now).await?;
    hand_over(queue, ended.iter()).await;
    Ok(ended)
}

/// Ends the session with this id, as [`session::end_by_id`], and hands over that it has ended.
pub async fn end_by_id(table: &Table, queue: &Queue, sid: &str, now: Time) -> Result<Option<Session>, Error> {
    let ended = session::end_by_id(table, sid, now).await?;
    hand_over(queue, ended.iter()).await;
    Ok(ended)
}

/// Ends all sessions of a person of which apps are to be told, and hands over that they have ended.
///
/// One Query of the index `owned` and one BatchGetItem, by which no session is missed that was noted before; what ends each session.
pub async fn end_all_of(table: &Table, queue: &Queue, user_id: &str, now: Time) -> Result<(), Error> {
    for sid in session::ended::noted_of(table, user_id, now).await? {
        end_by_id(table, queue, &sid, now).await?;
    }
    Ok(())
}

/// Ends everything of a person so that their apps learn of it: `raising` is what raises their epoch, by which the sessions end of which
/// nobody is told, and with them all codes and grants.
///
/// The sessions of apps end first: if it stops in between, whoever asked for it can do so again. They end once more afterwards, because
/// an app may have got tokens in between; of what comes after the epoch has risen, no app gets any.
pub async fn end_everything_of<T, E: From<Error>>(
    table: &Table,
    queue: &Queue,
    user_id: &str,
    now: Time,
    raising: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    end_all_of(table, queue, user_id, now).await?;
    let raised = raising.await?;
    end_all_of(table, queue, user_id, now).await?;
    Ok(raised)
}

/// Hands over that these sessions have ended, as far as anybody is to be told. It never fails: what does not get through now is
/// handed over later, by the sweep of what is overdue.
pub async fn hand_over(queue: &Queue, ended: impl Iterator<Item = &Session>) {
    for session in ended.filter(|session| !session.clients().is_empty()) {
        if let Err(error) = queue.send(&Message::about(&session.id)).await {
            tracing::warn!(
                cause = oauth::causes(&error),
                "apps of a session that has ended are told later: the queue does not answer"
            );
        }
    }
}
