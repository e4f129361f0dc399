//! What a person agreed to, remembered until they take it back.

use std::collections::BTreeSet;

use oauth::{Digest, Scope, Time};
use serde::{Deserialize, Serialize};
use setting::{Action, Permission, Permissions};
use store::{Owner, Record, Table};

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

/// What [`Consent::find`] does with the table.
pub const FIND_CONSENT: Permissions = Permissions::new(&[Permission::on(Consent::KIND, &[Action::Get])]);
/// What [`Consent::add`] does with the table.
pub const ADD_CONSENT: Permissions =
    Permissions::new(&[Permission::on(Consent::KIND, &[Action::Get, Action::Put])]);

impl Consent {
    /// The id of the row of these two. A client's id may be as long as anybody likes.
    fn id(user_id: &str, client_id: &str) -> String {
        format!("{user_id}/{}", Digest::of(client_id.as_bytes()))
    }

    /// What the person lets the client have.
    pub async fn find(
        table: &Table,
        user_id: &str,
        client_id: &str,
        now: Time,
    ) -> Result<Option<Self>, store::Error> {
        let id = Self::id(user_id, client_id);
        Ok(table.get::<Self>(&id, now).await?.map(store::Row::into_inner))
    }

    /// Whether all that is asked for was agreed to.
    pub(crate) fn covers(&self, request: &AuthorizationRequest) -> bool {
        request.scope().is_subset_of(&self.scope)
            && request.resources().iter().all(|resource| self.resources.contains(resource))
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
