//! Sessions that have ended, and of which apps are to be told (OpenID Connect Back-Channel Logout). A session that expires by
//! itself leaves none.
//!
//! The row is written in the same transaction that ends the session, so nothing is lost whatever happens next. It is in a list
//! until somebody has begun to tell: what is in the list for long is handed over again.

use std::{collections::BTreeSet, time::Duration};

use oauth::Time;
use serde::{Deserialize, Serialize};
use setting::{Action, Permission, Permissions};
use store::{Change, Member, Record, Table, Taken, Transacted, Write, member};

use crate::{Error, Session, noted, past};

/// How long the row stays where a client could not be told: as long as a queue keeps what it gave up.
const KEPT: Duration = Duration::from_secs(14 * 24 * 3600);

/// After this time somebody should have begun to tell.
const OVERDUE: Duration = Duration::from_secs(120);

/// The most that are looked up at a time.
const MOST: u32 = 200;

/// How often it is tried to end a session to which clients are added at the same time.
const ATTEMPTS: u32 = 8;

/// A session that has ended, and who is to be told. Its row is `LOGOUT#<sid>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Which session.
    pub sid: String,
    /// Whose it was.
    pub user_id: String,
    /// The clients that are still to be told.
    pub clients: Vec<String>,
    /// When it ended.
    pub created_at: Time,
}

impl Record for Ended {
    const KIND: &'static str = "LOGOUT";
    const LIST: Option<&'static str> = Some(LIST);

    fn expires_at(&self) -> Option<i64> {
        None
    }
}

const LIST: &str = "LOGOUTS";

/// What ending a session that has clients writes beside the session.
pub(crate) const WRITE: Permission = Permission::on(Ended::KIND, &[Action::Put]);
/// What [`find`] and [`told`] do with the table.
pub const TELL: Permissions =
    Permissions::new(&[Permission::on(Ended::KIND, &[Action::Get, Action::Update])]);
/// What [`noted_of`] does with the table.
pub const NOTED_OF: Permissions = Permissions::new(&[
    Permission::on("USER", &[Action::ListOwned]),
    Permission::on(Session::KIND, &[Action::BatchGet]),
    noted::READ,
]);
/// What [`overdue`] does with the table.
pub const OVERDUE_ONES: Permissions = Permissions::new(&[Permission::on(LIST, &[Action::List])]);

impl Ended {
    const CLIENTS: Member<Self, Vec<String>> = member!(Self, clients);
}

/// Ends a session, once.
///
/// One UpdateItem for a session without clients; for one that has some, that one is refused, and one TransactWriteItems ends it.
pub(crate) async fn end(table: &Table, sid: &str, now: Time) -> Result<Option<Session>, Error> {
    for _ in 0..ATTEMPTS {
        let session = match table.take_when(sid, [Session::CLIENTS.is(&None)], now).await? {
            Taken::Done(session) => return Ok(Some(session)),
            Taken::Missing => return Ok(None),
            Taken::Refused(session) => session.into_inner(),
        };
        let writes = ending(&session, now);
        // Refused: another client was added, or somebody else has ended it.
        if table.transact(writes).await? == Transacted::Done {
            return Ok(Some(session));
        }
    }
    Err(store::Error::from(std::io::Error::from(std::io::ErrorKind::ResourceBusy)).into())
}

/// The same of a session that was read a moment ago, which writes these in the transaction that ends it; none of them where it has ended
/// already.
///
/// One TransactWriteItems where there is something to write, whether it has clients or not. One GetItem and one more where a client was
/// added since it was read.
pub(crate) async fn end_noting(
    table: &Table,
    mut session: Session,
    noted: Vec<Write>,
    now: Time,
) -> Result<Option<Session>, Error> {
    if noted.is_empty() {
        return end(table, &session.id, now).await;
    }
    for _ in 0..ATTEMPTS {
        let writes = [ending(&session, now), noted.clone()].concat();
        if table.transact(writes).await? == Transacted::Done {
            return Ok(Some(session));
        }
        let Some(row) = table.get::<Session>(&session.id, now).await? else { return Ok(None) };
        session = row.into_inner();
    }
    Err(store::Error::from(std::io::Error::from(std::io::ErrorKind::ResourceBusy)).into())
}

/// What ends a session that has these clients, and no other.
fn ending(session: &Session, now: Time) -> Vec<Write> {
    let clients = session.clients().to_vec();
    let seen = if clients.is_empty() { None } else { Some(clients.clone()) };
    let mut writes = vec![Write::take(&session.id, [Session::CLIENTS.is(&seen)], now)];
    if !clients.is_empty() {
        let (sid, user_id) = (session.id.clone(), session.user_id.clone());
        writes.push(Write::create(&session.id, &Ended { sid, user_id, clients, created_at: now }, now));
    }
    writes
}

/// Who is still to be told that this session has ended.
pub async fn find(table: &Table, sid: &str, now: Time) -> Result<Option<Ended>, Error> {
    Ok(table.get::<Ended>(sid, now).await?.map(store::Row::into_inner))
}

/// Notes that all but these clients were told, and that the others will be. Whoever else did so at the same time wins: then some
/// are told twice.
pub async fn told(table: &Table, ended: &Ended, but: &[String], now: Time) -> Result<(), Error> {
    if but.is_empty() {
        table.take::<Ended>(&ended.sid, now).await?;
        return Ok(());
    }
    let change = Change::new()
        .set(Ended::CLIENTS, but)
        .unlisted()
        .ends_at(Some(now.after(KEPT).epoch()))
        .when(Ended::CLIENTS.is(&ended.clients));
    table.update::<Ended>(&ended.sid, change, now).await?;
    Ok(())
}

/// The ids of the person's sessions of which apps are to be told when they end: the living ones that the index has, and those that were
/// noted in the last ten minutes, which it may lack (#97). Of the latter, some may have ended.
///
/// What [`list_of`](crate::list_of) costs, and one BatchGetItem.
pub async fn noted_of(table: &Table, user_id: &str, now: Time) -> Result<BTreeSet<String>, Error> {
    let mut sids = noted::of(table, user_id, now).await?;
    let sessions = past::list_of(table, user_id, now).await?.into_iter();
    let noted = sessions.filter(|past| past.ended_at.is_none() && !past.session.clients().is_empty());
    sids.extend(noted.map(|past| past.session.id));
    Ok(sids)
}

/// Ends the sessions of a person of which apps are to be told: those that lived come back, for whoever hands over that they have ended.
/// Where nobody does, they are told once that is overdue.
///
/// What [`noted_of`] costs, and what ends each session.
pub async fn end_noted_of(table: &Table, user_id: &str, now: Time) -> Result<Vec<Session>, Error> {
    let mut ended = Vec::new();
    for sid in noted_of(table, user_id, now).await? {
        ended.extend(crate::end_by_id(table, &sid, now).await?);
    }
    Ok(ended)
}

/// What the list shows of one.
#[derive(Deserialize)]
struct Listed {
    id: String,
    created_at: Time,
}

/// The ids of sessions that have ended some time ago, of which nobody has begun to tell, as far as the index knows (#97).
pub async fn overdue(table: &Table, now: Time) -> Result<Vec<String>, Error> {
    let page = table.list::<Listed>(LIST, MOST, None).await?;
    let is_overdue = |listed: &Listed| listed.created_at.after(OVERDUE) <= now;
    Ok(page.items.into_iter().filter(is_overdue).map(|listed| listed.id).collect())
}
