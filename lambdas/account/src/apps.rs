//! The apps that have something of a person: what they agreed to, and the grants that stand.

use std::collections::{BTreeMap, BTreeSet};

use authorization::Consent;
use client::{Api, Client, audience_key, usable_api};
use oauth::{Scope, Time, server};
use serde::Deserialize;
use session::{Family, Session};
use store::{Batch, Ids, Rows, Table};
use url::form_urlencoded::Serializer;
use user::User;
use web::Result;

/// How many consents, and how many grants, are on a page: with their clients and sessions they fit into two batches.
const PART: u32 = 30;

/// How many rows a batch may ask for.
const LARGEST_BATCH: usize = 100;

/// Where a page begins: behind these rows of the index. Without either it is the first page.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Cursor {
    consents: Option<String>,
    grants: Option<String>,
}

/// One app.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) client_id: String,
    /// Its name, while it is registered.
    pub(crate) name: Option<String>,
    /// What it may do.
    pub(crate) scope: Scope,
    /// When it was given the first thing that it has.
    pub(crate) since: Time,
    pub(crate) renewed_at: Option<Time>,
    pub(crate) access: Access,
}

/// What an app can do at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Access {
    /// Nothing: it would not have to ask again.
    None,
    /// Something, until the person signs out.
    UntilSignOut,
    /// Something, also after the person has signed out.
    Stays,
}

/// A part of the apps.
#[derive(Debug)]
pub(crate) struct Apps {
    pub(crate) apps: Vec<App>,
    apis: Vec<Api>,
    /// The query of the next part.
    pub(crate) next: Option<String>,
}

impl Apps {
    /// The name of the API to which a scope belongs, if that is known.
    pub(crate) fn api_of(&self, scope: &str) -> Option<&str> {
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
pub(crate) async fn find(table: &Table, user: &User, cursor: &Cursor, now: Time) -> Result<Apps> {
    let is_first = cursor.consents.is_none() && cursor.grants.is_none();
    let consents = match &cursor.consents {
        None if !is_first => nothing(),
        after => Consent::ids(table, &user.id, PART, after.as_deref()).await?,
    };
    let grants = match &cursor.grants {
        None if !is_first => nothing(),
        after => session::grants::ids(table, &user.id, PART, after.as_deref()).await?,
    };
    let (consented, families) = read(table, user, &consents, &grants, now).await?;
    let rows = around(table, &consented, &families, now).await?;
    let mut clients: BTreeMap<String, Client> = BTreeMap::new();
    let ids = consented.iter().map(|it| &it.client_id).chain(families.iter().map(|it| &it.client_id));
    for id in ids {
        let client = rows.see::<Client>(&**id).and_then(std::result::Result::ok);
        clients.extend(client.map(|client| (id.clone(), client.into_inner())));
    }
    let drafts = drafts(user, consented, families, &clients, &rows, now);
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
    user: &User,
    consents: &Ids,
    grants: &Ids,
    now: Time,
) -> Result<(Vec<Consent>, Vec<Family>)> {
    let batch = consents.ids.iter().fold(Batch::new(), |batch, id| batch.and::<Consent>(&**id));
    let batch = grants.ids.iter().fold(batch, |batch, id| batch.and::<Family>(&**id));
    let mut rows = table.get_batch(batch, now).await?;
    let consents = consents.ids.iter().filter_map(|id| rows.read::<Consent>(&**id));
    let consents = consents.filter(|consent| consent.user_id == user.id).collect();
    let families = grants.ids.iter().filter_map(|id| rows.read::<Family>(&**id));
    Ok((consents, families.filter(|family| family.user_id == user.id).collect()))
}

/// The clients, and the sessions within which grants stand.
async fn around(table: &Table, consents: &[Consent], families: &[Family], now: Time) -> Result<Rows> {
    let clients = consents.iter().map(|it| &it.client_id).chain(families.iter().map(|it| &it.client_id));
    let batch = clients.fold(Batch::new(), |batch, id| batch.and::<Client>(&**id));
    let sids = families.iter().filter(|family| !family.offline).map(|family| family.sid.as_deref());
    Ok(table.get_batch(sids.fold(batch, |batch, sid| batch.and::<Session>(sid)), now).await?)
}

fn drafts(
    user: &User,
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
        let stands = |client: &Client| family.stands(session.as_deref(), user.epoch, client.epoch, now);
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
) -> Result<Vec<Api>> {
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

fn next(consents: Option<String>, grants: Option<String>) -> Option<String> {
    let mut query = Serializer::new(String::new());
    for (name, after) in [("consents", &consents), ("grants", &grants)] {
        query.extend_pairs(after.iter().map(|after| (name, after)));
    }
    (consents.is_some() || grants.is_some()).then(|| query.finish())
}
