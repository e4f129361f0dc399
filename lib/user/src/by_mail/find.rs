//! Whom an address leads to.

use oauth::Time;
use store::{Batch, Row, Rows, Table};

use super::key;
use crate::{
    Error, Status, User,
    address::Address,
    email::Email,
    identity::Known,
    password::{self, LoginName, mailed::has},
    rights::Proof,
};

/// Whom an address leads to.
#[derive(Debug)]
pub struct Found(pub(super) Whose);

#[derive(Debug)]
pub(super) enum Whose {
    /// Who signed in by it before.
    Known(User),
    /// Who has it, proven as well as by a mail, and has not signed in by one. The second is who had the identity and is gone.
    Proven(User, Option<String>),
    /// The account that waits for it, or what else does: an invitation, what was bought.
    Expected(Option<User>),
    /// Nobody by whom anything would be known.
    Nobody,
    /// To nobody, as long as it is an identity of somebody whose own address is another one by now.
    Closed,
}

/// Whom an address leads to. To look for nobody costs what it costs to find somebody (#84).
///
/// Two BatchGetItems.
pub async fn find(table: &Table, address: &LoginName, now: Time) -> Result<Found, Error> {
    let key = key(address);
    let batch = Batch::new().and::<Known>(key.as_str()).and::<Email>(address.as_str());
    let mut rows = table.get_batch(batch, now).await?;
    let (known, email) = (rows.read::<Known>(key.as_str()), rows.read::<Email>(address.as_str()));
    let holder = email.clone().and_then(Email::holder);
    let known_id = known.as_ref().map(|known| known.user_id.as_str());
    let batch = Batch::new().and::<User>(known_id.unwrap_or(key.as_str())).and::<User>(holder.as_deref());
    let rows = table.get_batch(batch, now).await?;
    Ok(Found(whose(address, known.as_ref(), email.as_ref(), holder.as_deref(), &rows)))
}

fn whose(
    address: &LoginName,
    known: Option<&Known>,
    email: Option<&Email>,
    holder: Option<&str>,
    rows: &Rows,
) -> Whose {
    let owner = known.and_then(|known| person(rows, &known.user_id));
    if let (Some(known), Some(user)) = (known, owner) {
        // Of a first identity the address is who they are. One that was added counts as long as the address is theirs.
        let is_theirs = !known.is_linked || (user.email_verified && has(&user, address));
        let counts = is_theirs && user.identities.contains(&key(address));
        return if counts { Whose::Known(user) } else { Whose::Closed };
    }
    let is_unreadable =
        |id: &str| rows.has::<User>(id) && rows.see::<User>(id).is_none_or(|row| row.is_err());
    if known.is_some_and(|known| is_unreadable(&known.user_id)) || holder.is_some_and(is_unreadable) {
        return Whose::Closed;
    }
    let holder = holder.and_then(|id| person(rows, id));
    match (holder, email) {
        (Some(user), Some(email)) if email.waits() => Whose::Expected(Some(user)),
        (Some(user), Some(_)) if is_proven(&user, address) => {
            Whose::Proven(user, known.map(|known| known.user_id.clone()))
        }
        (None, Some(email)) if email.is_nobodys() => Whose::Expected(None),
        _ => Whose::Nobody,
    }
}

/// Somebody among these rows who is not deleted.
fn person(rows: &Rows, id: &str) -> Option<User> {
    let user = rows.see::<User>(id).and_then(Result::ok).map(Row::into_inner);
    user.filter(|user| user.status != Status::Deleted)
}

/// Whether the address is theirs by more than the word of somebody who is no authority over it (#93): the provider of which it is; a mail;
/// or an import, until they come by a provider that is none. What such a one has said stays its word when it is removed.
fn is_proven(user: &User, address: &LoginName) -> bool {
    let domain = Address::parse(address.as_str()).map(|address| address.domain().to_owned());
    let is_authority = |proof: &Proof| proof.domain.is_some() && proof.domain == domain;
    let by_first = match user.identities.first().and_then(|first| user.proofs.get(first.as_str())) {
        Some(proof) if is_authority(proof) => true,
        // A password proves no address: what it is of was proven by a mail or an import, if not vouched for before.
        Some(proof) if proof.provider != password::PROVIDER => false,
        _ => !user.only_vouched,
    };
    let by_mail = user.proofs.get(password::key(address).as_str()).is_some_and(is_authority);
    user.email_verified && has(user, address) && (by_first || by_mail)
}

/// The same of their own address.
pub(crate) fn has_proven(user: &User) -> bool {
    let own = user.verified_email().and_then(LoginName::email);
    own.is_some_and(|own| is_proven(user, &own))
}

impl Found {
    /// Who it is, if they are known; whatever their status.
    pub fn user(&self) -> Option<&User> {
        match &self.0 {
            Whose::Known(user) | Whose::Proven(user, _) | Whose::Expected(Some(user)) => Some(user),
            Whose::Expected(None) | Whose::Nobody | Whose::Closed => None,
        }
    }

    /// To where a mail goes: the address as we know it, since another spelling may be somebody else's mailbox (#88). Nowhere for somebody
    /// who is disabled, and for somebody new where nobody new may come.
    pub fn mailbox(&self, address: &LoginName, is_open: bool) -> Option<String> {
        let may = match &self.0 {
            Whose::Closed => false,
            Whose::Nobody => is_open,
            Whose::Known(_) | Whose::Proven(..) | Whose::Expected(_) => true,
        };
        let may = may && self.user().is_none_or(User::is_active);
        may.then(|| self.user().map_or(address.as_str(), |user| written(user, address)).to_owned())
    }
}

/// The address as it is stored of somebody; in its canonical form where it is not.
fn written<'a>(user: &'a User, address: &'a LoginName) -> &'a str {
    user.email.as_deref().filter(|_| has(user, address)).unwrap_or(address.as_str())
}
