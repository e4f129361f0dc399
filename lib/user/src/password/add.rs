//! A password for somebody who comes in another way.

use oauth::{Code, Digest, Sentence, Time};
use store::{Batch, Row, Table, Transacted, Write};

use super::{LoginName, Password, identity, key};
use crate::{
    Error, LinkProof, User,
    address::Address,
    clean_identity::CleanIdentity,
    email::{self, Email},
    identity::{Known, lead_to},
    link::{self, MOST_IDENTITIES, Used},
    person,
};

/// How often it starts when others change the same rows.
const ROUNDS: usize = 5;

/// A password as its person asks for it.
#[derive(Debug, Clone, Copy)]
pub struct NewPassword<'a> {
    /// That they ask.
    pub proof: LinkProof<'a>,
    /// The address by which they will sign in: their own, proven.
    pub address: &'a LoginName,
    /// The hash of the password.
    pub hash: &'a str,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Added {
    /// They sign in with it from now on.
    Done(User),
    /// Somebody signs in with the address who never proved it: they are to be [expelled](super::expel) first.
    Squatted(User),
    /// The proof was used before.
    Used,
}

/// Adds a password to the account of somebody who has proven their address. Nothing ends by it, as by linking a provider. Refused: an
/// address that is not theirs as its own row says (#93), somebody who has a password already, and somebody who may not act any more. The
/// proof is used up in the transaction that adds (#95), and `trail` is written with it.
///
/// One BatchGetItem and one TransactWriteItems; one GetItem more where the name was somebody else's. Once more for each race that is lost.
pub async fn add(table: &Table, new: NewPassword<'_>, trail: &[Write], now: Time) -> Result<Added, Error> {
    let key = key(new.address);
    let identity = identity(new.address);
    let cleaned = CleanIdentity::read(&identity, now)?;
    let address = Address::parse(new.address.as_str()).ok_or_else(elsewhere)?;
    let (id, mut is_used) = (new.proof.user_id, false);
    for _ in 0..ROUNDS {
        let batch = Batch::new().and::<User>(id).and::<Password>(id);
        let batch = batch.and::<Known>(key.as_str()).and::<Email>(address.as_str());
        let mut rows = table.get_batch(batch, now).await?;
        let user = rows.see::<User>(id).and_then(Result::ok).map(Row::into_inner);
        let user = user.filter(|user| user.is_active_in(new.proof.epoch)).ok_or_else(link::signed_out)?;
        if rows.read::<Password>(id).and_then(Password::stored).is_some() {
            return Err(refused(Sentence::PasswordThere));
        }
        if is_used {
            return Ok(Added::Used);
        }
        let own = user.verified_email().and_then(LoginName::email);
        if own.is_none_or(|own| own.as_str() != new.address.as_str()) {
            return Err(elsewhere());
        }
        let row = rows.read::<Email>(address.as_str());
        let theirs = email::theirs(&address, row.as_ref(), &user, now).ok_or_else(elsewhere)?;
        let known = rows.read::<Known>(key.as_str()).map(|known| known.user_id);
        let gone = known.as_deref().filter(|known| *known != user.id);
        if let Some(other) = gone
            && person::find(table, other, now).await?.is_some()
        {
            return Ok(Added::Squatted(user));
        }
        if user.identities.len() >= MOST_IDENTITIES {
            return Err(link::too_many());
        }
        let mut after = user.clone();
        if !after.identities.contains(&key) {
            after.identities.push(key.clone());
        }
        let change = link::identities_change(&user, &after.identities)
            .when(User::EMAIL.is(&user.email))
            .when(User::EMAIL_VERIFIED.is(&true));
        let leads = (known.as_deref() != Some(id)).then(|| lead_to(id, &cleaned, gone, true, now));
        let writes = [
            Write::create(new.proof.id, &Used::by(id, now), now),
            Write::create(id, &Password::ours(id, new.hash), now),
            Write::update::<User>(id, change, now),
            theirs,
        ];
        let writes = writes.into_iter().chain(leads).chain(trail.iter().cloned()).collect();
        match table.transact(writes).await? {
            Transacted::Done => return Ok(Added::Done(after)),
            // By the same form, sent twice, there is a password: the rows say it.
            Transacted::Refused(at) => is_used = at.contains(&0),
        }
    }
    Err(Error::contended())
}

/// The id of the proof that a sign-in is: one sign-in adds one password (#95).
pub fn proof_of(sid: &str, signed_in: Time) -> Digest {
    Digest::of_parts(&["password", sid, &signed_in.epoch().to_string()])
}

fn refused(sentence: Sentence) -> Error {
    oauth::Error::said(Code::InvalidRequest, sentence).with_status(409).into()
}

fn elsewhere() -> Error {
    refused(Sentence::PasswordElsewhere)
}
