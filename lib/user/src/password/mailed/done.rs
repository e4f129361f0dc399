//! What a link is for, done once.

use oauth::Time;
use store::{Change, Table, Transacted, Write};

use super::{Mailed, Opened};
use crate::{
    Error, Factors, Rights, User,
    address::Address,
    clean_identity::CleanIdentity,
    email, factors,
    identity::lead_to,
    lists, passkey,
    password::{Password, identity, proof},
    rights::{Proof, union},
};

/// What is written down with it, given who they are from then on: roles may have waited for the address.
pub type Proves<'a> = &'a (dyn Fn(&User) -> Vec<Write> + Sync);

/// Sets another password, or the first one, for whoever reads the mails of the address: which is theirs from now on, and everything ends
/// that was opened before, by raising the epoch (#34, #89). `trail` is written with it. Nothing if the link counts no more.
///
/// Where nobody had proven the address, whoever wrote it down keeps nothing else that opens the account: no passkey, and no second
/// factor, which would keep its owner out (#94).
///
/// At most three GetItem, and one TransactWriteItems.
pub async fn reset(
    table: &Table,
    rights: &Rights,
    opened: &Opened,
    hash: &str,
    trail: Proves<'_>,
    now: Time,
) -> Result<Option<User>, Error> {
    let is_alone = !opened.user.email_verified;
    let Some(mut after) = Proven::of(table, rights, opened, is_alone, now).await? else { return Ok(None) };
    after.user.epoch += 1;
    let id = &opened.user.id;
    let password = match &opened.found.holder.stored {
        Some(stored) => stored.replaced_by(id, hash, now),
        None => Write::create(id, &Password::ours(id, hash), now),
    };
    after.change = after.change.raise(User::EPOCH);
    if is_alone {
        after.others.extend(passkey::forget_all(table, id, now).await?.writes);
        after.others.push(factors::forget(id));
    }
    let noted = trail(&after.user);
    after.write(table, opened, [password].into_iter().chain(noted), now).await
}

/// Lets the address be theirs who registered with it, with what waits for whoever proves it. `trail` is written with it. Nothing if the
/// link counts no more.
///
/// At most two GetItem, and one TransactWriteItems.
pub async fn prove(
    table: &Table,
    rights: &Rights,
    opened: &Opened,
    trail: Proves<'_>,
    now: Time,
) -> Result<Option<User>, Error> {
    let Some(after) = Proven::of(table, rights, opened, false, now).await? else { return Ok(None) };
    let noted = trail(&after.user);
    after.write(table, opened, noted.into_iter(), now).await
}

/// Somebody whose address is proven, and what has to be written for that.
struct Proven {
    user: User,
    change: Change<User>,
    others: Vec<Write>,
}

impl Proven {
    /// A mail to an address is the strongest proof of it that there is, so it counts like that of a provider which is the authority over
    /// it: for invitations, for rules by domain and for who becomes an administrator.
    /// Nothing if somebody else has the address by now (#94).
    /// `is_alone`: what else opened the account has proven nothing.
    async fn of(
        table: &Table,
        rights: &Rights,
        opened: &Opened,
        is_alone: bool,
        now: Time,
    ) -> Result<Option<Self>, Error> {
        let (old, found) = (&opened.user, &opened.found);
        let address = Address::parse(opened.address.as_str());
        let claim = email::claim(table, address.as_ref(), true, &old.id, None, now).await?;
        let is_others = claim.account.as_ref().is_some_and(|account| account.id != old.id);
        if is_others || (claim.write.is_none() && !old.email_verified) {
            return Ok(None);
        }
        let mut user = opened.owner();
        user.roles = rights.after(&union(&old.roles, &claim.invited), address.as_ref());
        user.receive(&claim.waiting, rights);
        let proof =
            Proof { domain: address.as_ref().map(|address| address.domain().to_owned()), ..proof(now) };
        if is_alone {
            user.proofs.clear();
            user.factors = Factors::default();
        }
        user.proofs.insert(found.key.to_string(), proof.clone());
        let mut others: Vec<_> = claim.write.into_iter().collect();
        if found.known.as_deref() != Some(&*old.id) {
            let identity = identity(&opened.address);
            let cleaned = CleanIdentity::read(&identity, now)?;
            let is_linked = !old.identities.is_empty();
            others.push(lead_to(&old.id, &cleaned, found.known.as_deref(), is_linked, now));
        }
        if !user.identities.contains(&found.key) {
            user.identities.push(found.key.clone());
        }
        others.extend(lists::between(Some(old), &user));
        let change = Change::new()
            .set(User::EMAIL_VERIFIED, &true)
            .set(User::ROLES, &user.roles)
            .set(User::IDENTITIES, &user.identities)
            .when(User::EPOCH.is(&old.epoch))
            .when(User::STATUS.is(&old.status))
            .when(User::EMAIL.is(&old.email))
            .when(User::EMAIL_VERIFIED.is(&old.email_verified))
            .when(User::ROLES.is(&old.roles))
            .when(User::IDENTITIES.is(&old.identities));
        let change = match old.entitlements == user.entitlements {
            true => change,
            // Who looks after people compares the revision, and so do those who sell.
            false => change
                .set(User::ENTITLEMENTS, &user.entitlements)
                .set(User::REVISION, &Some(old.revision() + 1))
                .when(User::REVISION.is(&old.revision)),
        };
        let change = if is_alone { change.set(User::FACTORS, &user.factors) } else { change };
        // A row from before there were proofs has no map yet.
        let change = match old.proofs.is_empty() || is_alone {
            true => change.set(User::PROOFS, &user.proofs),
            false => change.set_in(User::PROOFS, found.key.as_str(), &proof),
        };
        Ok(Some(Self { user, change, others }))
    }

    /// All of it and the end of the link, or nothing: of many who use one link at once, one does (#89).
    async fn write(
        self,
        table: &Table,
        opened: &Opened,
        more: impl Iterator<Item = Write>,
        now: Time,
    ) -> Result<Option<User>, Error> {
        let link = Write::take(&opened.id, [Mailed::DIGEST.is(&opened.row.digest)], now);
        let update = Write::update::<User>(&self.user.id, self.change, now);
        let writes = [link, update].into_iter().chain(self.others).chain(more).collect();
        Ok((table.transact(writes).await? == Transacted::Done).then_some(self.user))
    }
}
