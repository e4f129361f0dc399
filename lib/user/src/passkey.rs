//! Passkeys: the keys of a person's devices, by which they sign in without a name (W3C Web Authentication Level 3).
//!
//! A passkey is no identity: nobody else says who somebody is. What it proves is a [`Proof`] of the provider [`PROVIDER`] under a key of its
//! person ([`key`]), which is gone with their last passkey. What an authenticator says is checked elsewhere; here are the rows.

mod add;
mod enter;
mod find;
mod forget;
mod remove;

use oauth::{Digest, Identity, Time};
use serde::{Deserialize, Serialize};
use setting::{
    Action::{BatchGet, Delete, Get, Put, Update},
    Permission, Permissions,
};
use store::{Change, Member, Owner, Record, member};

pub(crate) use self::forget::forget_all;
pub use self::{
    add::{Added, NewPasskey, add, may_add},
    enter::{Seen, claim, enter, note_count, note_use},
    find::{Found, find, of},
    remove::{remove, rename},
};
use crate::{Factors, User, rights::Proof};

/// What rules call it.
pub const PROVIDER: &str = "passkey";

/// Who says who somebody is.
const ISSUER: &str = "latchkey";

/// How many one person may have.
pub const MOST: usize = 10;

/// What [`of`] and [`may_add`] do with the table.
pub const LIST: Permissions =
    Permissions::new(&[Permission::on(Passkeys::KIND, &[Get]), Permission::on(Passkey::KIND, &[BatchGet])]);

/// What [`add`] does.
pub const ADD: Permissions = Permissions::new(&[
    Permission::on(Passkeys::KIND, &[Get, Put]),
    Permission::on(Passkey::KIND, &[Put]),
    Permission::on(User::KIND, &[Get, Update]),
]);

/// What [`remove`] and [`rename`] do.
pub const CHANGE: Permissions = Permissions::new(&[
    Permission::on(Passkeys::KIND, &[Get, Put]),
    Permission::on(Passkey::KIND, &[Update, Delete]),
    Permission::on(User::KIND, &[Get, Update]),
]);

/// What [`find`], [`claim`], [`enter`], [`note_count`] and [`note_use`] do.
pub const ENTER: Permissions = Permissions::new(&[
    Permission::on(enter::Answered::KIND, &[Put]),
    Permission::on(Passkeys::KIND, &[Get]),
    Permission::on(Passkey::KIND, &[BatchGet, Update]),
    Permission::on(User::KIND, &[BatchGet, Update]),
]);

/// A passkey. Its row is `PASSKEY#<digest of the credential id>`, so no two people have the same one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkey {
    /// Whose it is.
    pub user_id: String,
    /// What its person calls it.
    pub name: String,
    /// When it was added.
    pub added_at: Time,
    /// When somebody signed in with it last.
    #[serde(default)]
    pub used_at: Option<Time>,
    /// Whether there is a copy of it elsewhere, as it said last (W3C §6.1.3).
    #[serde(default)]
    pub is_backed_up: bool,
    /// Its signature counter, as it said last; 0 where it does not count (W3C §6.1.1).
    #[serde(default)]
    pub counter: u32,
    /// Its public key and what else was said when it was added, as whoever verifies reads it.
    pub credential: String,
}

impl Passkey {
    const USER_ID: Member<Self, String> = member!(Self, user_id);
    const NAME: Member<Self, String> = member!(Self, name);
    const USED_AT: Member<Self, Option<Time>> = member!(Self, used_at);
    const IS_BACKED_UP: Member<Self, bool> = member!(Self, is_backed_up);
    const COUNTER: Member<Self, u32> = member!(Self, counter);
}

impl Record for Passkey {
    const KIND: &'static str = "PASSKEY";

    fn expires_at(&self) -> Option<i64> {
        None
    }

    fn owner(&self) -> Option<Owner<'_>> {
        Some(Owner::User(&self.user_id))
    }
}

/// Which passkeys somebody has, `PASSKEYS#<user id>`: what counts them and lists them, since nothing is decided from an index (#97).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Passkeys {
    user_id: String,
    /// The digests of their credential ids, the oldest first.
    ids: Vec<Digest>,
}

impl Record for Passkeys {
    const KIND: &'static str = "PASSKEYS";

    fn expires_at(&self) -> Option<i64> {
        None
    }

    fn owner(&self) -> Option<Owner<'_>> {
        Some(Owner::User(&self.user_id))
    }
}

/// The change by which the row of somebody says how many passkeys they have ([`Factors::passkeys`]), where their factors are as they were
/// read.
///
/// The number is that of the list, and is written in the transaction that changes the list: so it is right after each of them, whatever it
/// was before, and of two at once one starts again.
fn count(user: &User, list: &Passkeys) -> Change<User> {
    let passkeys = u32::try_from(list.ids.len()).unwrap_or(u32::MAX);
    let factors = Factors { passkeys, ..user.factors };
    Change::new().set(User::FACTORS, &factors).when(User::FACTORS.is(&user.factors))
}

/// The key under which a person's passkeys prove something, and by which they came who came by one.
pub fn key(user_id: &str) -> Digest {
    Identity::bare(PROVIDER, ISSUER, user_id).key()
}

/// What a sign-in with a passkey proves: that it was one.
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
