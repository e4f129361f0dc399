//! What operators do with receivers. Each act is one transaction with its row of the trail.

use oauth::{Secret, Time};
use seal::Sealer;
use setting::{Action, Permission, Permissions};
use store::{Record, Row, Table, Transacted, Write};

use crate::{Kind, Notice, Receiver, SigningSecret, receiver, receivers};

/// What a [`Manager`] does with the table.
pub const MANAGE: Permissions = Permissions::new(&[
    Permission::on(Receiver::KIND, &[Action::Get, Action::BatchGet, Action::Put, Action::Delete]),
    receiver::READ[1],
    Permission::on(Notice::KIND, &[Action::Put]),
]);

/// The longest name.
const LONGEST_NAME: usize = 40;
/// The longest address.
const LONGEST_URL: usize = 2000;

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A name that cannot be one.
    #[error("a receiver's name has 1 to 40 characters: a-z, 0-9 and -")]
    Name,
    /// An address that is too long.
    #[error("the address has more than 2000 characters")]
    Url,
    /// Of nothing.
    #[error("say of what it is told, such as user.created")]
    NoKinds,
    /// There is one with this name.
    #[error("there is a receiver with this name already: remove it first, or choose another name")]
    Taken,
    /// There are as many as there can be.
    #[error("there are {0} receivers, and there cannot be more")]
    TooMany(u32),
    /// There is none with this name.
    #[error("there is no receiver with this name: `latchkey events list` shows what there is")]
    Missing,
    /// Somebody else changed it.
    #[error("somebody else changed it at the same time: look at it, and try again")]
    Contended,
    /// The table.
    #[error("the table does not answer")]
    Store(#[from] store::Error),
}

/// A receiver as an operator wants it. Whether its address may be called is for the caller to check, who has the guarded way out.
#[derive(Debug, Clone)]
pub struct New {
    /// Its name.
    pub name: String,
    /// Where it listens.
    pub url: String,
    /// What it is told of.
    pub kinds: Vec<Kind>,
}

impl New {
    fn check(&self) -> Result<(), Error> {
        let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if !(1..=LONGEST_NAME).contains(&self.name.len()) || !self.name.bytes().all(letter) {
            return Err(Error::Name);
        }
        if self.url.len() > LONGEST_URL {
            return Err(Error::Url);
        }
        if self.kinds.is_empty() { Err(Error::NoKinds) } else { Ok(()) }
    }
}

/// The receiver with this name.
pub async fn find(table: &Table, name: &str, now: Time) -> Result<Row<Receiver>, Error> {
    table.get::<Receiver>(name, now).await?.ok_or(Error::Missing)
}

/// All receivers, by name.
pub async fn list(table: &Table, now: Time) -> Result<Vec<Receiver>, Error> {
    let mut all = receivers(table, now).await?;
    all.sort_by(|one, two| one.name.cmp(&two.name));
    Ok(all)
}

/// Who changes receivers.
#[derive(Debug, Clone, Copy)]
pub struct Manager<'a> {
    /// The table.
    pub table: &'a Table,
    /// When.
    pub now: Time,
}

impl Manager<'_> {
    /// Adds one; the secret is shown this once.
    pub async fn add(&self, new: &New, sealer: &Sealer, noted: Vec<Write>) -> Result<Secret, Error> {
        new.check()?;
        if receivers(self.table, self.now).await?.len() >= receiver::MOST as usize {
            return Err(Error::TooMany(receiver::MOST));
        }
        let secret = SigningSecret::fresh();
        let mut kinds = new.kinds.clone();
        kinds.dedup();
        let receiver = Receiver {
            name: new.name.clone(),
            url: new.url.clone(),
            kinds,
            secrets: vec![secret.seal(sealer, &new.name)],
            disabled: false,
            created_at: self.now,
            added_at: self.now,
        };
        let write = Write::create(&new.name, &receiver, self.now);
        match self.table.transact([vec![write], noted].concat()).await? {
            Transacted::Done => Ok(secret.shown()),
            _ => Err(Error::Taken),
        }
    }

    /// Makes a new secret, shown this once. The one before signs too until [`finish`](Self::finish) or the next rotation.
    pub async fn rotate(&self, name: &str, sealer: &Sealer, noted: Vec<Write>) -> Result<Secret, Error> {
        let old = find(self.table, name, self.now).await?;
        let secret = SigningSecret::fresh();
        let secrets = std::iter::once(secret.seal(sealer, name)).chain(old.secrets.first().cloned());
        let new = Receiver { secrets: secrets.collect(), ..(*old).clone() };
        self.replace(&old, &new, noted).await?;
        Ok(secret.shown())
    }

    /// Lets only the newest secret sign.
    pub async fn finish(&self, name: &str, noted: Vec<Write>) -> Result<(), Error> {
        let old = find(self.table, name, self.now).await?;
        let new = Receiver { secrets: old.secrets.first().cloned().into_iter().collect(), ..(*old).clone() };
        self.replace(&old, &new, noted).await
    }

    /// Tells it nothing, or tells it again. What happens while it is disabled it is never told.
    pub async fn disable(&self, name: &str, disabled: bool, noted: Vec<Write>) -> Result<(), Error> {
        let old = find(self.table, name, self.now).await?;
        // What happened before it was enabled again is not for it.
        let created_at = if old.disabled && !disabled { self.now } else { old.created_at };
        let new = Receiver { disabled, created_at, ..(*old).clone() };
        self.replace(&old, &new, noted).await
    }

    /// Removes it. What waits for it is told nobody, not even the next one of its name.
    pub async fn remove(&self, name: &str, noted: Vec<Write>) -> Result<(), Error> {
        find(self.table, name, self.now).await?;
        let write = Write::delete::<Receiver>(name, [], self.now);
        match self.table.transact([vec![write], noted].concat()).await? {
            Transacted::Done => Ok(()),
            _ => Err(Error::Missing),
        }
    }

    /// Writes a sample down, which is sent like every event.
    pub async fn test(&self, name: &str) -> Result<String, Error> {
        let receiver = find(self.table, name, self.now).await?;
        let message = format!("test_{}", Secret::random().expose());
        let body = serde_json::json!({"type": "test", "timestamp": self.now.to_string(), "data": {}});
        let notice = Notice::new(message.clone(), &receiver.name, Kind::Test, body.to_string(), self.now);
        self.table.create(&notice.id(), &notice, self.now).await?;
        Ok(message)
    }

    async fn replace(&self, old: &Row<Receiver>, new: &Receiver, noted: Vec<Write>) -> Result<(), Error> {
        let write = Write::replace(&old.name, old, new, self.now);
        match self.table.transact([vec![write], noted].concat()).await? {
            Transacted::Done => Ok(()),
            _ => Err(Error::Contended),
        }
    }
}
