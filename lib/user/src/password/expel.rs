//! The true owner of an address has come: whoever only wrote it down keeps nothing by it (#94).

use std::collections::BTreeMap;

use oauth::{Digest, Time};
use store::{Change, Table, Transacted, Write};

use super::{LoginName, forget, key};
use crate::{Error, User, email, identity::Known, person};

/// How often it starts when others change the same rows.
const ROUNDS: usize = 5;

/// Who signs in with this person's proven address, is somebody else, and has not proven it: their id. Two people for whom providers vouch
/// with one address are two people: who has it as its own row says loses nothing to the other (#93).
///
/// One GetItem; one more where the name leads to somebody else.
pub async fn squatter_of(table: &Table, owner: &User, now: Time) -> Result<Option<String>, Error> {
    let Some(name) = owner.verified_email().and_then(LoginName::email) else { return Ok(None) };
    let known = table.get::<Known>(key(&name).as_str(), now).await?.map(store::Row::into_inner);
    let other = known.map(|known| known.user_id).filter(|id| *id != owner.id);
    if other.is_some() && email::holder_of(table, name.as_str(), now).await? == other {
        return Ok(None);
    }
    Ok(other)
}

/// Takes the address, and the password that goes with it, from somebody who never proved it, and ends what they have by it: sessions,
/// codes and grants count no more. They stay somebody else: nothing of theirs becomes the owner's, and nothing of the owner's was ever
/// theirs. Linked providers stay theirs, because those are proven, and so does a password by which they sign in with an address that is
/// proven to be theirs.
///
/// One GetItem and one TransactWriteItems.
pub async fn expel(table: &Table, squatter: &str, owner: &User, now: Time) -> Result<(), Error> {
    let Some(name) = owner.verified_email().and_then(LoginName::email) else { return Ok(()) };
    let key = key(&name);
    for _ in 0..ROUNDS {
        let identity = Write::delete::<Known>(key.as_str(), [Known::leads_to(squatter)], now);
        let Some(user) = person::find(table, squatter, now).await? else {
            // The identity of somebody who is deleted is turned round when it is used again.
            return Ok(());
        };
        let identities: Vec<_> = user.identities.iter().filter(|it| **it != key).cloned().collect();
        let proofs: BTreeMap<_, _> = user
            .proofs
            .iter()
            .filter(|(it, _)| **it != key.as_str())
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        let writes_it =
            |email: &str| LoginName::email(email).as_ref().map(LoginName::as_str) == Some(name.as_str());
        let mut change = Change::new()
            .raise(User::EPOCH)
            .set(User::IDENTITIES, &identities)
            .set(User::PROOFS, &proofs)
            .when(User::IDENTITIES.is(&user.identities))
            .when(User::EPOCH.is(&user.epoch));
        if user.email.as_deref().is_some_and(writes_it) && !user.email_verified {
            change = change.set(User::EMAIL, &None).when(User::EMAIL.is(&user.email));
        }
        let mut writes = vec![identity, Write::update::<User>(squatter, change, now)];
        if !has_other_name(&user, &key) {
            writes.push(forget(squatter));
        }
        if table.transact(writes).await? == Transacted::Done {
            return Ok(());
        }
        if squatter_of(table, owner, now).await?.as_deref() != Some(squatter) {
            return Ok(());
        }
    }
    Err(Error::contended())
}

/// Whether somebody signs in with their password by an address of their own too, which is not this one.
fn has_other_name(user: &User, key: &Digest) -> bool {
    let own = user.verified_email().and_then(LoginName::email).map(|own| super::key(&own));
    own.is_some_and(|own| own != *key && user.identities.contains(&own))
}
