//! Browser sessions: an opaque secret in a cookie, and a row under its digest (#32). Anyone who reads the table cannot sign in
//! with what is there.

use std::time::Duration;

use oauth::{Secret, Time};
use serde::{Deserialize, Serialize};
use setting::{Action, Permission, Permissions};
use store::{Member, Record, Seen, Table, member};

/// How long a session lives without being used.
pub const IDLE: Duration = Duration::from_secs(3600);

/// How long a session lives at most.
pub const ABSOLUTE: Duration = Duration::from_secs(12 * 3600);

/// The idle limit is moved once this much of it has gone by, and not at every request: a read is cheaper than a write. A
/// session may therefore end this much short of [`IDLE`] after its last use.
const MOVE_AFTER: Duration = Duration::from_secs(60);

/// What can go wrong with a session. None of it is shown to a caller.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is a living session of this secret.
    #[error("the session was started before")]
    Started,
    /// The table failed.
    #[error("the sessions cannot be reached")]
    Store(#[from] store::Error),
}

/// A session of one person in one browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its public name, the `sid` of tokens: the digest of its secret, under which it is stored. It opens nothing, and by it
    /// anyone who holds a token can be told whether the session lives.
    pub id: String,
    /// Whose it is.
    pub user_id: String,
    /// When the person signed in.
    pub started_at: Time,
    /// When it ends unless it is used before.
    pub idle_until: Time,
    /// When it ends.
    pub ends_at: Time,
}

impl Record for Session {
    const KIND: &'static str = "SESSION";

    fn expires_at(&self) -> Option<i64> {
        Some(self.idle_until.min(self.ends_at).epoch())
    }
}

impl Session {
    /// For conditions and changes.
    pub const IDLE_UNTIL: Member<Self, Time> = member!(Self, idle_until);

    fn of(secret: &Secret, user_id: &str, now: Time) -> Self {
        let id = secret.digest().to_string();
        let (idle_until, ends_at) = (now.after(IDLE), now.after(ABSOLUTE));
        Self { id, user_id: user_id.to_owned(), started_at: now, idle_until, ends_at }
    }

    /// Whether it has not ended, whatever the table says about expiry (#34, #100).
    pub fn is_alive(&self, now: Time) -> bool {
        now < self.idle_until && now < self.ends_at
    }

    /// The session with its idle limit moved, if that is worth a write. It only ever moves forwards, and never beyond the end.
    fn used(&self, now: Time) -> Option<Self> {
        let idle_until = now.after(IDLE).min(self.ends_at);
        (idle_until.since(self.idle_until) >= MOVE_AFTER).then(|| Self { idle_until, ..self.clone() })
    }
}

/// What [`start`] does with the table.
pub const START: Permissions = Permissions::new(&[Permission::on(Session::KIND, &[Action::Put])]);
/// What [`state`] does with the table.
pub const STATE: Permissions = Permissions::new(&[Permission::on(Session::KIND, &[Action::Get])]);
/// What [`find`] does with the table.
pub const FIND: Permissions = Permissions::new(&[Permission::on(Session::KIND, &[Action::Get, Action::Put])]);
/// What [`end`] does with the table; [`end_by_id`] does less.
pub const END: Permissions =
    Permissions::new(&[Permission::on(Session::KIND, &[Action::Get, Action::Update])]);

/// Starts the session of this secret, which must be a login's own and unguessable: what a browser brought along is never
/// adopted (#33), and a session that is there already is not started again.
pub async fn start(table: &Table, secret: &Secret, user_id: &str, now: Time) -> Result<Session, Error> {
    let session = Session::of(secret, user_id, now);
    if table.create(&session.id, &session, now).await? { Ok(session) } else { Err(Error::Started) }
}

/// What there is of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It lives.
    Alive(Session),
    /// It lived, and has ended.
    Ended,
    /// There is none yet, or no trace of it any more.
    Unknown,
}

/// What there is of this secret's session. It is not noted as used, and nothing is written.
pub async fn state(table: &Table, secret: &Secret, now: Time) -> Result<State, Error> {
    let Some(key) = key(secret) else { return Ok(State::Unknown) };
    Ok(match table.see::<Session>(&key, now).await? {
        Seen::Alive(row) if row.is_alive(now) => State::Alive(row.into_inner()),
        Seen::Alive(_) | Seen::Ended => State::Ended,
        Seen::Nothing => State::Unknown,
    })
}

/// The living session of this secret, noted as used.
pub async fn find(table: &Table, secret: &Secret, now: Time) -> Result<Option<Session>, Error> {
    let Some(key) = key(secret) else { return Ok(None) };
    let Some(row) = table.get::<Session>(&key, now).await?.filter(|row| row.is_alive(now)) else {
        return Ok(None);
    };
    let Some(used) = row.used(now) else { return Ok(Some(row.into_inner())) };
    if table.replace(&key, &row, &used, now).await? {
        return Ok(Some(used));
    }
    // Another request was faster: it used the session too, or it ended it, and that counts.
    let row = table.get::<Session>(&key, now).await?;
    Ok(row.map(store::Row::into_inner).filter(|session| session.is_alive(now)))
}

/// Ends the session of this secret, once: anyone who asks again finds none. It is looked for before anything is written, so that
/// a stranger's made-up secret costs one read (#105).
pub async fn end(table: &Table, secret: &Secret, now: Time) -> Result<Option<Session>, Error> {
    let Some(key) = key(secret) else { return Ok(None) };
    if !table.has::<Session>(&key, now).await? {
        return Ok(None);
    }
    end_by_id(table, &key, now).await
}

/// Ends the session with this id, where only that is known of it.
pub async fn end_by_id(table: &Table, id: &str, now: Time) -> Result<Option<Session>, Error> {
    let session = table.take::<Session>(id, now).await?;
    Ok(session.filter(|session| session.is_alive(now)))
}

/// What a name or a secret of ours looks like: 256 bits in base64url.
fn is_name(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// The key of the row. What cannot be a secret of ours costs no read (#105).
fn key(secret: &Secret) -> Option<String> {
    is_name(secret.expose()).then(|| secret.digest().to_string())
}
