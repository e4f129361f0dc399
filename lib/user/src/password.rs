//! People who sign in with a password: the identity that it is, and the row that has its hash.
//!
//! A password is an identity of its own, of the issuer [`ISSUER`], whose subject is the name by which its person signs in: an address or
//! a user name, in the one form that may be compared (#88). So rules see it like any other (`provider: password`), and it is deleted
//! like any other. An address that nobody has proven is no more than such a name: whoever proves it has it, and [`expel`]s who only
//! wrote it down (#94).
//!
//! What a hash is, and whether a password is right, is in the crate `credential`.

mod add;
mod change;
mod enter;
mod expel;
mod find;
pub mod mailed;
mod name;
mod register;

use oauth::{Digest, Identity, Time};
use serde::{Deserialize, Serialize};
use setting::{
    Action::{BatchGet, Check, Delete, Get, Put, Update},
    Permission, Permissions,
};
use store::{Member, Owner, Record, Write, member};

pub use self::{
    add::{Added, NewPassword, add, proof_of},
    change::change,
    enter::enter,
    expel::{expel, squatter_of},
    find::{Found, Holder, find, of},
    name::LoginName,
    register::{NewAccount, register},
};
use crate::{
    User,
    bulk::Hash,
    email::Email,
    identity::Known,
    link::Used,
    lists::{HasRole, Named},
    rights::Proof,
};

/// What rules call it.
pub const PROVIDER: &str = "password";

/// Who says who somebody is.
pub const ISSUER: &str = "latchkey";

/// What [`find`] and [`of`] do with the table.
pub const FIND: Permissions = Permissions::new(&[
    Permission::on(Known::KIND, &[BatchGet]),
    Permission::on(Email::KIND, &[BatchGet]),
    Permission::on(User::KIND, &[BatchGet]),
    Permission::on(Password::KIND, &[BatchGet]),
]);

/// What [`enter`] does.
pub const ENTER: Permissions = Permissions::new(&[
    Permission::on(Known::KIND, &[Put, Update]),
    Permission::on(Email::KIND, &[Update, Delete]),
    Permission::on(User::KIND, &[Update]),
    Permission::on(Password::KIND, &[Update]),
]);

/// What [`register`] does.
pub const REGISTER: Permissions = Permissions::new(&[
    Permission::on(Known::KIND, &[BatchGet, Put, Update]),
    Permission::on(Email::KIND, &[BatchGet, Check, Delete]),
    Permission::on(User::KIND, &[Get, Put]),
    Permission::on(Password::KIND, &[Put]),
    Permission::on(Named::KIND, &[Put]),
    Permission::on(HasRole::KIND, &[Put]),
]);

/// What [`add`] does.
pub const ADD: Permissions = Permissions::new(&[
    Permission::on(Known::KIND, &[BatchGet, Put, Update]),
    Permission::on(Email::KIND, &[BatchGet, Put, Check]),
    Permission::on(User::KIND, &[BatchGet, Get, Update]),
    Permission::on(Password::KIND, &[BatchGet, Put]),
    Permission::on(Used::KIND, &[Put]),
]);

/// What [`change`] does.
pub const CHANGE: Permissions =
    Permissions::new(&[Permission::on(User::KIND, &[Update]), Permission::on(Password::KIND, &[Update])]);

/// What [`squatter_of`] and [`expel`] do.
pub const EXPEL: Permissions = Permissions::new(&[
    Permission::on(Known::KIND, &[Get, Delete]),
    Permission::on(Email::KIND, &[Get]),
    Permission::on(User::KIND, &[Get, Update]),
    Permission::on(Password::KIND, &[Delete]),
]);

/// Somebody's password. Its row is `PASSWORD#<user id>`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Password {
    user_id: String,
    /// The hash, if it is ours.
    #[serde(default)]
    hash: Option<Hash>,
    /// That of another system, as an import brought it, until its person signs in.
    #[serde(default)]
    foreign: Option<Hash>,
}

impl Password {
    const HASH: Member<Self, Option<Hash>> = member!(Self, hash);
    const FOREIGN: Member<Self, Option<Hash>> = member!(Self, foreign);

    /// That of another system.
    pub(crate) fn foreign(user_id: &str, hash: &Hash) -> Self {
        Self { user_id: user_id.to_owned(), hash: None, foreign: Some(hash.clone()) }
    }

    fn ours(user_id: &str, hash: &str) -> Self {
        Self { user_id: user_id.to_owned(), hash: Some(Hash(hash.to_owned())), foreign: None }
    }

    /// What there is to check against, and whether another system made it.
    fn stored(self) -> Option<Stored> {
        let (ours, foreign) = (self.hash.map(|hash| (hash, false)), self.foreign.map(|hash| (hash, true)));
        ours.or(foreign).map(|(hash, is_foreign)| Stored { hash, is_foreign })
    }
}

/// A hash as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    hash: Hash,
    is_foreign: bool,
}

impl Stored {
    /// The write by which another hash takes its place, if it is still there.
    fn replaced_by(&self, user_id: &str, new: &str, now: Time) -> Write {
        let change =
            store::Change::new().set(Password::HASH, &Some(Hash(new.to_owned()))).remove(Password::FOREIGN);
        let place = if self.is_foreign { Password::FOREIGN } else { Password::HASH };
        Write::update::<Password>(user_id, change.when(place.is(&Some(self.hash.clone()))), now)
    }
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
pub(crate) fn forget(user_id: &str) -> Write {
    Write::unpoint(user_id, &Password { user_id: user_id.to_owned(), hash: None, foreign: None })
}

/// The identity that a name is.
fn identity(name: &LoginName) -> Identity {
    Identity::bare(PROVIDER, ISSUER, name.as_str())
}

/// The key of the identity that a name is.
pub(crate) fn key(name: &LoginName) -> Digest {
    identity(name).key()
}

/// What a sign-in with a password proves: that it was one.
fn proof(now: Time) -> Proof {
    Proof {
        provider: PROVIDER.to_owned(),
        domain: None,
        hd: None,
        claims: Default::default(),
        missed: None,
        at: now,
    }
}
