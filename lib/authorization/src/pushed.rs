//! Requests that wait in the table: pushed ones (RFC 9126), and those that are too long for the way through a sign-in.

use std::time::Duration;

use oauth::{Secret, Time};
use serde::{Deserialize, Serialize};
use setting::{Action, Permission, Permissions};
use store::{Record, Table};

use crate::Parameters;

/// What our `request_uri`s begin with (RFC 9126 §2.2).
const URN: &str = "urn:ietf:params:oauth:request_uri:";

/// The longest request that is stored, encoded (bytes).
const LONGEST: usize = 4 * 1024;

/// How long the row lives: as long as a login, from the last moment at which it may be used first.
const LIFETIME: Duration = Duration::from_secs(600);

/// What [`Pushed::store`] does with the table.
pub const PUSH: Permissions = Permissions::new(&[Permission::on(Pushed::KIND, &[Action::Put])]);
/// What [`Pushed::find`] does with the table.
pub const FIND_PUSHED: Permissions = Permissions::new(&[Permission::on(Pushed::KIND, &[Action::Get])]);
/// What [`Pushed::spend`] does with the table.
pub const SPEND_PUSHED: Permissions = Permissions::new(&[Permission::on(Pushed::KIND, &[Action::Update])]);

/// The request cannot wait in the table.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// It is too long.
    #[error("the authorization request is too long")]
    TooLong(#[source] oauth::Error),
    /// The table failed.
    #[error("the authorization request cannot be stored")]
    Store(#[from] store::Error),
}

/// A request that waits, under the digest of the secret in its `request_uri` (RFC 9126 §7.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pushed {
    /// Whose it is.
    pub client_id: String,
    /// As [`Parameters::encode`] wrote them.
    parameters: String,
    /// When it was stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stored_at: Option<Time>,
    /// Until when it may be used first (RFC 9126 §2.2: `expires_in`).
    use_until: Time,
    expires_at: Time,
}

impl Record for Pushed {
    const KIND: &'static str = "PAR";
    const BEGAN: Option<&'static str> = Some("stored_at");

    fn expires_at(&self) -> Option<i64> {
        Some(self.expires_at.epoch())
    }
}

impl Pushed {
    /// How long a client has to use what it pushed (#40).
    pub const TO_USE: Duration = Duration::from_secs(90);

    /// How long a request waits that we stored while its person signs in.
    pub const TO_SIGN_IN: Duration = LIFETIME;

    /// Whether a `request_uri` looks like one of ours.
    pub fn is_ours(request_uri: &str) -> bool {
        request_uri.starts_with(URN)
    }

    /// Lets a request wait, to be used first within `to_use`: its `request_uri`.
    pub async fn store(
        table: &Table,
        client_id: &str,
        parameters: &Parameters,
        to_use: Duration,
        now: Time,
    ) -> Result<Secret, PushError> {
        let encoded = parameters.encode();
        if encoded.len() > LONGEST {
            let error = oauth::Error::invalid_request("the authorization request is too long");
            return Err(PushError::TooLong(error.with_status(413)));
        }
        let secret = Secret::random();
        let use_until = now.after(to_use);
        let expires_at = use_until.after(LIFETIME);
        let stored_at = Some(now);
        let row =
            Self { client_id: client_id.to_owned(), parameters: encoded, stored_at, use_until, expires_at };
        table.create(secret.digest().as_str(), &row, now).await?;
        Ok(Secret::new(format!("{URN}{}", secret.expose())))
    }

    /// The request that waits under this `request_uri`, for the client that it belongs to.
    pub async fn find(
        table: &Table,
        request_uri: &str,
        client_id: &str,
        now: Time,
    ) -> Result<Option<Self>, store::Error> {
        let Some(key) = key(request_uri) else { return Ok(None) };
        let row = table.get::<Self>(&key, now).await?;
        Ok(row.map(store::Row::into_inner).filter(|row| row.client_id == client_id))
    }

    /// Whether it may still be used by somebody who did not use it before.
    pub fn may_be_used_first(&self, now: Time) -> bool {
        now < self.use_until
    }

    /// What it asks for.
    pub fn parameters(&self) -> Parameters {
        Parameters::decode(&self.parameters)
    }

    /// Uses it up: of several callers one succeeds. A request may be looked at as often as somebody likes, until a code is issued
    /// for it (#40).
    pub async fn spend(table: &Table, request_uri: &str, now: Time) -> Result<bool, store::Error> {
        let Some(key) = key(request_uri) else { return Ok(false) };
        Ok(table.take::<Self>(&key, now).await?.is_some())
    }
}

/// The key of the row. What cannot be of ours costs no read.
fn key(request_uri: &str) -> Option<String> {
    let secret = request_uri.strip_prefix(URN)?;
    Secret::is_random(secret).then(|| Secret::new(secret).digest().to_string())
}
