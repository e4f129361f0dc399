//! Who is signed in: a living session, and its person as they are at this moment.
//!
//! Both are read consistently, and the epochs are compared: somebody who is disabled, or was signed out everywhere, is not there (#34,
//! #35). A crate of its own because `session` and `user` know nothing of one another.

mod step_up;

use oauth::{Secret, SessionCookie, Time};
use session::Session;
use store::{Batch, Row, Table};
use user::User;

pub use self::step_up::{READ_ALONG, StepUp, step_up};

/// Somebody who is signed in, and may be (#35).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// In which session.
    pub session: Session,
    /// Who.
    pub user: User,
}

/// Why nobody could be found. None of it is shown to a caller.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// About sessions.
    #[error("it could not be read who is signed in")]
    Session(#[from] session::Error),
    /// About people.
    #[error("it could not be read who somebody is")]
    User(#[from] user::Error),
    /// About either.
    #[error("it could not be read who is there")]
    Table(#[from] store::Error),
}

impl Person {
    /// Whose session this cookie opens. It is noted as used, as [`session::find`].
    ///
    /// Two GetItems, and an UpdateItem where that is worth a write. It does what [`session::FIND`] and [`user::FIND`] say.
    pub async fn find(table: &Table, cookie: &Secret, now: Time) -> Result<Option<Self>, Error> {
        match session::find(table, cookie, now).await? {
            Some(session) => Self::of(table, session, now).await,
            None => Ok(None),
        }
    }

    /// Whose session this is.
    ///
    /// One GetItem ([`user::FIND`]).
    pub async fn of(table: &Table, session: Session, now: Time) -> Result<Option<Self>, Error> {
        let user = user::active_in(table, &session.user_id, session.epoch, now).await?;
        Ok(user.map(|user| Self { session, user }))
    }

    /// Whose session this cookie opens. It is not noted as used.
    ///
    /// What [`living`](Self::living) costs.
    pub async fn seen(table: &Table, cookie: SessionCookie, now: Time) -> Result<Option<Self>, Error> {
        Ok(Self::living(table, &[cookie], now).await?.into_iter().next())
    }

    /// Those whose sessions these cookies open, in their order. None is noted as used.
    ///
    /// Two BatchGetItems ([`session::LIVING`], [`user::READ`]); none without a cookie.
    pub async fn living(table: &Table, shown: &[SessionCookie], now: Time) -> Result<Vec<Self>, Error> {
        let sessions = session::living(table, shown, now).await?;
        Self::all(table, sessions, now).await
    }

    /// Those whose sessions these are, in their order.
    ///
    /// One BatchGetItem ([`user::READ`]); none without a session.
    pub async fn all(table: &Table, sessions: Vec<Session>, now: Time) -> Result<Vec<Self>, Error> {
        let batch = sessions.iter().fold(Batch::new(), |batch, session| batch.and::<User>(&*session.user_id));
        let rows = table.get_batch(batch, now).await?;
        let people = sessions.into_iter().filter_map(|session| {
            let user = rows.see::<User>(&*session.user_id)?.ok().map(Row::into_inner)?;
            user.is_active_in(session.epoch).then_some(Self { session, user })
        });
        Ok(people.collect())
    }

    /// What to call them.
    pub fn name(&self) -> Option<&str> {
        self.user.name.as_deref().or(self.user.email.as_deref())
    }
}
