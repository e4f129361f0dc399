//! Sessions of browsers: a row under the id of the session, with the digest of the secret that is in the cookie (#32).

use std::time::Duration;

use oauth::{Digest, Secret, SessionCookie, Time, Visit};
use serde::{Deserialize, Serialize};
use setting::{Action, Permission, Permissions};
use store::{Change, Member, Owner, Record, Seen, Table, Updated, Write, member};

use crate::{Error, ended};

/// How long a session lives without being used.
pub const IDLE: Duration = Duration::from_secs(3600);

/// How long a session lives at most, from the last sign-in.
pub const ABSOLUTE: Duration = SessionCookie::LONGEST;

/// How long a sign-in counts as fresh, for what a person does only once they have just shown who they are (#26).
pub const FRESH: Duration = Duration::from_secs(300);

/// The idle limit is moved once this much of it has gone by, and not at every request: a read is cheaper than a write. A
/// session may therefore end this much short of [`IDLE`] after its last use.
const MOVE_AFTER: Duration = Duration::from_secs(60);

/// A session of one person in one browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The `sid` of tokens. It opens nothing, and anyone who holds a token can be told by it whether the session lives. It stays
    /// the same when the same person signs in again in the same browser.
    pub id: String,
    /// Of the secret that is in the cookie. Each sign-in has another (#33).
    secret: Digest,
    /// Whose it is.
    pub user_id: String,
    /// The epoch of the person when they signed in: it counts only while that is their epoch (#34).
    pub epoch: u64,
    /// When the person signed in last (OpenID Connect Core §2, `auth_time`).
    pub auth_time: Time,
    /// How, if that is known (RFC 8176).
    pub amr: Vec<String>,
    /// The key of the identity by which they signed in last: what their other identities proved counts for nothing here (#93).
    pub via: Option<String>,
    /// When it began.
    pub started_at: Time,
    /// When it ends unless it is used before.
    pub idle_until: Time,
    /// When it ends.
    pub ends_at: Time,
    /// In which browser of which system it began or was signed in again last, as far as that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// From where, likewise: a [shortened](oauth::short) address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Until when its row is kept for its person to see. None in a row of before there was that.
    #[serde(default)]
    pub(crate) kept_until: Option<Time>,
    /// The clients that got a code in it and are to be told of its end.
    clients: Option<Vec<String>>,
}

/// A sign-in that ends in a session.
#[derive(Debug, Clone, Copy)]
pub struct SignIn<'a> {
    /// The id of the session, if a new one begins: the sign-in's own, and unguessable.
    pub sid: &'a str,
    /// The secret of the session, likewise: what a browser brought along is never adopted (#33).
    pub secret: &'a Secret,
    /// Who signs in.
    pub user_id: &'a str,
    /// Their epoch.
    pub epoch: u64,
    /// How (RFC 8176).
    pub amr: &'a [String],
    /// From where, if that is to be kept.
    pub visit: Option<&'a Visit>,
    /// For how long its row is kept after the session has ended, at least.
    pub keep: Duration,
    /// The key of the identity by which.
    pub via: Option<&'a str>,
}

impl Record for Session {
    const KIND: &'static str = "SESSION";

    const KEPT: bool = true;
    const BEGAN: Option<&'static str> = Some("auth_time");

    fn expires_at(&self) -> Option<i64> {
        Some(self.idle_until.min(self.ends_at).epoch())
    }

    fn kept_until(&self) -> Option<i64> {
        Some(self.kept_until.unwrap_or(self.ends_at).epoch())
    }

    fn owner(&self) -> Option<Owner<'_>> {
        Some(Owner::User(&self.user_id))
    }
}

impl Session {
    /// For conditions and changes.
    pub const IDLE_UNTIL: Member<Self, Time> = member!(Self, idle_until);
    pub(crate) const SECRET: Member<Self, Digest> = member!(Self, secret);
    pub(crate) const AUTH_TIME: Member<Self, Time> = member!(Self, auth_time);
    pub(crate) const AMR: Member<Self, Vec<String>> = member!(Self, amr);
    pub(crate) const DEVICE: Member<Self, Option<String>> = member!(Self, device);
    pub(crate) const FROM: Member<Self, Option<String>> = member!(Self, from);
    pub(crate) const KEPT_UNTIL: Member<Self, Option<Time>> = member!(Self, kept_until);
    pub(crate) const VIA: Member<Self, Option<String>> = member!(Self, via);
    pub(crate) const ENDS_AT: Member<Self, Time> = member!(Self, ends_at);
    pub(crate) const CLIENTS: Member<Self, Option<Vec<String>>> = member!(Self, clients);

    /// The session in which this sign-in ends, if a new one begins.
    pub fn new(sign_in: &SignIn<'_>, now: Time) -> Self {
        Self {
            id: sign_in.sid.to_owned(),
            secret: sign_in.secret.digest(),
            user_id: sign_in.user_id.to_owned(),
            epoch: sign_in.epoch,
            auth_time: now,
            amr: sign_in.amr.to_vec(),
            via: sign_in.via.map(str::to_owned),
            started_at: now,
            idle_until: now.after(IDLE),
            ends_at: now.after(ABSOLUTE),
            device: sign_in.visit.and_then(|visit| visit.device.clone()),
            from: sign_in.visit.and_then(|visit| visit.from.clone()),
            kept_until: Some(now.after(ABSOLUTE).after(sign_in.keep)),
            clients: None,
        }
    }

    /// When it was used last, to a minute or so: as exactly as its row says it anyway.
    pub fn used_at(&self) -> Time {
        Time::from_epoch(self.idle_until.epoch().saturating_sub(IDLE.as_secs() as i64)).max(self.auth_time)
    }

    /// The clients that are to be told of its end.
    pub fn clients(&self) -> &[String] {
        self.clients.as_deref().unwrap_or_default()
    }

    /// Whether it has not ended, whatever the table says about expiry (#34, #100).
    pub fn is_alive(&self, now: Time) -> bool {
        now < self.idle_until && now < self.ends_at
    }

    /// Whether the person has just signed in (#26).
    pub fn is_fresh(&self, now: Time) -> bool {
        now.since(self.auth_time) <= FRESH
    }

    pub(crate) fn secret(&self) -> &Digest {
        &self.secret
    }

    /// Whether this cookie opens it.
    pub fn is_opened_by(&self, cookie: &SessionCookie) -> bool {
        self.id == cookie.sid() && self.secret == *cookie.digest()
    }

    /// Where the idle limit is to be moved, if that is worth a write. It only ever moves forwards, and never beyond the end.
    fn moved(&self, now: Time) -> Option<Time> {
        let idle_until = now.after(IDLE).min(self.ends_at);
        (idle_until.since(self.idle_until) >= MOVE_AFTER).then_some(idle_until)
    }
}

/// What [`state`] does with the table.
pub const STATE: Permissions = Permissions::new(&[Permission::on(Session::KIND, &[Action::Get])]);
/// What reading a session together with other rows does with the table.
pub const READ: Permissions = Permissions::new(&[Permission::on(Session::KIND, &[Action::BatchGet])]);
/// What [`find`] does with the table.
pub const FIND: Permissions =
    Permissions::new(&[Permission::on(Session::KIND, &[Action::Get, Action::Update])]);
/// What [`touch`] does with the table.
pub const TOUCH: Permissions = Permissions::new(&[Permission::on(Session::KIND, &[Action::Update])]);
/// What [`end_by_id`] does with the table.
pub const END_BY_ID: Permissions =
    Permissions::new(&[Permission::on(Session::KIND, &[Action::Update]), ended::WRITE]);
/// What [`end`], [`end_noting`] and [`end_by_id_noting`] do with the table.
pub const END: Permissions =
    Permissions::new(&[Permission::on(Session::KIND, &[Action::Get, Action::Update]), ended::WRITE]);

/// What there is of a session.
#[expect(clippy::large_enum_variant, reason = "one is made in a request and taken apart at once")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It lives, and this cookie opens it.
    Alive(Session),
    /// It lives, and another cookie opens it: the same person has signed in again since.
    Renewed,
    /// It lived, and has ended.
    Ended,
    /// There is none yet, or no trace of it any more.
    Unknown,
}

/// What there is of this cookie's session. It is not noted as used, and nothing is written.
pub async fn state(table: &Table, cookie: &SessionCookie, now: Time) -> Result<State, Error> {
    Ok(match table.see::<Session>(cookie.sid(), now).await? {
        Seen::Alive(row) if !row.is_alive(now) => State::Ended,
        Seen::Alive(row) if row.is_opened_by(cookie) => State::Alive(row.into_inner()),
        Seen::Alive(_) => State::Renewed,
        Seen::Ended => State::Ended,
        Seen::Nothing => State::Unknown,
    })
}

/// The living session that this cookie opens, noted as used.
pub async fn find(table: &Table, cookie: &Secret, now: Time) -> Result<Option<Session>, Error> {
    let Some(cookie) = SessionCookie::parse(cookie) else { return Ok(None) };
    let Some(session) = alive(table, &cookie, now).await? else { return Ok(None) };
    Ok(touch(table, session, now).await?.filter(|session| session.is_opened_by(&cookie)))
}

/// Notes that a session is used, if that is worth a write: the session as it is then. Nothing if it has ended.
pub async fn touch(table: &Table, session: Session, now: Time) -> Result<Option<Session>, Error> {
    let Some(idle_until) = session.moved(now) else { return Ok(Some(session)) };
    let change = Change::new()
        .set(Session::IDLE_UNTIL, &idle_until)
        .ends_at(Some(idle_until.epoch()))
        .kept_until(session.kept_until())
        .when(Session::IDLE_UNTIL.at_most(&idle_until));
    Ok(match table.update::<Session>(&session.id, change, now).await? {
        // Refused: another request used it later than this one.
        Updated::Done(row) | Updated::Refused(row) => Some(row.into_inner()).filter(|it| it.is_alive(now)),
        Updated::Missing => None,
    })
}

/// What is written in the transaction that ends a session, which is given as it is.
pub type Noting<'a> = &'a (dyn Fn(&Session) -> Vec<Write> + Sync);

/// Ends the session that this cookie opens, once: anyone who asks again finds none. It is looked for before anything is written,
/// so that a stranger's made-up cookie costs one read (#105).
///
/// One GetItem, and one UpdateItem for a session without clients.
pub async fn end(table: &Table, cookie: &Secret, now: Time) -> Result<Option<Session>, Error> {
    end_noting(table, cookie, &|_| Vec::new(), now).await
}

/// The same, which writes these in the transaction that ends it; none of them where there is no such session.
///
/// One GetItem, and one TransactWriteItems where there is something to write.
pub async fn end_noting(
    table: &Table,
    cookie: &Secret,
    noted: Noting<'_>,
    now: Time,
) -> Result<Option<Session>, Error> {
    let Some(cookie) = SessionCookie::parse(cookie) else { return Ok(None) };
    match alive(table, &cookie, now).await? {
        Some(session) => {
            let noted = noted(&session);
            Ok(ended::end_noting(table, session, noted, now).await?.filter(|session| session.is_alive(now)))
        }
        None => Ok(None),
    }
}

/// Ends the session with this id. Only for a caller who has proven that it is theirs: the id is no secret. If the session that
/// comes back has [clients](Session::clients), it is written down that they are to be told, in the same step: see [`ended`].
pub async fn end_by_id(table: &Table, sid: &str, now: Time) -> Result<Option<Session>, Error> {
    let session = ended::end(table, sid, now).await?;
    Ok(session.filter(|session| session.is_alive(now)))
}

/// The same, which writes these in the transaction that ends it; none of them where it has ended already.
///
/// One GetItem and one TransactWriteItems.
pub async fn end_by_id_noting(
    table: &Table,
    sid: &str,
    noted: Vec<Write>,
    now: Time,
) -> Result<Option<Session>, Error> {
    let session = table.get::<Session>(sid, now).await?.map(store::Row::into_inner);
    match session.filter(|session| session.is_alive(now)) {
        Some(session) => ended::end_noting(table, session, noted, now).await,
        None => Ok(None),
    }
}

/// The living session that this cookie opens, as it is.
async fn alive(table: &Table, cookie: &SessionCookie, now: Time) -> Result<Option<Session>, Error> {
    let session = table.get::<Session>(cookie.sid(), now).await?.map(store::Row::into_inner);
    Ok(session.filter(|session| session.is_alive(now) && session.is_opened_by(cookie)))
}
