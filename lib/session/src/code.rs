//! Authorization codes (RFC 6749 §1.3.1): each can be redeemed once, within a minute.

use std::time::Duration;

use oauth::{Scope, Secret, Time};
use serde::{Deserialize, Serialize};
use setting::{Action, Permission, Permissions};
use store::{Batch, Change, Member, Owner, Record, Table, Transacted, Write, member};

use crate::{Error, Family, Session, family::Basis, noted};

/// How long a code can be redeemed (#37).
pub const LIFETIME: Duration = Duration::from_secs(60);

/// How long the row stays, so that a second use of the code is seen as such, and not as that of an unknown one (#41).
pub const REMEMBERED: Duration = Duration::from_secs(600);

/// What a code stands for: a person's consent to a client's request. Its row is `CODE#<digest of the code>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// Whose it is. Another client's request changes nothing (#42).
    pub client_id: String,
    /// The epoch of the client.
    pub client_epoch: u64,
    /// Where it was sent.
    pub redirect_uri: String,
    /// Whether the authorization request named that: then the token request must too (RFC 6749 §4.1.3).
    pub redirect_uri_given: bool,
    /// `code_challenge` of PKCE, by S256 (RFC 7636 §4.3).
    pub challenge: Option<String>,
    /// Who agreed.
    pub user_id: String,
    /// Their epoch.
    pub epoch: u64,
    /// In which session.
    pub sid: String,
    /// What was granted.
    pub scope: Scope,
    /// For which APIs (RFC 8707).
    pub resources: Vec<String>,
    /// `nonce`, if the request had one (OpenID Connect Core §3.1.2.1).
    pub nonce: Option<String>,
    /// When the person signed in.
    pub auth_time: Time,
    /// `acr` as it will be said of the sign-in.
    pub acr: Option<String>,
    /// `amr`, likewise.
    pub amr: Vec<String>,
    /// As in [`Session::via`](crate::Session::via).
    pub via: Option<String>,
    /// The parameter `claims`, as JSON (OpenID Connect Core §5.5).
    pub claims: Option<String>,
    /// Whether it rests on what the person agreed to (`CONSENT`): then that must be there still when the code is redeemed.
    pub consented: Option<bool>,
    /// The id of the grant that begins when the code is redeemed: [`family::new_id`](crate::family::new_id). Known before, so that
    /// a second use of the code can end it (#41).
    pub family_id: String,
    /// Whether it was redeemed.
    pub spent: Option<bool>,
    /// Until when it can be redeemed, exclusive.
    pub redeem_until: Time,
    /// When the row ends.
    pub expires_at: Time,
}

impl Record for Code {
    const KIND: &'static str = "CODE";
    const BEGAN: Option<&'static str> = Some("auth_time");

    fn expires_at(&self) -> Option<i64> {
        Some(self.expires_at.epoch())
    }
}

/// What [`issue`] does with the table.
pub const ISSUE: Permissions = Permissions::new(&[Permission::on(Code::KIND, &[Action::Put])]);
/// What [`issue_noted`] does with the table, beside that.
pub const NOTE: Permissions =
    Permissions::new(&[Permission::on(Session::KIND, &[Action::BatchGet, Action::Update]), noted::WRITE]);
/// What is needed to read one in a batch, by its [`key`].
pub const READ: Permissions = Permissions::new(&[Permission::on(Code::KIND, &[Action::BatchGet])]);
/// What [`redeem`] does with the table.
pub const REDEEM: Permissions = Permissions::new(&[
    Permission::on(Code::KIND, &[Action::Update]),
    Permission::on(Family::KIND, &[Action::Put]),
]);

impl Code {
    const SPENT: Member<Self, Option<bool>> = member!(Self, spent);

    /// Whether it was redeemed: a second request that is right in everything else is a sign of theft (#41).
    pub fn is_spent(&self) -> bool {
        self.spent == Some(true)
    }

    /// Whether it rests on what the person agreed to.
    pub fn is_consented(&self) -> bool {
        self.consented == Some(true)
    }

    /// Whether it can be redeemed at this moment: in time, in the living session of its person, and in the epochs of both. Whether
    /// it was redeemed before is not asked here.
    pub fn stands(&self, session: Option<&Session>, user_epoch: u64, client_epoch: u64, now: Time) -> bool {
        let within = |session: &Session| {
            session.is_alive(now)
                && (&session.id, &session.user_id, session.epoch) == (&self.sid, &self.user_id, self.epoch)
        };
        now < self.redeem_until
            && (self.epoch, self.client_epoch) == (user_epoch, client_epoch)
            && session.is_some_and(within)
    }
}

impl<'a> From<&'a Code> for Basis<'a> {
    fn from(code: &'a Code) -> Self {
        Self {
            id: &code.family_id,
            user_id: &code.user_id,
            epoch: code.epoch,
            client_id: &code.client_id,
            client_epoch: code.client_epoch,
            sid: Some(&code.sid),
            scope: &code.scope,
            resources: &code.resources,
            auth_time: code.auth_time,
            acr: code.acr.as_deref(),
            amr: &code.amr,
            via: code.via.as_deref(),
            claims: code.claims.as_deref(),
            consented: code.is_consented(),
        }
    }
}

/// Issues a code: 256 random bits, of which the digest is stored (#37).
///
/// One PutItem.
pub async fn issue(table: &Table, code: &Code, now: Time) -> Result<Secret, Error> {
    let secret = Secret::random();
    if table.create(secret.digest().as_str(), code, now).await? { Ok(secret) } else { Err(Error::Started) }
}

/// The same in a session of which the client is to be told when it ends: its first code there notes that in the session's row.
///
/// One PutItem; for the first code, one TransactWriteItems: two write units for each KB of both rows, two for the index, and two
/// for the note by which the session is found before the index has it.
pub async fn issue_noted(table: &Table, code: &Code, session: &Session, now: Time) -> Result<Secret, Error> {
    let mut clients = session.clients().to_vec();
    while !clients.contains(&code.client_id) {
        let secret = Secret::random();
        let note = noting(&clients, session, &code.client_id);
        let writes = vec![
            Write::create(secret.digest().as_str(), code, now),
            Write::update(&code.sid, note, now),
            noted::write(&session.user_id, &session.id, now),
        ];
        if table.transact(writes).await? == Transacted::Done {
            return Ok(secret);
        }
        // Refused: another client was noted at the same time, or the session has ended.
        let mut rows = table.get_batch(Batch::new().and::<Session>(&*code.sid), now).await?;
        match rows.take::<Session>(&*code.sid).transpose()? {
            Some(session) => clients = session.clients().to_vec(),
            // A code of a session that ends before it is redeemed is worth nothing: this one is not even written.
            None => return Ok(secret),
        }
    }
    issue(table, code, now).await
}

/// Notes in a session, of whose end these clients are to be told, that another one is to be told.
pub(crate) fn noting(clients: &[String], session: &Session, client_id: &str) -> Change<Session> {
    let before = Some(clients.to_vec()).filter(|clients| !clients.is_empty());
    Change::new()
        .set(Session::CLIENTS, &Some([clients, &[client_id.to_owned()]].concat()))
        // A row of before sessions belonged to their person is found from now on, too.
        .belongs_to(Owner::User(&session.user_id))
        .when(Session::CLIENTS.is(&before))
}

/// The id of a code's row, for reading it. What cannot be a code of ours has none, and costs no read (#105).
pub fn key(code: &Secret) -> Option<String> {
    Secret::is_random(code.expose()).then(|| code.digest().to_string())
}

/// What became of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redeemed {
    /// It is redeemed, and the grant has begun.
    Done,
    /// It was redeemed before, or is gone.
    Spent,
    /// What it rests on has gone meanwhile. Nothing was written.
    Withdrawn,
}

/// Redeems a code, of which everything was checked, and begins its grant: both or neither (#41). Of many at once, one does.
///
/// One TransactWriteItems: two write units for each KB of both rows, and two for the index.
pub async fn redeem(table: &Table, code: &Secret, family: &Family, now: Time) -> Result<Redeemed, Error> {
    redeem_while(table, code, family, None, now).await
}

/// The same for a code that rests on another row, which this write checks in the same transaction: that is two more write units.
pub async fn redeem_while(
    table: &Table,
    code: &Secret,
    family: &Family,
    rests_on: Option<Write>,
    now: Time,
) -> Result<Redeemed, Error> {
    let spend = Change::<Code>::new().set(Code::SPENT, &Some(true)).when(Code::SPENT.is(&None));
    let mut writes =
        vec![Write::update(code.digest().as_str(), spend, now), Write::create(&family.id, family, now)];
    writes.extend(rests_on);
    Ok(match table.transact(writes).await? {
        Transacted::Done => Redeemed::Done,
        Transacted::Refused(which) if which == [2] => Redeemed::Withdrawn,
        Transacted::Refused(_) => Redeemed::Spent,
    })
}
