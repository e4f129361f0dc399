//! What is mailed to an address so that whoever reads it there can do one thing: set another password, or prove the address (#89).
//!
//! A link has the key of a row and a secret of 256 bits; the row has the digest of the secret. The key follows from the purpose and the
//! address, so there is one row for both: a link for something else opens nothing, and asking again replaces the one before. The row is
//! ended in the transaction that does what the link is for.

mod done;
mod open;

use std::time::Duration;

use oauth::{Digest, Secret, Time};
use serde::{Deserialize, Serialize};
use setting::{
    Action::{Delete, Get, Put, Update},
    Permission, Permissions,
};
use store::{Counted, Limit, Member, Record, Table, member};

pub(crate) use self::open::has;
pub use self::{
    done::{Proves, prove, reset},
    open::{Opened, mailbox, open, provable, resettable},
};
use super::{LoginName, Password};
use crate::{
    Error, User,
    email::Email,
    factors::FactorRow,
    identity::Known,
    lists::HasRole,
    passkey::{Passkey, Passkeys},
};

/// How long a link counts (#89: at most 30 minutes).
pub const LIFETIME: Duration = Duration::from_secs(30 * 60);

/// How many mails of one purpose an address gets in as long as a link counts: so whoever floods an inbox is stopped before it is one, and
/// while no other mail is sent, the last link of those that were counts for a part of that time at least.
const MAILS: Limit = Limit::new("MAILS", 3, 30 * 60);

/// The same for all other spellings of its mailbox together.
const MAILS_IN_ALL: Limit = Limit::new("MAILS", 10, 60 * 60);

/// How often it starts again when others ask for the same address.
const ROUNDS: usize = 8;

/// What [`is_within`], [`begin`] and [`open`] do with the table, beside what finding does.
pub const ASK: Permissions =
    Permissions::new(&[Permission::on("MAILS", &[Update]), Permission::on(Mailed::KIND, &[Get, Put])]);

/// What [`reset`] and [`prove`] do.
pub const DO: Permissions = Permissions::new(&[
    Permission::on(Mailed::KIND, &[Update]),
    Permission::on(User::KIND, &[Get, Update]),
    Permission::on(Password::KIND, &[Put, Update]),
    Permission::on(Known::KIND, &[Put, Update]),
    Permission::on(Email::KIND, &[Get, Put, Update]),
    Permission::on(HasRole::KIND, &[Put]),
    Permission::on(Passkeys::KIND, &[Get, Put]),
    Permission::on(Passkey::KIND, &[Delete]),
    Permission::on(FactorRow::KIND, &[Delete]),
]);

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// To set another password.
    Reset,
    /// To prove the address.
    Proof,
    /// For nothing: it stands for the link where an address has an account already, so that both cost the same (#84).
    Known,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::Proof => "proof",
            Self::Known => "known",
        }
    }

    /// Mails of a registration count together, whatever is in them: how many there are says nothing.
    const fn counted_as(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::Proof | Self::Known => "register",
        }
    }
}

/// A link that counts. Its row is `MAILED#<digest of purpose and canonical address>`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Mailed {
    purpose: Purpose,
    /// Of the secret in the link.
    digest: Digest,
    /// Whose it is; nobody's where nothing was mailed.
    user_id: Option<String>,
    /// Their epoch then: another password, or signing out everywhere, voids the link (#34, #89).
    epoch: u64,
    asked_at: Time,
}

impl Mailed {
    const DIGEST: Member<Self, Digest> = member!(Self, digest);
}

impl Record for Mailed {
    const KIND: &'static str = "MAILED";
    const BEGAN: Option<&'static str> = Some("asked_at");

    fn expires_at(&self) -> Option<i64> {
        Some(self.asked_at.after(LIFETIME).epoch())
    }
}

/// The key of the one row for this purpose and address.
fn key(purpose: Purpose, address: &LoginName) -> Digest {
    Digest::of_parts(&["mailed", purpose.as_str(), address.as_str()])
}

/// Counts one mail of this purpose to the address. Beyond what there may be, nothing is to be sent, and nothing of this is said.
///
/// One UpdateItem; one more for an address that may be another spelling of a mailbox.
pub async fn is_within(
    table: &Table,
    purpose: Purpose,
    address: &LoginName,
    now: Time,
) -> Result<bool, Error> {
    let one = Digest::of_parts(&["mails", purpose.counted_as(), address.as_str()]);
    let mailbox = address.mailbox();
    let all = mailbox.map(|all| Digest::of_parts(&["mails", purpose.counted_as(), "in all", &all]));
    let limits = [(&MAILS, Some(one)), (&MAILS_IN_ALL, all)];
    for (limit, id) in limits.into_iter().filter_map(|(limit, id)| Some((limit, id?))) {
        if let Counted::Beyond(_) = table.count(limit, id.as_str(), now).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Begins a link for this person, or for nobody: that costs the same, and opens nothing (#84). Those before it count no more.
///
/// One GetItem and one PutItem; once more for each who asks at the same time.
pub async fn begin(
    table: &Table,
    purpose: Purpose,
    address: &LoginName,
    user: Option<&User>,
    now: Time,
) -> Result<Secret, Error> {
    let (id, secret) = (key(purpose, address), Secret::random());
    let row = Mailed {
        purpose,
        digest: secret.digest(),
        user_id: user.map(|user| user.id.clone()),
        epoch: user.map_or(0, |user| user.epoch),
        asked_at: now,
    };
    for _ in 0..ROUNDS {
        let done = match table.get::<Mailed>(id.as_str(), now).await? {
            Some(old) => table.replace(id.as_str(), &old, &row, now).await?,
            None => table.create(id.as_str(), &row, now).await?,
        };
        if done {
            return Ok(Secret::new(format!("{id}.{}", secret.expose())));
        }
    }
    Err(Error::contended())
}
