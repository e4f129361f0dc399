//! The rule, and the rows that it reads.

use client::Client;
use oauth::{Caller, Time};
use session::{Family, Session};
use store::{Batch, Error, Record, Rows, Table};
use user::User;

/// What a token rests on. Nothing more can be said where its subject is its client, which acts for itself.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The person.
    pub user: Option<User>,
    /// The client, if it has a row.
    pub client: Option<Client>,
    /// The grant of that client, if the token belongs to one.
    pub family: Option<Family>,
    session: Option<Session>,
}

impl Standing {
    /// The key of the identity by which the person came, if that is known: of the grant, or of the session where there is none.
    pub fn via(&self) -> Option<&str> {
        match &self.family {
            Some(family) => family.via.as_deref(),
            None => self.session.as_ref()?.via.as_deref(),
        }
    }

    /// In which ways the person has shown who they are (RFC 8176), likewise.
    pub fn amr(&self) -> &[String] {
        match (&self.family, &self.session) {
            (Some(family), _) => &family.amr,
            (None, Some(session)) => &session.amr,
            (None, None) => &[],
        }
    }
}

/// Asks the table, by one request for at most four rows (`BatchGetItem`).
pub async fn is_revoked(table: &Table, caller: &Caller, now: Time) -> Result<bool, Error> {
    let mut rows = table.get_batch(batch(caller), now).await?;
    Ok(standing(&mut rows, caller, now).is_none())
}

/// The rows to be read for the token of this caller, which [`standing`] asks.
pub fn batch(caller: &Caller) -> Batch {
    Batch::new()
        .and::<Session>(caller.session.as_deref())
        .and::<User>(&*caller.subject)
        .and::<Client>(&*caller.client_id)
        .and::<Family>(caller.grant.as_deref())
}

/// What the token of this caller rests on; nothing if it does not count any more. A row that cannot be read counts against its own
/// token, and against no other (#78).
pub fn standing(rows: &mut Rows, caller: &Caller, now: Time) -> Option<Standing> {
    let standing = Standing {
        session: readable(rows, caller.session.as_deref())?,
        user: readable(rows, Some(&caller.subject))?,
        client: readable(rows, Some(&caller.client_id))?,
        family: readable(rows, caller.grant.as_deref())?,
    };
    standing.supports(caller, now).then_some(standing)
}

/// The row, if there is one; nothing at all if there is one that cannot be read.
fn readable<R: Record>(rows: &mut Rows, id: Option<&str>) -> Option<Option<R>> {
    match rows.take::<R>(id) {
        None => Some(None),
        Some(Ok(row)) => Some(Some(row.into_inner())),
        Some(Err(_)) => {
            tracing::warn!(kind = R::KIND, id, "a row cannot be read: tokens that depend on it are refused");
            None
        }
    }
}

impl Standing {
    /// Whether the token of this caller still counts (#34, #35).
    fn supports(&self, caller: &Caller, now: Time) -> bool {
        if self.client.as_ref().is_some_and(Client::is_disabled) {
            return false;
        }
        let Some(user) = &self.user else { return is_service(caller) };
        if !user.is_active() {
            return false;
        }
        match (&caller.grant, &caller.session) {
            (Some(_), _) => self.supports_grant(caller, user, now),
            (None, Some(_)) => self
                .session
                .as_ref()
                .is_some_and(|it| it.is_alive(now) && (&it.user_id, it.epoch) == (&user.id, user.epoch)),
            (None, None) => true,
        }
    }

    /// A client's token rests on the grant that it names, if that is of this very person and this very client.
    fn supports_grant(&self, caller: &Caller, user: &User, now: Time) -> bool {
        let (Some(family), Some(client)) = (&self.family, &self.client) else { return false };
        (&family.user_id, &family.client_id) == (&user.id, &caller.client_id)
            && family.stands(self.session.as_ref(), user.epoch, client.epoch, now)
    }
}

/// Whether a token of ours is a service's own: RFC 9068 §2.2 makes the client the subject where no person takes part. No
/// row of a user is expected then. Nobody becomes one by choosing a name: our users' ids are made here, of random bits, and
/// a sign-in writes the id of its user into `sub` and never into `client_id`. A session belongs to a person, so there is
/// none, and no grant.
fn is_service(caller: &Caller) -> bool {
    caller.session.is_none() && caller.grant.is_none() && caller.subject == caller.client_id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_declared_is_what_is_asked() {
        // #107
        let declared: Vec<_> = crate::IS_REVOKED.all.iter().map(|permission| permission.rows).collect();
        assert_eq!(declared, [Session::KIND, User::KIND, Client::KIND, Family::KIND]);
        assert!(Table::SETTINGS.iter().all(|setting| crate::SETTINGS.contains(setting)));
    }
}
