//! Somebody who makes an account by choosing a name and a password.

use oauth::Time;
use store::{Batch, Table, Transacted, Write};

use super::{LoginName, Password, identity, key, proof};
use crate::{
    Error, Rights, User,
    address::Address,
    clean_identity::CleanIdentity,
    email::Email,
    id,
    identity::{Known, lead_to},
    lists,
    manage::{change::checked_name, create::nobody},
    person,
};

/// An account as its person asks for it.
#[derive(Debug, Clone, Copy)]
pub struct NewAccount<'a> {
    /// By which they sign in.
    pub login: &'a LoginName,
    /// What they are called.
    pub name: Option<&'a str>,
    /// The hash of their password.
    pub hash: &'a str,
}

/// Makes an account, with the roles that everybody gets who is new and with none that waits for an address: nobody has seen that it is
/// theirs, and it is not said to anybody that it is (#19, #93). `trail` is written with it. Nothing where the name is somebody's: of an
/// address, also where an account waits for it. An address that is somebody's costs what a free one costs (#84).
///
/// One BatchGetItem, one GetItem and one TransactWriteItems; without the last one where a user name is somebody's.
pub async fn register(
    table: &Table,
    rights: &Rights,
    new: NewAccount<'_>,
    trail: &(dyn Fn(&str) -> Vec<Write> + Sync),
    now: Time,
) -> Result<Option<User>, Error> {
    let key = key(new.login);
    let address = new.login.as_email().and_then(Address::parse);
    let address = address.as_ref().map(Address::as_str);
    let mut rows =
        table.get_batch(Batch::new().and::<Known>(key.as_str()).and::<Email>(address), now).await?;
    let (email, known) = (rows.read::<Email>(address), rows.read::<Known>(key.as_str()));
    let (holder, known) = (email.clone().and_then(Email::holder), known.map(|known| known.user_id));
    let mut is_taken =
        person::lives(table, holder.as_deref().or(known.as_deref()).unwrap_or(key.as_str()), now).await?;
    // Whoever has the address is gone without it: somebody has deleted their row by hand.
    let orphan = email.filter(|_| holder.is_some() && !is_taken);
    if let (Some(_), Some(known)) = (&orphan, &known) {
        is_taken = person::lives(table, known, now).await?;
    }
    let user = User {
        id: id::fresh(now),
        name: new.name.and_then(|name| checked_name(name).ok()),
        email: new.login.as_email().map(str::to_owned),
        roles: rights.initial(&[]),
        identities: vec![key.clone()],
        proofs: [(key.to_string(), proof(now))].into(),
        ..nobody(now)
    };
    let identity = identity(new.login);
    let cleaned = CleanIdentity::read(&identity, now)?;
    let gone = known.as_deref().filter(|_| !is_taken);
    let mut writes = vec![
        lead_to(&user.id, &cleaned, gone, false, now),
        Write::create(&user.id, &user, now),
        Write::create(&user.id, &Password::ours(&user.id, new.hash), now),
    ];
    match (address, is_taken) {
        // It is refused, after the work of somebody new (#84).
        (Some(address), true) => writes.push(Write::check::<Email>(address, Email::is_free(), now)),
        (None, true) => return Ok(None),
        (Some(address), false) => writes.extend(orphan.map(|row| row.end(address, now))),
        (None, false) => {}
    }
    writes.extend(lists::between(None, &user));
    writes.extend(trail(&user.id));
    // Who was faster has the name.
    Ok((table.transact(writes).await? == Transacted::Done).then_some(user))
}
