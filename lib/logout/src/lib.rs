//! Ending sessions so that their apps learn of it, and the queue by which it is handed over which sessions have ended (OpenID
//! Connect Back-Channel Logout). Who is told, and that nothing is lost, is in the table: see [`session::ended`].
//!
//! A crate of its own because `session` names no service but the table's, and only functions that end sessions link a queue.

mod queue;
pub mod settings;
mod sign_out;

use std::pin::Pin;

use oauth::Time;
use session::{Error, Session};
use store::{Table, Write};

pub use self::{
    queue::{Message, Queue},
    sign_out::{SignOut, TELL},
};

/// Ends the session with this id, as [`session::end_by_id`], and hands over that it has ended.
pub async fn end_by_id(table: &Table, queue: &Queue, sid: &str, now: Time) -> Result<Option<Session>, Error> {
    let ended = session::end_by_id(table, sid, now).await?;
    hand_over(queue, ended.iter()).await;
    Ok(ended)
}

/// The same, which writes these in the transaction that ends it, as [`session::end_by_id_noting`].
pub async fn end_by_id_noting(
    table: &Table,
    queue: &Queue,
    sid: &str,
    noted: Vec<Write>,
    now: Time,
) -> Result<Option<Session>, Error> {
    let ended = session::end_by_id_noting(table, sid, noted, now).await?;
    hand_over(queue, ended.iter()).await;
    Ok(ended)
}

/// Ends everything of a person so that their apps learn of it: `raising` is what raises their epoch, by which all of it ends.
///
/// What is refused ends nothing (#96). If it stops after the epoch has risen, apps are told of what the repetition finds. Of a session that
/// an app joins after that, it gets no tokens.
///
/// What `raising` costs; one Query of the index `owned` and two BatchGetItem, by which no session is missed; what ends each session.
pub async fn end_everything_of<T, E: From<Error>>(
    table: &Table,
    queue: &Queue,
    user_id: &str,
    now: Time,
    raising: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let raised = raising.await?;
    end_noted(table, queue, user_id, now).await?;
    Ok(raised)
}

/// The same of somebody who is deleted: what comes between the tombstone, which ends everything, and the sweep, after which nobody knows
/// which apps there were.
pub fn before_sweep<'a>(
    table: &'a Table,
    queue: &'a Queue,
    now: Time,
) -> impl Fn(String) -> Ending<'a> + Send + Sync + 'a {
    move |user_id| {
        Box::pin(async move {
            end_noted(table, queue, &user_id, now).await.map_err(|error| match error {
                Error::Store(error) => error,
                // Nothing begins here.
                Error::Started => std::io::Error::other(error.to_string()).into(),
            })
        })
    }
}

/// Ending what was somebody's.
pub type Ending<'a> = Pin<Box<dyn Future<Output = Result<(), store::Error>> + Send + 'a>>;

/// Ends the sessions of a person of which apps are to be told, and hands over that they have ended.
async fn end_noted(table: &Table, queue: &Queue, user_id: &str, now: Time) -> Result<(), Error> {
    let ended = session::ended::end_noted_of(table, user_id, now).await?;
    hand_over(queue, ended.iter()).await;
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
