//! Looking after people: what an operator, an administrator or a service does to somebody's row. Whether they may is asked before
//! (rights), and what they did is written with it ([`Trail`]).
//!
//! - Each act is one transaction with its trail: it happened and is written down, or neither (#99).
//! - Each depends on what was read: a change in between makes it start again, and one that the caller has not seen refuses it.
//! - There is always somebody who can administrate: the transaction checks the row of another administrator.
//!
//! Where apps are to be told that somebody's sessions end, `logout::end_everything_of` is around [`change`] to disabled, [`sign_out`] and
//! [`take_factors`], and [`delete`] gets what tells them as its `ending`.

mod admins;
pub(crate) mod change;
pub(crate) mod create;
mod delete;
mod error;
mod factors;
mod invite;

use std::pin::Pin;

use oauth::Time;
use store::{Table, Write};

pub use self::admins::ADMIN;
pub use self::change::{Change, change, sign_out};
pub use self::create::{NewPerson, create};
pub(crate) use self::delete::UNFINISHED;
pub use self::delete::{delete, finish_deletions};
pub use self::error::Error;
pub use self::factors::{Asked, asked_for_factors, take_factors};
pub use self::invite::{invite, invited, uninvite};
use crate::{User, address::Address, email};

/// How often an act begins again because somebody was faster.
const ROUNDS: usize = 20;

/// The most roles of one person: their rows and the trail's fit into a transaction.
pub const MOST_ROLES: usize = 32;

/// What is written down with an act, in its transaction: given the id of the person concerned, or nothing for an invitation, the
/// writes. It may be asked more than once; what of it is written, is written once.
pub type Trail<'a> = &'a (dyn Fn(&str) -> Vec<Write> + Sync);

/// Nothing is written down.
pub const NO_TRAIL: Trail<'static> = &|_| Vec::new();

/// What ends the sessions of a deleted person, given their id, before their rows are swept: so their apps learn of it. It may be asked more
/// than once.
pub type BeforeSweep<'a, 't> = &'a (dyn Fn(String) -> Ending<'t> + Send + Sync + 't);

type Ending<'a> = Pin<Box<dyn Future<Output = Result<(), store::Error>> + Send + 'a>>;

/// Nobody is told of anything.
pub const NOBODY_TOLD: BeforeSweep<'static, 'static> = &|_| Box::pin(std::future::ready(Ok(())));

/// The person with this id, whatever their status.
pub async fn find(table: &Table, id: &str, now: Time) -> Result<Option<User>, Error> {
    Ok(crate::find(table, id, now).await?)
}

/// The person whose proven address this is, or whose account waits for it. None for an invitation.
///
/// Two GetItem.
pub async fn find_by_address(table: &Table, address: &str, now: Time) -> Result<Option<User>, Error> {
    let Some(address) = Address::parse(address.trim()) else { return Ok(None) };
    match email::holder(table, &address, now).await? {
        Some(id) => find(table, &id, now).await,
        None => Ok(None),
    }
}
