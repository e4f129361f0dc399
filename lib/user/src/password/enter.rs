//! Somebody whose password was right.

use oauth::{Code, Sentence, Time};
use store::{Change, Table, Transacted, Updated, Write};

use super::{Found, LoginName, find, identity, proof};
use crate::{
    Error, User, address::Address, clean_identity::CleanIdentity, email, identity::lead_to, rights::Proof,
};

/// How often it starts when others change the same rows.
const ROUNDS: usize = 5;

/// Signs in whom `found` is about, whose password was right, and lets another hash take the place of the one that was checked. Refused:
/// somebody who is disabled (#35).
///
/// One UpdateItem; at the first sign-in with a name, and where the hash is replaced, one TransactWriteItems.
pub async fn enter(
    table: &Table,
    name: &LoginName,
    found: Found,
    replace_by: Option<&str>,
    now: Time,
) -> Result<User, Error> {
    let (mut found, mut replace_by) = (found, replace_by);
    for _ in 0..ROUNDS {
        let Some(user) = found.holder.user.clone().filter(User::is_active) else {
            return Err(oauth::Error::said(Code::AccessDenied, Sentence::Disabled).into());
        };
        let entering = Entering { name, user: &user, found: &found, now };
        let done = match entering.first(replace_by)? {
            writes if writes.is_empty() => match table.update(&user.id, entering.seen(), now).await? {
                Updated::Done(user) => Some(user.into_inner()),
                Updated::Refused(_) | Updated::Missing => None,
            },
            writes => (table.transact(writes).await? == Transacted::Done).then(|| entering.after()),
        };
        if let Some(user) = done {
            return Ok(user);
        }
        let again = find(table, name, now).await?;
        if !is_still(&again, &user) {
            return Err(oauth::Error::said(Code::LoginRequired, Sentence::BadCombination).into());
        }
        // Another sign-in has replaced the hash already.
        replace_by = replace_by.filter(|_| again.holder.stored == found.holder.stored);
        found = again;
    }
    Err(Error::contended())
}

/// Whether the name leads to the same person, whose password was not changed in between: that raises the epoch.
fn is_still(again: &Found, user: &User) -> bool {
    let same = |it: &User| it.id == user.id && it.epoch == user.epoch;
    again.holder.user.as_ref().is_some_and(same) && again.holder.stored.is_some()
}

struct Entering<'a> {
    name: &'a LoginName,
    user: &'a User,
    found: &'a Found,
    now: Time,
}

impl Entering<'_> {
    /// What every sign-in writes.
    fn seen(&self) -> Change<User> {
        let change = Change::new().set(User::LAST_LOGIN_AT, &Some(self.now));
        let change = change.when(User::STATUS.is(&self.user.status)).when(User::EPOCH.is(&self.user.epoch));
        let change = change.when(User::IDENTITIES.is(&self.user.identities));
        // A row from before there were proofs has no map yet.
        match self.user.proofs.is_empty() {
            true => change.set(User::PROOFS, &self.after().proofs),
            false => change.set_in(User::PROOFS, self.found.key.as_str(), &self.proof()),
        }
    }

    /// What this sign-in proves; and the domain of the address where a mail proved that, for as long as it is theirs (#93).
    fn proof(&self) -> Proof {
        let old = self.user.proofs.get(self.found.key.as_str());
        let own = self.user.verified_email().and_then(LoginName::email);
        let is_own = own.is_some_and(|own| own.as_str() == self.name.as_str());
        Proof { domain: old.and_then(|old| old.domain.clone()).filter(|_| is_own), ..proof(self.now) }
    }

    /// What they are afterwards.
    fn after(&self) -> User {
        let mut user = self.user.clone();
        user.last_login_at = Some(self.now);
        user.proofs.insert(self.found.key.to_string(), self.proof());
        if !user.identities.contains(&self.found.key) {
            user.identities.push(self.found.key.clone());
        }
        user
    }

    /// Everything that a first sign-in with this name writes, and one with another hash; nothing where neither is so.
    fn first(&self, replace_by: Option<&str>) -> Result<Vec<Write>, Error> {
        let (user, found, now) = (self.user, self.found, self.now);
        let mut writes = Vec::new();
        if found.known.as_deref() != Some(&*user.id) {
            let identity = identity(self.name);
            let cleaned = CleanIdentity::read(&identity, now)?;
            let is_linked = !user.identities.is_empty();
            writes.push(lead_to(&user.id, &cleaned, found.known.as_deref(), is_linked, now));
        }
        if let (true, Some(address)) = (found.waits, self.name.as_email().and_then(Address::parse)) {
            // Nobody takes the account any more by proving the address: it has a person. Only who proved it before has it.
            writes.push(email::no_longer_waits(&address, user, now));
        }
        writes.extend(
            replace_by
                .zip(found.holder.stored.as_ref())
                .map(|(new, old)| old.replaced_by(&user.id, new, now)),
        );
        let is_new = !user.identities.contains(&found.key);
        if writes.is_empty() && !is_new {
            return Ok(writes);
        }
        let change =
            if is_new { self.seen().set(User::IDENTITIES, &self.after().identities) } else { self.seen() };
        writes.push(Write::update::<User>(&user.id, change, now));
        Ok(writes)
    }
}
