//! Grants of clients: each way in which a client gets tokens for a person leaves one row, with or without refresh tokens.

use std::time::Duration;

use oauth::{Digest, Scope, Secret, Time};
use serde::{Deserialize, Serialize};
use setting::{Action, Permission, Permissions};
use store::{Member, Owner, Record, Table, Transacted, Write, member};

use crate::{Error, RefreshToken, Session, refresh::Superseded};

pub use crate::refresh::{Rotated, rotate, rotate_noting};

/// One grant of one person to one client, and its refresh tokens: a family, of which one is good (RFC 9700 §4.14.2). Its row is
/// `FAMILY#<id>`; the id is the claim `grant_id` of access tokens, and opens nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Family {
    /// As in access tokens.
    pub id: String,
    /// Who granted it.
    pub user_id: String,
    /// To which client.
    pub client_id: String,
    /// In which session; none where the person came without a browser of ours.
    pub sid: Option<String>,
    /// Whether it outlives that session (`offline_access`, OpenID Connect Core §11).
    pub offline: bool,
    /// The epoch of the person.
    pub epoch: u64,
    /// The epoch of the client.
    pub client_epoch: u64,
    /// What was granted. A refresh gets this or less.
    pub scope: Scope,
    /// For which APIs (RFC 8707).
    pub resources: Vec<String>,
    /// When the person signed in.
    pub auth_time: Time,
    /// How, as in [`Code::acr`](crate::Code::acr).
    pub acr: Option<String>,
    /// How, as in [`Code::amr`](crate::Code::amr).
    pub amr: Vec<String>,
    /// The key of the identity with which it began, as in [`Session::via`](crate::Session::via). It stays, whatever the session does.
    pub via: Option<String>,
    /// As in [`Code::claims`](crate::Code::claims).
    pub claims: Option<String>,
    /// As in [`Code::consented`](crate::Code::consented): then that must be there still when tokens are renewed.
    pub consented: Option<bool>,
    /// How often the refresh token was renewed. It alone says which of two tokens is the older one (#51).
    pub generation: u64,
    /// Of the secret that every refresh token of the family has. A token without it was never issued here, and has no effect: the
    /// family's id is known to every API.
    pub(crate) fixed: Option<Digest>,
    /// Of the secret of the refresh token that is good now; none, if the client gets none.
    pub(crate) current: Option<Digest>,
    /// What was added to make the successors of the last tokens, the youngest first.
    pub(crate) recent: Vec<Superseded>,
    /// How long a refresh token is good, in seconds.
    pub idle: u64,
    /// When it began.
    pub started_at: Time,
    /// When it ends unless it is used before.
    pub idle_until: Time,
    /// When it ends.
    pub ends_at: Time,
}

/// What a grant begins with, in whichever way it was given: by a code, a device code, or another token.
#[derive(Debug, Clone, Copy)]
pub struct Basis<'a> {
    /// The id that the grant will have: [`new_id`].
    pub id: &'a str,
    /// Who granted it.
    pub user_id: &'a str,
    /// Their epoch.
    pub epoch: u64,
    /// To which client.
    pub client_id: &'a str,
    /// The epoch of the client.
    pub client_epoch: u64,
    /// In which session, if in any.
    pub sid: Option<&'a str>,
    /// What was granted.
    pub scope: &'a Scope,
    /// For which APIs (RFC 8707).
    pub resources: &'a [String],
    /// When the person signed in.
    pub auth_time: Time,
    /// How, as in [`Code::acr`](crate::Code::acr).
    pub acr: Option<&'a str>,
    /// How, as in [`Code::amr`](crate::Code::amr).
    pub amr: &'a [String],
    /// The key of the identity by which.
    pub via: Option<&'a str>,
    /// As in [`Code::claims`](crate::Code::claims).
    pub claims: Option<&'a str>,
    /// Whether it rests on what the person agreed to.
    pub consented: bool,
}

/// What a client gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Whether there are refresh tokens.
    pub refresh: bool,
    /// Whether it outlives its session.
    pub offline: bool,
    /// How long it lives unused.
    pub idle: Duration,
    /// How long it lives at most. Without refresh tokens, both are as long as its access tokens live.
    pub absolute: Duration,
}

impl Record for Family {
    const KIND: &'static str = "FAMILY";
    const BEGAN: Option<&'static str> = Some("started_at");

    fn expires_at(&self) -> Option<i64> {
        Some(self.idle_until.min(self.ends_at).epoch())
    }

    fn owner(&self) -> Option<Owner<'_>> {
        Some(Owner::User(&self.user_id))
    }
}

/// What is needed to read one in a batch.
pub const READ: Permissions = Permissions::new(&[Permission::on(Family::KIND, &[Action::BatchGet])]);
/// What [`rotate`] does with the table.
pub const ROTATE: Permissions = Permissions::new(&[Permission::on(Family::KIND, &[Action::Update])]);
/// What [`end`] does with the table.
pub const END: Permissions = Permissions::new(&[Permission::on(Family::KIND, &[Action::Update])]);

/// A fresh id: 128 random bits as 22 characters of base64url.
pub fn new_id() -> String {
    short(&Secret::random())
}

/// The first 126 bits or more of a random secret, for what must be unique or unguessable, and short.
pub(crate) fn short(secret: &Secret) -> String {
    secret.expose()[..22].to_owned()
}

/// Whether a text looks like an id.
pub(crate) fn is_id(text: &str) -> bool {
    text.len() == 22 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

impl Family {
    pub(crate) const GENERATION: Member<Self, u64> = member!(Self, generation);
    pub(crate) const CURRENT: Member<Self, Option<Digest>> = member!(Self, current);
    pub(crate) const RECENT: Member<Self, Vec<Superseded>> = member!(Self, recent);
    pub(crate) const IDLE_UNTIL: Member<Self, Time> = member!(Self, idle_until);

    /// The grant that begins on this basis, and its first refresh token. It is not written here: see
    /// [`code::redeem`](crate::code::redeem).
    pub fn begin<'a>(basis: impl Into<Basis<'a>>, terms: &Terms, now: Time) -> (Self, Option<RefreshToken>) {
        let basis: Basis<'_> = basis.into();
        let token = terms.refresh.then(|| RefreshToken::first(basis.id));
        let (idle_until, ends_at) = (now.after(terms.idle), now.after(terms.absolute));
        let family = Self {
            id: basis.id.to_owned(),
            user_id: basis.user_id.to_owned(),
            client_id: basis.client_id.to_owned(),
            sid: basis.sid.map(str::to_owned),
            offline: terms.offline,
            epoch: basis.epoch,
            client_epoch: basis.client_epoch,
            scope: basis.scope.clone(),
            resources: basis.resources.to_vec(),
            auth_time: basis.auth_time,
            acr: basis.acr.map(str::to_owned),
            amr: basis.amr.to_vec(),
            via: basis.via.map(str::to_owned),
            claims: basis.claims.map(str::to_owned),
            consented: basis.consented.then_some(true),
            generation: 0,
            fixed: token.as_ref().map(RefreshToken::fixed_digest),
            current: token.as_ref().map(RefreshToken::digest),
            recent: Vec::new(),
            idle: terms.idle.as_secs(),
            started_at: now,
            idle_until: idle_until.min(ends_at),
            ends_at,
        };
        (family, token)
    }

    /// When its refresh token was renewed last, if that was not so long ago that nothing is left of it.
    pub fn renewed_at(&self) -> Option<Time> {
        self.recent.first().map(Superseded::at)
    }

    /// Whether it rests on what the person agreed to.
    pub fn is_consented(&self) -> bool {
        self.consented == Some(true)
    }

    /// Whether it has not ended, whatever the table says about expiry (#51, #100).
    pub fn is_alive(&self, now: Time) -> bool {
        now < self.idle_until && now < self.ends_at
    }

    /// Whether what was issued under it counts at this moment: in the epochs of its person and its client, and in its living
    /// session, unless it is offline or never had one (#34, #35). That both are active is not asked here.
    pub fn stands(&self, session: Option<&Session>, user_epoch: u64, client_epoch: u64, now: Time) -> bool {
        self.is_alive(now)
            && (self.epoch, self.client_epoch) == (user_epoch, client_epoch)
            && (self.offline || self.sid.as_deref().is_none_or(|sid| self.is_within(sid, session, now)))
    }

    fn is_within(&self, sid: &str, session: Option<&Session>, now: Time) -> bool {
        let is_it = |it: &Session| (&*it.id, &it.user_id, it.epoch) == (sid, &self.user_id, self.epoch);
        session.is_some_and(|session| session.is_alive(now) && is_it(session))
    }
}

/// Ends a grant: its tokens are dead from this moment on, also one that is being written (#49, #53). Whether there was one.
///
/// One UpdateItem: a write unit, and one for the index.
pub async fn end(table: &Table, id: &str, now: Time) -> Result<bool, Error> {
    match table.take::<Family>(id, now).await {
        Ok(family) => Ok(family.is_some()),
        // It has ended, whatever was in it.
        Err(store::Error::Malformed(_)) => Ok(true),
        Err(error) => Err(error.into()),
    }
}

/// The same, which writes these in the transaction that ends it; none of them where it has ended already.
///
/// One TransactWriteItems: two write units for each KB of each row, and two for each index.
pub async fn end_noting(table: &Table, id: &str, noted: Vec<Write>, now: Time) -> Result<bool, Error> {
    if noted.is_empty() {
        return end(table, id, now).await;
    }
    let writes = [vec![Write::take::<Family>(id, [], now)], noted].concat();
    Ok(table.transact(writes).await? == Transacted::Done)
}
