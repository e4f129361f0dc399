//! The apps that have something of a person: what they agreed to, and the grants that stand. For the person and for those who manage
//! people.

use std::collections::{BTreeMap, BTreeSet};

use client::{Api, Client, audience_key, usable_api};
use oauth::{Scope, Time, server};
use serde::{Deserialize, Serialize};
use session::{Error, Family, Session};
use setting::{Action, Permission, Permissions};
use store::{Batch, Ids, Record, Rows, Table};
use url::form_urlencoded::Serializer;

use crate::Consent;

/// How many consents, and how many grants, are on a page: with their clients and sessions they fit into two batches.
const PART: u32 = 30;

/// How many rows a batch may ask for.
const LARGEST_BATCH: usize = 100;

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

/// Where a part begins: behind these rows of the index. Without either it is the first one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    consents: Option<String>,
    grants: Option<String>,
}

impl Cursor {
    /// As the query of an address.
    pub fn query(&self) -> String {
        let mut query = Serializer::new(String::new());
        for (name, after) in [("consents", &self.consents), ("grants", &self.grants)] {
            query.extend_pairs(after.iter().map(|after| (name, after)));
        }
        query.finish()
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

/// Finds a part of the apps.
///
/// Two Queries, and three BatchGetItems at most.
pub async fn find(table: &Table, whose: Whose<'_>, cursor: &Cursor, now: Time) -> Result<Apps, Error> {
    let is_first = cursor.consents.is_none() && cursor.grants.is_none();
    let consents = match &cursor.consents {
        None if !is_first => nothing(),
        after => Consent::ids(table, whose.user_id, PART, after.as_deref()).await?,
    };
    let grants = match &cursor.grants {
        None if !is_first => nothing(),
        after => session::grants::ids(table, whose.user_id, PART, after.as_deref()).await?,
    };
    let (consented, families) = read(table, whose, &consents, &grants, now).await?;
    let rows = around(table, &consented, &families, now).await?;
    let mut clients: BTreeMap<String, Client> = BTreeMap::new();
    let ids = consented.iter().map(|it| &it.client_id).chain(families.iter().map(|it| &it.client_id));
    for id in ids {
        let client = rows.see::<Client>(&**id).and_then(std::result::Result::ok);
        clients.extend(client.map(|client| (id.clone(), client.into_inner())));
    }
    let drafts = drafts(whose, consented, families, &clients, &rows, now);
    let apis = apis(table, &drafts, &clients, now).await?;
    let apps = drafts.into_iter().map(|(id, draft)| app(id, draft, &clients)).collect();
    Ok(Apps { apps, apis, next: next(consents.next, grants.next) })
}

fn nothing() -> Ids {
    Ids { ids: Vec::new(), next: None }
}

/// The rows themselves, which say to whom they belong: the index only lists (#81, #97).
async fn read(
    table: &Table,
    whose: Whose<'_>,
    consents: &Ids,
    grants: &Ids,
    now: Time,
) -> Result<(Vec<Consent>, Vec<Family>), Error> {
    let batch = consents.ids.iter().fold(Batch::new(), |batch, id| batch.and::<Consent>(&**id));
    let batch = grants.ids.iter().fold(batch, |batch, id| batch.and::<Family>(&**id));
    let mut rows = table.get_batch(batch, now).await?;
    let consents = consents.ids.iter().filter_map(|id| rows.read::<Consent>(&**id));
    let consents = consents.filter(|consent| consent.user_id == whose.user_id).collect();
    let families = grants.ids.iter().filter_map(|id| rows.read::<Family>(&**id));
    Ok((consents, families.filter(|family| family.user_id == whose.user_id).collect()))
}

/// The clients, and the sessions within which grants stand.
async fn around(table: &Table, consents: &[Consent], families: &[Family], now: Time) -> Result<Rows, Error> {
    let clients = consents.iter().map(|it| &it.client_id).chain(families.iter().map(|it| &it.client_id));
    let batch = clients.fold(Batch::new(), |batch, id| batch.and::<Client>(&**id));
    let sids = families.iter().filter(|family| !family.offline).map(|family| family.sid.as_deref());
    Ok(table.get_batch(sids.fold(batch, |batch, sid| batch.and::<Session>(sid)), now).await?)
}

fn drafts(
    whose: Whose<'_>,
    consents: Vec<Consent>,
    families: Vec<Family>,
    clients: &BTreeMap<String, Client>,
    rows: &Rows,
    now: Time,
) -> BTreeMap<String, Draft> {
    let mut drafts: BTreeMap<String, Draft> = BTreeMap::new();
    for consent in consents {
        let draft = Draft {
            scope: consent.scope,
            resources: consent.resources,
            since: consent.agreed_at,
            renewed_at: None,
            access: Access::None,
        };
        drafts.insert(consent.client_id, draft);
    }
    for family in families {
        let session = rows.see::<Session>(family.sid.as_deref()).and_then(std::result::Result::ok);
        let epoch = clients.get(&family.client_id).filter(|client| !client.is_disabled());
        let stands = |client: &Client| family.stands(session.as_deref(), whose.epoch, client.epoch, now);
        if epoch.is_some_and(stands) {
            let renewed_at = family.renewed_at();
            let access = if family.offline { Access::Stays } else { Access::UntilSignOut };
            let draft = drafts.entry(family.client_id).or_insert_with(|| Draft {
                scope: Scope::default(),
                resources: BTreeSet::new(),
                since: family.started_at,
                renewed_at: None,
                access,
            });
            draft.scope.extend(&family.scope);
            draft.resources.extend(family.resources);
            draft.since = draft.since.min(family.started_at);
            draft.renewed_at = draft.renewed_at.max(renewed_at);
            draft.access = draft.access.max(access);
        }
    }
    drafts
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
    let audiences: Vec<_> = audiences.into_iter().take(LARGEST_BATCH).collect();
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

fn next(consents: Option<String>, grants: Option<String>) -> Option<Cursor> {
    (consents.is_some() || grants.is_some()).then_some(Cursor { consents, grants })
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
