//! Making an account before its person has signed in.

use oauth::{Sentence, Time};
use store::{Table, Transacted, Write};

use super::{Error, ROUNDS, Trail, change};
use crate::{Rights, Status, User, address::Address, email, id, lists};

/// Somebody whom an administrator adds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewPerson {
    /// What they are called.
    pub name: Option<String>,
    /// The address by whose proof they take the account when they sign in first.
    pub email: String,
    /// The roles that they are given. Without any, those of everybody who is new: see [`Rights::of_added`].
    pub roles: Vec<String>,
}

/// Makes an account that waits for its person: whoever first signs in with this address, proven by a provider that is believed for it,
/// takes it (#93). It does not expire. Until then the address counts as not verified. What was bought with the address is theirs.
///
/// One TransactWriteItems; where there is a row of the address, one or two GetItem more.
pub async fn create(
    table: &Table,
    rights: &Rights,
    new: &NewPerson,
    trail: Trail<'_>,
    now: Time,
) -> Result<User, Error> {
    let address = Address::parse(new.email.trim()).ok_or(Error::Unfit(Sentence::AddressNotPlain))?;
    let new = User {
        id: id::fresh(now),
        name: new.name.as_deref().map(change::checked_name).transpose()?,
        email: Some(new.email.trim().to_owned()),
        roles: change::checked_roles(&rights.of_added(&new.roles), &[], rights)?,
        ..nobody(now)
    };
    let (mut user, mut wait) = (new.clone(), email::wait(&address, &new.id, now));
    for _ in 0..ROUNDS {
        let mut writes = vec![Write::create(&user.id, &user, now), wait];
        writes.extend(lists::between(None, &user));
        writes.extend(trail(&user.id));
        if table.transact(writes).await? == Transacted::Done {
            return Ok(user);
        }
        let free = email::unexpected(table, &address, now).await?.ok_or(Error::AddressTaken)?;
        user = new.clone();
        user.receive(&free.waiting, rights);
        wait = free.wait(&address, &user.id, now);
    }
    Err(Error::contended())
}

/// An account of nobody yet.
pub(crate) fn nobody(now: Time) -> User {
    User {
        id: String::new(),
        name: None,
        email: None,
        email_verified: false,
        picture: None,
        claims: None,
        roles: Vec::new(),
        status: Status::Active,
        epoch: 0,
        created_at: now,
        last_login_at: None,
        identities: Vec::new(),
        proofs: Default::default(),
        entitlements: Vec::new(),
        revision: None,
        factors: Default::default(),
        only_vouched: false,
    }
}
