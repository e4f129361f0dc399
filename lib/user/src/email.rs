//! Who has an address: one row per proven address, so that no two people have the same (#93), or an invitation that waits
//! for anyone who proves it first.

use std::time::Duration;

use oauth::{Code, Time};
use serde::{Deserialize, Serialize};
use store::{Change, Condition, Member, Owner, Record, Row, Rows, Table, Updated, Write, member};

use crate::{Entitlement, Error, Rights, User, address::Address, lists, person, rights::union};

/// How often it is tried against others who change the same row.
const ROUNDS: usize = 5;

/// How long what was bought waits for whoever proves the address.
const BOUGHT_FOR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// How long an invitation waits.
const INVITED_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Email {
    /// Whose it is; nobody's yet if this is an invitation.
    user_id: Option<String>,
    /// What the invited person will be.
    roles: Option<Vec<String>>,
    /// The account that waits for whoever proves the address.
    #[serde(default)]
    account: Option<String>,
    /// When the row ends: the invitation, or what waits.
    expires_at: Option<Time>,
    /// What was bought with this address, for whoever proves it.
    #[serde(default)]
    waiting: Option<Vec<Entitlement>>,
    /// When the invitation lapses, where what was bought waits longer.
    #[serde(default)]
    invited_until: Option<Time>,
}

impl Email {
    const USER_ID: Member<Self, Option<String>> = member!(Self, user_id);
    const ROLES: Member<Self, Option<Vec<String>>> = member!(Self, roles);
    const ACCOUNT: Member<Self, Option<String>> = member!(Self, account);
    const WAITING: Member<Self, Option<Vec<Entitlement>>> = member!(Self, waiting);
    const INVITED_UNTIL: Member<Self, Option<Time>> = member!(Self, invited_until);

    /// What was bought with the address and is nobody's yet.
    pub(crate) fn waiting(&self) -> Vec<Entitlement> {
        self.waiting.clone().unwrap_or_default()
    }

    /// The roles of the invitation, as long as it has not lapsed.
    fn invited(&self, now: Time) -> Vec<String> {
        let has_lapsed = self.invited_until.is_some_and(|until| until <= now);
        if has_lapsed { Vec::new() } else { self.roles.clone().unwrap_or_default() }
    }

    /// Whether somebody is invited by it, with roles or without any.
    fn is_invitation(&self, now: Time) -> bool {
        self.is_nobodys() && (self.waiting.is_none() || !self.invited(now).is_empty())
    }

    /// Whether an account waits for whoever proves it.
    pub(crate) fn waits(&self) -> bool {
        self.user_id.is_none() && self.account.is_some()
    }

    /// Whether it only waits for whoever proves the address: with an invitation, or with what was bought.
    pub(crate) fn is_nobodys(&self) -> bool {
        self.user_id.is_none() && self.account.is_none()
    }

    /// That it only waits for whoever proves the address.
    pub(crate) fn is_free() -> [Condition<Self>; 2] {
        [Self::USER_ID.is(&None), Self::ACCOUNT.is(&None)]
    }

    /// That whoever has the address, or waits for it, is who was read.
    fn same_holder(&self) -> [Condition<Self>; 2] {
        [Self::USER_ID.is(&self.user_id), Self::ACCOUNT.is(&self.account)]
    }

    /// The write by which nobody has the address, of whom there is nothing else left.
    pub(crate) fn end(&self, address: &str, now: Time) -> Write {
        Write::delete(address, self.same_holder(), now)
    }

    /// That the address is this person's.
    pub(crate) fn is_of(user_id: &str) -> Condition<Self> {
        Self::USER_ID.is(&Some(user_id.to_owned()))
    }

    /// Whose it is, or which account waits for it; nobody's if this is an invitation.
    pub(crate) fn holder(self) -> Option<String> {
        self.user_id.or(self.account)
    }
}

impl Record for Email {
    const KIND: &'static str = "EMAIL";

    fn expires_at(&self) -> Option<i64> {
        self.expires_at.map(Time::epoch)
    }

    fn owner(&self) -> Option<Owner<'_>> {
        Some(lists::EMAILS)
    }
}

/// Lets roles wait, for 30 days, for anyone who first signs in with this address, proven. `false`: somebody has the address
/// or is invited already.
pub async fn invite(
    table: &Table,
    rights: &Rights,
    address: &str,
    roles: &[String],
    now: Time,
) -> Result<bool, Error> {
    let wrong = |what| Error::Refused(oauth::Error::new(Code::InvalidRequest, what));
    let address = Address::parse(address).ok_or_else(|| wrong("this is not a plain e-mail address"))?;
    if !roles.iter().all(|role| rights.knows(role)) {
        return Err(wrong("there is no such role"));
    }
    Ok(table.create(address.as_str(), &invited(roles, now), now).await?)
}

fn invited(roles: &[String], now: Time) -> Email {
    let roles = (!roles.is_empty()).then(|| roles.to_vec());
    Email { roles, expires_at: Some(now.after(INVITED_FOR)), ..Email::default() }
}

/// The write of an invitation.
pub(crate) fn invitation(address: &Address, roles: &[String], now: Time) -> Write {
    Write::create(address.as_str(), &invited(roles, now), now)
}

/// An invitation that waits.
pub(crate) struct Invitation {
    /// What the invited person will be.
    pub(crate) roles: Vec<String>,
    /// The write that withdraws it, if it is as it was read. What was bought with the address waits on.
    pub(crate) withdrawal: Write,
}

/// The invitation by this address, if there is one.
///
/// One GetItem.
pub(crate) async fn invitation_of(
    table: &Table,
    address: &Address,
    now: Time,
) -> Result<Option<Invitation>, Error> {
    let row = table.get::<Email>(address.as_str(), now).await?.map(store::Row::into_inner);
    let Some(row) = row.filter(|row| row.is_invitation(now)) else { return Ok(None) };
    let same = [Email::ROLES.is(&row.roles), Email::WAITING.is(&row.waiting)];
    let same = Email::is_free().into_iter().chain(same);
    let withdrawal = match row.waiting {
        None => Write::delete::<Email>(address.as_str(), same, now),
        Some(_) => {
            let change = Change::new().remove(Email::ROLES).remove(Email::INVITED_UNTIL);
            Write::update::<Email>(address.as_str(), same.fold(change, Change::when), now)
        }
    };
    Ok(Some(Invitation { roles: row.invited(now), withdrawal }))
}

/// The write that lets an account wait for whoever proves this address.
pub(crate) fn wait(address: &Address, account: &str, now: Time) -> Write {
    Write::create(address.as_str(), &waiting_for(account), now)
}

fn waiting_for(account: &str) -> Email {
    Email { account: Some(account.to_owned()), ..Email::default() }
}

/// An address of which there is a row, and by which nobody is expected all the same: something was bought with it, or somebody has deleted
/// the row of whoever had it by hand.
pub(crate) struct Unexpected {
    row: Row<Email>,
    /// What was bought with it.
    pub(crate) waiting: Vec<Entitlement>,
}

/// Such an address; nothing, where somebody has it, or waits for it, or is invited by it.
///
/// One GetItem, and one more where somebody is said to have it.
pub(crate) async fn unexpected(
    table: &Table,
    address: &Address,
    now: Time,
) -> Result<Option<Unexpected>, Error> {
    let Some(row) = table.get::<Email>(address.as_str(), now).await? else { return Ok(None) };
    let is_free = match Email::clone(&row).holder() {
        Some(holder) => !person::lives(table, &holder, now).await?,
        None => !row.is_invitation(now),
    };
    let waiting = row.waiting();
    Ok(is_free.then_some(Unexpected { row, waiting }))
}

impl Unexpected {
    /// The write that lets an account wait for whoever proves it, which has what was bought.
    pub(crate) fn wait(&self, address: &Address, account: &str, now: Time) -> Write {
        Write::replace(address.as_str(), &self.row, &waiting_for(account), now)
    }

    /// The write of an invitation. What was bought waits on.
    pub(crate) fn invitation(&self, address: &Address, roles: &[String], now: Time) -> Write {
        let new = invited(roles, now);
        let Some(waiting) = self.row.waiting.clone() else {
            return Write::replace(address.as_str(), &self.row, &new, now);
        };
        let both = Email {
            invited_until: new.expires_at,
            expires_at: new.expires_at.max(self.row.expires_at),
            waiting: Some(waiting),
            ..new
        };
        Write::replace(address.as_str(), &self.row, &both, now)
    }
}

/// The write after which an account waits no more, because its person has come by its password: the address is theirs if it was proven
/// before, and nobody's if not.
pub(crate) fn no_longer_waits(address: &Address, user: &User, now: Time) -> Write {
    let waits = Email::ACCOUNT.is(&Some(user.id.clone()));
    if !user.email_verified {
        return Write::delete(address.as_str(), [waits, Email::USER_ID.is(&None)], now);
    }
    let change = Change::new().set(Email::USER_ID, &Some(user.id.clone())).remove(Email::ACCOUNT);
    Write::update::<Email>(address.as_str(), change.when(waits), now)
}

/// The write that makes an address somebody's who is new.
pub(crate) fn belongs_to(address: &Address, user_id: &str, now: Time) -> Write {
    let theirs = Email { user_id: Some(user_id.to_owned()), ..Email::default() };
    Write::create(address.as_str(), &theirs, now)
}

/// Whose an address is, or which account waits for it.
pub(crate) async fn holder(table: &Table, address: &Address, now: Time) -> Result<Option<String>, Error> {
    let row = table.get::<Email>(address.as_str(), now).await?.map(store::Row::into_inner);
    Ok(row.and_then(Email::holder))
}

/// The write that frees the address of somebody who goes, whether it is theirs or waits for them.
pub(crate) async fn give_back(table: &Table, user: &User, now: Time) -> Result<Option<Write>, Error> {
    let Some(address) = user.email.as_deref().and_then(Address::parse) else { return Ok(None) };
    let Some(row) = table.get::<Email>(address.as_str(), now).await? else { return Ok(None) };
    let theirs = [&row.user_id, &row.account].into_iter().any(|id| id.as_deref() == Some(&*user.id));
    Ok(theirs.then(|| row.end(address.as_str(), now)))
}

/// The proven address of somebody, whose row may be from before there was a list of addresses.
pub(crate) fn proven(user: &User) -> Option<Address> {
    user.verified_email().and_then(Address::parse)
}

/// The write that puts such an address into the list, if its row among these is not in it.
pub(crate) fn listed(rows: &mut Rows, user: &User, now: Time) -> Option<Write> {
    let address = proven(user)?;
    if rows.belongs_to::<Email>(address.as_str(), lists::EMAILS) {
        return None;
    }
    let row = rows.read::<Email>(address.as_str())?;
    let same = Change::new().belongs_to(lists::EMAILS).when(Email::USER_ID.is(&row.user_id));
    let theirs = row.user_id.as_deref() == Some(&*user.id);
    theirs.then(|| Write::update::<Email>(address.as_str(), same, now))
}

/// The id of whoever has this address, proven; nobody while it is free, or waits for somebody who was invited.
///
/// One GetItem.
pub async fn holder_of(table: &Table, address: &str, now: Time) -> Result<Option<String>, Error> {
    let Some(address) = Address::parse(address) else { return Ok(None) };
    Ok(table.get::<Email>(address.as_str(), now).await?.and_then(|row| row.into_inner().user_id))
}

/// What became of an invitation.
pub(crate) enum Waits {
    /// The role waits for whoever proves the address.
    Waits,
    /// Somebody has the address: who.
    Taken(String),
}

/// Lets a role wait for an address as well as those that wait already; repeated, it changes nothing.
pub(crate) async fn let_wait(
    table: &Table,
    address: &Address,
    role: &str,
    now: Time,
) -> Result<Waits, Error> {
    let added = [role.to_owned()];
    for _ in 0..ROUNDS {
        let Some(row) = table.get::<Email>(address.as_str(), now).await? else {
            match table.create(address.as_str(), &invited(&added, now), now).await? {
                true => return Ok(Waits::Waits),
                false => continue,
            }
        };
        if let Some(holder) = Email::clone(&row).holder() {
            if person::lives(table, &holder, now).await? {
                return Ok(Waits::Taken(holder));
            }
            // Somebody has deleted their row by hand.
            match table.replace(address.as_str(), &row, &invited(&added, now), now).await? {
                true => return Ok(Waits::Waits),
                false => continue,
            }
        }
        let roles = union(&row.invited(now), &added);
        if row.invited(now) == roles {
            return Ok(Waits::Waits);
        }
        let change = Change::new().set(Email::ROLES, &Some(roles)).when(Email::ROLES.is(&row.roles));
        let change = change.when(Email::USER_ID.is(&None)).when(Email::ACCOUNT.is(&None));
        // What was bought waits longer than an invitation.
        let change = match row.waiting {
            Some(_) => change.set(Email::INVITED_UNTIL, &Some(now.after(INVITED_FOR))),
            None => change,
        };
        if let Updated::Done(_) = table.update::<Email>(address.as_str(), change, now).await? {
            return Ok(Waits::Waits);
        }
    }
    Err(Error::contended())
}

/// The writes that let what was bought with an address wait, beside an invitation that is there, which lapses when it would have. They
/// hold while nobody has the address: who is said to have it by this row is nobody any more.
pub(crate) fn let_purchases_wait(
    address: &Address,
    row: Option<&Email>,
    waiting: Vec<Entitlement>,
    now: Time,
) -> Vec<Write> {
    let end = now.after(BOUGHT_FOR);
    let Some(row) = row else {
        let row = Email { waiting: Some(waiting), expires_at: Some(end), ..Email::default() };
        return vec![Write::create(address.as_str(), &row, now)];
    };
    let same = || {
        row.same_holder().into_iter().chain([Email::ROLES.is(&row.roles), Email::WAITING.is(&row.waiting)])
    };
    if waiting.is_empty() && row.invited(now).is_empty() {
        return vec![Write::delete::<Email>(address.as_str(), same(), now)];
    }
    // The end of an invitation by hand stays what it was.
    let until = row.invited_until.or(row.expires_at.filter(|_| row.waiting.is_none()));
    let (waiting, ends_at) =
        if waiting.is_empty() { (None, until.unwrap_or(end)) } else { (Some(waiting), end) };
    let change = Change::new()
        .remove(Email::USER_ID)
        .remove(Email::ACCOUNT)
        .ends_at(Some(ends_at.epoch()))
        .set(Email::INVITED_UNTIL, &until.filter(|_| row.roles.is_some()));
    let change = match waiting {
        Some(waiting) => change.set(Email::WAITING, &Some(waiting)),
        None => change.remove(Email::WAITING),
    };
    vec![Write::update::<Email>(address.as_str(), same().fold(change, Change::when), now)]
}

/// What taking an address means: the write, and the roles of the invitation that was there.
#[derive(Default)]
pub(crate) struct Claim {
    pub(crate) write: Option<Write>,
    pub(crate) invited: Vec<String>,
    /// The account that waits for this address.
    pub(crate) account: Option<Row<User>>,
    /// What was bought with it.
    pub(crate) waiting: Vec<Entitlement>,
}

/// Takes an address for a person if it is free. If somebody else has it, there is nothing to write and no link is made: the
/// same address from another provider proves nothing about the person who has it here (#93). Somebody who is `gone` has none. An
/// invitation waits on for somebody whose provider is the authority over the address. An account that was deleted by hand waits for nobody.
///
/// One GetItem; one more where an account waits.
pub(crate) async fn claim(
    table: &Table,
    address: Option<&Address>,
    is_authoritative: bool,
    user_id: &str,
    gone: Option<&str>,
    now: Time,
) -> Result<Claim, Error> {
    let Some(address) = address else { return Ok(Claim::default()) };
    let mine = Email { user_id: Some(user_id.to_owned()), ..Email::default() };
    let Some(row) = table.get::<Email>(address.as_str(), now).await? else {
        let write = Write::create(address.as_str(), &mine, now);
        return Ok(Claim { write: Some(write), ..Claim::default() });
    };
    let row = row.into_inner();
    let is_free = match &row.user_id {
        None => is_authoritative,
        Some(holder) => Some(&**holder) == gone,
    };
    if !is_free {
        return Ok(Claim::default());
    }
    let account = match &row.account {
        Some(account) => table.get::<User>(account, now).await?,
        None => None,
    };
    let owner = account.as_ref().map(|account| account.id.clone()).or(mine.user_id);
    let accept =
        Change::new().set(Email::USER_ID, &owner).remove(Email::ROLES).remove(Email::ACCOUNT).ends_at(None);
    let accept = accept.when(Email::USER_ID.is(&row.user_id)).when(Email::ROLES.is(&row.roles));
    let accept = accept.when(Email::ACCOUNT.is(&row.account)).belongs_to(lists::EMAILS);
    let accept =
        accept.when(Email::WAITING.is(&row.waiting)).remove(Email::WAITING).remove(Email::INVITED_UNTIL);
    let write = Write::update::<Email>(address.as_str(), accept, now);
    let (invited, waiting) = (row.invited(now), row.waiting());
    Ok(Claim { write: Some(write), invited, account, waiting })
}

/// The write by which an address stays somebody's whose it is, or becomes theirs to whom it was vouched for while it is nobody's; nothing
/// where it is somebody else's, or something waits for whoever proves it (#93).
pub(crate) fn theirs(address: &Address, row: Option<&Email>, user: &User, now: Time) -> Option<Write> {
    let Some(row) = row else { return Some(belongs_to(address, &user.id, now)) };
    let holds = [Email::USER_ID.is(&Some(user.id.clone()))];
    (row.user_id.as_deref() == Some(&*user.id)).then(|| Write::check::<Email>(address.as_str(), holds, now))
}

/// Gives an address back, if it is this person's.
pub(crate) async fn release(
    table: &Table,
    address: Option<&Address>,
    user_id: &str,
    now: Time,
) -> Result<Option<Write>, Error> {
    let Some(address) = address else { return Ok(None) };
    let row = table.get::<Email>(address.as_str(), now).await?;
    let mine = row.is_some_and(|row| row.user_id.as_deref() == Some(user_id));
    let theirs = Email::USER_ID.is(&Some(user_id.to_owned()));
    Ok(mine.then(|| Write::delete(address.as_str(), [theirs], now)))
}
