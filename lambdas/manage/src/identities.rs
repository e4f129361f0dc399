//! The identities that lead to a person.

use audit::What;
use oauth::{Code, Error};
use serde::Serialize;
use serde_json::json;
use user::{LinkedIdentity, Unlinked};
use web::{Response, Result};

use crate::{Call, Manage, conflict, done, missing};

#[derive(Debug, Serialize)]
struct Shown {
    key: String,
    provider: String,
    issuer: String,
    linked_at: String,
    is_first: bool,
}

impl From<LinkedIdentity> for Shown {
    fn from(identity: LinkedIdentity) -> Self {
        Self {
            key: identity.key.as_str().to_owned(),
            provider: identity.provider,
            issuer: identity.issuer,
            linked_at: identity.linked_at.to_string(),
            is_first: identity.is_first,
        }
    }
}

impl Call<'_> {
    pub(crate) async fn list_identities(&self) -> Result<Response> {
        let person = self.person().await?;
        let found = user::identities_of(&self.manage.table, &person, self.request.now).await?;
        let identities: Vec<_> = found.into_iter().map(Shown::from).collect();
        Response::json(&json!({"identities": identities}))
    }

    pub(crate) async fn unlink(&self) -> Result<Response> {
        let person = self.subordinate().await?;
        if person.id == self.actor.id {
            return Err(own().into());
        }
        let key = self.request.segment("key").unwrap_or_default();
        let event = self.event(What::IdentityUnlinked, &person.id);
        let (Manage { table, ways, .. }, now) = (self.manage, self.request.now);
        let trail = [self.manage.trail.write(&event)];
        match user::unlink(table, &person.id, key, ways, &trail, now).await? {
            Unlinked::Done(gone) => {
                event.log();
                if let Some(what) = self.lost(gone) {
                    self.tell_taken(&person, what).await;
                }
            }
            Unlinked::NotLinked => return Err(missing("identity of this person").into()),
            Unlinked::LastWayIn => {
                return Err(conflict("without this identity the person could not sign in any more").into());
            }
        }
        Ok(done())
    }
}

/// A token does not say when its person signed in, and how.
fn own() -> Error {
    let why = "nobody removes their own way in here: /account does, and asks for what a sign-in asks for";
    Error::new(Code::AccessDenied, why)
}
