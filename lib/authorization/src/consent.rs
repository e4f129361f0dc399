//! What a person agreed to, remembered until they take it back.

use std::collections::BTreeSet;

use client::{Api, audience_key, usable_api};
use oauth::{Digest, Scope, Time};
use serde::{Deserialize, Serialize};
use setting::{Action, Permission, Permissions};
use store::{Batch, Owner, Record, Row, Table, Write};

use crate::AuthorizationRequest;

/// What one person lets one client have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Who agreed.
    pub user_id: String,
    /// To whom.
    pub client_id: String,
    /// To what.
    pub scope: Scope,
    /// For which APIs.
    pub resources: BTreeSet<String>,
    /// When, the last time.
    pub agreed_at: Time,
}

impl Record for Consent {
    const KIND: &'static str = "CONSENT";

    fn expires_at(&self) -> Option<i64> {
        None
    }

    fn owner(&self) -> Option<Owner<'_>> {
        Some(Owner::User(&self.user_id))
    }
}

/// What [`Agreement::find`] does with the table.
pub const FIND_AGREEMENT: Permissions = Permissions::new(&[
    Permission::on(Consent::KIND, &[Action::BatchGet]),
    Permission::on(Api::KIND, &[Action::BatchGet]),
]);
/// What [`Consent::add`] does with the table.
pub const ADD_CONSENT: Permissions =
    Permissions::new(&[Permission::on(Consent::KIND, &[Action::Get, Action::Put])]);

/// What is needed to read one in a batch, by its [`Consent::id`].
pub const READ_CONSENT: Permissions = Permissions::new(&[Permission::on(Consent::KIND, &[Action::BatchGet])]);
/// What [`Consent::is_there`] does with the table.
pub const CHECK_CONSENT: Permissions = Permissions::new(&[Permission::on(Consent::KIND, &[Action::Check])]);

impl Consent {
    /// The person takes back what they agreed to: the client has to ask again. Whether there was anything.
    ///
    /// One UpdateItem.
    pub async fn remove(
        table: &Table,
        user_id: &str,
        client_id: &str,
        now: Time,
    ) -> Result<bool, store::Error> {
        Ok(table.take::<Self>(&Self::id(user_id, client_id), now).await?.is_some())
    }

    /// The id of the row of these two. A client's id may be as long as anybody likes.
    pub fn id(user_id: &str, client_id: &str) -> String {
        format!("{user_id}/{}", Digest::of(client_id.as_bytes()))
    }

    /// Whether all that is asked for was agreed to.
    pub(crate) fn covers(&self, request: &AuthorizationRequest) -> bool {
        self.has(request.scope(), request.resources())
    }

    /// Whether all of this was agreed to.
    pub fn has(&self, scope: &Scope, resources: &[String]) -> bool {
        scope.is_subset_of(&self.scope) && resources.iter().all(|resource| self.resources.contains(resource))
    }

    /// A write that writes nothing: what it is together with is written only while there is the consent with this id.
    pub fn is_there(id: &str, now: Time) -> Write {
        Write::check::<Self>(id, [], now)
    }

    /// The person agrees to this too. Two answers at a time lose nothing of each other.
    pub async fn add(
        table: &Table,
        user_id: &str,
        request: &AuthorizationRequest,
        now: Time,
    ) -> Result<(), store::Error> {
        let id = Self::id(user_id, &request.client().id);
        loop {
            let row = table.get::<Self>(&id, now).await?;
            let mut scope = request.scope().clone();
            let mut resources: BTreeSet<_> = request.resources().iter().cloned().collect();
            if let Some(row) = &row {
                scope.extend(&row.scope);
                resources.extend(row.resources.iter().cloned());
            }
            let client_id = request.client().id.clone();
            let consent = Self { user_id: user_id.to_owned(), client_id, scope, resources, agreed_at: now };
            let written = match &row {
                Some(row) => table.replace(&id, row, &consent, now).await?,
                None => table.create(&id, &consent, now).await?,
            };
            if written {
                return Ok(());
            }
        }
    }
}

/// What decides whether a person must be asked: what they agreed to earlier, and the APIs of the client, of which some have scopes
/// that need consent.
#[derive(Debug, Clone, Default)]
pub struct Agreement {
    /// With this client, if there is any.
    pub consent: Option<Consent>,
    /// The APIs that the client's tokens may be for.
    pub apis: Vec<Api>,
}

impl Agreement {
    /// What there is of this person and the request's client. Where nothing can need consent, nothing is read.
    ///
    /// One BatchGetItem.
    pub async fn find(
        table: &Table,
        user_id: &str,
        request: &AuthorizationRequest,
        now: Time,
    ) -> Result<Self, store::Error> {
        if !request.may_need_consent() {
            return Ok(Self::default());
        }
        let (client, id) = (request.client(), Consent::id(user_id, &request.client().id));
        let keys = client.audiences.iter().map(|audience| audience_key(audience));
        let batch = keys.fold(Batch::new().and::<Consent>(&*id), |batch, key| batch.and::<Api>(key));
        let mut rows = table.get_batch(batch, now).await?;
        // What cannot be read is no consent: the person is asked again.
        let consent = rows.take::<Consent>(&*id).and_then(Result::ok).map(Row::into_inner);
        let apis = client.audiences.iter();
        let apis = apis.filter_map(|audience| usable_api(rows.take::<Api>(audience_key(audience))));
        Ok(Self { consent, apis: apis.collect() })
    }

    /// Whether the person must have agreed to this request.
    pub fn is_due(&self, request: &AuthorizationRequest) -> bool {
        let scopes = self.apis.iter().flat_map(|api| &api.scopes);
        request.client().consent
            || scopes.into_iter().any(|scope| scope.consent && request.scope().contains(&scope.name))
    }

    /// Whether they have.
    pub(crate) fn covers(&self, request: &AuthorizationRequest) -> bool {
        self.consent.as_ref().is_some_and(|consent| consent.covers(request))
    }
}
