//! What people know: passwords, as hashes, and how often somebody may try one.
//!
//! - Of a password the table has an argon2id hash and nothing else. One of another system is verified once and replaced ([`Hasher`]).
//! - Every check is one run of argon2, whatever there is to compare with, so no answer says what an account has (#84).
//! - An attempt is counted before anything is hashed, for the account and for where it comes from ([`attempt`]) (#85).
//!
//! Who has which password is in the crate `user`: this one knows no people.

mod argon;
pub mod attempt;
mod firebase;
mod foreign;
mod hasher;
mod parse;
mod password;
mod policy;

pub use hasher::{Checked, Hasher};
pub use password::Password;
pub use policy::{Weak, accept};
