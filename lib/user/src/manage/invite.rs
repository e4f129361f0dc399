//! Inviting people by their address.

use oauth::{Sentence, Time};
use store::{Table, Transacted};

use super::{Error, Trail, change};
use crate::{Rights, address::Address, email};

/// Lets roles wait, for 30 days, for anyone who first signs in with this address, proven by a provider that is believed for it.
///
/// One TransactWriteItems.
pub async fn invite(
    table: &Table,
    rights: &Rights,
    address: &str,
    roles: &[String],
    trail: Trail<'_>,
    now: Time,
) -> Result<(), Error> {
    let address = parsed(address)?;
    let roles = change::checked_roles(roles, &[], rights)?;
    let mut writes = vec![email::invitation(&address, &roles, now)];
    writes.extend(trail(""));
    match table.transact(writes).await? {
        Transacted::Done => Ok(()),
        Transacted::Refused(_) => Err(Error::AddressTaken),
    }
}

/// Withdraws an invitation.
///
/// One TransactWriteItems.
pub async fn uninvite(table: &Table, address: &str, trail: Trail<'_>, now: Time) -> Result<(), Error> {
    let address = parsed(address)?;
    let mut writes = vec![email::withdrawal(&address, now)];
    writes.extend(trail(""));
    match table.transact(writes).await? {
        Transacted::Done => Ok(()),
        Transacted::Refused(_) => Err(Error::NoSuchInvitation),
    }
}

fn parsed(address: &str) -> Result<Address, Error> {
    Address::parse(address.trim()).ok_or(Error::Unfit(Sentence::AddressNotPlain))
}
