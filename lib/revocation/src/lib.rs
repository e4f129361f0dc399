//! Whether an access token of ours was taken back before its time: by its session, which has ended; by its user, who is disabled
//! or gone; or by its client, which was shut out.
//!
//! It is the one rule of that, for whoever asks. The row of a user is another crate's to read, so it comes as a type.

use oauth::Time;
use store::{Error, Found, Record, Table};

use crate::{
    Claims,
    client::{Client, is_service},
    session::Session,
};

/// Asks the table, by one request for three rows. `is_active` says whether a user may still act. A row that cannot be read
/// counts against its own token, and against no other (#78).
pub async fn is_revoked<U: Record>(
    table: &Table,
    claims: &Claims,
    is_active: impl Fn(&U) -> bool,
    now: Time,
) -> Result<bool, Error> {
    let ids = (claims.session.as_deref(), Some(&*claims.subject), Some(&*claims.client_id));
    let (session, user, client) = table.get_three::<Session, U, Client>(ids, now).await?;
    let counts = stands(session, ids.0, |session| session.is_alive(now), claims.session.is_none())
        && stands(user, ids.1, is_active, is_service(claims))
        && stands(client, ids.2, |client| !client.is_disabled(), true);
    Ok(!counts)
}

/// Whether what a token rests on is there and good; `without` says whether it does without.
fn stands<R: Record>(found: Found<R>, id: Option<&str>, is_good: impl Fn(&R) -> bool, without: bool) -> bool {
    match found {
        None => without,
        Some(Ok(row)) => is_good(&row),
        Some(Err(_)) => {
            tracing::warn!(kind = R::KIND, id, "a row cannot be read: what rests on it is refused");
            false
        }
    }
}
