//! Whom a name leads to.

use oauth::{Digest, Time};
use store::{Batch, Row, Table};

use super::{LoginName, Password, Stored, key};
use crate::{Error, Status, User, address::Address, email::Email, identity::Known};

/// Somebody and their password.
#[derive(Debug)]
pub struct Holder {
    /// Who, whatever their status. Nobody who is deleted.
    pub user: Option<User>,
    pub(super) stored: Option<Stored>,
}

impl Holder {
    /// Their hash, for whoever checks a password.
    pub fn hash(&self) -> Option<&str> {
        self.stored.as_ref().map(|stored| stored.hash.0.as_str())
    }
}

/// What there is behind a name.
#[derive(Debug)]
pub struct Found {
    /// Whom it leads to.
    pub holder: Holder,
    /// The key of the identity that the name is.
    pub key: Digest,
    /// Whom the identity leads to as its own row says, if there is one: not always the same, because who has proven an address has it.
    pub(super) known: Option<String>,
    /// Whether their account waits for whoever proves the address.
    pub(super) waits: bool,
}

/// Whom a name leads to: of an address, whoever has proven it, then the account that waits for it, then who only wrote it down. To look
/// for nobody costs what it costs to find somebody (#84).
///
/// Two BatchGetItems.
pub async fn find(table: &Table, name: &LoginName, now: Time) -> Result<Found, Error> {
    let key = key(name);
    let address = name.as_email().and_then(Address::parse);
    let address = address.as_ref().map(Address::as_str);
    let batch = Batch::new().and::<Known>(key.as_str()).and::<Email>(address);
    let mut rows = table.get_batch(batch, now).await?;
    let known = rows.read::<Known>(key.as_str()).map(|known| known.user_id);
    let email = rows.read::<Email>(address);
    let waits = email.as_ref().is_some_and(Email::waits);
    let holder = email.and_then(Email::holder).or_else(|| known.clone());
    let holder = of(table, holder.as_deref().unwrap_or(key.as_str()), now).await?;
    Ok(Found { holder, key, known, waits })
}

/// Somebody who is known already, and their password.
///
/// One BatchGetItem.
pub async fn of(table: &Table, id: &str, now: Time) -> Result<Holder, Error> {
    let batch = Batch::new().and::<User>(id).and::<Password>(id);
    let mut rows = table.get_batch(batch, now).await?;
    let stored = rows.read::<Password>(id).and_then(Password::stored);
    // A person whose row cannot be read may not act.
    let user = rows.see::<User>(id).and_then(Result::ok).map(Row::into_inner);
    Ok(Holder { user: user.filter(|user| user.status != Status::Deleted), stored })
}
