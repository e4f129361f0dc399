//! More than one way in: identities that lead to the same person, linked and unlinked by that person alone.
//!
//! An address never links anything (#93). What links is a proof: somebody who is signed in as this person, freshly, asked for it
//! in the same browser in which the provider then named the identity (#26). A proof is used once, in the transaction that links (#95).

use std::{collections::BTreeMap, time::Duration};

use oauth::{Code, Digest, Identity, Sentence, Time};
use serde::{Deserialize, Serialize};
use store::{Batch, Change, Record, Table, Transacted, Write};

use crate::{
    Error, User, WaysIn, by_mail,
    clean_identity::CleanIdentity,
    identity::{Known, lead_to},
    password,
    person::find,
};

/// How many identities may lead to one person.
pub const MOST_IDENTITIES: usize = 10;

/// How long it is known that a proof was used: longer than it could be shown again.
const REMEMBERED: Duration = Duration::from_secs(3600);

/// How often it starts again when the rows were not as they were read.
const ROUNDS: usize = 5;

/// That a proof was used, `LINK#<id of the proof>`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Used {
    user_id: String,
    used_at: Time,
}

impl Used {
    /// By this person, now.
    pub(crate) fn by(user_id: &str, now: Time) -> Self {
        Self { user_id: user_id.to_owned(), used_at: now }
    }
}

impl Record for Used {
    const KIND: &'static str = "LINK";

    fn expires_at(&self) -> Option<i64> {
        Some(self.used_at.after(REMEMBERED).epoch())
    }
}

/// That a person asked to have one more way in, proven by their session.
#[derive(Debug, Clone, Copy)]
pub struct LinkProof<'a> {
    /// Its id, unguessable: it links once.
    pub id: &'a str,
    /// Who asked.
    pub user_id: &'a str,
    /// Their epoch then: signing out everywhere voids the proof.
    pub epoch: u64,
}

/// One of the identities that lead to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedIdentity {
    /// Its key, by which it is unlinked.
    pub key: Digest,
    /// The name of the provider in our settings.
    pub provider: String,
    /// Who says so (`iss`).
    pub issuer: String,
    /// Since when it leads to them.
    pub linked_at: Time,
    /// Whether name, address and picture are taken from it.
    pub is_first: bool,
}

/// By what somebody comes in no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gone {
    /// By the provider of this name in our settings.
    Provider(String),
    /// By mailed codes and links.
    Mail,
    /// By their password: they have none any more.
    Password,
    /// By one of the names of their password, which stays.
    Name,
}

impl Gone {
    fn of(gone: &[&LinkedIdentity], stays: &[&LinkedIdentity]) -> Self {
        let is_password = |it: &&LinkedIdentity| it.provider == password::PROVIDER;
        match gone.first() {
            Some(it) if it.provider == by_mail::PROVIDER => Self::Mail,
            Some(it) if !is_password(it) => Self::Provider(it.provider.clone()),
            Some(_) if !stays.iter().any(is_password) => Self::Password,
            _ => Self::Name,
        }
    }
}

/// What became of unlinking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unlinked {
    /// It does not lead to them any more.
    Done(Gone),
    /// It did not lead to them.
    NotLinked,
    /// Without it they could not sign in any more, so it stays.
    LastWayIn,
}

/// The identities that lead to a person, as their own rows say it; the first is the one of which name, address and picture are.
///
/// One BatchGetItem.
pub async fn identities_of(table: &Table, user: &User, now: Time) -> Result<Vec<LinkedIdentity>, Error> {
    let keys = user.identities.iter();
    let batch = keys.fold(Batch::new(), |batch, key| batch.and::<Known>(key.as_str()));
    let mut rows = table.get_batch(batch, now).await?;
    let known = user.identities.iter().filter_map(|key| {
        let known = rows.read::<Known>(key.as_str()).filter(|known| known.user_id == user.id)?;
        Some(known.shown(key.clone()))
    });
    Ok(known.collect())
}

/// Whether a proof was used, so that a repeated callback can tell what became of the first.
///
/// One GetItem.
pub async fn is_link_used(table: &Table, proof: &str, now: Time) -> Result<bool, Error> {
    Ok(table.get::<Used>(proof, now).await?.is_some())
}

/// Lets an identity lead to the person who asked for it. Refused: an identity that leads to somebody else, a proof that was used, and
/// somebody who may not act any more. The person as they were, if it does from now on, and `trail` was written with it; nobody, if it did
/// before.
///
/// Two GetItems and one TransactWriteItems; once more for each race that is lost.
pub async fn link(
    table: &Table,
    proof: LinkProof<'_>,
    identity: &Identity,
    trail: &[Write],
    now: Time,
) -> Result<Option<User>, Error> {
    let cleaned = CleanIdentity::read(identity, now)?;
    for _ in 0..ROUNDS {
        let person = find(table, proof.user_id, now).await?;
        let user = person.filter(|user| user.is_active_in(proof.epoch)).ok_or_else(signed_out)?;
        let known = table.get::<Known>(cleaned.key.as_str(), now).await?;
        let gone = match &known {
            Some(known) if known.user_id == user.id => return already(table, proof, &user, now).await,
            Some(known) if find(table, &known.user_id, now).await?.is_some() => return Err(elsewhere()),
            Some(known) => Some(known.user_id.as_str()),
            None => None,
        };
        if user.identities.len() >= MOST_IDENTITIES {
            return Err(too_many());
        }
        let identities: Vec<_> = user.identities.iter().chain([&cleaned.key]).cloned().collect();
        let writes = [
            Write::create(proof.id, &Used::by(&user.id, now), now),
            lead_to(&user.id, &cleaned, gone, true, now),
            Write::update::<User>(&user.id, identities_change(&user, &identities), now),
        ];
        let writes = writes.into_iter().chain(trail.iter().cloned()).collect();
        match table.transact(writes).await? {
            Transacted::Done => return Ok(Some(user)),
            Transacted::Refused(at) if at.contains(&0) => return Err(used()),
            Transacted::Refused(_) => {}
        }
    }
    Err(Error::contended())
}

/// It leads to them already: the proof is used up all the same (#95).
async fn already(table: &Table, proof: LinkProof<'_>, user: &User, now: Time) -> Result<Option<User>, Error> {
    if table.create(proof.id, &Used::by(&user.id, now), now).await? { Ok(None) } else { Err(used()) }
}

/// Lets an identity lead to this person no more, unless nothing would be left of the `ways` by which they can sign in. `trail` is written
/// with it, or not at all. Whoever signs in with that identity afterwards is somebody new.
///
/// A password goes with the last name by which its person signs in with it.
///
/// One GetItem, one BatchGetItem and one TransactWriteItems; once more for each race that is lost.
pub async fn unlink(
    table: &Table,
    user_id: &str,
    key: &str,
    ways: &WaysIn,
    trail: &[Write],
    now: Time,
) -> Result<Unlinked, Error> {
    for _ in 0..ROUNDS {
        let Some(user) = find(table, user_id, now).await? else { return Ok(Unlinked::NotLinked) };
        if user.identities.iter().all(|known| known.as_str() != key) {
            return Ok(Unlinked::NotLinked);
        }
        let all = identities_of(table, &user, now).await?;
        let (gone, stays): (Vec<_>, Vec<_>) = all.iter().partition(|it| it.key.as_str() == key);
        let Some(way_in) = stays.iter().find(|it| ways.lets_in(&user, it)) else {
            return Ok(Unlinked::LastWayIn);
        };
        let gone = Gone::of(&gone, &stays);
        let was_first = user.identities.first().is_some_and(|first| first.as_str() == key);
        let first = user.identities.first().filter(|_| !was_first).unwrap_or(&way_in.key);
        let writes = [
            Write::delete::<Known>(key, [Known::USER_ID.is(user_id)], now),
            Write::update::<User>(&user.id, without(&user, key, first), now),
        ];
        let first = was_first.then(|| Known::become_first(first.as_str(), user_id, now));
        let password = (gone == Gone::Password).then(|| password::forget(user_id));
        let writes = writes.into_iter().chain(first).chain(password).chain(trail.iter().cloned()).collect();
        if table.transact(writes).await? == Transacted::Done {
            return Ok(Unlinked::Done(gone));
        }
    }
    Err(Error::contended())
}

/// The row of somebody without the identity of this key, of whose identities this one is the first then.
fn without(user: &User, key: &str, first: &Digest) -> Change<User> {
    let stay = user.identities.iter().filter(|it| it.as_str() != key && *it != first);
    let identities: Vec<_> = std::iter::once(first).chain(stay).cloned().collect();
    // What it proved counts no more from here on; what is left of another's is as it was read.
    let proofs: BTreeMap<_, _> = user.proofs.clone().into_iter().filter(|(it, _)| it != key).collect();
    let change = identities_change(user, &identities).set(User::PROOFS, &proofs);
    // Whose word the address rests on must not be forgotten with the one who gave it (#93).
    let only_vouched = match user.identities.first() {
        Some(first) if first.as_str() == key => !by_mail::has_proven(user),
        _ => user.only_vouched,
    };
    if only_vouched == user.only_vouched {
        return change;
    }
    let change = change.when(User::EMAIL.is(&user.email)).when(User::EMAIL_VERIFIED.is(&user.email_verified));
    change.set(User::ONLY_VOUCHED, &only_vouched)
}

/// The identities become these, if they are still those that were read, and the person may still act as then.
pub(crate) fn identities_change(user: &User, identities: &[Digest]) -> Change<User> {
    let change = Change::new().set(User::IDENTITIES, identities).when(User::IDENTITIES.is(&user.identities));
    change.when(User::EPOCH.is(&user.epoch)).when(User::STATUS.is(&user.status))
}

fn refused(status: u16, sentence: Sentence) -> Error {
    oauth::Error::said(Code::InvalidRequest, sentence).with_status(status).into()
}

pub(crate) fn signed_out() -> Error {
    refused(400, Sentence::LinkSignedOut)
}

pub(crate) fn too_many() -> Error {
    refused(400, Sentence::LinkTooMany)
}

fn used() -> Error {
    refused(400, Sentence::LinkUsed)
}

fn elsewhere() -> Error {
    refused(409, Sentence::LinkOfSomebodyElse)
}
