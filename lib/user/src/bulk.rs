//! People in and out by the file, some at a time, so that a run of any length needs the memory of those.

mod import;

use std::{collections::HashMap, fmt};

use oauth::{Digest, Time};
use serde::{Deserialize, Serialize};
use store::{Batch, Table};

pub use self::import::{Imported, import, import_noting};
use crate::{Error, User, entitlement, identity::Known, together::MOST_ROWS};

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
    /// What they are entitled to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub entitlements: Vec<AccountEntitlement>,
    /// By which providers know them.
    pub identities: Vec<AccountIdentity>,
    /// A password hash of the system that they come from, as it is. Kept for later and never written out again.
    #[serde(skip_serializing)]
    pub password_hash: Option<Hash>,
}

/// What somebody is entitled to, and who gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountEntitlement {
    /// What rules compare.
    pub name: String,
    /// Who gave it.
    pub source: String,
    /// By which order there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
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

/// People as a file has them: everything that an import reads but the password.
///
/// For each hundred identities one BatchGetItem.
pub async fn export(table: &Table, people: &[User], now: Time) -> Result<Vec<Account>, Error> {
    let keys: Vec<_> = people.iter().flat_map(|user| &user.identities).map(Digest::as_str).collect();
    let mut identities = HashMap::new();
    for keys in keys.chunks(MOST_ROWS) {
        let batch = keys.iter().fold(Batch::new(), |batch, key| batch.and::<Known>(*key));
        let mut rows = table.get_batch(batch, now).await?;
        identities.extend(keys.iter().filter_map(|key| Some((*key, rows.read::<Known>(*key)?.exported()))));
    }
    let of = |user: &User| {
        let keys = user.identities.iter().map(Digest::as_str);
        exported(user, keys.filter_map(|key| identities.get(key).cloned()).collect())
    };
    Ok(people.iter().map(of).collect())
}

fn exported(user: &User, identities: Vec<AccountIdentity>) -> Account {
    Account {
        id: Some(user.id.clone()),
        name: user.name.clone(),
        email: user.email.clone(),
        email_verified: user.email_verified,
        picture: user.picture.clone(),
        roles: user.roles.clone(),
        disabled: !user.is_active(),
        entitlements: user.entitlements.iter().map(entitlement::exported).collect(),
        identities,
        password_hash: None,
    }
}
