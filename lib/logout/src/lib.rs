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

/// Ends all sessions of a person of which apps are to be told, and hands over that they have ended. To be done before the person's
/// epoch is raised, which ends the others too: if it stops in between, whoever asked does so again.
///
/// One Query of the index `owned`, which may lack a session whose first app was noted a second ago; what ends each session.
pub async fn end_all_of(table: &Table, queue: &Queue, user_id: &str, now: Time) -> Result<(), Error> {
    for sid in session::ended::noted_of(table, user_id, now).await? {
        end_by_id(table, queue, &sid, now).await?;
    }
    Ok(())
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
