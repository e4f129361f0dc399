//! Who calls, and what they may do at this moment.

use oauth::{Caller, Code, Error, Scope, Time};
use revocation::Standing;
use user::{Facts, Rights, User};
use web::Result;

use crate::Manage;

/// A person or a service whose token still counts. What they may do is what the token says and what they still have: a role that was taken
/// away a moment ago gives nothing here, although the token names its scopes until it expires (#81).
#[derive(Debug)]
pub(crate) struct Actor {
    /// Of the person, or of the client.
    pub(crate) id: String,
    /// Whether it is a client in its own name.
    pub(crate) is_service: bool,
    /// The client by which they came, if it is registered.
    pub(crate) client: Option<String>,
    pub(crate) scope: Scope,
}

impl Actor {
    /// Reads what the caller's token rests on.
    ///
    /// One BatchGetItem.
    pub(crate) async fn of(manage: &Manage, rights: &Rights, caller: &Caller, now: Time) -> Result<Self> {
        let mut rows = manage.table.get_batch(revocation::batch(caller), now).await?;
        let standing = revocation::standing(&mut rows, caller, now).ok_or_else(ended)?;
        let has = held(&standing, rights, caller, now).ok_or_else(ended)?;
        Ok(Self {
            id: caller.subject.clone(),
            is_service: standing.user.is_none(),
            client: standing.client.as_ref().map(|_| caller.client_id.clone()),
            scope: caller.scope.intersection(&has),
        })
    }

    /// Goes on if they have the scope at this moment; 403 if not.
    pub(crate) fn needs(&self, scope: &str) -> Result<(), Error> {
        if self.scope.contains(scope) { Ok(()) } else { Err(Error::insufficient_scope(scope)) }
    }

    /// Goes on if they have all that this person may do: nobody acts on somebody who may do more (#81). Who may not even know of the
    /// person is told that there is none.
    pub(crate) fn may_act_on(&self, person: &User, rights: &Rights, now: Time) -> Result<(), Error> {
        if rights.reach(person, now).is_subset_of(&self.scope) {
            return Ok(());
        }
        Err(if self.scope.contains("users:read") { outranked() } else { crate::missing("person") })
    }
}

/// What the caller has in the table: a person by their roles, a service by its registration, and a person's app by both.
fn held(standing: &Standing, rights: &Rights, caller: &Caller, now: Time) -> Option<Scope> {
    let facts =
        |person| Facts::of(person, now).via(standing.via()).client(&caller.client_id).shown(standing.amr());
    let of_client = standing.client.as_ref().map(|client| &client.scope);
    match (&standing.user, of_client) {
        (Some(person), Some(client)) => Some(rights.scope(&facts(person)).intersection(client)),
        (Some(person), None) => Some(rights.scope(&facts(person))),
        (None, Some(client)) => Some(rights.all().intersection(client)),
        // A service whose registration is gone.
        (None, None) => None,
    }
}

/// The token outlived what it rests on (#34, #35).
fn ended() -> Error {
    Error::new(Code::InvalidToken, "whoever this access token was issued to is disabled, signed out or gone")
}

fn outranked() -> Error {
    Error::new(
        Code::AccessDenied,
        "this person may do more than you: only somebody with all their scopes can",
    )
}
