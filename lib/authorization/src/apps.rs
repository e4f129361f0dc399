//! The apps that have something of a person: what they agreed to, and the grants that stand. For the person and for those who manage
//! people.

use std::collections::{BTreeMap, BTreeSet};

use client::{Api, Client, audience_key, usable_api};
use oauth::{Scope, Time, server};
use serde::{Deserialize, Serialize};
use session::{Error, Family, Session};
use setting::{Action, Permission, Permissions};
use store::{Batch, Record, Table};
use url::form_urlencoded::Serializer;

use self::held::{Around, Held};
use crate::Consent;

mod held;

/// How many apps are on a page.
const PART: usize = 30;

/// How many APIs are read for their names.
const MOST_APIS: usize = 100;

/// What [`find`] does with the table.
pub const LIST: Permissions = Permissions::new(&[
    Permission::on("USER", &[Action::ListOwned]),
    Permission::on(Consent::KIND, &[Action::BatchGet]),
    Permission::on(Family::KIND, &[Action::BatchGet]),
    Permission::on(Session::KIND, &[Action::BatchGet]),
    Permission::on(Client::KIND, &[Action::BatchGet]),
    Permission::on(Api::KIND, &[Action::BatchGet]),
]);

/// What [`remove`] does with the table.
pub const REMOVE: Permissions = Permissions::new(&[
    Permission::on("USER", &[Action::ListOwned]),
    Permission::on(Consent::KIND, &[Action::Update]),
    Permission::on(Family::KIND, &[Action::BatchGet, Action::Update]),
]);

/// Whose apps.
#[derive(Debug, Clone, Copy)]
pub struct Whose<'a> {
    /// The person.
    pub user_id: &'a str,
    /// Their epoch, as their row has it at this moment.
    pub epoch: u64,
}

/// Where a part begins: behind the app with this id. Without one it is the first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    after: Option<String>,
}

impl Cursor {
    /// As the query of an address.
    pub fn query(&self) -> String {
        let mut query = Serializer::new(String::new());
        query.extend_pairs(self.after.iter().map(|after| ("after", after))).finish()
    }
}

/// One app.
#[derive(Debug)]
pub struct App {
    /// As it is registered.
    pub client_id: String,
    /// Its name, while it is registered.
    pub name: Option<String>,
    /// What it may do.
    pub scope: Scope,
    /// When it was given the first thing that it has.
    pub since: Time,
    /// When it last got tokens by itself.
    pub renewed_at: Option<Time>,
    /// What it can do now.
    pub access: Access,
}

/// What an app can do at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Nothing: it would not have to ask again.
    None,
    /// Something, until the person signs out.
    UntilSignOut,
    /// Something, also after the person has signed out.
    Stays,
}

/// A part of the apps.
#[derive(Debug)]
pub struct Apps {
    /// By their ids.
    pub apps: Vec<App>,
    apis: Vec<Api>,
    /// Where the next part begins; nothing on the last one.
    pub next: Option<Cursor>,
}

impl Apps {
    /// The name of the API to which a scope belongs, if that is known.
    pub fn api_of(&self, scope: &str) -> Option<&str> {
        let of = self.apis.iter().find(|api| api.scopes.iter().any(|own| own.name == scope));
        of.map(|api| api.name.as_str())
    }
}

/// What is known of one app so far.
struct Draft {
    scope: Scope,
    resources: BTreeSet<String>,
    since: Time,
    renewed_at: Option<Time>,
    access: Access,
}

/// Finds a part of the apps. Each app is in one part, with all that it has.
///
/// Two Queries and three BatchGetItems, where a person has at most a hundred consents and grants; for each thousand more a Query, and for
/// each hundred a BatchGetItem.
pub async fn find(table: &Table, whose: Whose<'_>, cursor: &Cursor, now: Time) -> Result<Apps, Error> {
    let mut all = held::all(table, whose.user_id, now).await?;
    all.retain(|id, _| cursor.after.as_ref().is_none_or(|after| id > after));
    let is_more = all.len() > PART;
    let part: BTreeMap<_, _> = all.into_iter().take(PART).collect();
    let next = part.keys().next_back().filter(|_| is_more).map(|id| Cursor { after: Some(id.clone()) });
    let around = held::around(table, &part, now).await?;
    let drafts = part.into_iter().filter_map(|(id, held)| {
        let draft = draft(&id, held, whose, &around, now)?;
        Some((id, draft))
    });
    let drafts: BTreeMap<_, _> = drafts.collect();
    let apis = apis(table, &drafts, &around.clients, now).await?;
    let apps = drafts.into_iter().map(|(id, draft)| app(id, draft, &around.clients)).collect();
    Ok(Apps { apps, apis, next })
}

/// What an app has: nothing, if there is neither a consent nor a grant that stands.
fn draft(client_id: &str, held: Held, whose: Whose<'_>, around: &Around, now: Time) -> Option<Draft> {
    let mut draft = held.consent.map(|consent| Draft {
        scope: consent.scope,
        resources: consent.resources,
        since: consent.agreed_at,
        renewed_at: None,
        access: Access::None,
    });
    let client = around.clients.get(client_id).filter(|client| !client.is_disabled());
    for grant in held.grants {
        let session = grant.sid.as_ref().and_then(|sid| around.sessions.get(sid));
        if client.is_some_and(|client| grant.stands(session, whose.epoch, client.epoch, now)) {
            draft.get_or_insert_with(|| Draft::since(grant.started_at)).add(grant);
        }
    }
    draft
}

impl Draft {
    /// Of an app that has nothing yet.
    fn since(since: Time) -> Self {
        let (scope, resources) = (Scope::default(), BTreeSet::new());
        Self { scope, resources, since, renewed_at: None, access: Access::None }
    }

    fn add(&mut self, grant: Family) {
        let access = if grant.offline { Access::Stays } else { Access::UntilSignOut };
        self.since = self.since.min(grant.started_at);
        self.renewed_at = self.renewed_at.max(grant.renewed_at());
        self.access = self.access.max(access);
        self.scope.extend(&grant.scope);
        self.resources.extend(grant.resources);
    }
}

/// The APIs whose scopes apps may use, for their names.
async fn apis(
    table: &Table,
    drafts: &BTreeMap<String, Draft>,
    clients: &BTreeMap<String, Client>,
    now: Time,
) -> Result<Vec<Api>, Error> {
    let of_an_api = |scope: &str| !server::OPENID_SCOPES.contains(&scope);
    let mut audiences = BTreeSet::new();
    for (id, draft) in drafts.iter().filter(|(_, draft)| draft.scope.iter().any(of_an_api)) {
        audiences.extend(draft.resources.iter().cloned());
        audiences.extend(clients.get(id).into_iter().flat_map(|client| client.audiences.iter().cloned()));
    }
    // A scope without the name of its API is still a scope.
    let audiences: Vec<_> = audiences.into_iter().take(MOST_APIS).collect();
    let keys = audiences.iter().map(|audience| audience_key(audience));
    let batch = keys.clone().fold(Batch::new(), |batch, key| batch.and::<Api>(key));
    let mut rows = table.get_batch(batch, now).await?;
    Ok(keys.filter_map(|key| usable_api(rows.take::<Api>(key))).collect())
}

fn app(client_id: String, draft: Draft, clients: &BTreeMap<String, Client>) -> App {
    App {
        name: clients.get(&client_id).map(|client| client.name.clone()),
        client_id,
        scope: draft.scope,
        since: draft.since,
        renewed_at: draft.renewed_at,
        access: draft.access,
    }
}

/// Takes an app's access to what is a person's away: the consent and the grants. Whether there was anything. A code that it has and did
/// not redeem yet counts for its minute, and the grants of the last second may be missed: whoever looks again sees them.
///
/// One UpdateItem, and what [`session::grants::end_of_client`] costs.
pub async fn remove(table: &Table, user_id: &str, client_id: &str, now: Time) -> Result<bool, Error> {
    // First the consent: so no new grant begins without a question.
    let agreed = Consent::remove(table, user_id, client_id, now).await?;
    let ended = session::grants::end_of_client(table, user_id, client_id, now).await?;
    Ok(agreed || ended > 0)
}
