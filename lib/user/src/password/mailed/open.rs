//! Whether a link counts, and for whom.

use oauth::{Secret, Time};
use store::{Row, Table};

use super::{Mailed, Purpose, key};
use crate::{
    Error, User,
    password::{Found, LoginName, find},
    person,
};

/// A link that counts, as it was read.
#[derive(Debug)]
pub struct Opened {
    pub(super) id: String,
    pub(super) row: Row<Mailed>,
    pub(super) found: Found,
    /// Whose it is.
    pub user: User,
    /// The address to which it was mailed.
    pub address: LoginName,
}

impl Opened {
    /// The person as whoever reads the mails of the address: only they could have the link.
    pub fn owner(&self) -> User {
        User { email_verified: true, ..self.user.clone() }
    }

    /// Their hash, for whoever checks a password.
    pub fn hash(&self) -> Option<&str> {
        self.found.holder.hash()
    }
}

/// What a link opens. Nothing where it was used, is too old, is for something else, was followed by another one, or where its person has
/// another password, another address or another epoch since, is disabled, or is not whom the address leads to any more (#89, #94).
///
/// Two GetItems and two BatchGetItems.
pub async fn open(table: &Table, purpose: Purpose, link: &str, now: Time) -> Result<Option<Opened>, Error> {
    let Some((id, secret)) = link.split_once('.') else { return Ok(None) };
    if !Secret::is_random(id) || !Secret::is_random(secret) {
        return Ok(None);
    }
    let Some(row) = table.get::<Mailed>(id, now).await? else { return Ok(None) };
    if row.purpose != purpose || row.digest != Secret::new(secret).digest() {
        return Ok(None);
    }
    let Some(user_id) = &row.user_id else { return Ok(None) };
    let Some(user) = person::find(table, user_id, now).await? else { return Ok(None) };
    let Some(address) = user.email.as_deref().and_then(LoginName::email) else { return Ok(None) };
    let found = find(table, &address, now).await?;
    let is_bound = key(purpose, &address).as_str() == id && user.is_active_in(row.epoch);
    let may = match purpose {
        Purpose::Reset => resettable(&found, &address),
        Purpose::Proof => provable(&found, &address),
        Purpose::Known => None,
    };
    if !is_bound || may.is_none_or(|may| may.id != user.id || may.epoch != user.epoch) {
        return Ok(None);
    }
    Ok(Some(Opened { id: id.to_owned(), row, found, user, address }))
}

/// Whose password may be set by a mail to this address: of whoever has it proven, of the account that waits for whoever proves it, and of
/// who registered with it and has nothing beside that. Somebody who only wrote it down and has another way in keeps that way and gets
/// no mail: whoever reads the mails would share the account with them (#93, #94).
pub fn resettable<'a>(found: &'a Found, address: &LoginName) -> Option<&'a User> {
    let user = found.holder.user.as_ref().filter(|user| user.is_active() && has(user, address))?;
    let alone = user.identities.iter().all(|key| *key == found.key);
    (user.email_verified || alone).then_some(user)
}

/// Who registered with this address and has not proven it.
pub fn provable<'a>(found: &'a Found, address: &LoginName) -> Option<&'a User> {
    let user = found.holder.user.as_ref().filter(|user| user.is_active() && has(user, address))?;
    (!user.email_verified && user.identities.contains(&found.key)).then_some(user)
}

/// The address as it is stored, of whoever this one leads to: to where a mail goes that says so.
pub fn mailbox<'a>(found: &'a Found, address: &LoginName) -> Option<&'a str> {
    let user = found.holder.user.as_ref().filter(|user| user.is_active() && has(user, address));
    user.and_then(|user| user.email.as_deref())
}

/// Whether this is their address as it is stored, proven or not.
pub(crate) fn has(user: &User, address: &LoginName) -> bool {
    user.email.as_deref().and_then(LoginName::email).is_some_and(|own| own.as_str() == address.as_str())
}
