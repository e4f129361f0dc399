//! What a shop sells and takes back: entitlements and roles by source and order, for whoever has the address of the order, or will prove
//! it (#93).
//!
//! - An order is one row, `ORDER#<source>/<digest of its id>`, without an end. Once it is refunded it gives nothing any more, whichever
//!   of the two comes first. It has the id of the person to whom it gave something at once, who may have another address by the time of
//!   its refund. Whose it was is forgotten with its refund, and when they are deleted.
//! - What an order gives and its row change in one transaction, with whatever the caller writes along ([`apply`]).
//! - A role is given with an entitlement called `role:<name>` beside it, by which it is taken back with the last order that gave it. Who
//!   had the role before has no such entitlement, and keeps it.
//! - Whoever is not known yet has it waiting in the row of the address, for a year.

mod waiting;

use oauth::{Digest, Scope, Time};
use serde::{Deserialize, Serialize};
use setting::{Action, Permission, Permissions};
use store::{Change, Member, Record, Table, Transacted, Write, member};

use crate::{
    Entitlement, Granted, Rights, Status, User,
    address::Address,
    email::{self, Email},
    entitlement, lists,
    manage::{Error, change},
    person,
};

pub(crate) use self::waiting::{role_of, roles_of};

/// How often it begins again because somebody else changed the same rows.
const ROUNDS: usize = 20;
/// What the name of an entitlement begins with that stands for a role.
const ROLE: &str = "role:";

/// What [`apply`] does with the table.
pub const APPLY: Permissions = Permissions::new(&[
    Permission::on(Order::KIND, &[Action::Get, Action::Put, Action::Update, Action::Check]),
    Permission::on(Email::KIND, &[Action::Get, Action::Put, Action::Update, Action::Delete]),
    Permission::on(User::KIND, &[Action::Get, Action::Update]),
    Permission::on(lists::HasRole::KIND, &[Action::Put, Action::Delete]),
]);

/// What a product gives.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gives {
    /// Names of entitlements.
    #[serde(default)]
    pub entitlements: Vec<String>,
    /// Names of roles.
    #[serde(default)]
    pub roles: Vec<String>,
}

impl Gives {
    /// Whether it gives something, and all of it can be noted.
    pub fn is_fit(&self) -> bool {
        let is_fit = |name: &String| entitlement::is_fit(name) && role_of(name).is_none();
        !(self.entitlements.is_empty() && self.roles.is_empty()) && self.entitlements.iter().all(is_fit)
    }

    /// Whether none of it manages people or rights at this moment, which no shop gives (#90), and each of the roles is there.
    fn is_harmless(&self, rights: &Rights) -> bool {
        let role = |role: &String| rights.knows(role) && rights.manages([role.as_str()]).is_none();
        let name = |name: &String| rights.manages_by_entitlement(name).is_none();
        self.roles.iter().all(role) && self.entitlements.iter().all(name)
    }

    /// As entitlements, for somebody who has these roles and entitlements: a role that they have for another reason is not given.
    fn names(&self, roles: &[String], old: &[Entitlement]) -> Vec<String> {
        let given = |role: &&String| {
            let by_a_shop = old.iter().any(|one| role_of(&one.name) == Some(role.as_str()));
            by_a_shop || !roles.contains(role)
        };
        let roles = self.roles.iter().filter(given).map(|role| format!("{ROLE}{role}"));
        self.entitlements.iter().cloned().chain(roles).collect()
    }
}

impl Rights {
    /// What of the rights to manage people and rights these roles have; nothing where they have none. The role `admin` is one of those that
    /// do, whatever it allows at this moment.
    pub fn manages<'a>(&self, roles: impl IntoIterator<Item = &'a str> + Clone) -> Option<Scope> {
        let is_admin = roles.clone().into_iter().any(|role| role == crate::rights::ADMIN);
        let scope = self.allowed(roles);
        let scope: Scope = scope.iter().filter(|one| is_management(one)).collect();
        (is_admin || !scope.is_empty()).then_some(scope)
    }

    /// The same of the rules that look at an entitlement, whatever else they demand.
    pub fn manages_by_entitlement(&self, name: &str) -> Option<Scope> {
        let looks = self.rules().iter().filter(|rule| rule.entitlement.as_deref() == Some(name));
        let roles: Vec<_> = looks.flat_map(|rule| &rule.roles).map(String::as_str).collect();
        self.manages(roles)
    }
}

/// Whether a scope is one of the management API's.
pub fn is_management(scope: &str) -> bool {
    ["users:", "roles:"].iter().any(|begin| scope.starts_with(begin))
}

/// What is known of an order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Order {
    /// Whose it is, in normal form. None while only its refund has come, after a refund, and where its person was deleted.
    address: Option<String>,
    /// Whether it was taken back. It stays so.
    is_refunded: bool,
    /// The id of the person to whom it gave something: theirs it stays, whatever address they have later. None where it waits, or waited
    /// for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    whom: Option<String>,
}

impl Order {
    const ADDRESS: Member<Self, Option<String>> = member!(Self, address);
    const IS_REFUNDED: Member<Self, bool> = member!(Self, is_refunded);
    const WHOM: Member<Self, Option<String>> = member!(Self, whom);

    fn id(source: &str, order: &str) -> String {
        format!("{source}/{}", Digest::of(order.as_bytes()))
    }

    /// The ids of the orders by which somebody has something.
    pub(crate) fn ids_of(user: &User) -> Vec<String> {
        let orders =
            user.entitlements.iter().filter_map(|one| Some(Self::id(&one.source, one.order.as_ref()?)));
        let mut ids: Vec<_> = orders.collect();
        ids.sort();
        ids.dedup();
        ids
    }

    /// Forgets whose an order was, because they are deleted. A later refund of it takes nothing.
    ///
    /// One UpdateItem.
    pub(crate) async fn forget(table: &Table, id: &str, now: Time) -> Result<(), store::Error> {
        let change = Change::new().remove(Self::ADDRESS).remove(Self::WHOM);
        table.update::<Self>(id, change, now).await.map(drop)
    }
}

impl Record for Order {
    const KIND: &'static str = "ORDER";

    fn expires_at(&self) -> Option<i64> {
        None
    }
}

/// What a shop says.
#[derive(Debug, Clone, Copy)]
pub struct Purchase<'a> {
    /// The name of the shop.
    pub source: &'a str,
    /// Its name for the order.
    pub order: &'a str,
    /// What it gives, and to which address; a refund names neither.
    pub sale: Option<(&'a str, &'a Gives)>,
}

/// What became of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// In one word.
    pub end: End,
    /// The id of the person whom it concerns.
    pub whom: Option<String>,
    /// The names that they had of all sources before, and have now.
    pub told: (Vec<String>, Vec<String>),
    /// The roles that they had, and that they have, where these differ.
    pub roles: Option<(Vec<String>, Vec<String>)>,
}

/// What became of it, in one word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// Somebody has it.
    Given,
    /// It waits for whoever proves the address.
    Waits,
    /// It is taken back.
    Taken,
    /// The order was refunded before: it gives nothing.
    #[default]
    Held,
    /// The refund came before its sale, which will give nothing.
    Ahead,
    /// Nobody has it any more.
    Nobody,
}

impl End {
    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Waits => "waits",
            Self::Taken => "taken",
            Self::Held => "held",
            Self::Ahead => "ahead",
            Self::Nobody => "nobody",
        }
    }
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The first of the caller's writes found its condition not to hold: somebody else has done it.
    #[error("it is done already")]
    Done,
    /// It is no address in plain form (#88).
    #[error("this is no plain e-mail address")]
    Address,
    /// The product would give what manages people or rights, or a role that is gone: roles and rules change (#90).
    #[error("a webhook gives nothing that manages people or rights")]
    Manages,
    /// It cannot be stored, or the table failed.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<store::Error> for Refused {
    fn from(error: store::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<crate::Error> for Refused {
    fn from(error: crate::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// What is written with it, in its transaction. The first of it says that it happens once.
pub type With<'a> = &'a (dyn Fn(&Applied) -> Vec<Write> + Sync);

/// Does what a shop says, with what `trail` writes along.
///
/// Up to four GetItem and one TransactWriteItems.
pub async fn apply(
    table: &Table,
    rights: &Rights,
    purchase: &Purchase<'_>,
    trail: With<'_>,
    now: Time,
) -> Result<Applied, Refused> {
    let address = purchase.sale.map(|(address, _)| Address::parse(address.trim()).ok_or(Refused::Address));
    let work = Work { table, rights, purchase, address: address.transpose()?, now };
    for _ in 0..ROUNDS {
        let Some((applied, writes)) = work.plan().await? else { continue };
        let mut all = trail(&applied);
        let is_marked = !all.is_empty();
        all.extend(writes);
        match table.transact(all).await? {
            Transacted::Done => return Ok(applied),
            Transacted::Refused(which) if is_marked && which.contains(&0) => return Err(Refused::Done),
            Transacted::Refused(_) => {}
        }
    }
    Err(Error::contended().into())
}

struct Work<'a> {
    table: &'a Table,
    rights: &'a Rights,
    purchase: &'a Purchase<'a>,
    address: Option<Address>,
    now: Time,
}

type Plan = Option<(Applied, Vec<Write>)>;

impl Work<'_> {
    async fn plan(&self) -> Result<Plan, Refused> {
        let id = Order::id(self.purchase.source, self.purchase.order);
        let order = self.table.get::<Order>(&id, self.now).await?.map(store::Row::into_inner);
        match (self.purchase.sale, order) {
            (_, Some(order)) if order.is_refunded => Ok(Some((Applied::default(), Vec::new()))),
            (Some((_, gives)), order) => self.sale(&id, order, gives).await,
            (None, Some(order)) => self.refund(&id, &order).await,
            (None, None) => {
                let refunded = Order { is_refunded: true, ..Order::default() };
                let ahead = Applied { end: End::Ahead, ..Applied::default() };
                Ok(Some((ahead, vec![Write::create(&id, &refunded, self.now)])))
            }
        }
    }

    /// The order stays with the person to whom it gave something, else with the address that it came with first.
    async fn sale(&self, id: &str, order: Option<Order>, gives: &Gives) -> Result<Plan, Refused> {
        let known = order.as_ref().and_then(|order| order.address.as_deref()).and_then(Address::parse);
        let Some(address) = known.as_ref().or(self.address.as_ref()) else { return Err(Refused::Address) };
        if !gives.is_harmless(self.rights) {
            return Err(Refused::Manages);
        }
        let holder = order.as_ref().and_then(|order| order.whom.as_deref());
        let Some((applied, mut writes)) = self.give(holder, address, Some(gives)).await? else {
            return Ok(None);
        };
        // Of an order that gives nothing it need not be known whose it is.
        let all = gives.names(&[], &[]);
        let gave = applied.end == End::Waits || all.iter().any(|name| applied.told.1.contains(name));
        let new = Order {
            address: gave.then(|| address.as_str().to_owned()),
            is_refunded: false,
            whom: applied.whom.clone().filter(|_| gave),
        };
        let sold = |order: &Order| {
            let Order { address, whom, .. } = order;
            [Order::IS_REFUNDED.is(&false), Order::ADDRESS.is(address), Order::WHOM.is(whom)]
        };
        let row = match &order {
            Some(order) if *order == new => Write::check::<Order>(id, sold(order), self.now),
            Some(order) => {
                let change = Change::new().set(Order::ADDRESS, &new.address).set(Order::WHOM, &new.whom);
                let change = sold(order).into_iter().fold(change, Change::when);
                Write::update::<Order>(id, change, self.now)
            }
            None => Write::create(id, &new, self.now),
        };
        writes.insert(0, row);
        Ok(Some((applied, writes)))
    }

    async fn refund(&self, id: &str, order: &Order) -> Result<Plan, Refused> {
        // It gives nothing any more, to nobody.
        let change = Change::new().set(Order::IS_REFUNDED, &true).remove(Order::ADDRESS);
        let change = change.when(Order::IS_REFUNDED.is(&false)).when(Order::WHOM.is(&order.whom));
        let row = Write::update::<Order>(id, change, self.now);
        let Some(address) = order.address.as_deref().and_then(Address::parse) else {
            return Ok(Some((Applied { end: End::Nobody, ..Applied::default() }, vec![row])));
        };
        let given = self.give(order.whom.as_deref(), &address, None).await?;
        let Some((applied, mut writes)) = given else { return Ok(None) };
        writes.insert(0, row);
        Ok(Some((applied, writes)))
    }

    /// What becomes of whoever has the order, by what it gives from now on: nothing by a refund. Where nobody has it, or they are gone, of
    /// whoever has the address.
    async fn give(
        &self,
        holder: Option<&str>,
        address: &Address,
        gives: Option<&Gives>,
    ) -> Result<Plan, Refused> {
        let found = match holder {
            Some(id) => person::find(self.table, id, self.now).await?,
            None => None,
        };
        match found {
            Some(user) => Ok(Some(self.person(&user, gives)?)),
            None => self.give_by_address(address, gives).await,
        }
    }

    /// What becomes of whoever has the address, or of what waits for them, by what the order gives from now on: nothing by a refund.
    async fn give_by_address(&self, address: &Address, gives: Option<&Gives>) -> Result<Plan, Refused> {
        let row = self.table.get::<Email>(address.as_str(), self.now).await?.map(store::Row::into_inner);
        let Some(id) = row.as_ref().and_then(|row| row.clone().holder()) else {
            return self.waiting(address, row.as_ref(), gives);
        };
        match self.table.get::<User>(&id, self.now).await? {
            Some(user) if user.status != Status::Deleted => Ok(Some(self.person(&user, gives)?)),
            _ if gives.is_none() => {
                Ok(Some((Applied { end: End::Nobody, ..Applied::default() }, Vec::new())))
            }
            // Somebody who goes: the row of the address goes too.
            Some(_) => Ok(None),
            // Somebody has deleted their row by hand.
            None => self.waiting(address, row.as_ref(), gives),
        }
    }

    fn person(&self, old: &User, gives: Option<&Gives>) -> Result<(Applied, Vec<Write>), Refused> {
        let names = gives.map(|gives| gives.names(&old.roles, &old.entitlements)).unwrap_or_default();
        let granted = self.granted(names);
        let entitlements = granted.after(&old.entitlements, self.now)?;
        let roles = roles_after(&old.roles, &old.entitlements, &entitlements);
        let change =
            change::Change { roles: Some(roles), entitlements: Some(granted), ..change::Change::default() };
        let new = change.of(old, self.rights, self.now)?;
        let had = old.entitlements.iter().any(|one| self.is_of_order(one));
        let end = match gives {
            Some(_) => End::Given,
            None if had => End::Taken,
            None => End::Nobody,
        };
        let told = (entitlement::names(&old.entitlements), entitlement::names(&new.entitlements));
        let roles = (new.roles != old.roles).then(|| (old.roles.clone(), new.roles.clone()));
        let applied = Applied { end, whom: Some(old.id.clone()), told, roles };
        if new == *old {
            return Ok((applied, Vec::new()));
        }
        let mut writes = vec![Write::update::<User>(&old.id, change::difference(old, &new), self.now)];
        writes.extend(lists::between(Some(old), &new));
        Ok((applied, writes))
    }

    fn waiting(
        &self,
        address: &Address,
        row: Option<&Email>,
        gives: Option<&Gives>,
    ) -> Result<Plan, Refused> {
        let old = row.map(Email::waiting).unwrap_or_default();
        let names = gives.map(|gives| gives.names(&[], &old)).unwrap_or_default();
        let new = self.granted(names).after(&old, self.now)?;
        let end = match gives {
            Some(_) => End::Waits,
            None if new != old => End::Taken,
            None => End::Nobody,
        };
        let told = (entitlement::names(&old), entitlement::names(&new));
        let writes =
            if new == old { Vec::new() } else { email::let_purchases_wait(address, row, new, self.now) };
        Ok(Some((Applied { end, told, ..Applied::default() }, writes)))
    }

    fn granted(&self, names: Vec<String>) -> Granted {
        let (source, order) = (self.purchase.source.to_owned(), self.purchase.order.to_owned());
        Granted { source, order: Some(order), names }
    }

    fn is_of_order(&self, one: &Entitlement) -> bool {
        one.source == self.purchase.source && one.order.as_deref() == Some(self.purchase.order)
    }
}

/// The roles of somebody whose entitlements change: those that an order gives now, without those that no order gives any more.
fn roles_after(roles: &[String], old: &[Entitlement], new: &[Entitlement]) -> Vec<String> {
    let (before, after) = (roles_of(old), roles_of(new));
    let mut roles: Vec<_> =
        roles.iter().filter(|role| !before.contains(*role) || after.contains(*role)).cloned().collect();
    roles.extend(after.difference(&before).cloned());
    roles.sort();
    roles.dedup();
    roles
}
