//! The rule, and the rows that it reads.

use client::Client;
use oauth::{Caller, Time};
use session::Session;
use store::{Error, Found, Record, Table};
use user::User;

/// Asks the table, by one request for three rows (`BatchGetItem`). A row that cannot be read counts against its own token, and
/// against no other (#78).
pub async fn is_revoked(table: &Table, caller: &Caller, now: Time) -> Result<bool, Error> {
    let ids = (caller.session.as_deref(), Some(&*caller.subject), Some(&*caller.client_id));
    let (session, user, client) = table.get_three::<Session, User, Client>(ids, now).await?;
    let counts = stands(session, ids.0, |session| session.is_alive(now), caller.session.is_none())
        && stands(user, ids.1, User::is_active, is_service(caller))
        && stands(client, ids.2, |client| !client.is_disabled(), true);
    Ok(!counts)
}

/// Whether what a token rests on is there and good; `without` says whether it does without.
fn stands<R: Record>(found: Found<R>, id: Option<&str>, is_good: impl Fn(&R) -> bool, without: bool) -> bool {
    match found {
        None => without,
        Some(Ok(row)) => is_good(&row),
        Some(Err(_)) => {
            tracing::warn!(kind = R::KIND, id, "a row cannot be read: tokens that depend on it are refused");
            false
        }
    }
}

/// Whether a token of ours is a service's own: RFC 9068 §2.2 makes the client the subject where no person takes part. No
/// row of a user is expected then. Nobody becomes one by choosing a name: our users' ids are made here, of random bits, and
/// a sign-in writes the id of its user into `sub` and never into `client_id`. A session belongs to a person, so there is
/// none.
fn is_service(caller: &Caller) -> bool {
    caller.session.is_none() && caller.subject == caller.client_id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_declared_is_what_is_asked() {
        // #107
        let declared: Vec<_> = crate::IS_REVOKED.all.iter().map(|permission| permission.rows).collect();
        assert_eq!(declared, [Session::KIND, User::KIND, Client::KIND]);
        assert!(Table::SETTINGS.iter().all(|setting| crate::SETTINGS.contains(setting)));
    }
}
