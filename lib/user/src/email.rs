//! Who has an address: one row per proven address, so that no two people have the same (#93), or an invitation that waits
//! for anyone who proves it first.

use std::time::Duration;

use oauth::{Code, Time};
use serde::{Deserialize, Serialize};
use store::{Change, Member, Record, Table, Updated, Write, member};

use crate::{Error, Rights, address::Address, rights::union};

/// How often it is tried against others who change the same row.
const ROUNDS: usize = 5;

/// How long an invitation waits.
const INVITED_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Email {
    /// Whose it is; nobody's yet if this is an invitation.
    user_id: Option<String>,
    /// What the invited person will be.
    roles: Option<Vec<String>>,
    /// When the invitation lapses.
    expires_at: Option<Time>,
}

impl Email {
    const USER_ID: Member<Self, Option<String>> = member!(Self, user_id);
    const ROLES: Member<Self, Option<Vec<String>>> = member!(Self, roles);
}

impl Record for Email {
    const KIND: &'static str = "EMAIL";

    fn expires_at(&self) -> Option<i64> {
        self.expires_at.map(Time::epoch)
    }
}

/// Lets roles wait, for 30 days, for anyone who first signs in with this address, proven. `false`: somebody has the address
/// or is invited already.
pub async fn invite(
    table: &Table,
    rights: &Rights,
    address: &str,
    roles: &[String],
    now: Time,
) -> Result<bool, Error> {
    let wrong = |what| Error::Refused(oauth::Error::new(Code::InvalidRequest, what));
    let address = Address::parse(address).ok_or_else(|| wrong("this is not a plain e-mail address"))?;
    if !roles.iter().all(|role| rights.knows(role)) {
        return Err(wrong("there is no such role"));
    }
    let roles = (!roles.is_empty()).then(|| roles.to_vec());
    let invitation = Email { user_id: None, roles, expires_at: Some(now.after(INVITED_FOR)) };
    Ok(table.create(address.as_str(), &invitation, now).await?)
}

/// The id of whoever has this address, proven; nobody while it is free, or waits for somebody who was invited.
///
/// One GetItem.
pub async fn holder_of(table: &Table, address: &str, now: Time) -> Result<Option<String>, Error> {
    let Some(address) = Address::parse(address) else { return Ok(None) };
    Ok(table.get::<Email>(address.as_str(), now).await?.and_then(|row| row.into_inner().user_id))
}

/// What became of an invitation.
pub(crate) enum Waits {
    /// The role waits for whoever proves the address.
    Waits,
    /// Somebody has the address: who.
    Taken(String),
}

/// Lets a role wait for an address as well as those that wait already; repeated, it changes nothing.
pub(crate) async fn let_wait(
    table: &Table,
    address: &Address,
    role: &str,
    now: Time,
) -> Result<Waits, Error> {
    let added = [role.to_owned()];
    for _ in 0..ROUNDS {
        let Some(row) = table.get::<Email>(address.as_str(), now).await? else {
            let invitation = Email {
                roles: Some(added.to_vec()),
                expires_at: Some(now.after(INVITED_FOR)),
                ..Email::default()
            };
            match table.create(address.as_str(), &invitation, now).await? {
                true => return Ok(Waits::Waits),
                false => continue,
            }
        };
        if let Some(holder) = &row.user_id {
            return Ok(Waits::Taken(holder.clone()));
        }
        let roles = union(row.roles.as_deref().unwrap_or_default(), &added);
        if row.roles.as_ref() == Some(&roles) {
            return Ok(Waits::Waits);
        }
        let change = Change::new().set(Email::ROLES, &Some(roles)).when(Email::ROLES.is(&row.roles));
        let change = change.when(Email::USER_ID.is(&None));
        if let Updated::Done(_) = table.update::<Email>(address.as_str(), change, now).await? {
            return Ok(Waits::Waits);
        }
    }
    Err(Error::contended())
}

/// What taking an address means: the write, and the roles of the invitation that was there.
#[derive(Default)]
pub(crate) struct Claim {
    pub(crate) write: Option<Write>,
    pub(crate) invited: Vec<String>,
}

/// Takes an address for a person if it is free. If somebody else has it, there is nothing to write and no link is made: the
/// same address from another provider proves nothing about the person who has it here (#93). Somebody who is `gone` has none. An
/// invitation waits on for somebody whose provider is the authority over the address.
pub(crate) async fn claim(
    table: &Table,
    address: Option<&Address>,
    is_authoritative: bool,
    user_id: &str,
    gone: Option<&str>,
    now: Time,
) -> Result<Claim, Error> {
    let Some(address) = address else { return Ok(Claim::default()) };
    let mine = Email { user_id: Some(user_id.to_owned()), ..Email::default() };
    let Some(row) = table.get::<Email>(address.as_str(), now).await? else {
        let write = Write::create(address.as_str(), &mine, now);
        return Ok(Claim { write: Some(write), invited: Vec::new() });
    };
    let row = row.into_inner();
    let is_free = match &row.user_id {
        None => is_authoritative,
        Some(holder) => Some(&**holder) == gone,
    };
    if !is_free {
        return Ok(Claim::default());
    }
    let accept = Change::new().set(Email::USER_ID, &mine.user_id).remove(Email::ROLES).ends_at(None);
    let accept = accept.when(Email::USER_ID.is(&row.user_id)).when(Email::ROLES.is(&row.roles));
    let write = Write::update::<Email>(address.as_str(), accept, now);
    Ok(Claim { write: Some(write), invited: row.roles.unwrap_or_default() })
}

/// Gives an address back, if it is this person's.
pub(crate) async fn release(
    table: &Table,
    address: Option<&Address>,
    user_id: &str,
    now: Time,
) -> Result<Option<Write>, Error> {
    let Some(address) = address else { return Ok(None) };
    let row = table.get::<Email>(address.as_str(), now).await?;
    let mine = row.is_some_and(|row| row.user_id.as_deref() == Some(user_id));
    let theirs = Email::USER_ID.is(&Some(user_id.to_owned()));
    Ok(mine.then(|| Write::delete(address.as_str(), [theirs], now)))
}
