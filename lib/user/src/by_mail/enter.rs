//! Somebody who has shown that they read the mails of an address.

use oauth::{Digest, Identity, Time};
use store::{Change, Table, Transacted, Write};

use super::{
    find::{Whose, find},
    identity, key,
};
use crate::{
    Error, Rights, User, clean_identity::CleanIdentity, email::Email, identity::lead_to,
    link::MOST_IDENTITIES, manage::Trail, news::Noted, password::LoginName, rights::Proof, sign_in_noting,
};

/// How often it starts when others change the same rows.
const ROUNDS: usize = 5;

/// What is written along; either may be asked more than once.
#[derive(Clone, Copy)]
pub struct Trails<'a> {
    /// Where somebody is new, or something is new of somebody.
    pub noted: Noted<'a>,
    /// Where somebody who was known has one more way in; it is given their id.
    pub linked: Trail<'a>,
}

impl std::fmt::Debug for Trails<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Trails")
    }
}

/// Who has come in.
#[derive(Debug)]
pub struct Entered {
    /// Who.
    pub user: User,
    /// The key of the identity by which they came.
    pub via: Digest,
}

/// Signs in whoever this address leads to, who has shown that its mails reach them; where `is_open`, also somebody new. Nobody where that is
/// nobody, or somebody who is disabled (#35). What `trail` says is written along.
///
/// Two BatchGetItems, and what [`sign_in`](crate::sign_in) does; for somebody who has the address and comes by it for the first time, one
/// TransactWriteItems.
pub async fn enter(
    table: &Table,
    rights: &Rights,
    address: &LoginName,
    is_open: bool,
    trail: Trails<'_>,
    now: Time,
) -> Result<Option<Entered>, Error> {
    let via = key(address);
    for _ in 0..ROUNDS {
        let found = find(table, address, now).await?;
        // Who would get no mail does not come in by one.
        let Some(mailbox) = found.mailbox(address, is_open) else { return Ok(None) };
        let identity = identity(address, &mailbox);
        let user = match &found.0 {
            Whose::Proven(user, gone) => {
                let adding =
                    Adding { rights, user, identity: &identity, address, gone: gone.as_deref(), now };
                adding.write(table, trail.linked).await?
            }
            _ => Some(sign_in_noting(table, rights, &identity, trail.noted, now).await?),
        };
        if let Some(user) = user {
            return Ok(Some(Entered { user, via }));
        }
    }
    Err(Error::contended())
}

/// One more way in for somebody who has the address: both sides are proven (#93).
struct Adding<'a> {
    rights: &'a Rights,
    user: &'a User,
    identity: &'a Identity,
    address: &'a LoginName,
    /// Who had the identity, and is deleted.
    gone: Option<&'a str>,
    now: Time,
}

impl Adding<'_> {
    /// Nothing if the rows are not as they were read.
    async fn write(&self, table: &Table, trail: Trail<'_>) -> Result<Option<User>, Error> {
        let Self { rights, user: old, identity, address, gone, now } = *self;
        if old.identities.len() >= MOST_IDENTITIES {
            return Err(oauth::Error::said(oauth::Code::InvalidRequest, oauth::Sentence::LinkTooMany).into());
        }
        let cleaned = CleanIdentity::read(identity, now)?;
        let proof = Proof::of(identity, cleaned.authoritative.as_ref(), rights, now);
        let mut user = old.clone();
        user.last_login_at = Some(now);
        user.identities.push(cleaned.key.clone());
        user.proofs.insert(cleaned.key.to_string(), proof.clone());
        let change = Change::new()
            .set(User::LAST_LOGIN_AT, &user.last_login_at)
            .set(User::IDENTITIES, &user.identities)
            .when(User::IDENTITIES.is(&old.identities))
            .when(User::EPOCH.is(&old.epoch))
            .when(User::STATUS.is(&old.status))
            .when(User::EMAIL.is(&old.email))
            .when(User::EMAIL_VERIFIED.is(&old.email_verified));
        // A row from before there were proofs has no map yet.
        let change = match old.proofs.is_empty() {
            true => change.set(User::PROOFS, &user.proofs),
            false => change.set_in(User::PROOFS, cleaned.key.as_str(), &proof),
        };
        let mut writes = vec![
            // An import may have come first.
            lead_to(&old.id, &cleaned, gone, !old.identities.is_empty(), now),
            Write::update::<User>(&old.id, change, now),
            Write::check::<Email>(address.as_str(), [Email::is_of(&old.id)], now),
        ];
        writes.extend(trail(&old.id));
        Ok((table.transact(writes).await? == Transacted::Done).then_some(user))
    }
}
