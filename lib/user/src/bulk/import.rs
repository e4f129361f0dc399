//! Taking people over. To import somebody twice is to import them once: who is known by one of the identities, or by the address, stays
//! as they are.

use std::collections::HashSet;

use oauth::{Identity, Time};
use store::{Batch, Table, Transacted, Write};

use super::{Account, AccountIdentity};
use crate::{
    Rights, Status, User,
    address::Address,
    clean_identity::CleanIdentity,
    email::{self, Email},
    entitlement,
    identity::{Known, lead_to},
    link::MOST_IDENTITIES,
    lists,
    manage::{Error, NO_TRAIL, Trail, change, create},
    password::Password,
    together::{MOST_ROWS, together},
};

/// The longest password hash, in bytes, with what belongs to it.
const LONGEST_HASH: usize = 4096;

/// What became of one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Imported {
    /// They are here now; of a dry run, they would be.
    New,
    /// They were here already, and stay as they are.
    Known,
}

/// Takes people over, and says what became of each, in their order. With an identity they sign in at that provider as before. Without
/// one, the account waits for whoever proves its address by a provider that is believed for it; a password of an address that nobody
/// had verified goes then (#94). If the table fails, some of them may be here: to start again is to go on.
///
/// For each hundred identities and addresses one BatchGetItem. If it is no dry run, one TransactWriteItems for as many people as fit into it,
/// which is about twenty; and one for each of those, where one of them came in between.
pub async fn import(
    table: &Table,
    rights: &Rights,
    accounts: &[Account],
    dry_run: bool,
    now: Time,
) -> Result<Vec<Result<Imported, Error>>, store::Error> {
    import_noting(table, rights, accounts, dry_run, NO_TRAIL, now).await
}

/// The same, where `trail` is written along with each person who was not here: it is given their id, and may be asked more than once.
pub async fn import_noting(
    table: &Table,
    rights: &Rights,
    accounts: &[Account],
    dry_run: bool,
    trail: Trail<'_>,
    now: Time,
) -> Result<Vec<Result<Imported, Error>>, store::Error> {
    let people: Vec<_> = accounts.iter().map(|account| New::read(account, rights, trail, now)).collect();
    let mut taken = taken(table, people.iter().flatten(), now).await?;
    let (mut outcomes, mut new) = (Vec::new(), Vec::new());
    for (position, person) in people.into_iter().enumerate() {
        outcomes.push(person.map(|person| {
            // Also by somebody before them in the file.
            if person.keys.iter().any(|key| taken.contains(key)) {
                return Imported::Known;
            }
            taken.extend(person.keys);
            new.push((position, person.writes));
            Imported::New
        }));
    }
    if !dry_run {
        for position in write(table, new).await? {
            outcomes[position] = Ok(Imported::Known);
        }
    }
    Ok(outcomes)
}

/// Writes these people: the positions of those for whom somebody was faster.
async fn write(table: &Table, people: Vec<(usize, Vec<Write>)>) -> Result<Vec<usize>, store::Error> {
    let mut known = Vec::new();
    for some in together(people) {
        let writes = some.iter().flat_map(|(_, writes)| writes.iter().cloned()).collect();
        if table.transact(writes).await? == Transacted::Done {
            continue;
        }
        for (position, writes) in some {
            if table.transact(writes).await? != Transacted::Done {
                known.push(position);
            }
        }
    }
    Ok(known)
}

/// By what somebody is known.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Identity(String),
    Address(String),
}

/// What of these people leads to somebody, or waits for somebody.
async fn taken<'a>(
    table: &Table,
    people: impl Iterator<Item = &'a New>,
    now: Time,
) -> Result<HashSet<Key>, store::Error> {
    let keys: Vec<_> = people.flat_map(|person| &person.keys).collect();
    let mut taken = HashSet::new();
    for keys in keys.chunks(MOST_ROWS) {
        let batch = keys.iter().fold(Batch::new(), |batch, key| match key {
            Key::Identity(id) => batch.and::<Known>(&**id),
            Key::Address(address) => batch.and::<Email>(&**address),
        });
        let rows = table.get_batch(batch, now).await?;
        let is_there = |key: &Key| match key {
            Key::Identity(id) => rows.has::<Known>(id),
            Key::Address(address) => rows.has::<Email>(address),
        };
        taken.extend(keys.iter().copied().filter(|key| is_there(key)).cloned());
    }
    Ok(taken)
}

/// Somebody who can be taken over.
struct New {
    keys: Vec<Key>,
    writes: Vec<Write>,
}

impl New {
    fn read(account: &Account, rights: &Rights, trail: Trail<'_>, now: Time) -> Result<Self, Error> {
        let address = match account.email.as_deref().map(str::trim).filter(|email| !email.is_empty()) {
            Some(email) => {
                Some(Address::parse(email).ok_or(Error::Wrong("the address is no plain e-mail address"))?)
            }
            None => None,
        };
        let identities: Vec<_> = account.identities.iter().map(|it| identity(account, it)).collect();
        if address.is_none() && identities.is_empty() {
            return Err(Error::Wrong("there is neither an e-mail address nor an identity"));
        }
        if identities.len() > MOST_IDENTITIES {
            return Err(Error::Wrong("a person has at most ten identities"));
        }
        if account.password_hash.as_ref().is_some_and(|hash| hash.0.len() > LONGEST_HASH) {
            return Err(Error::Wrong("a password hash has at most 4096 bytes"));
        }
        let user = user(account, address.is_some(), &identities, rights, now)?;
        // Whether the address is theirs, or their account waits for it.
        let address = address.filter(|_| user.email_verified || identities.is_empty());
        let keys = keys(&user, address.as_ref());
        if keys.iter().collect::<HashSet<_>>().len() < keys.len() {
            return Err(Error::Wrong("one of the identities is there twice"));
        }
        let mut writes = writes(account, &user, address.as_ref(), &identities, now)?;
        writes.extend(trail(&user.id));
        Ok(Self { keys, writes })
    }
}

fn user(
    account: &Account,
    has_address: bool,
    identities: &[Identity],
    rights: &Rights,
    now: Time,
) -> Result<User, Error> {
    let name = account.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let email = account.email.as_deref().map(|email| email.trim().to_owned());
    Ok(User {
        id: crate::id::fresh(now),
        name: name.map(change::checked_name).transpose()?,
        email: email.filter(|email| !email.is_empty()),
        email_verified: account.email_verified && has_address,
        picture: account.picture.clone().filter(|picture| !picture.is_empty() && picture.len() <= 2048),
        roles: match &account.roles[..] {
            [] => rights.initial(&[]),
            roles => change::checked_roles(roles, &[], rights)?,
        },
        status: if account.disabled { Status::Disabled } else { Status::Active },
        entitlements: entitlement::taken_over(&account.entitlements, now)?,
        identities: identities.iter().map(Identity::key).collect(),
        ..create::nobody(now)
    })
}

fn keys(user: &User, address: Option<&Address>) -> Vec<Key> {
    let identities = user.identities.iter().map(|key| Key::Identity(key.as_str().to_owned()));
    identities.chain(address.map(|address| Key::Address(address.as_str().to_owned()))).collect()
}

fn writes(
    account: &Account,
    user: &User,
    address: Option<&Address>,
    identities: &[Identity],
    now: Time,
) -> Result<Vec<Write>, Error> {
    let mut writes = vec![Write::create(&user.id, user, now)];
    for (n, identity) in identities.iter().enumerate() {
        let cleaned = CleanIdentity::read(identity, now);
        let cleaned = cleaned.map_err(|_| Error::Wrong("an identity names nobody"))?;
        writes.push(lead_to(&user.id, &cleaned, None, n > 0, now));
    }
    writes.extend(address.map(|address| match identities {
        [] => email::wait(address, &user.id, now),
        _ => email::belongs_to(address, &user.id, now),
    }));
    if let Some(hash) = &account.password_hash {
        let password = Password::foreign(&user.id, hash);
        writes.push(Write::create(&user.id, &password, now));
    }
    writes.extend(lists::between(None, user));
    Ok(writes)
}

fn identity(account: &Account, of: &AccountIdentity) -> Identity {
    Identity {
        name: account.name.clone(),
        email: account.email.clone(),
        email_verified: account.email_verified,
        ..Identity::bare(&of.provider, &of.issuer, &of.subject)
    }
}
