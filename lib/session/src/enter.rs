//! The sessions of one browser, and how a sign-in joins them: up to five people may be signed in there, each in a session of their
//! own.

use oauth::{Secret, SessionCookie, Time};
use setting::{Action, Permission, Permissions};
use store::{Batch, Change, Owner, Record, Rows, Table, Updated};

use crate::{Error, Noting, Session, SignIn, ended};

/// What [`enter`] and [`enter_noting`] do with the table.
pub const ENTER: Permissions = Permissions::new(&[
    Permission::on(Session::KIND, &[Action::BatchGet, Action::Put, Action::Update]),
    ended::WRITE,
]);

/// What [`living`] does with the table.
pub const LIVING: Permissions = Permissions::new(&[Permission::on(Session::KIND, &[Action::BatchGet])]);

/// What a browser has after a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entered {
    /// The session in which the sign-in ended.
    pub session: Session,
    /// The ids of the other sessions of the browser that live.
    pub others: Vec<String>,
    /// What has ended for it.
    pub ended: Vec<Session>,
}

/// The living sessions that these cookies open, in their order.
///
/// One BatchGetItem; none without a cookie.
pub async fn living(table: &Table, shown: &[SessionCookie], now: Time) -> Result<Vec<Session>, Error> {
    let batch = shown.iter().fold(Batch::new(), |batch, cookie| batch.and::<Session>(cookie.sid()));
    let mut rows = table.get_batch(batch, now).await?;
    Ok(shown.iter().filter_map(|cookie| opened(&mut rows, cookie, now)).collect())
}

/// The living session that this cookie opens, among rows that were read.
pub fn opened(rows: &mut Rows, cookie: &SessionCookie, now: Time) -> Option<Session> {
    let session = rows.read::<Session>(cookie.sid())?;
    (session.is_alive(now) && session.is_opened_by(cookie)).then_some(session)
}

/// The session in which a sign-in ends. Where the browser has a session of the same person, they stay in it, under a new secret: so
/// the tokens and grants that name it stay good (#33). Else a new one begins, beside those of other people that the browser shows;
/// where there would be more than [`SessionCookie::MOST`], those end whose sign-in is longest ago.
///
/// One BatchGetItem if the browser shows a session, and one UpdateItem for the same person or one PutItem for another; one
/// UpdateItem for each session that ends.
pub async fn enter(
    table: &Table,
    sign_in: &SignIn<'_>,
    shown: &[SessionCookie],
    now: Time,
) -> Result<Entered, Error> {
    enter_noting(table, sign_in, shown, &|_| Vec::new(), now).await
}

/// The same, which writes these in the transaction that ends the session of somebody else for whom there is no room any more.
pub async fn enter_noting(
    table: &Table,
    sign_in: &SignIn<'_>,
    shown: &[SessionCookie],
    noted: Noting<'_>,
    now: Time,
) -> Result<Entered, Error> {
    let mut others = living(table, shown, now).await?;
    let own = (sign_in.user_id, sign_in.epoch);
    if let Some(at) = others.iter().position(|session| (&*session.user_id, session.epoch) == own) {
        // Where somebody was faster, it is not this browser's any more.
        let old = others.remove(at);
        if let Some(session) = stay(table, &old, sign_in, now).await? {
            return Ok(Entered { session, others: ids(&others), ended: Vec::new() });
        }
    }
    let mut ended = Vec::new();
    for session in surplus(&mut others, sign_in) {
        // One of another epoch ended with that epoch, and whoever is told was told then.
        let is_over = session.user_id == sign_in.user_id;
        let noted = if is_over { Vec::new() } else { noted(&session) };
        let gone = ended::end_noting(table, session, noted, now).await?;
        ended.extend(gone.filter(|session| session.is_alive(now)));
    }
    let session = Session::new(sign_in, now);
    // One that has ended does not begin again by the same sign-in (#34).
    if table.create_once(&session.id, &session).await? {
        Ok(Entered { session, others: ids(&others), ended })
    } else {
        Err(Error::Started)
    }
}

fn ids(sessions: &[Session]) -> Vec<String> {
    sessions.iter().map(|session| session.id.clone()).collect()
}

/// Takes out what has to end before another session begins: those of the same person that count no more, because they are of
/// another epoch, and the oldest.
fn surplus(others: &mut Vec<Session>, sign_in: &SignIn<'_>) -> Vec<Session> {
    let is_over = |session: &Session| session.user_id == sign_in.user_id && session.epoch != sign_in.epoch;
    let (mut surplus, mut stay): (Vec<_>, Vec<_>) = others.drain(..).partition(is_over);
    while stay.len() >= SessionCookie::MOST {
        let oldest = (0..stay.len()).min_by_key(|at| stay[*at].auth_time).unwrap_or_default();
        surplus.push(stay.remove(oldest));
    }
    *others = stay;
    surplus
}

/// The living session that this cookie opens, in which its person has shown this besides: under a new secret (#33), and with all that they
/// have shown in it (RFC 8176). When they signed in and when it ends stay as they were. Nothing if it has ended, or somebody was faster.
///
/// One BatchGetItem and one UpdateItem.
pub async fn step_up(
    table: &Table,
    cookie: &SessionCookie,
    secret: &Secret,
    shown: &[&str],
    now: Time,
) -> Result<Option<Session>, Error> {
    let Some(old) = living(table, std::slice::from_ref(cookie), now).await?.pop() else { return Ok(None) };
    let more = shown.iter().filter(|how| !old.amr.iter().any(|known| known == *how));
    let amr: Vec<_> = old.amr.iter().cloned().chain(more.map(|&how| how.to_owned())).collect();
    let change = Change::new()
        .set(Session::SECRET, &secret.digest())
        .set(Session::AMR, &amr)
        .when(Session::SECRET.is(old.secret()));
    Ok(match table.update::<Session>(&old.id, change, now).await? {
        Updated::Done(row) => Some(row.into_inner()),
        Updated::Refused(_) | Updated::Missing => None,
    })
}

/// Puts a new secret into the session of the same person, unless somebody else did since it was read, or it has ended.
async fn stay(
    table: &Table,
    old: &Session,
    sign_in: &SignIn<'_>,
    now: Time,
) -> Result<Option<Session>, Error> {
    let new = Session::new(sign_in, now);
    let change = Change::new()
        .set(Session::SECRET, new.secret())
        .set(Session::AUTH_TIME, &new.auth_time)
        .set(Session::AMR, &new.amr)
        .set(Session::VIA, &new.via)
        .set(Session::IDLE_UNTIL, &new.idle_until)
        .set(Session::ENDS_AT, &new.ends_at)
        .set(Session::DEVICE, &new.device)
        .set(Session::FROM, &new.from)
        .set(Session::KEPT_UNTIL, &new.kept_until)
        .ends_at(new.expires_at())
        .kept_until(Record::kept_until(&new))
        .belongs_to(Owner::User(sign_in.user_id))
        .when(Session::SECRET.is(old.secret()));
    Ok(match table.update::<Session>(&old.id, change, now).await? {
        Updated::Done(row) => Some(row.into_inner()),
        Updated::Refused(_) | Updated::Missing => None,
    })
}
