//! Inviting people by their address.

use oauth::{Sentence, Time};
use store::{Table, Transacted};

use super::{Error, ROUNDS, Trail, change};
use crate::{Rights, address::Address, email};

/// Lets roles wait, for 30 days, for anyone who first signs in with this address, proven by a provider that is believed for it. What was
/// bought with it waits beside them.
///
/// One TransactWriteItems; where there is a row of the address, one or two GetItem more.
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
    let mut write = email::invitation(&address, &roles, now);
    for _ in 0..ROUNDS {
        let writes = [vec![write], trail("")].concat();
        if table.transact(writes).await? == Transacted::Done {
            return Ok(());
        }
        let free = email::unexpected(table, &address, now).await?.ok_or(Error::AddressTaken)?;
        write = free.invitation(&address, &roles, now);
    }
    Err(Error::contended())
}

/// The roles that wait for whoever proves this address; nothing where nobody is invited by it.
///
/// One GetItem.
pub async fn invited(table: &Table, address: &str, now: Time) -> Result<Option<Vec<String>>, Error> {
    let invitation = email::invitation_of(table, &parsed(address)?, now).await?;
    Ok(invitation.map(|invitation| invitation.roles))
}

/// Withdraws an invitation, if its roles are those that the caller has seen (`if_roles`).
///
/// One GetItem and one TransactWriteItems.
pub async fn uninvite(
    table: &Table,
    address: &str,
    if_roles: Option<&[String]>,
    trail: Trail<'_>,
    now: Time,
) -> Result<(), Error> {
    let address = parsed(address)?;
    for _ in 0..ROUNDS {
        let invitation = email::invitation_of(table, &address, now).await?.ok_or(Error::NoSuchInvitation)?;
        if if_roles.is_some_and(|seen| seen != invitation.roles) {
            return Err(Error::Changed);
        }
        let writes = [vec![invitation.withdrawal], trail("")].concat();
        if table.transact(writes).await? == Transacted::Done {
            return Ok(());
        }
    }
    Err(Error::contended())
}

fn parsed(address: &str) -> Result<Address, Error> {
    Address::parse(address.trim()).ok_or(Error::Unfit(Sentence::AddressNotPlain))
}
