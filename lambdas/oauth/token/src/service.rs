//! `grant_type=client_credentials` (RFC 6749 §4.4): a client for itself.

use client::{Api, Client};
use grant::{Authorization, TokenResponse};
use oauth::{Error, Time};
use store::Batch;
use web::Result;

use crate::{Asked, Token, unauthorized};

impl Token {
    /// Two calls: the client; the API. Nothing of it is cached, so that a client that is disabled gets no more tokens (#35).
    pub(crate) async fn service(&self, asked: &Asked, now: Time) -> Result<TokenResponse> {
        let id = asked.client.client_id();
        let mut rows = self.table.get_batch(Batch::new().and::<Client>(id), now).await?;
        let client = self.authenticated(asked, rows.take(id), now).await?;
        may_act_for_itself(&client)?;
        let scope = asked.scope()?.unwrap_or_else(|| client.default_scope.clone());
        let resource = self.tokens.service_resource(&client, asked.resource())?;
        let mut rows = self.table.get_batch(Batch::new().and::<Api>(resource.row()), now).await?;
        let target = self.tokens.target(&resource, rows.take(resource.row()))?;
        Ok(self.tokens.issue(&Authorization::of_service(&client, target, scope), now)?)
    }
}

/// A client that cannot prove who it is may not, whatever its row says (#46).
fn may_act_for_itself(client: &Client) -> Result<(), Error> {
    if client.is_public() { Err(unauthorized()) } else { Ok(()) }
}
