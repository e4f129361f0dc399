//! Device codes (RFC 8628): a device asks, its person agrees in a browser elsewhere, and meanwhile the device polls.

use std::time::Duration;

use oauth::{Scope, Secret, Time};
use serde::{Deserialize, Serialize};
use setting::{Action, Permission, Permissions};
use store::{Change, Member, Record, Table, Transacted, Updated, Write, member};

use crate::{
    Error, Family, Session, UserCode,
    code::{Redeemed, noting},
    family::{self, Basis},
    noted,
    user_code::Shown,
};

pub use crate::user_code::{FIND, find};

/// How long a person has to agree, and the device to fetch what it gets then: `expires_in`.
pub const LIFETIME: Duration = Duration::from_secs(600);

/// How many seconds a device waits between two polls at first: `interval`.
pub const INTERVAL: u32 = 5;

/// How many seconds longer a device waits after each time that it did not (RFC 8628 §3.5).
const SLOWER: u32 = 5;

/// Times are whole seconds here, so two polls that are an interval apart may look a second less.
const TOLERANCE: u32 = 1;

/// How long the row stays, so that a device learns that it is too late.
const REMEMBERED: Duration = Duration::from_secs(1200);

/// How often another user code is drawn because the one before is in use.
const DRAWS: usize = 5;

/// What a device asks for, and what became of it. Its row is `DEVICE#<digest of the device code>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Whose it is. Another client's poll changes nothing.
    pub client_id: String,
    /// The epoch of the client.
    pub client_epoch: u64,
    /// What it gets if its person agrees.
    pub scope: Scope,
    /// For which APIs (RFC 8707).
    pub resources: Vec<String>,
    /// When it asked.
    pub asked_at: Time,
    /// From where, as far as people are shown it.
    pub source: Option<String>,
    /// The id of the grant that begins when the code is redeemed.
    pub family_id: String,
    /// How far it is.
    pub progress: Progress,
    /// Who agreed.
    pub approval: Option<Approval>,
    /// How many seconds it waits between two polls.
    pub interval: u32,
    /// When it polled last.
    pub polled_at: Option<Time>,
    /// Until when it can be agreed to and redeemed, exclusive.
    pub good_until: Time,
    /// When the row ends.
    pub expires_at: Time,
}

/// How far a device's request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Progress {
    /// Its person has not decided.
    Pending,
    /// They agreed.
    Allowed,
    /// They said no.
    Denied,
    /// It got its tokens.
    Spent,
}

/// Who agreed, and in which session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Who.
    pub user_id: String,
    /// Their epoch.
    pub epoch: u64,
    /// In which session.
    pub sid: String,
    /// When they signed in.
    pub auth_time: Time,
    /// How (RFC 8176).
    pub amr: Vec<String>,
    /// As in [`Session::via`](crate::Session::via).
    pub via: Option<String>,
}

impl Approval {
    /// Of the person in this session.
    pub fn within(session: &Session) -> Self {
        Self {
            user_id: session.user_id.clone(),
            epoch: session.epoch,
            sid: session.id.clone(),
            auth_time: session.auth_time,
            amr: session.amr.clone(),
            via: session.via.clone(),
        }
    }
}

impl Record for Device {
    const KIND: &'static str = "DEVICE";
    const BEGAN: Option<&'static str> = Some("asked_at");

    fn expires_at(&self) -> Option<i64> {
        Some(self.expires_at.epoch())
    }
}

/// What [`issue`] does with the table.
pub const ISSUE: Permissions = Permissions::new(&[
    Permission::on(Device::KIND, &[Action::Put]),
    Permission::on(Shown::KIND, &[Action::Put]),
]);
/// What is needed to read one in a batch, by its [`key`].
pub const READ: Permissions = Permissions::new(&[Permission::on(Device::KIND, &[Action::BatchGet])]);
/// What [`decide`] does with the table.
pub const DECIDE: Permissions = Permissions::new(&[Permission::on(Device::KIND, &[Action::Update])]);
/// What [`allow_noted`] does with the table, beside that.
pub const NOTE: Permissions =
    Permissions::new(&[Permission::on(Session::KIND, &[Action::Get, Action::Update]), noted::WRITE]);
/// What [`poll`] and [`redeem`] do with the table.
pub const REDEEM: Permissions = Permissions::new(&[
    Permission::on(Device::KIND, &[Action::Update]),
    Permission::on(Family::KIND, &[Action::Put]),
]);

impl Device {
    const PROGRESS: Member<Self, Progress> = member!(Self, progress);
    const APPROVAL: Member<Self, Option<Approval>> = member!(Self, approval);
    const INTERVAL: Member<Self, u32> = member!(Self, interval);
    const POLLED_AT: Member<Self, Option<Time>> = member!(Self, polled_at);

    /// A request of this client, which has this epoch.
    pub fn new(client_id: &str, client_epoch: u64, scope: Scope, resources: Vec<String>, now: Time) -> Self {
        Self {
            client_id: client_id.to_owned(),
            client_epoch,
            scope,
            resources,
            asked_at: now,
            source: None,
            family_id: family::new_id(),
            progress: Progress::Pending,
            approval: None,
            interval: INTERVAL,
            polled_at: None,
            good_until: now.after(LIFETIME),
            expires_at: now.after(REMEMBERED),
        }
    }

    /// Whether it can still be agreed to, or redeemed, whatever became of it.
    pub fn is_in_time(&self, now: Time) -> bool {
        now < self.good_until
    }

    /// Whether its person can decide.
    pub fn is_open(&self, client_epoch: u64, now: Time) -> bool {
        self.progress == Progress::Pending && self.is_in_time(now) && self.client_epoch == client_epoch
    }

    /// Whether it can be redeemed at this moment: agreed to and in time, in the living session of its person, and in the epochs of
    /// both (#34, #35).
    pub fn stands(&self, session: Option<&Session>, user_epoch: u64, client_epoch: u64, now: Time) -> bool {
        let Some(approval) = &self.approval else { return false };
        let within = |it: &Session| {
            it.is_alive(now)
                && (&it.id, &it.user_id, it.epoch) == (&approval.sid, &approval.user_id, approval.epoch)
        };
        self.progress == Progress::Allowed
            && self.is_in_time(now)
            && (approval.epoch, self.client_epoch) == (user_epoch, client_epoch)
            && session.is_some_and(within)
    }

    /// What the grant begins with to which this person agreed.
    pub fn basis<'a>(&'a self, approval: &'a Approval) -> Basis<'a> {
        Basis {
            id: &self.family_id,
            user_id: &approval.user_id,
            epoch: approval.epoch,
            client_id: &self.client_id,
            client_epoch: self.client_epoch,
            sid: Some(&approval.sid),
            scope: &self.scope,
            resources: &self.resources,
            auth_time: approval.auth_time,
            acr: None,
            amr: &approval.amr,
            via: approval.via.as_deref(),
            claims: None,
            // The person is asked each time, and nothing of it is remembered.
            consented: false,
        }
    }
}

/// The two codes of a request (RFC 8628 §3.2).
#[derive(Debug, Clone)]
pub struct Issued {
    /// The device keeps it: 256 random bits, of which the digest is stored.
    pub device_code: Secret,
    /// The person types it.
    pub user_code: UserCode,
}

/// Issues the codes of a request. `mark` says what a user code is filed under.
///
/// One TransactWriteItems, of two rows of at most 1 KB each; another, if the user code is in use.
pub async fn issue(
    table: &Table,
    device: &Device,
    mark: impl Fn(&UserCode) -> String,
    now: Time,
) -> Result<Issued, Error> {
    for _ in 0..DRAWS {
        let issued = Issued { device_code: Secret::random(), user_code: UserCode::random() };
        let id = issued.device_code.digest().to_string();
        let shown =
            Shown { device: id.clone(), client_id: device.client_id.clone(), expires_at: device.good_until };
        let writes =
            vec![Write::create(&id, device, now), Write::create(&mark(&issued.user_code), &shown, now)];
        if table.transact(writes).await? == Transacted::Done {
            return Ok(issued);
        }
    }
    Err(Error::Started)
}

/// The id of a device's row, for reading it. What cannot be a code of ours has none, and costs no read (#105).
pub fn key(device_code: &Secret) -> Option<String> {
    Secret::is_random(device_code.expose()).then(|| device_code.digest().to_string())
}

/// The person decides: with an approval they agree. Once; whether this was it.
///
/// One UpdateItem.
pub async fn decide(table: &Table, id: &str, approval: Option<Approval>, now: Time) -> Result<bool, Error> {
    let decided = table.update::<Device>(id, decision(approval.as_ref()), now).await?;
    Ok(matches!(decided, Updated::Done(_)))
}

/// The same by somebody who agrees, for a client that is to be told when their session ends: that is noted in the session's row.
///
/// One TransactWriteItems: two write units for each KB of both rows. One UpdateItem, if it is noted already.
pub async fn allow_noted(
    table: &Table,
    id: &str,
    client_id: &str,
    session: &Session,
    now: Time,
) -> Result<bool, Error> {
    let approval = Approval::within(session);
    let mut clients = session.clients().to_vec();
    while !clients.iter().any(|client| client == client_id) {
        let note = Write::update(&session.id, noting(&clients, session, client_id), now);
        let soon = noted::write(&session.user_id, &session.id, now);
        let writes = vec![Write::update(id, decision(Some(&approval)), now), note, soon];
        match table.transact(writes).await? {
            Transacted::Done => return Ok(true),
            Transacted::Refused(which) if which.contains(&0) => return Ok(false),
            // Another client was noted at the same time, or the session has ended.
            Transacted::Refused(_) => {}
        }
        match table.get::<Session>(&session.id, now).await? {
            Some(row) => clients = row.clients().to_vec(),
            None => return Ok(false),
        }
    }
    decide(table, id, Some(approval), now).await
}

fn decision(approval: Option<&Approval>) -> Change<Device> {
    let progress = if approval.is_some() { Progress::Allowed } else { Progress::Denied };
    Change::new()
        .set(Device::PROGRESS, &progress)
        .set(Device::APPROVAL, &approval.cloned())
        .when(Device::PROGRESS.is(&Progress::Pending))
}

/// What a device hears that asks while its person has not decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Polled {
    /// It is to ask again.
    Pending,
    /// It asks too often, and waits longer from now on.
    SlowDown,
}

/// Notes that a device polled, and whether that was too early (RFC 8628 §3.5). Of several polls at once, one can be in time.
///
/// One UpdateItem.
pub async fn poll(table: &Table, id: &str, device: &Device, now: Time) -> Result<Polled, Error> {
    let wait = Duration::from_secs(device.interval.saturating_sub(TOLERANCE).into());
    let early = device.polled_at.is_some_and(|polled| now < polled.after(wait));
    let interval = if early { device.interval.saturating_add(SLOWER) } else { device.interval };
    let change = Change::new()
        .set(Device::POLLED_AT, &Some(now))
        .set(Device::INTERVAL, &interval)
        .when(Device::POLLED_AT.is(&device.polled_at))
        .when(Device::PROGRESS.is(&Progress::Pending));
    Ok(match table.update::<Device>(id, change, now).await? {
        Updated::Refused(row) if row.progress == Progress::Pending => Polled::SlowDown,
        Updated::Done(_) if early => Polled::SlowDown,
        Updated::Done(_) | Updated::Refused(_) | Updated::Missing => Polled::Pending,
    })
}

/// Redeems a device code, of which everything was checked, and begins its grant: both or neither. Of many at once, one does.
///
/// One TransactWriteItems: two write units for each KB of both rows, and two for the index.
pub async fn redeem(table: &Table, id: &str, family: &Family, now: Time) -> Result<Redeemed, Error> {
    let spend = Change::<Device>::new()
        .set(Device::PROGRESS, &Progress::Spent)
        .when(Device::PROGRESS.is(&Progress::Allowed));
    let writes = vec![Write::update(id, spend, now), Write::create(&family.id, family, now)];
    Ok(match table.transact(writes).await? {
        Transacted::Done => Redeemed::Done,
        Transacted::Refused(_) => Redeemed::Spent,
    })
}
