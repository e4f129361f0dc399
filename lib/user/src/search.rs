//! Finding people: by the beginning of their address or name, by a role, or all of them.
//!
//! One of these is read from a list in the order of its keys, and each person by their own row, consistently (#97). Whatever else is
//! asked is compared then, and pages that leave nobody are passed over, at most [`MOST_PAGES`] of them: so an answer costs the same at
//! ten people and at ten million, and may be empty though there is more.

use std::collections::{BTreeSet, HashMap};

use oauth::Time;
use store::{Batch, Ids, Rows, Table};

use crate::{
    Error, Status, User,
    email::Email,
    lists::{self, HasRole, Named, fold},
    person,
};

/// How many pages of a list are looked through for one answer.
pub const MOST_PAGES: usize = 4;

/// The most people of one answer: what can be read in one request.
pub const MOST: u32 = 100;

/// Whom to find: all of these must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// The proven address, or the one that the account waits for, begins with this, in any spelling.
    pub email: Option<String>,
    /// The name begins with this: case, accents and width make no difference.
    pub name: Option<String>,
    /// They were given this role. Roles that a rule gives are not found.
    pub role: Option<String>,
    /// Only those who are disabled, or only those who are not.
    pub disabled: Option<bool>,
}

/// A part of the people who were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct People {
    /// In the order of the list: addresses and names by the alphabet, roles by age, everybody from the newest on.
    pub people: Vec<User>,
    /// What to pass as `after` for more. None: there are no more.
    pub next: Option<String>,
}

/// Up to `limit` people (at most [`MOST`]), from behind `after`, which is the `next` of the same search.
///
/// For each of at most [`MOST_PAGES`] pages: one Query and one BatchGetItem; by address two.
pub async fn search(
    table: &Table,
    search: &Search,
    limit: u32,
    after: Option<&str>,
    now: Time,
) -> Result<People, Error> {
    let limit = limit.clamp(1, MOST);
    let wanted = Wanted::of(search);
    let mut found = People { people: Vec::new(), next: after.map(str::to_owned) };
    for _ in 0..MOST_PAGES {
        let missing = limit - u32::try_from(found.people.len()).unwrap_or(limit).min(limit);
        let page = wanted.page(table, missing, found.next.as_deref(), now).await?;
        found.people.extend(page.people.into_iter().filter(|user| wanted.fits(user)));
        found.next = page.next;
        if found.next.is_none() || found.people.len() >= limit as usize {
            break;
        }
    }
    Ok(found)
}

/// A search as it is compared.
struct Wanted<'a> {
    email: Option<String>,
    name: Option<String>,
    role: Option<&'a str>,
    disabled: Option<bool>,
}

impl<'a> Wanted<'a> {
    fn of(search: &'a Search) -> Self {
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        Self {
            email: given(search.email.as_deref().map(fold::address)),
            name: given(search.name.as_deref().map(fold::name)),
            role: search.role.as_deref(),
            disabled: search.disabled,
        }
    }

    /// Everybody on the next page of the list that narrows most.
    async fn page(&self, table: &Table, limit: u32, after: Option<&str>, now: Time) -> Result<People, Error> {
        if let Some(start) = &self.email {
            let page = table.list_with_prefix::<Email>(lists::EMAILS, start, limit, after).await?;
            let batch = page.ids.iter().fold(Batch::new(), |batch, id| batch.and::<Email>(&**id));
            let mut rows = table.get_batch(batch, now).await?;
            let ids = page.ids.iter().filter_map(|id| rows.read::<Email>(&**id)?.holder()).collect();
            return people(table, ids, page.next, now).await;
        }
        if let Some(start) = &self.name {
            let page = table.list_with_prefix::<Named>(lists::NAMES, start, limit, after).await?;
            return pointed_to(table, page, now).await;
        }
        if let Some(role) = self.role {
            let page = table.list_of::<HasRole>(lists::with_role(role), limit, after).await?;
            return pointed_to(table, page, now).await;
        }
        let page = person::list(table, limit, after).await?;
        let ids = page.items.into_iter().map(|entry| entry.id).collect();
        people(table, ids, page.next, now).await
    }

    /// Whether all of it holds of somebody, as their row says.
    fn fits(&self, user: &User) -> bool {
        let begins = |text: Option<&str>, fold: fn(&str) -> String, start: &Option<String>| match start {
            Some(start) => text.is_some_and(|text| fold(text).starts_with(start)),
            None => true,
        };
        user.status != Status::Deleted
            && begins(user.email.as_deref(), fold::address, &self.email)
            && begins(user.name.as_deref(), fold::name, &self.name)
            && self.role.is_none_or(|role| user.roles.iter().any(|has| has == role))
            && self.disabled.is_none_or(|disabled| disabled != user.is_active())
    }
}

async fn pointed_to(table: &Table, page: Ids, now: Time) -> Result<People, Error> {
    let ids = page.ids.iter().filter_map(|id| lists::pointed_to(id)).map(str::to_owned).collect();
    people(table, ids, page.next, now).await
}

/// These people by their own rows. Who is not there any more, or cannot be read, is left out.
async fn people(table: &Table, ids: Vec<String>, next: Option<String>, now: Time) -> Result<People, Error> {
    let batch = ids.iter().fold(Batch::new(), |batch, id| batch.and::<User>(&**id));
    let mut rows: Rows = table.get_batch(batch, now).await?;
    Ok(People { people: ids.iter().filter_map(|id| rows.read::<User>(&**id)).collect(), next })
}

/// What these people, at most a hundred, are called: their name or address, by id. Who is not there any more is called nothing, and so
/// is whoever is called like another of them, because names are free.
///
/// One BatchGetItem, or no call where nobody is asked for.
pub async fn names_of(
    table: &Table,
    ids: BTreeSet<String>,
    now: Time,
) -> Result<HashMap<String, String>, Error> {
    Ok(names(&people(table, ids.into_iter().collect(), None, now).await?.people))
}

fn names(people: &[User]) -> HashMap<String, String> {
    let living = people.iter().filter(|user| user.status != Status::Deleted);
    let named = living.filter_map(|user| Some((&*user.id, user.name.as_deref().or(user.email.as_deref())?)));
    let named: Vec<_> = named.collect();
    let is_alone = |wanted: &str| named.iter().filter(|(_, name)| *name == wanted).count() == 1;
    let alone = named.iter().filter(|(_, name)| is_alone(name));
    alone.map(|(id, name)| ((*id).to_owned(), (*name).to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_called_by_names_that_are_theirs_alone() {
        let person = |id: &str, name: Option<&str>, email: Option<&str>| {
            let (name, email) = (name.map(str::to_owned), email.map(str::to_owned));
            User { name, email, id: id.to_owned(), ..crate::manage::create::nobody(Time::from_epoch(0)) }
        };
        let people = [
            person("1", Some("Ada"), Some("ada@example.com")),
            person("2", None, Some("grace@example.com")),
            person("3", None, None),
            User { status: Status::Deleted, ..person("4", Some("Alan"), None) },
        ];
        let called =
            |people: &[User]| names(people).into_iter().collect::<std::collections::BTreeMap<_, _>>();
        let of = |id: &str, name: &str| (id.to_owned(), name.to_owned());
        assert_eq!(called(&people), [of("1", "Ada"), of("2", "grace@example.com")].into());
        // Whoever takes the name of somebody is not taken for them.
        let like = [&people[..], &[person("5", Some("Ada"), None)]].concat();
        assert_eq!(called(&like), [of("2", "grace@example.com")].into());
    }
}
