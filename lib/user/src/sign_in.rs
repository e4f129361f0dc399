//! Signing a person in.
//!
//! Somebody we know, of whom the provider says nothing new, costs one read and one write, and the write touches nothing that
//! is in the list of users. Everything else is one transaction over the rows it concerns. Anyone who loses a race, or finds
//! rows other than they expected, starts again from the read.

use std::collections::BTreeMap;

use oauth::{Code, Identity, Sentence, Time};
use store::{Change, Row, Table, Transacted, Updated, Write};

use crate::{
    Error, Rights, Status, User,
    address::Address,
    clean_identity::CleanIdentity,
    email, id,
    identity::{Known, lead_to},
    lists,
    news::{News, Noted},
    password,
    rights::{Proof, union},
};

/// How often a sign-in starts. A race over one identity is over after one.
const ROUNDS: usize = 5;

/// Signs in the person behind an identity, whom we know or do not know yet. Refused: somebody who is disabled (#35), and an
/// identity that names nobody (#21).
pub async fn sign_in(table: &Table, rights: &Rights, identity: &Identity, now: Time) -> Result<User, Error> {
    sign_in_noting(table, rights, identity, &|_| Vec::new(), now).await
}

/// The same, where `noted` is written along with somebody new, and with what is new of somebody known. It may be asked more than once.
///
/// Where it writes something, what is new of somebody is one TransactWriteItems instead of one UpdateItem.
pub async fn sign_in_noting(
    table: &Table,
    rights: &Rights,
    identity: &Identity,
    noted: Noted<'_>,
    now: Time,
) -> Result<User, Error> {
    let cleaned = CleanIdentity::read(identity, now)?;
    let proof = Proof::of(identity, cleaned.authoritative.as_ref(), rights, now);
    let mut attempt = SignIn { table, rights, cleaned, proof, is_linked: false, noted, now };
    for _ in 0..ROUNDS {
        let known = table.get::<Known>(attempt.cleaned.key.as_str(), now).await?;
        attempt.is_linked = known.as_ref().is_some_and(|known| known.is_linked);
        if let Some(known) = &known {
            attempt.recall(&known.user_id).await?;
        }
        let user = match known {
            Some(known) => attempt.returning(&known.user_id).await?,
            None => attempt.register(None).await?,
        };
        if let Some(user) = user {
            return Ok(user);
        }
    }
    Err(Error::contended())
}

/// One sign-in. Its steps answer `None` when the rows were not as they were read a moment ago.
struct SignIn<'a> {
    table: &'a Table,
    rights: &'a Rights,
    cleaned: CleanIdentity<'a>,
    /// What it proves for rules.
    proof: Proof,
    /// Whether it is not the identity of which the person's name, address and picture are: it says who they are, and nothing else.
    is_linked: bool,
    /// What is written along.
    noted: Noted<'a>,
    now: Time,
}

impl SignIn<'_> {
    /// One GetItem, and only where the provider did not say the groups: those that were known before stay in what is written.
    async fn recall(&mut self, user_id: &str) -> Result<(), Error> {
        if self.proof.missed.is_none() {
            return Ok(());
        }
        let user = self.table.get::<User>(user_id, self.now).await?;
        if let Some(old) = user.as_ref().and_then(|user| user.proofs.get(self.cleaned.key.as_str())) {
            self.proof = self.proof.clone().recalling(old);
        }
        Ok(())
    }

    /// Somebody we have seen before.
    async fn returning(&self, user_id: &str) -> Result<Option<User>, Error> {
        match self.table.update::<User>(user_id, self.nothing_new(), self.now).await? {
            // Unlinked since the identity was read: it leads to nobody now (#95).
            Updated::Done(user) | Updated::Refused(user) if !user.identities.contains(&self.cleaned.key) => {
                Ok(None)
            }
            Updated::Done(user) if !self.promotes(&user) => Ok(Some(user.into_inner())),
            Updated::Done(user) | Updated::Refused(user) => self.refresh(user).await,
            // Deleted, but for the identity: somebody new, since ids are not given out again (#93).
            Updated::Missing => self.register(Some(user_id)).await,
        }
    }

    /// The sign-in of somebody active of whom the provider says what it said before. A name, a picture or an address that it does
    /// not mention has not changed: Apple tells a name only once. The other claims are replaced without a look at them.
    fn nothing_new(&self) -> Change<User> {
        let CleanIdentity { key, name, email, picture, proven, claims, .. } = &self.cleaned;
        let mut change = Change::new()
            .set(User::LAST_LOGIN_AT, &Some(self.now))
            .set_in(User::PROOFS, key.as_str(), &self.proof)
            .when(User::STATUS.is(&Status::Active));
        if self.is_linked {
            return change;
        }
        if let Some(claims) = claims {
            change = change.set(User::CLAIMS, claims);
        }
        for (member, value) in [(User::NAME, name), (User::EMAIL, email), (User::PICTURE, picture)] {
            if value.is_some() {
                change = change.when(member.is(value));
            }
        }
        if email.is_some() { change.when(User::EMAIL_VERIFIED.is(&proven.is_some())) } else { change }
    }

    /// Something is new, or they are disabled.
    async fn refresh(&self, old: Row<User>) -> Result<Option<User>, Error> {
        if !old.is_active() {
            return Err(oauth::Error::said(Code::AccessDenied, Sentence::Disabled).into());
        }
        if self.is_linked {
            return Ok(None);
        }
        let mut new = self.refreshed(&old);
        let (before, after) = (address(&old), address(&new));
        if before == after {
            return self.write(&old, &new, Vec::new()).await;
        }
        let authority = self.cleaned.authoritative.is_some();
        let claim = email::claim(self.table, after.as_ref(), authority, &old.id, None, self.now).await?;
        let release = email::release(self.table, before.as_ref(), &old.id, self.now).await?;
        if !claim.invited.is_empty() {
            new.roles = union(&new.roles, &claim.invited);
        }
        new.receive(&claim.waiting, self.rights);
        if claim.account.is_some() {
            // The account that waits stays empty: its person has one already.
            return self.write(&old, &self.refreshed(&old), release.into_iter().collect()).await;
        }
        let writes = [claim.write, release].into_iter().flatten().collect();
        self.write(&old, &new, writes).await
    }

    /// Somebody new: identity, person and, for a proven address that is free, e-mail row, all at once (#96).
    async fn register(&self, gone: Option<&str>) -> Result<Option<User>, Error> {
        let (id, address) = (id::fresh(self.now), self.cleaned.proven.as_ref());
        let authority = self.cleaned.authoritative.is_some();
        let claim = email::claim(self.table, address, authority, &id, gone, self.now).await?;
        if let Some(account) = &claim.account {
            return self.take(account, claim.write, gone).await;
        }
        let mut user = self.newcomer(id, &claim.invited);
        user.receive(&claim.waiting, self.rights);
        let identity = lead_to(&user.id, &self.cleaned, gone, false, self.now);
        let person = Write::create(&user.id, &user, self.now);
        let mut writes: Vec<_> = [Some(identity), Some(person), claim.write].into_iter().flatten().collect();
        writes.extend(lists::between(None, &user));
        let has_more = user.roles != self.rights.initial(&[]);
        writes.extend((self.noted)(News::Added { user: &user, has_more }));
        self.all_or_nothing(writes, user).await
    }

    /// Somebody new here, for whom an account waits. Nobody has signed in to it: it has no identity yet (#93, #94).
    async fn take(
        &self,
        old: &User,
        address: Option<Write>,
        gone: Option<&str>,
    ) -> Result<Option<User>, Error> {
        let account = &*old.id;
        if !old.is_active() {
            return Err(oauth::Error::said(Code::AccessDenied, Sentence::Disabled).into());
        }
        let mut new = self.refreshed(old);
        new.identities = vec![self.cleaned.key.clone()];
        let nobodys = self
            .difference(old, &new)
            .set(User::IDENTITIES, &new.identities)
            .when(User::IDENTITIES.is(&Vec::new()));
        let identity = lead_to(account, &self.cleaned, gone, false, self.now);
        let update = Write::update::<User>(account, nobodys, self.now);
        let mut writes: Vec<_> = [Some(identity), Some(update), address].into_iter().flatten().collect();
        writes.extend(lists::between(Some(old), &new));
        if !old.email_verified {
            // Whoever chose that password need not be who proves the address now (#94).
            writes.push(password::forget(account));
        }
        writes.extend(self.news(old, &new));
        self.all_or_nothing(writes, new).await
    }

    /// Writes what has become of somebody, with the rows that point to them.
    async fn write(&self, old: &User, new: &User, mut others: Vec<Write>) -> Result<Option<User>, Error> {
        others.extend(lists::between(Some(old), new));
        others.extend(self.news(old, new));
        if !others.is_empty() {
            others.push(Write::update::<User>(&old.id, self.difference(old, new), self.now));
            return self.all_or_nothing(others, new.clone()).await;
        }
        match self.table.update::<User>(&old.id, self.difference(old, new), self.now).await? {
            Updated::Done(user) => Ok(Some(user.into_inner())),
            Updated::Refused(_) | Updated::Missing => Ok(None),
        }
    }

    /// What is written along with what is new of somebody.
    fn news(&self, old: &User, new: &User) -> Vec<Write> {
        News::between(old, new).map(self.noted).unwrap_or_default()
    }

    async fn all_or_nothing(&self, writes: Vec<Write>, user: User) -> Result<Option<User>, Error> {
        let outcome = self.table.transact(writes).await?;
        Ok((outcome == Transacted::Done).then_some(user))
    }

    fn promotes(&self, user: &User) -> bool {
        !self.is_linked && self.rights.promotes(&user.roles, self.cleaned.authoritative.as_ref())
    }

    fn refreshed(&self, old: &User) -> User {
        let CleanIdentity { key, name, email, picture, proven, authoritative, claims, .. } = &self.cleaned;
        let mut proofs = old.proofs.clone();
        proofs.insert(key.to_string(), self.proof.clone());
        if self.is_linked {
            return User { last_login_at: Some(self.now), proofs, ..old.clone() };
        }
        User {
            name: name.clone().or_else(|| old.name.clone()),
            email: email.clone().or_else(|| old.email.clone()),
            email_verified: if email.is_some() { proven.is_some() } else { old.email_verified },
            picture: picture.clone().or_else(|| old.picture.clone()),
            claims: claims.clone().unwrap_or_else(|| old.claims.clone()),
            roles: self.rights.after(&old.roles, authoritative.as_ref()),
            last_login_at: Some(self.now),
            proofs,
            ..old.clone()
        }
    }

    fn newcomer(&self, id: String, invited: &[String]) -> User {
        let CleanIdentity { key, name, unsigned_name, email, picture, proven, authoritative, claims, .. } =
            &self.cleaned;
        User {
            id,
            name: name.clone().or_else(|| unsigned_name.clone()),
            email: email.clone(),
            email_verified: proven.is_some(),
            picture: picture.clone(),
            claims: claims.clone().flatten(),
            roles: self.rights.after(&self.rights.initial(invited), authoritative.as_ref()),
            status: Status::Active,
            epoch: 0,
            created_at: self.now,
            last_login_at: Some(self.now),
            identities: vec![key.clone()],
            proofs: BTreeMap::from([(key.to_string(), self.proof.clone())]),
            entitlements: Vec::new(),
            revision: None,
            factors: Default::default(),
            only_vouched: false,
        }
    }

    /// What has to be written to make one of the other, if the row still says what `old` says. What is the same is not
    /// written, so the index of the list is only when it must be.
    fn difference(&self, old: &User, new: &User) -> Change<User> {
        let mut change = Change::new()
            .set(User::LAST_LOGIN_AT, &new.last_login_at)
            .when(User::STATUS.is(&Status::Active))
            .when(User::NAME.is(&old.name))
            .when(User::EMAIL.is(&old.email))
            .when(User::EMAIL_VERIFIED.is(&old.email_verified))
            .when(User::ROLES.is(&old.roles));
        if old.name != new.name {
            change = change.set(User::NAME, &new.name);
        }
        if old.email != new.email {
            change = change.set(User::EMAIL, &new.email);
        }
        if old.email_verified != new.email_verified {
            change = change.set(User::EMAIL_VERIFIED, &new.email_verified);
        }
        if old.picture != new.picture {
            change = change.set(User::PICTURE, &new.picture);
        }
        if old.claims != new.claims {
            change = change.set(User::CLAIMS, &new.claims);
        }
        if old.roles != new.roles {
            change = change.set(User::ROLES, &new.roles);
        }
        if old.entitlements != new.entitlements {
            // Who looks after people compares the revision, and so do those who sell.
            change = change
                .set(User::ENTITLEMENTS, &new.entitlements)
                .set(User::REVISION, &Some(old.revision() + 1))
                .when(User::REVISION.is(&old.revision));
        }
        // A row from before there were proofs has no map yet.
        match old.proofs.is_empty() {
            true => change.set(User::PROOFS, &new.proofs),
            false => change.set_in(User::PROOFS, self.cleaned.key.as_str(), &self.proof),
        }
    }
}

/// The proven address in a person's row: the key of their e-mail row, if they have one.
fn address(user: &User) -> Option<Address> {
    user.verified_email().and_then(Address::parse)
}
