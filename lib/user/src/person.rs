//! The row of a person, and reading it.

use std::collections::BTreeMap;

use oauth::{Digest, StandardClaims, Time};
use serde::{Deserialize, Serialize, Serializer};
use store::{Member, Page, Record, Table, Word, member};

use crate::{Entitlement, Error, Factors, by_mail, rights::Proof};

/// The list of users.
pub(crate) const LIST: &str = "USERS";

/// A person who has signed in at least once. Name, e-mail and picture are the provider's, refreshed at each sign-in; roles
/// and status are ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// A UUIDv7 in the order of birth; never given to anybody else (#93).
    pub id: String,
    /// Full name.
    pub name: Option<String>,
    /// E-mail address, for showing. Not a key, and not necessarily theirs: see `email_verified`.
    pub email: Option<String>,
    /// Whether the provider vouched for the address and it is a plain one.
    pub email_verified: bool,
    /// Address of a picture.
    pub picture: Option<String>,
    /// The other standard claims, and who said them.
    #[serde(default)]
    pub claims: Option<ProviderClaims>,
    /// Names of roles, sorted; [`Rights::decide`](crate::Rights::decide) says what they allow.
    pub roles: Vec<String>,
    /// Whether they may sign in.
    #[serde(default)]
    pub status: Status,
    /// Raised when everything that was issued to them must end at once: their sessions, codes and grants have a copy, and count
    /// only while it is the same (#34).
    #[serde(default)]
    pub epoch: u64,
    /// First sign-in, or when somebody made the account.
    pub created_at: Time,
    /// Latest sign-in, if there was one.
    #[serde(default)]
    pub last_login_at: Option<Time>,
    /// The keys of the identities that lead here, so that a person can be deleted whole.
    pub identities: Vec<Digest>,
    /// What each of them proved at its latest sign-in, by its key. Who unlinks an identity removes its proof in the same write.
    #[serde(default)]
    pub proofs: BTreeMap<String, Proof>,
    /// What they are entitled to, such as what they pay for; ours, and sorted. Rules look at the names.
    #[serde(default)]
    pub entitlements: Vec<Entitlement>,
    /// Raised by each change of those who look after people, and by no sign-in: see [`User::revision`].
    #[serde(default)]
    pub revision: Option<u64>,
    /// What they show beside a way in. It is here so that a sign-in knows without one more read.
    #[serde(default)]
    pub factors: Factors,
    /// Whether their address was theirs by the word of a provider alone that is no authority over it and leads to them no more: whoever reads
    /// its mails need not be them (#93).
    #[serde(default)]
    pub only_vouched: bool,
}

/// The standard claims beside name, e-mail and picture, as one provider said them (OpenID Connect Core §5.1). A sign-in replaces all
/// of them: what a provider does not say any more is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderClaims {
    /// The name of the provider in our settings.
    pub provider: String,
    /// At which sign-in.
    pub at: Time,
    /// What it said.
    pub said: StandardClaims,
}

/// Whether a person may sign in. An operator may write it by hand, and a newer version may know more words: whatever is not
/// `active` is read as disabled, so that it stops that person, and nobody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", from = "Word")]
pub enum Status {
    /// They may.
    Active,
    /// They may not, on any path (#35).
    #[default]
    Disabled,
    /// They are gone for good, and what was theirs is being removed.
    Deleted,
}

impl From<Word> for Status {
    fn from(word: Word) -> Self {
        match word.as_str() {
            Some("active") => Self::Active,
            Some("deleted") => Self::Deleted,
            _ => Self::Disabled,
        }
    }
}

impl Record for User {
    const KIND: &'static str = "USER";
    const LIST: Option<&'static str> = Some(LIST);

    fn expires_at(&self) -> Option<i64> {
        None
    }
}

/// A person as the list shows them: what of them is in the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// As in [`User`].
    pub id: String,
    /// As in [`User`].
    pub name: Option<String>,
    /// As in [`User`].
    pub email: Option<String>,
    /// As in [`User`].
    pub roles: Vec<String>,
    /// As in [`User`].
    #[serde(default)]
    pub status: Status,
    /// As in [`User`]; to the outside, text (RFC 3339).
    #[serde(serialize_with = "as_text")]
    pub created_at: Time,
}

/// A person as the API shows them: these fields and no others (#82).
#[derive(Debug, Clone, Serialize)]
pub struct Profile<'a> {
    id: &'a str,
    name: Option<&'a str>,
    email: Option<&'a str>,
    email_verified: bool,
    picture: Option<&'a str>,
    roles: &'a [String],
    #[serde(serialize_with = "as_text")]
    created_at: Time,
    #[serde(serialize_with = "maybe_as_text")]
    last_login_at: Option<Time>,
}

impl User {
    /// For conditions and changes.
    pub const ROLES: Member<Self, Vec<String>> = member!(Self, roles);
    /// For conditions and changes.
    pub const STATUS: Member<Self, Status> = member!(Self, status);
    /// For conditions and changes.
    pub const EPOCH: Member<Self, u64> = member!(Self, epoch);
    pub(crate) const NAME: Member<Self, Option<String>> = member!(Self, name);
    pub(crate) const EMAIL: Member<Self, Option<String>> = member!(Self, email);
    pub(crate) const EMAIL_VERIFIED: Member<Self, bool> = member!(Self, email_verified);
    pub(crate) const PICTURE: Member<Self, Option<String>> = member!(Self, picture);
    pub(crate) const CLAIMS: Member<Self, Option<ProviderClaims>> = member!(Self, claims);
    /// For conditions and changes.
    pub const PROOFS: Member<Self, BTreeMap<String, Proof>> = member!(Self, proofs);
    /// For changes.
    pub const ENTITLEMENTS: Member<Self, Vec<Entitlement>> = member!(Self, entitlements);
    pub(crate) const LAST_LOGIN_AT: Member<Self, Option<Time>> = member!(Self, last_login_at);
    pub(crate) const IDENTITIES: Member<Self, Vec<Digest>> = member!(Self, identities);
    /// For conditions and changes.
    pub(crate) const REVISION: Member<Self, Option<u64>> = member!(Self, revision);
    /// For conditions and changes.
    pub const FACTORS: Member<Self, Factors> = member!(Self, factors);
    /// For changes.
    pub(crate) const ONLY_VOUCHED: Member<Self, bool> = member!(Self, only_vouched);

    /// Whether they may sign in, and what was issued to them counts (#35).
    pub fn is_active(&self) -> bool {
        self.status == Status::Active
    }

    /// How often those who look after people have changed this one: what a change can be made to depend on (RFC 9110 §13.1.1).
    pub fn revision(&self) -> u64 {
        self.revision.unwrap_or_default()
    }

    /// Whether they may sign in, and what was issued to them in this epoch counts (#34, #35).
    pub fn is_active_in(&self, epoch: u64) -> bool {
        self.is_active() && self.epoch == epoch
    }

    /// The address, if it is theirs: what may be said of them to others (#19).
    pub fn verified_email(&self) -> Option<&str> {
        self.email.as_deref().filter(|_| self.email_verified)
    }

    /// Whether the address is theirs by more than the word of a provider that is no authority over it (#93): whoever reads its mails may be
    /// somebody else then.
    pub fn owns_address(&self) -> bool {
        by_mail::has_proven(self)
    }

    /// The language that they read, as their provider said it, without the country: `de` for `de-AT` (RFC 5646).
    pub fn language(&self) -> Option<&str> {
        let locale = self.claims.as_ref()?.said.get("locale")?.as_str()?;
        locale.split(['-', '_']).next()
    }

    /// What the API shows of this person.
    pub fn profile(&self) -> Profile<'_> {
        Profile {
            id: &self.id,
            name: self.name.as_deref(),
            email: self.email.as_deref(),
            email_verified: self.email_verified,
            picture: self.picture.as_deref(),
            roles: &self.roles,
            created_at: self.created_at,
            last_login_at: self.last_login_at,
        }
    }
}

/// A time for the outside.
fn as_text<S: Serializer>(time: &Time, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(time)
}

/// A time for the outside, if there is one.
fn maybe_as_text<S: Serializer>(time: &Option<Time>, serializer: S) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => serializer.collect_str(time),
        None => serializer.serialize_none(),
    }
}

/// The person with this id, whatever their status. Somebody who is deleted is nobody.
pub async fn find(table: &Table, id: &str, now: Time) -> Result<Option<User>, Error> {
    let user = table.get::<User>(id, now).await?.map(store::Row::into_inner);
    Ok(user.filter(|user| user.status != Status::Deleted))
}

/// Whether there is such a person. One whose row cannot be read is somebody.
///
/// One GetItem.
pub(crate) async fn lives(table: &Table, id: &str, now: Time) -> Result<bool, Error> {
    match find(table, id, now).await {
        Err(Error::Table(store::Error::Malformed(_))) => Ok(true),
        found => Ok(found?.is_some()),
    }
}

/// The person with this id if they may act: what every path but the sign-in itself asks (#35). A person whose row cannot be read may
/// not.
pub async fn active(table: &Table, id: &str, now: Time) -> Result<Option<User>, Error> {
    match find(table, id, now).await {
        Err(Error::Table(store::Error::Malformed(_))) => {
            unreadable(id);
            Ok(None)
        }
        found => Ok(found?.filter(User::is_active)),
    }
}

/// The same for somebody in whose session this epoch is: nobody, if all their sessions were ended since (#34).
pub async fn active_in(table: &Table, id: &str, epoch: u64, now: Time) -> Result<Option<User>, Error> {
    Ok(active(table, id, now).await?.filter(|user| user.is_active_in(epoch)))
}

/// The operator of the table must learn of it, by the key only (#103).
fn unreadable(id: &str) {
    tracing::warn!(user = id, "the row of this user cannot be read");
}

/// At most `limit` people, newest first, from the one after `after`, without those whose rows cannot be read. For showing: the
/// list lags behind (#97).
pub async fn list(table: &Table, limit: u32, after: Option<&str>) -> Result<Page<Entry>, Error> {
    let page = table.list(LIST, limit, after).await?;
    page.unreadable.iter().for_each(|id| unreadable(id));
    Ok(page)
}
