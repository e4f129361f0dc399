//! People in and out by the file: each on their own, so that a run of any length needs the memory of one.
//!
//! To import somebody twice is to import them once: who is known by one of the identities, or by the address, stays as they are.

use std::fmt;

use oauth::{Identity, Time};
use serde::{Deserialize, Serialize};
use store::{Batch, Owner, Record, Table, Transacted, Write};

use crate::{
    Error as TableError, Rights, Status, User,
    address::Address,
    clean_identity::CleanIdentity,
    email,
    identity::{Known, lead_to},
    link::MOST_IDENTITIES,
    lists,
    manage::{Error, change, create},
};

/// The longest password hash, in bytes, with what belongs to it.
const LONGEST_HASH: usize = 4096;

/// A person as a file has them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Account {
    /// Written and not read: an import gives everybody an id of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Full name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// E-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Whether somebody has seen that it is theirs.
    pub email_verified: bool,
    /// Address of a picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// The roles that they are given. Without any, those of everybody who is new.
    pub roles: Vec<String>,
    /// Whether they may not sign in.
    pub disabled: bool,
    /// By which providers know them.
    pub identities: Vec<AccountIdentity>,
    /// A password hash of the system that they come from, as it is. Kept for later and never written out again.
    #[serde(skip_serializing)]
    pub password_hash: Option<Hash>,
}

/// By which a provider knows somebody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountIdentity {
    /// The name of the provider in our settings.
    pub provider: String,
    /// Who says so (`iss`).
    pub issuer: String,
    /// Who they are there (`sub`).
    pub subject: String,
}

/// A password hash: never printed (#103).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hash(pub String);

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hash(..)")
    }
}

/// A password hash of another system. Its row is `PASSWORD#<user id>`; nothing reads it yet.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Password {
    user_id: String,
    foreign: Hash,
}

impl Record for Password {
    const KIND: &'static str = "PASSWORD";

    fn expires_at(&self) -> Option<i64> {
        None
    }

    fn owner(&self) -> Option<Owner<'_>> {
        Some(Owner::User(&self.user_id))
    }
}

/// The write that removes somebody's password, whether there is one or not.
pub(crate) fn forget_password(user_id: &str) -> Write {
    let any = Password { user_id: user_id.to_owned(), foreign: Hash(String::new()) };
    Write::unpoint(user_id, &any)
}

/// What became of one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Imported {
    /// They are here now; of a dry run, they would be.
    New,
    /// They were here already, and stay as they are.
    Known,
}

/// Takes somebody over. With an identity they sign in at that provider as before. Without one, the account waits for whoever proves its
/// address by a provider that is believed for it; a password of an address that nobody had verified goes then (#94).
///
/// One BatchGetItem and one GetItem, and one TransactWriteItems if it is no dry run.
pub async fn import(
    table: &Table,
    rights: &Rights,
    account: &Account,
    dry_run: bool,
    now: Time,
) -> Result<Imported, Error> {
    let new = New::read(account, rights, now)?;
    if new.is_known(table, now).await? {
        return Ok(Imported::Known);
    }
    if dry_run || table.transact(new.writes(account, now)?).await? == Transacted::Done {
        return Ok(Imported::New);
    }
    // Somebody was faster.
    Ok(Imported::Known)
}

/// Somebody who can be taken over.
struct New {
    user: User,
    address: Option<Address>,
    identities: Vec<Identity>,
}

impl New {
    fn read(account: &Account, rights: &Rights, now: Time) -> Result<Self, Error> {
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
        let name = account.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
        let roles = match &account.roles[..] {
            [] => rights.initial(&[]),
            roles => change::checked_roles(roles, &[], rights)?,
        };
        let user = User {
            id: crate::id::fresh(now),
            name: name.map(change::checked_name).transpose()?,
            email: account
                .email
                .as_deref()
                .map(|email| email.trim().to_owned())
                .filter(|email| !email.is_empty()),
            email_verified: account.email_verified && address.is_some(),
            picture: account.picture.clone().filter(|picture| !picture.is_empty() && picture.len() <= 2048),
            roles,
            status: if account.disabled { Status::Disabled } else { Status::Active },
            identities: identities.iter().map(Identity::key).collect(),
            ..create::nobody(now)
        };
        Ok(Self { user, address, identities })
    }

    /// Whether one of the identities leads to somebody, or the address is taken.
    async fn is_known(&self, table: &Table, now: Time) -> Result<bool, Error> {
        let batch =
            self.user.identities.iter().fold(Batch::new(), |batch, key| batch.and::<Known>(key.as_str()));
        let rows = table.get_batch(batch, now).await?;
        if self.user.identities.iter().any(|key| rows.see::<Known>(key.as_str()).is_some()) {
            return Ok(true);
        }
        match &self.address {
            Some(address) if self.takes_address() => Ok(email::is_taken(table, address, now).await?),
            _ => Ok(false),
        }
    }

    /// Whether the address is theirs, or their account waits for it.
    fn takes_address(&self) -> bool {
        self.user.email_verified || self.identities.is_empty()
    }

    fn writes(&self, account: &Account, now: Time) -> Result<Vec<Write>, Error> {
        let user = &self.user;
        let mut writes = vec![Write::create(&user.id, user, now)];
        for (n, identity) in self.identities.iter().enumerate() {
            let cleaned = CleanIdentity::read(identity, now);
            let cleaned = cleaned.map_err(|_| Error::Wrong("an identity names nobody"))?;
            writes.push(lead_to(&user.id, &cleaned, None, n > 0, now));
        }
        match &self.address {
            Some(address) if user.identities.is_empty() => writes.push(email::wait(address, &user.id, now)),
            Some(address) if user.email_verified => writes.push(email::belongs_to(address, &user.id, now)),
            _ => {}
        }
        if let Some(hash) = &account.password_hash {
            let password = Password { user_id: user.id.clone(), foreign: hash.clone() };
            writes.push(Write::create(&user.id, &password, now));
        }
        writes.extend(lists::between(None, user));
        Ok(writes)
    }
}

fn identity(account: &Account, of: &AccountIdentity) -> Identity {
    Identity {
        provider: of.provider.clone(),
        issuer: of.issuer.clone(),
        subject: of.subject.clone(),
        name: account.name.clone(),
        unsigned_name: None,
        email: account.email.clone(),
        email_verified: account.email_verified,
        email_authoritative: false,
        hd: None,
        upstream: Default::default(),
        picture: None,
        claims: None,
    }
}

/// Somebody as a file has them: everything that an import reads but the password.
///
/// One BatchGetItem.
pub async fn export(table: &Table, user: &User, now: Time) -> Result<Account, TableError> {
    let keys = || user.identities.iter().map(oauth::Digest::as_str);
    let batch = keys().fold(Batch::new(), |batch, key| batch.and::<Known>(key));
    let mut rows = table.get_batch(batch, now).await?;
    Ok(Account {
        id: Some(user.id.clone()),
        name: user.name.clone(),
        email: user.email.clone(),
        email_verified: user.email_verified,
        picture: user.picture.clone(),
        roles: user.roles.clone(),
        disabled: !user.is_active(),
        identities: keys().filter_map(|key| rows.read::<Known>(key)).map(Known::exported).collect(),
        password_hash: None,
    })
}
