//! Second factors: codes that an app on a device of a person's makes (RFC 6238), and recovery codes for when the device is lost.
//!
//! - A person has at most one row, which belongs to them: `FACTOR#<user id>`. The seed in it is sealed under a key that only one function
//!   has, with the person's id as associated data (#106); of recovery codes there are digests.
//! - A code counts for its step of 30 seconds and the one before and after it, and each step counts once. A recovery code counts once. Both
//!   are conditional writes, so of many who show one code at once, one is let in.
//! - Whoever calls [`check`] has counted the attempt before (#85).

mod base32;
mod recovery;
mod rows;
mod setup;
mod totp;

use setting::{
    Action::{Delete, Get, Put, Update},
    Permission, Permissions,
};
use store::Record;

pub use self::{
    rows::{Checked, State, add, check, remove, renew, state},
    setup::{Seeds, Setup},
};

setting::declare! {
    FACTOR_KEY = setting::Setting::secret("FACTOR_KEY", "The key that encrypts the seeds of second factors in the table: 32 random bytes in base64url, or several keys separated by commas, the newest first. `cargo run` generates its own.");
}

/// What [`check`] and [`state`] do with the table.
pub const CHECK: Permissions = Permissions::new(&[Permission::on(rows::Factor::KIND, &[Get, Put])]);

/// What [`add`], [`remove`] and [`renew`] do.
pub const CHANGE: Permissions = Permissions::new(&[
    Permission::on(rows::Factor::KIND, &[Get, Put, Delete]),
    Permission::on(user::User::KIND, &[Get, Update]),
]);

/// Trouble with the table, or a seed that cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// About the row of a factor, or of its person.
    #[error("the table of factors failed")]
    Table(#[from] store::Error),
    /// About the person.
    #[error("the person of a factor cannot be read")]
    User(#[from] user::Error),
    /// No key that we have opens the seed of this person.
    #[error("no key in FACTOR_KEY opens this seed")]
    Sealed,
}
